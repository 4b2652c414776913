/**
 * How the media of a run did.
 *
 * @module
 */

import {
  bpsOver,
  type ClientTally,
  counterOf,
  most,
  rateOf,
  total,
} from "../figures.ts";
import { acrossMachines } from "./across_machines.ts";
import { lossOrigin, type ServerStreams } from "./loss_origin.ts";
import type { Snapshot } from "../snapshot.ts";
import { placed } from "./summarize_metrics.ts";
import type { MediaSummary } from "./summary.ts";

/** How it did; `streams` is what the server counted, `null` where that was not seen. */
export function summarizeMedia(
  snapshot: Snapshot,
  streams: ServerStreams | null,
  tally: ClientTally,
): MediaSummary {
  const of = <Section extends string>(section: Section) =>
    placed(section, snapshot, tally);
  const { clients } = snapshot;
  const across = acrossMachines(snapshot);
  const sessionMs = total(
    clients.filter((client) => client.connectionSuccessful),
    "sessionDurationMs",
  );
  return {
    ...of("media"),
    ...(across !== undefined && { latencyAcrossMachines: across }),
    loss: {
      ...of("media.loss"),
      ratio: rateOf(snapshot, "loss", tally) ?? 0,
      residualRatio: rateOf(snapshot, "residualLoss", tally) ?? 0,
    },
    lossOrigin: lossOrigin(snapshot, streams),
    recoveryMs: of("media.recoveryMs"),
    impaired: {
      ...of("media.impaired"),
      inbound: of("media.impaired.inbound"),
      outbound: of("media.impaired.outbound"),
    },
    video: {
      ...of("media.video"),
      longestFreezeMs: most(clients, "longestFreezeMs") ?? 0,
    },
    audio: of("media.audio"),
    sendBpsPerClient: bpsOver(sessionMs, counterOf(snapshot, "bytesSent")),
    receiveBpsPerClient: bpsOver(
      sessionMs,
      counterOf(snapshot, "bytesReceived"),
    ),
    consumerBps: of("media.consumerBps"),
  };
}
