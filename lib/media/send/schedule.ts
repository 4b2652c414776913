/**
 * When a track's packets are due, as pure functions of its own clock: nothing
 * depends on when they really left.
 *
 * A video frame's packets do not leave all at once: a burst fills the SFU's
 * socket buffer, and the loss would look like the server's. They leave in
 * bursts of at most {@linkcode BURST_PACKETS}, spread over the first part of
 * the frame's interval, as a browser's pacer does.
 *
 * @module
 */

/** Packets that leave back to back, at most. */
export const BURST_PACKETS = 10;
/** Pause between the bursts of one frame, in milliseconds, where the interval allows it. */
export const BURST_PAUSE_MS = 3;
/** The share of a frame's interval that its bursts may fill. */
const SPREAD = 0.8;

/** Where one frame's packets go. */
export interface FrameLayout {
  readonly packets: number;
  /** Bytes of data in every packet but the last. */
  readonly fullBytes: number;
  /** Bytes of data in the last packet. */
  readonly lastBytes: number;
  /** Pause between two bursts, in milliseconds. */
  readonly burstPauseMs: number;
}

/**
 * How a frame of `frameBytes` is cut into packets of at most `packetBytes`
 * and spread over `intervalMs`. A last packet smaller than `leastBytes` is
 * filled up to it.
 */
export function layOutFrame(
  frameBytes: number,
  packetBytes: number,
  leastBytes: number,
  intervalMs: number,
): FrameLayout {
  const packets = Math.max(1, Math.ceil(frameBytes / packetBytes));
  const rest = frameBytes - (packets - 1) * packetBytes;
  const bursts = Math.ceil(packets / BURST_PACKETS);
  return {
    packets,
    fullBytes: packetBytes,
    lastBytes: Math.max(rest, leastBytes),
    burstPauseMs: Math.min(BURST_PAUSE_MS, intervalMs * SPREAD / bursts),
  };
}

/** Decides which frames are key frames: every interval, and when asked, but not too often. */
export class KeyFrameClock {
  readonly #everyFrames: number;
  readonly #leastFrames: number;
  #sinceLast: number;
  #asked = false;

  /**
   * `everyFrames` between two key frames unasked; at least `leastFrames`
   * between an asked one and the one before. The first frame is one.
   */
  constructor(everyFrames: number, leastFrames: number) {
    this.#everyFrames = everyFrames;
    this.#leastFrames = leastFrames;
    this.#sinceLast = everyFrames;
  }

  /** Asks for a key frame as soon as allowed. */
  ask(): void {
    this.#asked = true;
  }

  /** Whether the next frame is a key frame; counts it. */
  next(): boolean {
    const isKey = this.#sinceLast >= this.#everyFrames ||
      (this.#asked && this.#sinceLast >= this.#leastFrames);
    this.#sinceLast = isKey ? 1 : this.#sinceLast + 1;
    if (isKey) this.#asked = false;
    return isKey;
  }
}
