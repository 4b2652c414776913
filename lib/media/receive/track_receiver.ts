/**
 * Reception statistics of one incoming track: RFC 3550 appendix A.1 for
 * sequence numbers, A.3 for loss, A.8 for jitter, and our own packet marks
 * for what was really sent to us.
 *
 * @module
 */

import { ntpToWallMs } from "../rtp/ntp.ts";
import type { AudioPlayout } from "./audio_playout.ts";
import type { FrameTracker } from "./frame_tracker.ts";
import type { NackList } from "./nack_list.ts";
import { MARK_BYTES, readMark } from "../rtp/packet_mark.ts";
import { int32At, type RtpReader } from "../rtp/rtp.ts";

/** Counters that all receivers of a thread write to. */
export interface ReceiveMeter {
  readonly counters: { packetsOutOfOrder: number };
  /** Takes the latency of each packet that says when it was captured, in microseconds. */
  readonly mediaLatency: { record(us: number): void };
  /** Told of a latency that cannot be one, in microseconds: the sender's clock differs by about so much. */
  readonly onClockDifference?: ((us: number) => void) | undefined;
  /** Takes the time from when a track was asked for to its first packet, in microseconds. */
  readonly firstPacket: { record(us: number): void };
}

/**
 * When the packet at hand came, by both clocks. One object, rewritten for each
 * packet: fractions handed on by themselves would be boxed on the heap.
 */
export interface Arrival {
  /** The reactor's clock, in milliseconds: what passed between two packets is told by it. */
  nowMs: number;
  /** Milliseconds since 1970: only to be compared with when another machine captured something. */
  wallMs: number;
}

/** What a receiver is told of its track. */
export interface ReceiverOptions {
  readonly kind: "audio" | "video";
  readonly ssrc: number;
  readonly clockRateHz: number;
  /** Negotiated id of abs-capture-time; 0 when there is none. */
  readonly captureTimeId: number;
  /** Where missing packets are noted; `undefined` when nobody repairs this track. */
  readonly nacks?: NackList | undefined;
  /** What a viewer sees of it; `undefined` for audio. */
  readonly frames?: FrameTracker | undefined;
  /** What a listener hears of it; `undefined` for video. */
  readonly sound?: AudioPlayout | undefined;
  /** When the track was asked for, on the reactor's clock. */
  /** Those of its codec: what comes under another is no media of it. @default {any} */
  readonly payloadTypes?: readonly number[] | undefined;
  readonly requestedAtMs: number;
  /** When the track could first have carried media, on the reactor's clock. */
  readonly openedMs: number;
  readonly meter: ReceiveMeter;
}

/** RFC 3550 appendix A.1. */
const MAX_DROPOUT = 3000;
/**
 * The RFC's example is 100, at 50 packets a second. Repairs that an SFU got
 * late it forwards late, often in a row: 100 would take them for a new
 * numbering, and count what was already there as lost once more.
 */
const MAX_MISORDER = 3000;
/** Packets that may not have been announced yet when their repairs come. */
const MAX_REPAIR_LEAD = 100;
/** A step of the timestamp that time does not explain is a new beginning from here on, as in libwebrtc. */
const TIMESTAMP_RESET_S = 5;
/** Bytes of abs-capture-time without its optional clock offset. */
const CAPTURE_TIME_BYTES = 8;
/** Two threads of a machine read its clock with about this accuracy. */
const CLOSE_US = 2_000;
/** No server keeps media for longer: the clock that captured it is another. */
const ABSURD_US = 10_000_000;
/** Nothing that we send pauses for so long between two packets. */
const SILENCE_MS = 200;
/** A track may be silent for so long before its packets count as missing. */
const SILENCE_GRACE_MS = 1000;

