/**
 * What an embedded server counted of a run: its streams at the end, without
 * what earlier runs left there.
 *
 * @module
 */

import type { ServerStreams } from "../metrics/mod.ts";
import type { SfuStats } from "../sfu/mod.ts";
import { type Clock, delay, systemClock } from "../time/mod.ts";

/** For streams that should all have ended. */
const MAX_ENDING_MS = 3000;
/** Between two looks at them: the server has to end them meanwhile. */
const REST_MS = 100;
/** For an answer; a server that hangs gives none. */
const MAX_WAIT_MS = 5000;

/**
 * Counts what comes to the streams of an embedded server from now on; the
 * function that it resolves with tells it once they have all ended, `null`
 * when there is nobody to ask or the server cannot say.
 */
export async function countStreams(
  ask: (() => Promise<SfuStats>) | undefined,
): Promise<() => Promise<ServerStreams | null>> {
  const before = await lookAtServer(ask);
  return async () => streamsBetween(before, await lookAtEnd(ask));
}

/** Its streams now; `null` when it cannot say. */
export async function lookAtServer(
  ask: (() => Promise<SfuStats>) | undefined,
  clock: Clock = systemClock,
): Promise<SfuStats | null> {
  if (ask === undefined) return null;
  const late = Promise.withResolvers<null>();
  const cancel = clock.setTimer(MAX_WAIT_MS, () => late.resolve(null));
  try {
    return await Promise.race([ask(), late.promise]);
  } catch {
    // A server that died is the verdict's matter.
    return null;
  } finally {
    cancel();
  }
}

/**
 * Its streams once all have ended, and can change no more. Those that are
 * still open after three seconds are told as they are then.
 */
export async function lookAtEnd(
  ask: (() => Promise<SfuStats>) | undefined,
  clock: Clock = systemClock,
): Promise<SfuStats | null> {
  const untilMs = clock.nowMs() + MAX_ENDING_MS;
  for (;;) {
    const stats = await lookAtServer(ask);
    if (stats === null) return null;
    const rows = [...stats.producers, ...stats.consumers];
    if (rows.every(({ closed }) => closed)) break;
    if (clock.nowMs() >= untilMs) break;
    await delay(clock, REST_MS);
  }
  // What ended while it was read is whole only the next time.
  return await lookAtServer(ask);
}

/** What came to the streams between two looks; `null` where one is missing. */
export function streamsBetween(
  before: SfuStats | null,
  after: SfuStats | null,
): ServerStreams | null {
  if (before === null || after === null) return null;
  const [from, to] = [sumOf(before), sumOf(after)];
  return {
    received: to.received - from.received,
    missedByReceivers: to.missedByReceivers - from.missedByReceivers,
    sent: to.sent - from.sent,
    repairsSent: to.repairsSent - from.repairsSent,
  };
}

function sumOf(stats: SfuStats): ServerStreams {
  const { received, missedByReceivers, sent, retransmitted } = stats.earlier;
  const sum = { received, missedByReceivers, sent, repairsSent: retransmitted };
  for (const { packets, lost, consumers } of stats.producers) {
    sum.received += packets;
    sum.missedByReceivers += Math.max(0, lost) * consumers;
  }
  for (const { packets, retransmitted } of stats.consumers) {
    sum.sent += packets;
    sum.repairsSent += retransmitted;
  }
  return sum;
}
