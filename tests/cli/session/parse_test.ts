import { assert, assertEquals } from "@std/assert";
import {
  argumentsOf,
  commandOf,
  isProblem,
} from "../../../cli/session/parse.ts";
import { rangesOf, selected } from "../../../cli/session/select.ts";
import { roster } from "../../../tool.ts";
import { SETTINGS } from "./fixtures.ts";

const ARGUMENTS: readonly (readonly [
  rest: string,
  words: readonly string[],
  options: Readonly<Record<string, string>>,
])[] = [
  ["", [], {}],
  ["6  hall", ["6", "hall"], {}],
  ["6 room=hall role=viewer", ["6"], { room: "hall", role: "viewer" }],
  [`room="two words" 'a b'`, ["a b"], { room: "two words" }],
  ["room=", [], { room: "" }],
  ["room=a=b", [], { room: "a=b" }],
  [`it's`, ["it's"], {}],
];

Deno.test.each(ARGUMENTS)(
  "%s comes to words and options",
  (rest, words, options) => {
    const args = argumentsOf(rest);
    assert(!isProblem(args));
    assertEquals(args.words, words);
    assertEquals(Object.fromEntries(args.options), options);
  },
);

Deno.test.each([
  [`"open`, "A quote is missing its end"],
  [`room="open`, "A quote is missing its end"],
  ["a=1 a=2", "a= is there twice"],
])("%s is refused", (rest, why) => {
  const args = argumentsOf(rest);
  assert(isProblem(args) && args.problem.startsWith(why));
});

Deno.test("comments and empty lines are no commands", () => {
  assertEquals(
    ["", "  ", "# spawn 5", " #"].map(commandOf),
    [undefined, undefined, undefined, undefined],
  );
  assertEquals(commandOf("  js  1 + 1 "), { verb: "js", rest: "1 + 1" });
});

const FIVE = roster.spawned(roster.newRoster(SETTINGS, 1), 5, 0).roster.members;

Deno.test.each<[string, readonly number[]]>([
  ["all", [0, 1, 2, 3, 4]],
  ["3", [3]],
  ["#3", [3]],
  ["client-3", [3]],
  ["1-2,4", [1, 2, 4]],
  ["3-99", [3, 4]],
  ["2,1-2", [1, 2]],
])("%s means %s", (text, indices) => {
  assertEquals(selected(text, FIVE), indices);
});

Deno.test.each([
  ["9", "There is no client 9: there are 0-4."],
  ["x", `"x" names no clients: write all, 3, 3-5 or 1,4-6.`],
  ["", `"" names no clients: write all, 3, 3-5 or 1,4-6.`],
])("%s means nobody", (text, problem) => {
  assertEquals(selected(text, FIVE), { problem });
});

Deno.test("without clients every selection says how to get some", () => {
  assertEquals(selected("all", []), {
    problem: `There are no clients: "spawn 3" adds some.`,
  });
});

Deno.test("numbers are told as ranges, and not too many of them", () => {
  assertEquals(
    rangesOf([4, 0, 1, 7, 2].map((index) => ({ index }))),
    "0-2,4,7",
  );
  const odd = Array.from({ length: 20 }, (_, i) => ({ index: i * 2 }));
  assertEquals(rangesOf(odd), "0,2,4,6,8,10,12,14,…");
});
