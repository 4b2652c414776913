/**
 * What each client had in the last second: the differences between its record
 * now and its record before. Packets are counted when they should have come,
 * so that a silent second has all of its loss, and the one after none of it.
 *
 * @module
 */

import type { ClientRecord } from "../client_record.ts";

/** One client's last second. */
export interface ClientSecond {
  /** What is known of it now. */
  readonly client: ClientRecord;
  /** For how long its tracks should have come, all together, in milliseconds. */
  readonly dueMs: number;
  /** For how long nothing came of them. */
  readonly silentMs: number;
  /** RTP packets of clients that should have come. */
  readonly packetsDue: number;
  /** Those that came. */
  readonly packetsCame: number;
  /** RTP packets that it sent. */
  readonly packetsSent: number;
  /** Whole RTP packets, in bytes. */
  readonly bytesSent: number;
  /** Whole RTP packets, in bytes. */
  readonly bytesReceived: number;
  /** For how long its videos were on, all together, in milliseconds. */
  readonly playedMs: number;
  /** For how long of it they stood still. */
  readonly frozenMs: number;
  /** Video frames shown. */
  readonly framesRendered: number;
  /** For how long the server's signaling has been found to answer it nothing; the first look finds several seconds. */
  readonly signalingSilentMs: number;
  /** Errors that it met. */
  readonly errors: number;
  /** Whether it came to be connected for the first time. */
  readonly hasConnected: boolean;
  /** Whether it gave up before it ever was. */
  readonly hasFailed: boolean;
}

/** Tells seconds apart: who is asked each second knows what each client had in it. */
export class ClientSeconds {
  readonly #before = new Map<number, ClientRecord>();

  /** The last second of all that are there, or on their way. */
  take(clients: readonly ClientRecord[]): ClientSecond[] {
    const seconds: ClientSecond[] = [];
    for (const client of clients) {
      const { index, state } = client;
      const before = this.#before.get(index);
      if (state === "left" || state === "planned" || state === "lost") {
        if (before !== undefined) this.#before.delete(index);
        continue;
      }
      seconds.push(between(before, client));
      this.#before.set(index, client);
    }
    return seconds;
  }
}

function between(
  before: ClientRecord | undefined,
  client: ClientRecord,
): ClientSecond {
  const grown = (now: number, then = 0) => Math.max(0, now - then);
  const { state, connectionSuccessful } = client;
  return {
    client,
    dueMs: grown(client.tracksDueMs, before?.tracksDueMs),
    silentMs: grown(client.tracksSilentMs, before?.tracksSilentMs),
    packetsDue: grown(dueOf(client), before && dueOf(before)),
    packetsCame: grown(cameOf(client), before && cameOf(before)),
    packetsSent: grown(client.packetsSent, before?.packetsSent),
    bytesSent: grown(client.bytesSent, before?.bytesSent),
    bytesReceived: grown(client.bytesReceived, before?.bytesReceived),
    playedMs: grown(client.playedMs, before?.playedMs),
    frozenMs: grown(
      client.totalFreezesDurationMs,
      before?.totalFreezesDurationMs,
    ),
    framesRendered: grown(client.framesRendered, before?.framesRendered),
    signalingSilentMs: grown(
      client.signalingSilentMs,
      before?.signalingSilentMs,
    ),
    errors: grown(client.errorCount, before?.errorCount),
    hasConnected: connectionSuccessful && !before?.connectionSuccessful,
    hasFailed: state === "failed" && !connectionSuccessful &&
      before?.state !== "failed",
  };
}

function dueOf({ packetsDeliverable, packetsOverdue }: ClientRecord): number {
  return packetsDeliverable + packetsOverdue;
}

function cameOf({ packetsReceived, packetsFromOthers }: ClientRecord): number {
  return packetsReceived - packetsFromOthers;
}
