/**
 * What clients tell, entered where it belongs: their records, the meter, and
 * what is known of the server and of others' tracks; and told on as notes.
 *
 * @module
 */

import type { ClientEvent } from "../../client/mod.ts";
import {
  type CountedBy,
  MAX_STOPPED,
  type NodeMeter,
  type ReturnKind,
  type Snapshot,
  type StoppedTrack,
  type TrackNews,
} from "../../metrics/mod.ts";
import { formatCounted, safeLine } from "../../text/mod.ts";
import { CandidateBook } from "./candidate_book.ts";
import type { ClientDumps } from "./client_dumps.ts";
import { type Driven, noteLost } from "./driven.ts";
import type { NodeHandlers } from "./node.ts";
import { OtherTrackBook } from "./other_track_book.ts";

/** A server may give senders any name. */
const MAX_SENDER_CHARS = 64;

/** Where returns are counted, by how they went. */
const RETURN_COUNTS = {
  iceRestart: "returnsByIceRestart",
  reconnected: "returnsByReconnect",
  rejoined: "returnsByRejoin",
} as const satisfies Record<ReturnKind, CountedBy<"events">>;

const RETURN_WORDS: Readonly<Record<ReturnKind, string>> = {
  iceRestart: "came back (ICE restart)",
  reconnected: "came back (reconnected)",
  rejoined: "came back (rejoined)",
};

/** Where and when it happens. */
export interface EventWorld {
  /** On the node's clock. */
  nowMs(): number;
  /** When the run began, on the node's clock. */
  zeroMs(): number;
  /** Where clients are dumped. */
  dumps(): ClientDumps | undefined;
}

/** What the clients of a node tell, but for the state that they are in. */
export class EventBook {
  readonly #meter: NodeMeter;
  readonly #handlers: NodeHandlers;
  readonly #world: EventWorld;
  readonly #others = new OtherTrackBook();
  readonly #candidates = new CandidateBook();
  readonly #stopped = new Map<string, StoppedTrack>();
  /** What became of tracks, and nobody was told yet. */
  readonly #tracks: TrackNews[] = [];
  #consumersAllowed: number | null = null;

  constructor(meter: NodeMeter, handlers: NodeHandlers, world: EventWorld) {
    this.#meter = meter;
    this.#handlers = handlers;
    this.#world = world;
  }

  /** What a snapshot has of it. */
  get known(): Pick<
    Snapshot,
    "others" | "stopped" | "candidates" | "consumersAllowed"
  > {
    return {
      others: this.#others.tracks,
      stopped: [...this.#stopped.values()],
      candidates: this.#candidates.candidates,
      consumersAllowed: this.#consumersAllowed,
    };
  }

  /** Enters what one client tells. */
  enter(
    driven: Driven,
    event: Exclude<ClientEvent, { readonly type: "state" }>,
  ): void {
    const { record } = driven;
    const meter = this.#meter;
    switch (event.type) {
      case "connected": {
        const ms = event.atMs - driven.dueMs;
        record.figures.connectionSuccessful = true;
        record.figures.connectionTimeMs = ms;
        record.figures.connectedAtMs = event.atMs - this.#world.zeroMs();
        return meter.trend("connectionTime").record(ms * 1000);
      }
      case "ready": {
        if (record.figures.joinMs !== null) return;
        const ms = event.atMs - driven.triedMs;
        record.figures.joinMs = ms;
        return meter.trend("join").record(ms * 1000);
      }
      case "latency":
        record.addOperation(event.operation, event.ms);
        return meter.trend(`signaling.${event.operation}`)
          .record(event.ms * 1000);
      case "error":
        return this.#onError(driven, event.kind, event.message);
      case "anomaly":
        if (event.anomaly.kind === "unknown") meter.counters.unknownMessages++;
        if (event.anomaly.kind === "malformed") {
          meter.counters.malformedMessages++;
        }
        return;
      case "produced":
        record.figures.producersCreated++;
        return;
      case "notProduced":
        record.figures.producersRefused++;
        return;
      case "consumed":
        record.figures.consumersCreated++;
        return;
      case "denied":
        meter.counters.consumersDenied++;
        return;
      case "allowance":
        this.#consumersAllowed = event.consumers;
        return this.#noteOfServer(
          "info",
          `The server grants a client ${
            formatCounted(event.consumers, "consumer")
          } in one stay, closed ones too: what clients want besides is left out.`,
        );
      case "unable":
        return this.#noteOfServer("error", event.message);
      case "other":
        return this.#others.note(event.track);
      case "layer": {
        const { from, layer } = event;
        if (from !== undefined) this.noteTrack(driven, { from, layer });
        return;
      }
      case "stopped":
        if (this.#stopped.size < MAX_STOPPED) {
          this.#stopped.set(event.track.producerId, event.track);
        }
        return;
      case "untold": {
        const { kind } = event;
        return this.#noteOfServer(
          "error",
          `The server does not tell clients of all ${kind} tracks that others in their room send: what it leaves out counts as silent. If it offers a few on purpose, clients should take no more: --max-${kind}.`,
        );
      }
      case "candidates":
        return this.#candidates.note(driven, event.tried);
      case "lost":
        record.figures.losses++;
        noteLost(driven, event.sinceMs);
        record.figures.awaySinceMs = Math.round(
          driven.lostMs - this.#world.zeroMs(),
        );
        driven.lastError = event.message;
        return this.#note(driven, "error", `away: ${event.message}`);
      case "returned": {
        record.figures.reconnections++;
        record.figures[RETURN_COUNTS[event.how]]++;
        driven.returnedMs = this.#world.nowMs();
        driven.returnedHow = event.how;
        return this.#note(driven, "info", RETURN_WORDS[event.how]);
      }
      case "returnFailed":
        record.figures.reconnectionFailures++;
        driven.lastError = event.message;
        return;
    }
  }

  /** Something became of a track that it receives. */
  noteTrack(
    { plan: { clientId } }: Driven,
    news: Omit<TrackNews, "atSec" | "clientId">,
  ): void {
    const atSec = this.#sinceStartMs() / 1000;
    const from = safeLine(news.from).slice(0, MAX_SENDER_CHARS);
    this.#tracks.push({ ...news, clientId, atSec, from });
  }

  /** Tells what became of tracks since this was last called. */
  tellTracks(): void {
    const news = this.#tracks.splice(0);
    if (news.length > 0) this.#handlers.onTracks?.(news);
  }

  /** What holds for all clients is told once, whichever finds it. */
  #noteOfServer(level: "info" | "error", text: string): void {
    this.#handlers.onNote({
      atMs: this.#sinceStartMs(),
      clientId: null,
      isOfServer: true,
      level,
      text,
    });
  }

  #onError(driven: Driven, kind: string, message: string): void {
    const atMs = Math.round(this.#sinceStartMs());
    driven.record.addError(kind, message, atMs);
    driven.lastError = message;
    this.#meter.countError(kind);
    this.#note(driven, "error", message);
  }

  #note(driven: Driven, level: "info" | "error", text: string): void {
    const atMs = this.#sinceStartMs();
    const { clientId, index } = driven.plan;
    const isTrouble = level === "error";
    this.#world.dumps()?.note(index, text, isTrouble, this.#world.nowMs());
    this.#handlers.onNote({ atMs, clientId, level, text });
  }

  #sinceStartMs(): number {
    return this.#world.nowMs() - this.#world.zeroMs();
  }
}
