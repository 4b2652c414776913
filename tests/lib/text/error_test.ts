import { assertEquals } from "@std/assert";
import { messageOf } from "../../../lib/text/mod.ts";

Deno.test.each<{ why: string; thrown: unknown; words: string }>([
  { why: "an error", thrown: new Error("no room"), words: "no room" },
  {
    why: "an error without words",
    thrown: new TypeError(),
    words: "TypeError",
  },
  { why: "a text", thrown: "no room", words: "no room" },
  { why: "nothing", thrown: undefined, words: "something without words" },
  { why: "null", thrown: null, words: "something without words" },
  { why: "a symbol", thrown: Symbol("x"), words: "Symbol(x)" },
  { why: "an answer", thrown: { code: 5, reason: "full" }, words: "full" },
  {
    why: "an event of a socket",
    thrown: new ErrorEvent("error", { message: "refused" }),
    words: "refused",
  },
  {
    why: "what has a text of its own",
    thrown: { toString: () => "odd" },
    words: "odd",
  },
  { why: "what has none", thrown: { code: 5 }, words: '{"code":5}' },
  {
    why: "what cannot have any",
    thrown: Object.create(null, {
      message: {
        get() {
          throw new Error("hidden");
        },
      },
    }),
    words: "something without words",
  },
])("thrown, $why has words", ({ thrown, words }) => {
  assertEquals(messageOf(thrown), words);
});
