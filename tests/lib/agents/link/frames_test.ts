import { assert, assertEquals, assertThrows } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
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

Deno.test("whatever frames say, they are read as they were written, wherever the stream is cut", () => {
  const frame = fc.record({
    kind: fc.constantFrom("ask", "answer", "nobody"),
    id: fc.nat(),
    subject: fc.stringMatching(/^[\w.-]{1,200}$/),
    // Half of a pair is no text, and what marks the order of bytes is not kept.
    text: fc.string({ unit: "grapheme" })
      .filter((text) => !text.startsWith("\ufeff")),
  });
  fc.assert(fc.property(
    fc.array(frame, { maxLength: 5 }),
    fc.array(fc.nat(40), { minLength: 1 }),
    (frames, sizes) => {
      const bytes = bytesOf(`${GREETING}\n`, ...frames.map(frameBytes));
      const reader = new FrameReader();
      const read: Frame[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = Math.max(1, sizes[i % sizes.length]);
        read.push(...reader.take(bytes.subarray(at, at += size)));
      }
      assertEquals(read, frames);
    },
  ));
});

Deno.test.each([
  {
    head: `ask 1 ${"s".repeat(200)} 0`,
    is: true,
    why: "a subject may be long",
  },
  { head: `ask 1 ${"s".repeat(201)} 0`, is: false, why: "but not so long" },
  { head: "ask 999999999999999 s 0", is: true, why: "a number, too" },
  { head: "ask 9999999999999999 s 0", is: false, why: "but no longer" },
  { head: "ask 1 s/t 0", is: false, why: "no such sign is in a subject" },
  { head: "ask 1 s 0 0", is: false, why: "there is a word too many" },
  { head: "ASK 1 s 0", is: false, why: "a kind is in small letters" },
  { head: "ask 1  s 0", is: false, why: "one blank stands between words" },
  { head: "", is: false, why: "there is nothing" },
])("a frame begins with «$head»: $is, for $why", ({ head, is }) => {
  const take = () => new FrameReader().take(bytesOf(`${GREETING}\n${head}\n`));
  if (is) assertEquals(take().length, 1);
  else assertThrows(take, SyntaxError);
});

Deno.test.each([
  { line: `${GREETING}\r`, is: true, why: "a terminal ends lines so" },
  { line: `  ${GREETING}`, is: true, why: "blanks before it are none of it" },
  { line: `${GREETING}0`, is: false, why: "it is of another version" },
  { line: `echo ${GREETING}`, is: false, why: "somebody only speaks of it" },
])("«$line» is a greeting: $is, for $why", ({ line, is }) => {
  const reader = new FrameReader();
  reader.take(bytesOf(`hello\n\n${line}\n`));
  assertEquals(reader.isGreeted, is);
});

Deno.test("a frame is as long as it may be, in bytes and not in characters", () => {
  assertThrows(
    () =>
      frameBytes({ ...FRAMES[0], text: "\u00e9".repeat(67_108_864 / 2 + 1) }),
    RangeError,
    "Cannot send 67108866 bytes: that is too long",
  );
});
