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
const TOGETHER_SEC = 1.5;

interface Kept {
  freezes: TrackFreeze[];
  layers: LayerChange[];
}

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
    if (layer !== undefined) {
      kept.layers.push({ from, atSec, layer });
      if (kept.layers.length > this.#limits.each) kept.layers.shift();
    }
    if (frozenMs <= 0) return;
    const fromSec = atSec - frozenMs / 1000;
    const before = kept.freezes.findLastIndex((one) => one.from === from);
    const last = kept.freezes.at(before);
    if (before >= 0 && fromSec <= last!.toSec + TOGETHER_SEC) {
      kept.freezes[before] = {
        ...last!,
        toSec: atSec,
        frozenMs: last!.frozenMs + frozenMs,
      };
      return;
    }
    kept.freezes.push({ from, fromSec, toSec: atSec, frozenMs });
    if (kept.freezes.length > this.#limits.each) kept.freezes.shift();
  }

  /** What is kept of one client. */
  story(clientId: string): TrackStory {
    const { freezes = [], layers = [] } = this.#kept.get(clientId) ?? {};
    return {
      freezes: freezes.map((one) => ({
        ...one,
        fromSec: toMillis(one.fromSec),
        toSec: toMillis(one.toSec),
        frozenMs: Math.round(one.frozenMs),
      })),
      layers: layers.map((one) => ({ ...one, atSec: toMillis(one.atSec) })),
    };
  }

  #of(clientId: string): Kept {
    const kept = this.#kept.get(clientId) ?? { freezes: [], layers: [] };
    this.#kept.delete(clientId);
    this.#kept.set(clientId, kept);
    if (this.#kept.size > this.#limits.clients) {
      const [[oldest]] = this.#kept;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}

function toMillis(sec: number): number {
  return Math.round(sec * 1000) / 1000;
}
