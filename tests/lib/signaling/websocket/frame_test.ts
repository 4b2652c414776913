import { assertEquals } from "@std/assert";
import { createHider } from "../../../../lib/text/mod.ts";
import { fc } from "../../../fuzz/deps.ts";
import {
  hideInFrame,
  textsOf,
} from "../../../../lib/signaling/websocket/frame.ts";

const FRAMES: readonly {
  readonly why: string;
  readonly frame: string;
  readonly texts: readonly string[];
}[] = [
  { why: "one message", frame: '{"a":1}', texts: ['{"a":1}'] },
  {
    why: "one on several lines",
    frame: '{\n"a":1\n}',
    texts: ['{\n"a":1\n}'],
  },
  {
    why: "a line each",
    frame: '{"a":1}\r\n\n{"a":2}\n',
    texts: ['{"a":1}\r', '{"a":2}'],
  },
  { why: "a list", frame: ' [{"a":1},{"a":2}]', texts: ['{"a":1}', '{"a":2}'] },
  {
    why: "one behind a byte order mark",
    frame: '\ufeff{"a":1}',
    texts: ['{"a":1}'],
  },
  { why: "one that ends as in C", frame: '{"a":1}\0', texts: ['{"a":1}'] },
  {
    why: "one right behind the other",
    frame: '{"a":{"b":1}}{"a":"}{"} {"a":"\\"}{"}',
    texts: ['{"a":{"b":1}}', '{"a":"}{"} ', '{"a":"\\"}{"}'],
  },
  {
    why: "one that speaks of braces",
    frame: '{"a":"}{"}',
    texts: ['{"a":"}{"}'],
  },
  {
    why: "half of one behind another",
    frame: '{"a":1}{"a":',
    texts: ['{"a":1}{"a":'],
  },
  { why: "an empty list", frame: "[]", texts: ["[]"] },
  ...[
    '["3","7","room:lobby","phx_reply",{"status":"ok"}]',
    '[48,1,{},"sfu.join",["lobby"]]',
    '[["a"],["b"]]',
    '[{"a":1},null]',
  ].map((frame) => ({
    why: `one that is itself a list, ${frame}`,
    frame,
    texts: [frame],
  })),
  { why: "half a list", frame: '[{"a":1}', texts: ['[{"a":1}'] },
  { why: "no JSON on two lines", frame: "a\nb", texts: ["a\nb"] },
  {
    why: "lines that are not all JSON",
    frame: '{"a":1}\nb',
    texts: ['{"a":1}\nb'],
  },
  { why: "nothing", frame: "", texts: [""] },
];

Deno.test.each(FRAMES)("a frame holds $why", ({ frame, texts }) => {
  assertEquals<readonly string[]>(textsOf(frame), texts);
});

Deno.test("a list that is nested without end is one text", () => {
  const frame = `[${"[".repeat(100_000)}${"]".repeat(100_000)}]`;
  assertEquals(textsOf(frame).length, 1);
});

Deno.test("secrets are hidden in words alone, and everywhere in what is no JSON", () => {
  const hide = createHider(["opus"]);
  const shown = (frame: unknown) =>
    JSON.parse(hideInFrame(JSON.stringify(frame), hide));
  assertEquals(
    shown({
      reason: "no opus",
      mimeType: "audio/opus",
      a: [{ error: "opus" }],
    }),
    { reason: "no ***", mimeType: "audio/opus", a: [{ error: "***" }] },
  );
  assertEquals(hideInFrame("opus is wrong", hide), "*** is wrong");
});

Deno.test.each<{ why: string; frame: string; shown: string }>([
  {
    why: "with its slashes escaped, as PHP writes JSON",
    frame: '{"reason":"no ab\\/cd+ef"}',
    shown: '{"reason":"no ***"}',
  },
  {
    why: "by the numbers of its characters",
    frame: '{"a":{"message":"\\u0061b\\u002Fcd\\u002bef"}}',
    shown: '{"a":{"message":"***"}}',
  },
  {
    why: "in what is no word, where it stays",
    frame: '{"x":"ab\\/cd+ef" }',
    shown: '{"x":"ab\\/cd+ef" }',
  },
])("a secret that JSON spells otherwise is found: $why", ({ frame, shown }) => {
  assertEquals(hideInFrame(frame, createHider(["ab/cd+ef"])), shown);
});

Deno.test("messages that are put into one frame in any way come out as they went in", () => {
  const message = fc.dictionary(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 4 },
  ).map((one) => JSON.parse(JSON.stringify(one)));
  fc.assert(fc.property(
    fc.array(message, { minLength: 1, maxLength: 6 }),
    fc.constantFrom("", " ", "\n", "\r\n", "\n\n"),
    (messages, between) => {
      const texts = messages.map((one) => JSON.stringify(one));
      for (const frame of [texts.join(between), `[${texts.join(",")}]`]) {
        assertEquals(
          textsOf(frame).map((text) => JSON.parse(text)),
          messages,
          frame,
        );
      }
    },
  ));
});

Deno.test("whatever comes in a frame is at least one text, and none of it is lost", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (frame) => {
    const texts = textsOf(frame);
    assertEquals(texts.length > 0, true);
    const bare = (text: string) => text.replaceAll(/[\s\0\ufeff]/g, "");
    if (texts.length > 1) assertEquals(bare(texts.join("")), bare(frame));
  }));
});
