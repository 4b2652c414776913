/**
 * Of each client's story, what is of one sender: whose video stood still and
 * when, and which layer of whose simulcast came from when on. Memory has a
 * bound: of a client so many of the last, and of so many clients.
 *
 * @module
 */

import {
  type PackableText,
  PackedLists,
  type PackedReader,
} from "../packed_numbers.ts";
import type { ClientStory } from "./stories.ts";

/** Something about a track that a client receives. */
export interface TrackNews {
  /** Who receives it. */
  readonly clientId: string;
  /** Who sends it. */
  readonly from: string;
  /** When it was noticed, in seconds since the run began. */
  readonly atSec: number;
  /** Its video has stood still for so long since it was looked at last, in milliseconds. */
  readonly frozenMs?: number | undefined;
  /** The layer of it that comes from now on; 0 is the smallest, `null` none. */
  readonly layer?: number | null | undefined;
}

/** A video stood still, once or again and again within a moment. */
export interface TrackFreeze {
  /** Who sends it. */
  readonly from: string;
  /** When it began to, in seconds since the run began. */
  readonly fromSec: number;
  /** When it was seen to last. */
  readonly toSec: number;
  /** For how long of it. */
  readonly frozenMs: number;
}

/** Another layer came. */
export interface LayerChange {
  /** Who sends it. */
  readonly from: string;
  /** When, in seconds since the run began. */
  readonly atSec: number;
  /** 0 is the smallest, `null` none. */
  readonly layer: number | null;
}

/** What is kept of one client; oldest first, the last ones if there were too many. */
export interface TrackStory {
  /** Whose videos stood still. */
  readonly freezes: readonly TrackFreeze[];
  /** Which layers of simulcast came. */
  readonly layers: readonly LayerChange[];
}

/** All that is kept of one client. */
export type WholeStory = ClientStory & TrackStory;

/** How much is kept. */
export interface TrackStoryLimits {
  /** Freezes, and changes of layers, of one client. */
  readonly each: number;
  /** Clients; of more, those who left first are forgotten, and where nobody has left those of whom nothing was heard for longest. */
  readonly clients: number;
}

const LIMITS: TrackStoryLimits = { each: 30, clients: 2000 };
/** Freezes no further apart are one: who looks once a second sees each of its seconds. */
const TOGETHER_MS = 1500;

/** Of each freeze who sends it, when it began and was seen to last in milliseconds, and for how long of it in microseconds. */
type KeptFreezes = readonly (string | number)[];
const FREEZE_LENGTH = 4;

/** Of each change who sends it, when in milliseconds, and the layer. */
type KeptLayers = readonly (string | number | null)[];
const LAYER_LENGTH = 3;

/** Lists without an object for each, which are replaced: those that grow have room to spare. */
interface Kept {
  freezes: KeptFreezes;
  layers: KeptLayers;
}

const NOTHING: readonly never[] = [];
/** Names of senders that many have in common; of more, they are told apart anew. */
const MAX_NAMES = 10_000;

/** The senders in the stories of a run. */
export class TrackStories {
  readonly #limits: TrackStoryLimits;
  readonly #kept = new Map<string, Kept>();
  /** Where those of clients that have left are. */
  readonly #departed = new Map<string, number>();
  readonly #left = new PackedLists();
  readonly #names = new Map<string, string>();

  constructor(limits: Partial<TrackStoryLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes in what became of a track. */
  note(news: TrackNews): void {
    const { clientId } = news;
    const hadLeft = this.#departed.has(clientId);
    this.#add(this.#of(clientId), news);
    // What was under way when it left.
    if (hadLeft) this.leave([clientId]);
  }

  /** These have left: of them there is no end. */
  leave(clientIds: readonly string[]): void {
    for (const clientId of clientIds) {
      const kept = this.#kept.get(clientId);
      if (kept === undefined) continue;
      this.#kept.delete(clientId);
      this.#departed.set(clientId, this.#left.push(leftNumbers(kept)));
    }
  }

  #add(kept: Kept, news: TrackNews): void {
    const { atSec, frozenMs = 0, layer } = news;
    const { each } = this.#limits;
    const from = this.#name(news.from);
    const atMs = Math.round(atSec * 1000);
    if (layer !== undefined) {
      kept.layers = kept.layers.concat(from, atMs, layer)
        .slice(-each * LAYER_LENGTH);
    }
    if (frozenMs <= 0) return;
    const fromMs = Math.round(atSec * 1000 - frozenMs);
    const frozenUs = Math.round(frozenMs * 1000);
    const { freezes } = kept;
    const at = freezes.lastIndexOf(from);
    const [, beganMs, toMs, beforeUs] = freezes.slice(at).map(Number);
    kept.freezes = at >= 0 && fromMs <= toMs + TOGETHER_MS
      ? freezes.toSpliced(
        at,
        FREEZE_LENGTH,
        ...[from, beganMs, atMs, beforeUs + frozenUs],
      )
      : freezes.concat(from, fromMs, atMs, frozenUs)
        .slice(-each * FREEZE_LENGTH);
  }

  /** What is kept of one client. */
  story(clientId: string): TrackStory {
    const { freezes, layers } = this.#known(clientId);
    return {
      freezes: inPieces(freezes, FREEZE_LENGTH).map(
        ([from, fromMs, toMs, frozenUs]) => ({
          from: String(from),
          fromSec: Number(fromMs) / 1000,
          toSec: Number(toMs) / 1000,
          frozenMs: Math.round(Number(frozenUs) / 1000),
        }),
      ),
      layers: inPieces(layers, LAYER_LENGTH).map(([from, atMs, layer]) => ({
        from: String(from),
        atSec: Number(atMs) / 1000,
        layer: layer === null ? null : Number(layer),
      })),
    };
  }

  #name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(name, name);
    return name;
  }

  #of(clientId: string): Kept {
    const kept = this.#known(clientId);
    this.#forget(clientId);
    this.#kept.set(clientId, kept);
    if (this.#kept.size + this.#departed.size > this.#limits.clients) {
      const [oldest] = this.#departed.size > 0
        ? this.#departed.keys()
        : this.#kept.keys();
      this.#forget(oldest);
    }
    return kept;
  }

  #known(clientId: string): Kept {
    const list = this.#departed.get(clientId);
    return list === undefined
      ? this.#kept.get(clientId) ?? { freezes: NOTHING, layers: NOTHING }
      : keptFrom(this.#left.at(list));
  }

  #forget(clientId: string): void {
    const list = this.#departed.get(clientId);
    if (list !== undefined) this.#left.release(list);
    this.#departed.delete(clientId);
    this.#kept.delete(clientId);
  }
}

/** All of one who has left; read by {@linkcode keptFrom}. */
function leftNumbers({ freezes, layers }: Kept): PackableText[] {
  return [freezes, layers].flatMap((list) => [
    list.length,
    ...list.map((value) => value ?? undefined),
  ]);
}

function keptFrom(reader: PackedReader): Kept {
  const list = (length: number) =>
    Array.from(
      { length: reader.next() ?? 0 },
      (_, i) => i % length === 0 ? reader.text() : reader.next() ?? null,
    );
  return {
    freezes: list(FREEZE_LENGTH) as KeptFreezes,
    layers: list(LAYER_LENGTH),
  };
}

function inPieces<T>(list: readonly T[], length: number): T[][] {
  return Array.from(
    { length: list.length / length },
    (_, i) => list.slice(i * length, (i + 1) * length),
  );
}
