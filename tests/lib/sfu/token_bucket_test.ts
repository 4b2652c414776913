import { assertEquals } from "@std/assert";
import { TokenBucket } from "../../../lib/sfu/token_bucket.ts";

Deno.test.each<
  [why: string, atMs: readonly number[], taken: readonly boolean[]]
>([
  ["it starts full", [0, 0, 0], [true, true, false]],
  ["half a second brings one of two back", [0, 0, 500, 500], [
    true,
    true,
    true,
    false,
  ]],
  ["it holds no more than its capacity", [0, 9000, 9000, 9000], [
    true,
    true,
    true,
    false,
  ]],
  ["parts of a token add up", [0, 0, 250, 500], [true, true, false, true]],
])("a bucket of two tokens, two a second: %s", (_why, atMs, taken) => {
  const bucket = new TokenBucket({ capacity: 2, refillHz: 2 }, 0);
  assertEquals(atMs.map((ms) => bucket.take(ms)), taken);
});
