/**
 * What each second of one consumer was like: what it gained between two looks.
 *
 * @module
 */

import type {
  AudioPlayout,
  FrameTracker,
  NackList,
  TrackReceiver,
} from "../media/mod.ts";

/** What a second of one consumer was like. */
export interface ConsumerSecond {
  readonly kind: "audio" | "video";
  /** Bits of whole RTP packets received, a second. */
  readonly bitrateBps: number;
  /** Packets lost, of those expected; `null` when none were expected. */
  readonly lossRatio: number | null;
  /** Packets given up in spite of repairs, of those that are asked for no more; `null` when there were none. */
  readonly residualLossRatio: number | null;
  /** Video frames shown a second; `null` for audio. */
  readonly frameRate: number | null;
  /** For how long the video stood still, in milliseconds; 0 for audio. */
  readonly frozenMs: number;
  /** For how long what was shown or heard waited for its time, on average, in milliseconds; `null` where nothing was. */
  readonly playoutDelayMs: number | null;
}

/** What is looked at. */
export interface Watched {
  readonly receiver: TrackReceiver;
  readonly nacks: NackList | undefined;
  readonly frames: FrameTracker | undefined;
  readonly sound: AudioPlayout | undefined;
}

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
  readonly expected: number;
  readonly lost: number;
  /** Expected packets that came, were repaired, or were given up. */
  readonly settled: number;
  readonly givenUp: number;
  readonly frames: number;
  readonly frozenMs: number;
  /** Shown frames or packets that were heard, and for how long they waited, all together. */
  readonly emitted: number;
  readonly waitedMs: number;
}

/** Looks come about once a second, and may be a little early. */
const MIN_MS = 900;
/** A track may take so long to begin. */
const GRACE_MS = 1000;

/** Looks at one consumer once a second. */
export class ConsumerWatch {
  readonly #watched: Watched;
  #last: Sample | undefined;
  #isPaused = false;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Its sender stopped it on purpose, or goes on: a second with both is told of by neither. */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#last = undefined;
  }

  /** Nobody looked for a while: the second that this falls into is told of by nobody. */
  leaveOut(): void {
    this.#last = undefined;
  }

  /**
   * What it was like since the last look; `undefined` when that was less than
   * a second ago, while it is paused, and before media flows, for which it
   * has a second. What the server withholds is nothing received all the same.
   */
  take(nowMs: number): ConsumerSecond | undefined {
    const { receiver, frames } = this.#watched;
    const shouldFlow = receiver.isSuspended || receiver.packetsReceived > 0 ||
      nowMs - receiver.openedMs >= GRACE_MS;
    if (this.#isPaused || !shouldFlow) return;
    const before = this.#last;
    if (before !== undefined && nowMs - before.atMs < MIN_MS) return;
    const after = this.#last = this.#look(nowMs, before?.frozenMs);
    if (before === undefined) return;
    const seconds = (after.atMs - before.atMs) / 1000;
    return {
      kind: receiver.kind,
      bitrateBps: (after.bytes - before.bytes) * 8 / seconds,
      lossRatio: share(
        after.lost - before.lost,
        after.expected - before.expected,
      ),
      residualLossRatio: share(
        after.givenUp - before.givenUp,
        after.settled - before.settled,
      ),
      frameRate: frames === undefined
        ? null
        : (after.frames - before.frames) / seconds,
      frozenMs: after.frozenMs - before.frozenMs,
      playoutDelayMs: after.emitted === before.emitted
        ? null
        : (after.waitedMs - before.waitedMs) / (after.emitted - before.emitted),
    };
  }

  /** What was told to have stood still and is taken back is told of no second time, so that seconds add up. */
  #look(atMs: number, toldMs = 0): Sample {
    const { receiver, nacks, frames, sound } = this.#watched;
    const now = { nowMs: atMs };
    const shown = frames?.playout.figures(now);
    const played = shown ?? sound?.figures(now);
    const { packetsExpected, packetsLost, packetsRepaired } = receiver;
    const asked = nacks?.size ?? 0;
    return {
      atMs,
      bytes: receiver.bytesReceived,
      expected: packetsExpected,
      lost: packetsLost,
      settled: packetsExpected - asked,
      givenUp: Math.max(0, packetsLost - packetsRepaired - asked),
      frames: shown?.framesRendered ?? 0,
      frozenMs: Math.max(toldMs, shown?.totalFreezesDurationMs ?? 0),
      emitted: played?.jitterBufferEmittedCount ?? 0,
      waitedMs: played?.jitterBufferDelayMs ?? 0,
    };
  }
}

/** What came late is given back, and may belong to an earlier second. */
function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, Math.max(0, part) / whole) : null;
}
