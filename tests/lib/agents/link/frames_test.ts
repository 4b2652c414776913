import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Frame,
  frameBytes,
  FrameReader,
  GREETING,
} from "../../../../lib/agents/link/frames.ts";

const FRAMES: readonly Frame[] = [
  { kind: "ask", id: 7, subject: "rtcrowd.1.own.agent.a1", text: '{"a":1}' },
  { kind: "answer", id: 7, subject: "-", text: "" },
  { kind: "answer", id: 8, subject: "-", text: "zwölf\nZeilen ✓" },
  { kind: "nobody", id: 9, subject: "-", text: "" },
];

function bytesOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map((part) =>
    typeof part === "string" ? [...new TextEncoder().encode(part)] : [...part]
  );
  return new Uint8Array(all.flat());
}

const STREAM = bytesOf(
  "Welcome to h1\nlast login: never\n",
  `${GREETING}\n`,
  ...FRAMES.map(frameBytes),
);

Deno.test("frames are read wherever the stream is cut, and what a login says is passed over", () => {
  for (const size of [1, 2, 3, 7, 50, STREAM.length]) {
    const reader = new FrameReader();
    const frames: Frame[] = [];
    for (let at = 0; at < STREAM.length; at += size) {
      frames.push(...reader.take(STREAM.subarray(at, at + size)));
    }
    assertEquals(frames, FRAMES);
    assert(reader.isGreeted);
  }
});

Deno.test.each([
  { bytes: bytesOf(`${GREETING}\nask 1\n`), why: "a head lacks words" },
  { bytes: bytesOf(`${GREETING}\nshout 1 a 0\n`), why: "no such kind" },
  { bytes: bytesOf(`${GREETING}\nask 1 a 999999999\n`), why: "too long" },
  { bytes: bytesOf(`${GREETING}\nask 1 a -1\n`), why: "a length below 0" },
  { bytes: bytesOf(`${GREETING}\nask 1 a${" ".repeat(400)}`), why: "no end" },
  { bytes: new Uint8Array(70_000), why: "never a greeting" },
  { bytes: bytesOf("motd\n".repeat(20_000)), why: "chatter without an end" },
])("a stream is given up where $why", ({ bytes }) => {
  assertThrows(() => new FrameReader().take(bytes), SyntaxError);
});
