/** A video as packets, and what a viewer would see of those that come. */

import {
  FrameRhythm,
  FrameTracker,
  NackList,
  RtpHeaderTemplate,
  RtpReader,
  VideoPlayout,
  type WholeFrame,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
  writeVp8LayerDescriptor,
} from "../../../lib/media/mod.ts";

/** Packets of each frame of the video, and the time from one frame to the next. */
export const PACKETS = 4;
export const FRAME_MS = 40;
const CLOCK_RATE_HZ = 90_000;

/** Shows each frame as soon as it can be decoded. */
export class AtOnce extends VideoPlayout {
  #shownTimestamp = NaN;

  override push(frame: Readonly<WholeFrame>): void {
    this.#shownTimestamp = frame.timestamp;
    this.rhythm.show(frame);
  }

  override hasShown(timestamp: number): boolean {
    return this.#shownTimestamp === this.#shownTimestamp &&
      ((timestamp - this.#shownTimestamp) | 0) <= 0;
  }
}

/** A video whose frames 0, 10, 20 … are key frames, and its viewer. */
export class Watched {
  readonly gapsUs: number[] = [];
  readonly firstUs: number[] = [];
  readonly nacks = new NackList();
  readonly rhythm = new FrameRhythm({
    frameGap: { record: (us) => void this.gapsUs.push(us) },
    timeToFirstFrame: { record: (us) => void this.firstUs.push(us) },
  }, 0);
  readonly playout: VideoPlayout;
  readonly tracker: FrameTracker;
  readonly #first: number;
  readonly #rtp = new RtpReader();
  readonly #bytes = new Uint8Array(100);

  /** `first` is the sequence number of the first packet; with `isTimed` frames are shown at their time. */
  constructor(first = 0, isTimed = false) {
    this.#first = first;
    this.playout = isTimed
      ? new VideoPlayout(this.rhythm, CLOCK_RATE_HZ)
      : new AtOnce(this.rhythm, CLOCK_RATE_HZ);
    this.tracker = new FrameTracker(this.playout, CLOCK_RATE_HZ);
  }

  /** Frames shown so far. */
  get shown(): number {
    return this.rhythm.figures({ nowMs: 0 }).framesRendered;
  }

  /** How many frames have been shown by then. */
  shownAt(nowMs: number): number {
    return this.playout.figures({ nowMs }).framesRendered;
  }

  /** Lets packet `index` of the video come; returns how many frames it shows. */
  packet(index: number, over: Partial<Packet> = {}): number {
    const frame = Math.floor(index / PACKETS);
    const before = this.shown;
    this.take({
      sequence: (this.#first + index) & 0xffff,
      timestamp: frame * FRAME_MS * CLOCK_RATE_HZ / 1000,
      pictureId: frame & 0x7fff,
      isFirst: index % PACKETS === 0,
      isLast: index % PACKETS === PACKETS - 1,
      isKey: frame % 10 === 0,
      atMs: frame * FRAME_MS,
      ...over,
    });
    return this.shown - before;
  }

  /** Lets these packets come; returns the frames that each shows. */
  packets(indices: Iterable<number>): number[] {
    return [...indices].map((index) => this.packet(index));
  }

  take(packet: Packet): void {
    const header = new RtpHeaderTemplate({
      payloadType: 96,
      ssrc: 7,
      extensions: [],
    });
    const { sequence, timestamp, isLast } = packet;
    const at = header.write(this.#bytes, 0, sequence, timestamp, isLast);
    const { isFirst, pictureId, layer } = packet;
    const data = layer === undefined
      ? writeVp8Descriptor(this.#bytes, at, isFirst, pictureId)
      : writeVp8LayerDescriptor(
        this.#bytes,
        at,
        isFirst,
        pictureId,
        layer.baseIndex,
        layer.bits,
      );
    if (packet.isKey) writeVp8KeyHeader(this.#bytes, data, 640, 480);
    else writeVp8InterHeader(this.#bytes, data);
    if (packet.isHidden) this.#bytes[data] &= ~0x10;
    this.#rtp.read(this.#bytes, 0, data + 20);
    this.tracker.receive(this.#rtp, { nowMs: packet.atMs });
  }
}

/** One packet. */
export interface Packet {
  readonly sequence: number;
  readonly timestamp: number;
  readonly pictureId: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isKey: boolean;
  /** Counter of base frames, and layer in time as a descriptor has it. */
  readonly layer?: { readonly baseIndex: number; readonly bits: number };
  /** Only to predict from. */
  readonly isHidden?: boolean;
  readonly atMs: number;
}

/** The numbers from one to before another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
