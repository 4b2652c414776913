import { assert, assertLess } from "@std/assert";
import { linesOf, startChild } from "../../bench/child.ts";

/** The seconds of hours; as objects of their own they would be 5 MB. */
const MAX_BYTES = 3_000_000;
/** Every list is at its longest sooner or later, but not all at once. */
const MAX_RATIO = 1.2;

Deno.test("the second half of five hours of a session adds nothing to what the first keeps of its seconds, and that is little", async () => {
  const child = startChild(import.meta.resolve("../../bench/hours.ts"), {
    flags: ["--v8-flags=--expose-gc", "--no-check"],
  });
  const bytes: number[] = [];
  for await (const line of linesOf(child)) bytes.push(JSON.parse(line).value);
  assert((await child.status).success);
  const [first, second] = bytes;
  assertLess(first, MAX_BYTES);
  assertLess(second, first * MAX_RATIO);
});