/** One incoming track. */
export class TrackReceiver {
  readonly kind: "audio" | "video";
  /** As a signed 32-bit number; another one once {@linkcode TrackReceiver.moveTo} was called. */
  ssrc: number;
  packetsReceived = 0;
  /** Packets that were missing and came only as repairs (RFC 4588). */
  packetsRepaired = 0;
  /** Packets of a payload type that was not announced: they are ignored (RFC 3550 section 5.1). */
  packetsOfOtherType = 0;
  /** The last such type; -1 without one. */
  otherType = -1;
  /** So much is missing that only a key frame helps; the owner asks for it and clears this. */
  needsKeyFrame = false;
  bytesReceived = 0;
  outOfOrder = 0;
  /** The longest latency of a packet, in whole microseconds. */
  maxLatencyUs = 0;
  /** When the first packet came, on the reactor's clock; -1 before. */
  firstAtMs = -1;
  /** When the last packet came that ended a silence, on the reactor's clock; -1 before. */
  resumedAtMs = -1;
  readonly #options: ReceiverOptions;
  #lastMs = NaN;
  /** Packets a second that its sender sends, as far as that is known: so many are missing while it is silent. */
  #sentPps = 0;
  /** It may send nothing for so long, and goes on. */
  #longestGapMs = 0;
  /** When what was deliverable was last settled, on the reactor's clock. */
  #settledMs = -Infinity;
  #baseSequence = 0;
  #maxSequence = -1;
  #cycles = 0;
  #badSequence = -1;
  /** Packets expected before the numbering began anew. */
  #priorExpected = 0;
  /** Extended numbers of those that have not come and still may; made with the first gap. */
  #missing: Set<number> | undefined;
  /** Packets that nobody expected: repeated ones, and those from before the first. */
  #strays = 0;
  #jitter = 0;
  /** The next packet is the first of its numbering: it has none before to compare with. */
  #isFirst = true;
  /** What is missing before the next packet came while nobody read it. */
  #mayBeUnread = false;
  /** In the midst of when the thread last stood still, in milliseconds since 1970. */
  #stoodAtMs = -Infinity;
  #lastArrivalMs = -Infinity;
  /** Of the last packet that was media. */
  #payloadType = -1;
  /** When the last packet with a payload came: its timestamp is the next one's to compare with. */
  #lastMediaMs = 0;
  #lastTimestamp = 0;
  #firstMark = -1;
  #lastMark = -1;
  /** What was deliverable, and expected, before the track last stopped or went on. */
  #priorDeliverable = 0;
  #settledExpected = 0;
  #suspended = false;
  #wasSuspended = false;
  #reportedExpected = 0;
  #reportedReceived = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.ssrc = options.ssrc;
    this.#lastMs = options.openedMs;
  }

  /** Packets that sequence numbers announced (RFC 3550 appendix A.3). */
  get packetsExpected(): number {
    if (this.#maxSequence < 0) return this.#priorExpected;
    return this.#priorExpected + this.#cycles + this.#maxSequence -
      this.#baseSequence + 1;
  }

  /** Expected packets that have not come; late ones are given back, repeated ones make up for nothing. */
  get packetsLost(): number {
    return Math.max(0, this.packetsExpected - this.#expectedReceived);
  }

  get #expectedReceived(): number {
    return this.packetsReceived - this.#strays;
  }

  /** When the track could first have carried media, on the reactor's clock. */
  get openedMs(): number {
    return this.#options.openedMs;
  }

  /** Whether nothing is expected to come: it was stopped on purpose. */
  get isSuspended(): boolean {
    return this.#suspended;
  }

  /** When the last packet came, on the reactor's clock; `-Infinity` before. */
  get lastAtMs(): number {
    return this.#lastArrivalMs;
  }

  /** For how long nothing has come; from when it was opened, or went on, at most. */
  silentMs(nowMs: number): number {
    return nowMs - this.#lastMs - this.#longestGapMs;
  }

  /** Whether only a key frame can help: what is missing will not be repaired. */
  get isStuck(): boolean {
    const { frames, nacks } = this.#options;
    return frames?.isStuck(nacks) === true;
  }

  /** Whether packets are missing that a repair or a key frame may still make up for. */
  get isMissingPackets(): boolean {
    return this.needsKeyFrame || (this.#options.nacks?.size ?? 0) > 0;
  }

  /** Whether there is something to ask the sender for that nobody asked for yet. */
  get hasRequests(): boolean {
    return this.needsKeyFrame || this.#options.nacks?.hasNew === true;
  }

  /** Interarrival jitter in milliseconds (RFC 3550 section 6.4.1). */
  get jitterMs(): number {
    return this.#jitter / this.#options.clockRateHz * 1000;
  }

  /** The same in RTP timestamp units, as a receiver report carries it. */
  get jitterUnits(): number {
    return Math.floor(this.#jitter);
  }

  /** The extended highest sequence number, 32 bits. */
  get extendedHighest(): number {
    return (this.#cycles + Math.max(0, this.#maxSequence)) | 0;
  }

  /**
   * Packets that the sender sent while this track was open: by its marks
   * where any came, by the rate that it is known to send at while it is silent.
   */
  deliverable(nowMs: number): number {
    const known = this.#firstMark < 0
      ? this.packetsExpected - this.#settledExpected
      : this.#lastMark - this.#firstMark + 1;
    return Math.round(
      this.#priorDeliverable + known +
        this.#silentMs(nowMs) / 1000 * this.#sentPps,
    );
  }

  /** Its sender sends so many packets a second from now on, with gaps of at most so long between two. */
  expectRate(
    nowMs: number,
    packetsPerSecond: number,
    longestGapMs = 0,
  ): void {
    if (packetsPerSecond !== this.#sentPps) {
      // What is missing until now is by what was known until now.
      if (this.#silentMs(nowMs) > 0) this.#settle(nowMs);
      this.#sentPps = packetsPerSecond;
    }
    this.#longestGapMs = longestGapMs;
  }

  /** Nothing need come before {@linkcode TrackReceiver.noteStart}, and what does is welcome. */
  awaitStart(nowMs: number): void {
    if (this.#lastArrivalMs > -Infinity) return;
    this.#settle(nowMs);
    this.#lastMs = Infinity;
  }

  /** From now on media should come. */
  noteStart(nowMs: number): void {
    if (this.#lastMs === Infinity) this.#lastMs = nowMs;
  }

  /** The sender or the server stopped the track on purpose: its silence is not loss. */
  suspend(nowMs: number): void {
    if (this.#suspended) return;
    this.#settle(nowMs);
    this.#options.sound?.pause({ nowMs });
    this.#suspended = this.#wasSuspended = true;
  }

  /** Media may come again. */
  resume(nowMs: number): void {
    if (!this.#suspended) return;
    // What was under way when the track stopped came meanwhile.
    this.#settle(nowMs);
    this.#options.sound?.resume();
    this.#suspended = false;
    this.#lastMs = nowMs;
  }

  /**
   * The thread stood still for `ms` until `moment`, on whose clock that is
   * left out. What comes next is told by a clock that went on, and may have
   * been under way for as long.
   */
  breakOff(moment: Readonly<Arrival>, ms: number): void {
    const untilMs = moment.nowMs + ms;
    if (this.#silentMs(moment.nowMs) > 0) this.#settle(moment.nowMs);
    this.#lastMs = Math.max(this.#lastMs, untilMs);
    this.#isFirst = true;
    // Threads notice when it begins and ends a little apart.
    this.#stoodAtMs = moment.wallMs - ms / 2;
    this.#options.frames?.leaveOut(moment, untilMs);
    this.#options.sound?.leaveOut(moment);
  }

  /**
   * The thread stood still until `moment`. What came meanwhile has been read,
   * but for what the system had no room to keep: that is no loss, and nobody
   * asks for it.
   */
  leaveOut(moment: Readonly<Arrival>): void {
    this.#settle(moment.nowMs);
    this.#lastMs = moment.nowMs;
    this.#isFirst = this.#mayBeUnread = true;
    this.#options.nacks?.clear();
    this.#options.frames?.leaveOut(moment);
    this.#options.sound?.leaveOut(moment);
  }

  /** Counts one packet, which came at `moment`. */
  receive(rtp: RtpReader, moment: Readonly<Arrival>): void {
    if (!this.#trackSequence(rtp.sequence)) return;
    const { mediaLatency } = this.#options.meter;
    this.packetsReceived++;
    this.bytesReceived += rtp.length;
    if (!this.#isMedia(rtp.payloadType)) {
      rtp.payloadLength = 0;
      rtp.marker = false;
    }
    this.#lastArrivalMs = moment.nowMs;
    this.#mayBeUnread = false;
    // Padding is no media, and says nothing of when any was sent.
    if (rtp.payloadLength > 0) {
      if (this.firstAtMs < 0) this.#noteFirst(moment);
      if (this.#isFirst) this.#isFirst = false;
      else this.#trackJitter(rtp.timestamp, moment);
      if (moment.nowMs - this.#lastMs >= SILENCE_MS) {
        this.resumedAtMs = moment.nowMs;
      }
      this.#lastMs = this.#lastMediaMs = moment.nowMs;
      this.#lastTimestamp = rtp.timestamp;
    }
    this.#options.frames?.receive(rtp, moment);
    this.#options.sound?.receive(rtp, moment);
    if (rtp.payloadLength >= MARK_BYTES) {
      this.#trackMark(
        readMark(rtp.bytes, rtp.payloadOffset + rtp.payloadLength),
      );
    }
    const captured = rtp.extensionOffset[this.#options.captureTimeId];
    if (
      captured !== 0 &&
      rtp.extensionLength[this.#options.captureTimeId] >= CAPTURE_TIME_BYTES
    ) {
      const capturedAtMs = ntpToWallMs(
        int32At(rtp.bytes, captured),
        int32At(rtp.bytes, captured + 4),
      );
      if (capturedAtMs < this.#stoodAtMs && moment.wallMs >= this.#stoodAtMs) {
        // It was under way for as long as nothing went on, and the next one was not.
        this.#isFirst = true;
        return;
      }
      // Whole, it is handed on without a box on the heap.
      const us = Math.round((moment.wallMs - capturedAtMs) * 1000);
      if (us < -CLOSE_US || us > ABSURD_US) {
        this.#options.meter.onClockDifference?.(us);
        return;
      }
      if (us > this.maxLatencyUs) this.maxLatencyUs = us;
      mediaLatency.record(us < 0 ? 0 : us);
    }
  }

  /**
   * Counts a packet of the track's repair stream (RFC 4588 section 4): two
   * bytes of the original's sequence number, then its payload. The reader is
   * the original's afterwards.
   */
  receiveRepair(rtp: RtpReader, moment: Readonly<Arrival>): void {
    if (rtp.payloadLength < 2 || this.#maxSequence < 0) return;
    const at = rtp.payloadOffset;
    rtp.sequence = (rtp.bytes[at] << 8) | rtp.bytes[at + 1];
    rtp.payloadOffset += 2;
    rtp.payloadLength -= 2;
    // Of another numbering, or of what this one is far from.
    const ahead = ((rtp.sequence - this.#maxSequence) << 16) >> 16;
    if (ahead > MAX_REPAIR_LEAD || ahead <= -MAX_MISORDER) return;
    if (this.#options.nacks?.repair(rtp.sequence)) this.packetsRepaired++;
    this.#options.frames?.receive(rtp, moment);
  }

  /** The track goes on under another SSRC, with a numbering of its own: what was missing is lost, and nothing in between. */
  moveTo(ssrc: number): void {
    this.ssrc = ssrc;
    if (this.#maxSequence < 0) return;
    this.#priorExpected = this.packetsExpected;
    this.#begin();
    this.#maxSequence = -1;
  }

  /**
   * Loss since the last call, for a receiver report: a fraction of 256
   * (RFC 3550 appendix A.3).
   */
  takeFractionLost(): number {
    const expected = this.packetsExpected - this.#reportedExpected;
    const received = this.#expectedReceived - this.#reportedReceived;
    this.#reportedExpected = this.packetsExpected;
    this.#reportedReceived = this.#expectedReceived;
    const lost = expected - received;
    if (expected <= 0 || lost <= 0) return 0;
    return Math.min(255, Math.floor(lost * 256 / expected));
  }

  #noteFirst(moment: Readonly<Arrival>): void {
    const { nowMs } = moment;
    this.firstAtMs = nowMs;
    this.#options.frames?.playout.rhythm.awaitFrames(moment);
    if (this.#wasSuspended) return;
    const us = Math.round((nowMs - this.#options.requestedAtMs) * 1000);
    this.#options.meter.firstPacket.record(us);
  }

  /** For how long packets are missing of which only the rate is known. */
  #silentMs(nowMs: number): number {
    if (this.#suspended) return 0;
    const graceMs = SILENCE_GRACE_MS + this.#longestGapMs;
    const sinceMs = Math.max(this.#lastMs + graceMs, this.#settledMs);
    return Math.max(0, nowMs - sinceMs);
  }

  /** Keeps what was deliverable so far, and counts anew. */
  #settle(nowMs: number): void {
    this.#priorDeliverable = this.deliverable(nowMs);
    this.#settledMs = nowMs;
    this.#settledExpected = this.packetsExpected;
    this.#firstMark = this.#lastMark = -1;
  }

  /** RFC 3550 appendix A.1, without probation: the SFU told us of this SSRC. */
  #trackSequence(sequence: number): boolean {
    if (this.#maxSequence < 0) {
      this.#baseSequence = this.#maxSequence = sequence;
      return true;
    }
    const ahead = (sequence - this.#maxSequence) & 0xffff;
    if (ahead > 1 && ahead <= 0x10000 - MAX_MISORDER && this.#mayBeUnread) {
      this.#beginAnew(sequence);
    } else if (ahead !== 0 && ahead < MAX_DROPOUT) {
      if (ahead > 1) this.#noteGap(sequence);
      if (sequence < this.#maxSequence) this.#cycles += 0x10000;
      this.#maxSequence = sequence;
    } else if (ahead !== 0 && ahead <= 0x10000 - MAX_MISORDER) {
      if (sequence !== this.#badSequence) {
        this.#badSequence = (sequence + 1) & 0xffff;
        return false;
      }
      // Two in a row after a jump: the sender began anew.
      this.#beginAnew(sequence);
    } else {
      this.#noteLate(sequence);
      // Its repair was in vain.
      if (this.#options.nacks?.remove(sequence)) this.packetsRepaired--;
      this.outOfOrder++;
      this.#options.meter.counters.packetsOutOfOrder++;
    }
    return true;
  }

  #beginAnew(sequence: number): void {
    this.#priorExpected = this.packetsExpected;
    this.#begin();
    this.#baseSequence = this.#maxSequence = sequence;
  }

  /** A numbering begins: nothing of the one before is missing from it, or to be compared with it. */
  #begin(): void {
    this.#cycles = 0;
    this.#badSequence = -1;
    this.#missing?.clear();
    this.#isFirst = true;
    this.#options.nacks?.restart();
    this.#options.frames?.restart();
  }

  /** Packets in a row mostly have one type: a search is needed where it changes. */
  #isMedia(payloadType: number): boolean {
    if (payloadType === this.#payloadType) return true;
    const { payloadTypes } = this.#options;
    if (payloadTypes?.includes(payloadType) === false) {
      this.packetsOfOtherType++;
      this.otherType = payloadType;
      return false;
    }
    this.#payloadType = payloadType;
    return true;
  }

  /** What comes late was missing; else it has come before, or nobody knew of it. */
  #noteLate(sequence: number): void {
    const cycles = sequence > this.#maxSequence
      ? this.#cycles - 0x10000
      : this.#cycles;
    if (this.#missing?.delete(cycles + sequence) !== true) this.#strays++;
  }

  #noteMissing(ahead: number): void {
    const missing = this.#missing ??= new Set();
    const last = this.#cycles + this.#maxSequence;
    for (const number of missing) {
      // What comes now would be a new numbering.
      if (number > last + ahead - MAX_MISORDER) break;
      missing.delete(number);
    }
    for (let i = 1; i < ahead; i++) missing.add(last + i);
  }

  #noteGap(sequence: number): void {
    this.#noteMissing((sequence - this.#maxSequence) & 0xffff);
    const { nacks } = this.#options;
    if (nacks === undefined) return;
    if (!nacks.addGap(this.#maxSequence, sequence)) {
      this.needsKeyFrame = true;
    }
  }

  /** RFC 3550 appendix A.8. */
  #trackJitter(timestamp: number, moment: Readonly<Arrival>): void {
    const { clockRateHz } = this.#options;
    const arrived = (moment.nowMs - this.#lastMediaMs) * clockRateHz / 1000;
    const sent = (timestamp - this.#lastTimestamp) | 0;
    const difference = Math.abs(arrived - sent);
    if (difference >= TIMESTAMP_RESET_S * clockRateHz) return;
    this.#jitter += (difference - this.#jitter) / 16;
  }

  #trackMark(mark: number): void {
    if (mark < 0 || this.#suspended) return;
    if (this.#firstMark < 0) this.#firstMark = this.#lastMark = mark;
    else if (mark > this.#lastMark) this.#lastMark = mark;
    else if (mark < this.#firstMark) this.#firstMark = mark;
  }
}

/** RFC 8285 section 4.3: ids have eight bits. */
const MAX_ID = 255;

/** The negotiated id of a header extension; 0 when it is not among `extensions`, or is none. */
export function extensionId(
  uri: string,
  extensions: readonly { readonly uri: string; readonly id: number }[],
): number {
  const id = extensions.find((extension) => extension.uri === uri)?.id ?? 0;
  return Number.isInteger(id) && id > 0 && id <= MAX_ID ? id : 0;
}
