/** Two publishers in a room, and a way to wait for what becomes of them. */

import type { Snapshot } from "../../lib/metrics/mod.ts";
import { openFleet } from "../../lib/load/mod.ts";
import { planOf } from "../plans.ts";

/** Opens a crowd and adds the two. */
export async function crowdOfTwo(url: string) {
  const plan = planOf(2, { room: "two" });
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
