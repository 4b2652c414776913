/** Two publishers in a room, and a way to wait for what becomes of them. */

import { makePlan, rampAndHold } from "../../lib/load/mod.ts";
import type { Snapshot } from "../../lib/metrics/mod.ts";
import { openFleet } from "../../lib/load/mod.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";

/** Opens a crowd and adds the two. */
export async function crowdOfTwo(url: string) {
  const plan = makePlan({
    ...mediaPlanOf({}),
    stages: rampAndHold(2, 0, 0),
    room: "two",
    rooms: 1,
    publishRatio: 1,
    churnRate: 0,
    seed: 1,
  });
  let onSecond: (snapshot: Snapshot) => void = () => {};
  const crowd = await openFleet({
    server: { url },
    seed: plan.seed,
    onSecond: (_, snapshot) => onSecond(snapshot),
  });
  await crowd.add(plan);
  return {
    crowd,
    /** Resolves when a second's snapshot is as wanted; rejects when none is for a minute. */
    until: (isSo: (snapshot: Snapshot) => boolean) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error("not within a minute")),
          60_000,
        );
        onSecond = (snapshot) => {
          if (!isSo(snapshot)) return;
          clearTimeout(timer);
          resolve();
        };
      }),
    [Symbol.asyncDispose]: () => crowd.close(),
  };
}
