/** What was read, in the order in which it was written. */

import { assertEquals } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
import { asWritten } from "../../../../lib/report/files/as_written.ts";

Deno.test.each([
  {
    why: "keys stand as they were written",
    read: { a: 1, b: 2 },
    json: { b: 2, a: 1 },
    is: '{"b":2,"a":1}',
  },
  {
    why: "what was dropped stays away",
    read: { a: 1 },
    json: { x: 9, a: 1 },
    is: '{"a":1}',
  },
  {
    why: "what was added comes last",
    read: { d: 0, a: 1, b: 2 },
    json: { b: 2, a: 1 },
    is: '{"b":2,"a":1,"d":0}',
  },
  {
    why: "in lists and however deep",
    read: { l: [{ a: 1, b: { c: 1, d: 2 } }, 3] },
    json: { l: [{ b: { d: 2, c: 1 }, a: 1 }, 3] },
    is: '{"l":[{"b":{"d":2,"c":1},"a":1},3]}',
  },
  {
    why: "values are those that were read",
    read: { a: "5", b: [1, 2] },
    json: { b: "no list", a: 5 },
    is: '{"b":[1,2],"a":"5"}',
  },
  {
    why: "of a list that was read longer, the rest as it is",
    read: [{ a: 1, b: 2 }, { a: 1, b: 2 }],
    json: [{ b: 2, a: 1 }],
    is: '[{"b":2,"a":1},{"a":1,"b":2}]',
  },
  {
    why: "null is no object",
    read: { a: null },
    json: { a: {} },
    is: '{"a":null}',
  },
  {
    why: "a name that every object has is a name",
    read: { a: 1 },
    json: JSON.parse('{"__proto__":{"x":1},"constructor":2,"a":1}'),
    is: '{"a":1}',
  },
])("what was read is put in order: $why", ({ read, json, is }) => {
  assertEquals(JSON.stringify(asWritten<unknown>(read, json)), is);
});

Deno.test("what is read as it stands is written to the byte", () => {
  const names = fc.constantFrom("a", "b", "c", "d");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.string(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(names, tie("any")),
    ),
  })).any;
  /** Another order, the same values. */
  const sorted = (one: unknown): unknown =>
    Array.isArray(one)
      ? one.map(sorted)
      : typeof one === "object" && one !== null
      ? Object.fromEntries(
        Object.entries(one).sort(([a], [b]) => a < b ? 1 : -1)
          .map(([name, inner]) => [name, sorted(inner)]),
      )
      : one;
  fc.assert(fc.property(value, (json) => {
    assertEquals(
      JSON.stringify(asWritten(sorted(json), json)),
      JSON.stringify(json),
    );
  }));
});
