/** A text that is read part by part is out of bounds before it is there as a whole. */

import { assert, assertFalse, assertThrows } from "@std/assert";
import { JsonBounds } from "../../../../lib/report/files/bounded_json.ts";
import { parseResults, parseSummary } from "../../../../lib/report/reading.ts";

const PART_CHARACTERS = 1 << 20;

/** What there is without end, and in how many parts it is out of bounds. */
const BOMBS: readonly {
  readonly of: string;
  readonly text: string;
  readonly parts: number;
}[] = [
  { of: "objects", text: "{},", parts: 40 },
  { of: "lists", text: "[[],[]],", parts: 40 },
  { of: "lists in lists", text: "[", parts: 1 },
  { of: "keys in keys", text: `{"a":`, parts: 1 },
  { of: "numbers", text: "1,", parts: 60 },
  { of: "texts", text: `"{",`, parts: 110 },
];

Deno.test.each(BOMBS)(
  "of $of there are not enough for a machine to be short of memory",
  ({ text, parts }) => {
    const part = text.repeat(Math.floor(PART_CHARACTERS / text.length));
    const bounds = new JsonBounds();
    let taken = 1;
    while (taken <= parts && bounds.take(part)) taken++;
    assert(taken <= parts);
  },
);

Deno.test("more text than there ever is of a run is refused before it is looked at", () => {
  const bounds = new JsonBounds();
  assert(bounds.take(`["${" ".repeat(1000)}`));
  assertFalse(bounds.take(" ".repeat(400_000_000)));
});

Deno.test.each([
  { what: "summary", parse: parseSummary },
  { what: "results", parse: parseResults },
])("a $what that is nested without end is refused in one line", ({
  what,
  parse,
}) => {
  assertThrows(
    () => parse("[".repeat(10_000)),
    SyntaxError,
    `Cannot read ${what}: it is larger than any run`,
  );
});

Deno.test("what is deep or plenty only inside of texts is no more than that", () => {
  const text = JSON.stringify(`\\"${"[{,".repeat(200)}`);
  assert(new JsonBounds().take(text));
});
