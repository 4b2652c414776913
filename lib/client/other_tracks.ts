/**
 * What becomes of tracks that no client of this run sends: whether anything
 * comes of them at all. Nobody is charged for their silence; it is told, and
 * they make way for others. A task for the scheduler.
 *
 * @module
 */

import type { MediaKind } from "../ortc/mod.ts";
import type { ClientEnvironment } from "./environment.ts";
import type { OtherTrackFound } from "./events.ts";
import type { ConsumedTrack } from "./consumed_track.ts";
import type { InboundTracks } from "./inbound_tracks.ts";

const INTERVAL_MS = 1000;
/** Without a packet for so long a track is silent: sound without a word in it has one every 0.4 s. */
const SILENT_MS = 5000;

/** Who is told. */
export interface OtherTrackHandlers {
  /** A track flows or is silent, and did or was not before. */
  readonly onFound: (track: OtherTrackFound) => void;
  /** Called about once a second, after a look at all of them. */
  readonly onLooked: () => void;
}

interface Look {
  readonly kind: MediaKind;
  packets: number;
  /** When it was last otherwise, on the scheduler's clock. */
  changedMs: number;
  is: "flowing" | "silent" | undefined;
  /** It has been told that its packets are not what was announced. */
  isOfOtherType: boolean;
}

/** What a track is whose packets are not what the server announced: `payload type 97 in place of 96 for video/VP8`. */
export function otherTypeText(
  { receiver: { otherType }, names: { payloadTypes, mimeType } }: ConsumedTrack,
): string {
  return `payload type ${otherType} in place of ${
    payloadTypes.join(", ")
  } for ${mimeType}`;
}

/** The tracks of others that one client receives. */
export class OtherTracks {
  dueMs = Infinity;
  heapIndex = -1;
  readonly onError: ((error: unknown) => void) | undefined;
  readonly #environment: ClientEnvironment;
  readonly #inbound: InboundTracks;
  readonly #handlers: OtherTrackHandlers;
  /** By producer; what was given up is remembered. */
  readonly #looks = new Map<string, Look>();

  constructor(
    environment: ClientEnvironment,
    reception: InboundTracks,
    handlers: OtherTrackHandlers,
  ) {
    this.#environment = environment;
    this.onError = environment.onError;
    this.#inbound = reception;
    this.#handlers = handlers;
  }

  /** Looks at them from now on. */
  start(): void {
    const { scheduler } = this.#environment;
    this.dueMs = scheduler.nowMs() + INTERVAL_MS;
    scheduler.schedule(this);
  }

  /** Looks no more. */
  stop(): void {
    this.#environment.scheduler.cancel(this);
  }

  /** Whether nothing came of it when it was last consumed. */
  isSilent(producerId: string): boolean {
    return this.#looks.get(producerId)?.is === "silent";
  }

  /** It has ended. */
  forget(producerId: string): void {
    this.#looks.delete(producerId);
  }

  run(nowMs: number): void {
    for (
      const track of this.#inbound.tracks
    ) {
      const { producerId, receiver, isOwn, isPaused } = track;
      if (isOwn) {
        this.#noteOwn(producerId);
        continue;
      }
      const { kind } = receiver;
      const packets = receiver.packetsReceived - receiver.packetsOfOtherType;
      let look = this.#looks.get(producerId);
      if (look === undefined) {
        look = {
          kind,
          packets: 0,
          changedMs: nowMs,
          is: undefined,
          isOfOtherType: false,
        };
        this.#looks.set(producerId, look);
      }
      const hasNews = packets !== look.packets;
      look.packets = packets;
      if (hasNews || isPaused) look.changedMs = nowMs;
      if (hasNews && packets > 0) this.#note(producerId, look, "flowing");
      if (nowMs - look.changedMs < SILENT_MS) continue;
      this.#note(producerId, look, "silent");
      if (packets > 0 || receiver.otherType < 0 || look.isOfOtherType) continue;
      look.isOfOtherType = true;
      const codecs = [otherTypeText(track)];
      this.#handlers.onFound({
        producerId,
        kind,
        found: { is: "codec", codecs },
      });
    }
    this.#handlers.onLooked();
    this.dueMs = nowMs + INTERVAL_MS;
  }

  #noteOwn(producerId: string): void {
    const look = this.#looks.get(producerId);
    if (look === undefined) return;
    this.#looks.delete(producerId);
    const { kind } = look;
    this.#handlers.onFound({ producerId, kind, found: { is: "own" } });
  }

  #note(producerId: string, look: Look, is: "flowing" | "silent"): void {
    if (look.is === is) return;
    look.is = is;
    this.#handlers.onFound({ producerId, kind: look.kind, found: { is } });
  }
}
