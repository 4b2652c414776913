/** A second of a run in which nothing happened, and what of it a test has otherwise. */

import type { TimelinePoint } from "../../../../lib/metrics/mod.ts";

/** The second that ends at `tSec`. */
export function idlePoint(
  tSec: number,
  own: Partial<TimelinePoint> = {},
): TimelinePoint {
  return {
    tSec,
    clients: 0,
    packetsSentPerSec: 0,
    packetsReceivedPerSec: 0,
    sendBps: 0,
    receiveBps: 0,
    lossRatio: 0,
    tracksDue: 0,
    silentRatio: 0,
    cpuRatio: 0,
    ...own,
  };
}
