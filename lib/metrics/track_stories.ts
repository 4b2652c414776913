/**
 * Of each client's story, what is of one sender: whose video stood still and
 * when, and which layer of whose simulcast came from when on. Memory has a
 * bound: of a client so many of the last, and of so many clients.
 *
 * @module
 */

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
  /** Clients; of more, those of whom nothing was heard for longest are forgotten. */
  readonly clients: number;
}

const LIMITS: TrackStoryLimits = { each: 30, clients: 2000 };
/** Freezes no further apart are one: who looks once a second sees each of its seconds. */
const TOGETHER_MS = 1500;

/** As {@linkcode TrackFreeze}; whole numbers, for fractions are kept apart from what has them, in twice the room. */
interface KeptFreeze {
  readonly from: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly frozenUs: number;
}

/** As {@linkcode LayerChange}. */
interface KeptLayer {
  readonly from: string;
  readonly atMs: number;
  readonly layer: number | null;
}

/** Lists are replaced: those that grow have room to spare. */
interface Kept {
  freezes: readonly KeptFreeze[];
  layers: readonly KeptLayer[];
}

const NOTHING: readonly never[] = [];

/** The senders in the stories of a run. */
export class TrackStories {
  readonly #limits: TrackStoryLimits;
  readonly #kept = new Map<string, Kept>();

  constructor(limits: Partial<TrackStoryLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes in what became of a track. */
  note({ clientId, from, atSec, frozenMs = 0, layer }: TrackNews): void {
    const kept = this.#of(clientId);
    const { each } = this.#limits;
    const atMs = Math.round(atSec * 1000);
    if (layer !== undefined) {
      kept.layers = kept.layers.concat({ from, atMs, layer }).slice(-each);
    }
    if (frozenMs <= 0) return;
    const fromMs = Math.round(atSec * 1000 - frozenMs);
    const frozenUs = Math.round(frozenMs * 1000);
    const at = kept.freezes.findLastIndex((one) => one.from === from);
    const last = kept.freezes[at];
    kept.freezes = last !== undefined && fromMs <= last.toMs + TOGETHER_MS
      ? kept.freezes.with(at, {
        ...last,
        toMs: atMs,
        frozenUs: last.frozenUs + frozenUs,
      })
      : kept.freezes.concat({ from, fromMs, toMs: atMs, frozenUs })
        .slice(-each);
  }

  /** What is kept of one client. */
  story(clientId: string): TrackStory {
    const { freezes = [], layers = [] } = this.#kept.get(clientId) ?? {};
    return {
      freezes: freezes.map(({ from, fromMs, toMs, frozenUs }) => ({
        from,
        fromSec: fromMs / 1000,
        toSec: toMs / 1000,
        frozenMs: Math.round(frozenUs / 1000),
      })),
      layers: layers.map(({ from, atMs, layer }) => ({
        from,
        atSec: atMs / 1000,
        layer,
      })),
    };
  }

  #of(clientId: string): Kept {
    const kept = this.#kept.get(clientId) ??
      { freezes: NOTHING, layers: NOTHING };
    this.#kept.delete(clientId);
    this.#kept.set(clientId, kept);
    if (this.#kept.size > this.#limits.clients) {
      const [[oldest]] = this.#kept;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}
