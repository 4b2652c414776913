import { assertAlmostEquals } from "@std/assert";
import { FineWall } from "../../../lib/time/fine_wall.ts";

/** Two clocks of one machine, each look at which takes a microsecond. */
class Sources {
  atMs = 0.25;
  aheadMs = 1e12 + 0.75;
  nowMs(): number {
    return this.atMs += 0.001;
  }
  wallMs(): number {
    return Math.floor(this.nowMs() + this.aheadMs);
  }
}

Deno.test.each([
  { offMs: 0, why: "as it was when the process began" },
  { offMs: 3.4, why: "it was known badly" },
  { offMs: -70, why: "it was set since" },
])("a wall clock is read to a part of a millisecond: $why", ({ offMs }) => {
  const sources = new Sources();
  const wall = new FineWall(
    { nowMs: () => sources.nowMs(), wallMs: () => sources.wallMs() },
    sources.aheadMs + offMs,
  );
  for (let i = 0; i < 5; i++) {
    const readMs = wall.nowMs();
    assertAlmostEquals(readMs, sources.atMs + sources.aheadMs, 0.11);
    sources.atMs += 10.3;
  }
});

Deno.test("it is followed when it is set", () => {
  const sources = new Sources();
  const wall = new FineWall(
    { nowMs: () => sources.nowMs(), wallMs: () => sources.wallMs() },
    sources.aheadMs,
  );
  wall.nowMs();
  sources.aheadMs += 3_600_000.4;
  assertAlmostEquals(wall.nowMs(), sources.atMs + sources.aheadMs, 0.11);
});

Deno.test("a wall clock that stands still is not waited for", () => {
  let nowMs = 0;
  const wall = new FineWall(
    { nowMs: () => nowMs += 0.001, wallMs: () => 5_000 },
    0,
  );
  assertAlmostEquals(wall.nowMs(), 5_000, 0.11);
});
