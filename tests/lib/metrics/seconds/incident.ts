/**
 * An incident for tests.
 *
 * @module
 */

import type { Incident } from "../../../../lib/metrics/mod.ts";

/** All eight clients of a room had no media, from when until when. */
export function noMedia(
  times: Pick<Incident, "fromSec" | "untilSec">,
): Incident {
  return {
    kind: "noMedia",
    clients: 8,
    of: 8,
    rooms: 1,
    clientIds: [],
    worstRatio: 1,
    also: [],
    picturesAgainSec: null,
    server: null,
    generator: { maxCpuRatio: 0, maxLateRatio: 0 },
    ...times,
  };
}
