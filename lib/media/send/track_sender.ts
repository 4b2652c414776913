/**
 * What all kinds of outgoing track have in common: numbering, deadlines,
 * counting. A sender is a task for a reactor: `run` is called when its next
 * packets are due, sends them, and moves `dueMs` on by its schedule alone, so
 * a late packet is sent late and counted, and never skipped.
 *
 * @module
 */

import { ntpFraction, ntpSeconds } from "../rtp/ntp.ts";
import type { RtpHeaderTemplate } from "../rtp/rtp_header.ts";
import { Repairs } from "./repairs.ts";
import type { RtxOptions } from "./rtx_stream.ts";
import type { KeptPackets } from "./sent_history.ts";
import type { Uplink } from "./uplink.ts";

/** Where packets go: one transport. */
export interface PacketSink {
  /** Packets are built here, from offset 0. */
  readonly out: Uint8Array;
  /** Encrypts the packet at `offset` in place; returns its new length. */
  protectRtp(offset: number, length: number): number;
  /** Sends `length` bytes from `offset` as datagrams of `segment` bytes; returns how many left. */
  send(offset: number, length: number, segment: number): number;
  /** Whether there is a way to the server; what is scheduled without one cannot leave. */
  readonly isUp: boolean;
}

/** The clocks of the thread. */
export interface MediaClock {
  /** Monotonic, in milliseconds. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  wallNowMs(): number;
}

/** Counters that all senders of a thread write to. */
export interface SendMeter {
  readonly counters: {
    packetsPlanned: number;
    packetsSent: number;
    /** Of those planned, the ones that were due while the thread stood still; they never leave. */
    packetsSkipped: number;
    /** Of those planned, the ones that were due while there was no way to the server. */
    packetsWithoutPath: number;
    packetsLate: number;
    bytesSent: number;
    sendRefused: number;
    keyFramesSent: number;
  };
  /** Takes the lateness of so many packets, in microseconds. */
  readonly lateness: { record(us: number, packets: number): void };
}

/** What a sender needs. */
export interface SenderOptions {
  readonly sink: PacketSink;
  readonly clock: MediaClock;
  readonly meter: SendMeter;
  readonly header: RtpHeaderTemplate;
  /** 32 bits. */
  readonly ssrc: number;
  /** RTP timestamp units a second. */
  readonly clockRateHz: number;
  /** When the first packet is due. */
  readonly startMs: number;
  /** The first sequence number, 16 bits. */
  readonly firstSequence: number;
  /** The first timestamp, 32 bits. */
  readonly firstTimestamp: number;
  /** How long a frame is captured before its first packet is due, in milliseconds. @default {0} */
  readonly captureLeadMs?: number;
  /** Whether to keep packets for {@linkcode TrackSender.resend}. @default {false} */
  readonly repairs?: boolean;
  /** The stream that repairs go to. @default {that of what they repair} */
  readonly rtx?: RtxOptions | undefined;
  /** Where each packet is noted, of whose numbers the header's are. @default {nowhere} */
  readonly uplink?: Uplink | undefined;
}

/** Two clocks drift apart by a few microseconds in this time. */
const WALL_STALE_MS = 100;
/** What abs-send-time counts in. */
const SEND_TIME_PER_MS = 2 ** 18 / 1000;
/** A packet that left later than this counts as late. */
const LATE_MS = 5;

/** One outgoing track. */
export abstract class TrackSender {
  /** The streams that it is made of: itself. */
  readonly streams: readonly TrackSender[] = [this];
  readonly ssrc: number;
  readonly clockRateHz: number;
  /** When the next packets are due; `Infinity` while paused. */
  dueMs = NaN;
  heapIndex = -1;
  /** Told what `run` threw. */
  onError: ((error: unknown) => void) | undefined;
  /** Packets that the system took. */
  packetsSent = 0;
  /** Bytes of RTP sent, headers included. */
  bytesSent = 0;
  /** Payload bytes sent: what a sender report counts (RFC 3550 section 6.4.1). */
  payloadBytesSent = 0;
  /** Packets that were due. */
  packetsPlanned = 0;
  /** When the first packet left; -1 before. */
  firstSentMs = -1;
  // What each packet needs is here, not in the options: those would be one
  // more object to fetch.
  protected readonly sink: PacketSink;
  protected readonly header: RtpHeaderTemplate;
  protected readonly meter: SendMeter;
  readonly #clock: MediaClock;
  readonly #uplink: Uplink | undefined;
  readonly #startMs: number;
  protected sequence: number;
  protected timestamp: number;
  readonly #captureLeadMs: number;
  /** Where packets are kept for {@linkcode TrackSender.resend}. */
  readonly #repairs: Repairs | undefined;
  readonly #keepsPlain: boolean;
  /** The last frame: its timestamp, and when it was due by either clock. */
  #capturedTimestamp = 0;
  #capturedDueMs = -1;
  #capturedAtMs = 0;
  #pausedDueMs = 0;
  /** How long nothing was due in the last pause, in milliseconds. */
  protected pausedForMs = 0;
  /** Wall-clock time less the monotonic one, and until when it is taken for that. */
  #wallOffsetMs = 0;
  #wallStaleMs = -Infinity;

  /** Of packets that can be sent again, where the server asks for that, so much is `kept`. */
  constructor(options: SenderOptions, kept?: KeptPackets) {
    this.sink = options.sink;
    this.header = options.header;
    this.meter = options.meter;
    this.#clock = options.clock;
    this.#uplink = options.uplink;
    this.#startMs = options.startMs;
    this.#repairs = options.repairs ? new Repairs(options, kept) : undefined;
    this.#keepsPlain = this.#repairs?.keepsPlain ?? false;
    this.ssrc = options.ssrc;
    this.clockRateHz = options.clockRateHz;
    this.dueMs = options.startMs;
    this.sequence = options.firstSequence & 0xffff;
    this.timestamp = options.firstTimestamp | 0;
    this.#captureLeadMs = options.captureLeadMs ?? 0;
    this.#capturedTimestamp = this.timestamp;
  }

  /** Sends what is due and moves `dueMs` on. */
  abstract run(nowMs: number): void;

  /**
   * Sends a packet again that the server misses. `false` when it is not kept
   * any more, was sent again within the last round trip, or repairs have had
   * their share.
   */
  resend(sequence: number, roundTripMs: number): boolean {
    const repairs = this.#repairs;
    const nowMs = this.#clock.nowMs();
    if (repairs?.has(sequence, nowMs, roundTripMs) !== true) return false;
    const { sink } = this;
    this.stamp();
    const length = repairs.write(
      sink.out,
      sequence,
      nowMs,
      this.bytesSent,
    );
    if (length === 0) return false;
    if (!this.#keepsPlain) {
      this.#uplink?.noteRepeated(this.header.numberIn(sink.out));
      return sink.send(0, length, length) === 1;
    }
    const sealed = sink.protectRtp(0, length);
    this.#uplink?.note(sealed);
    return sink.send(0, sealed, sealed) === 1;
  }

  /** Asks for a key frame; only video has any. */
  askKeyFrame(): void {}

  /** Sends nothing from now on; nothing is due while paused. The task must be cancelled. */
  pause(): void {
    if (this.dueMs === Infinity) return;
    this.#pausedDueMs = this.dueMs;
    this.dueMs = Infinity;
  }

  /**
   * Goes on at `startMs`, or when the next packet was due if that is later;
   * timestamps go on by the time that passed. The task must be scheduled again.
   */
  resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    this.dueMs = Math.max(startMs, this.#pausedDueMs);
    this.pausedForMs = this.dueMs - this.#pausedDueMs;
    this.#repairs?.restart(startMs, this.bytesSent);
    if (this.#capturedDueMs < 0) return;
    const capturedMs = this.dueMs - this.#captureLeadMs;
    this.timestamp = this.#timestampAfter(capturedMs - this.#capturedDueMs);
  }

  /**
   * The thread stood still for so long, which `dueMs` is not told in: what was
   * due meanwhile is given up. Whoever receives it hears of a later picture.
   */
  onStandstill(ms: number): void {
    this.advance(Math.round(ms * this.clockRateHz / 1000));
    this.#wallStaleMs = -Infinity;
    // What is left of a frame leaves as if it were captured only now.
    const capturedAtMs = this.#capturedAtMs + ms;
    this.header.setCaptureTime(
      ntpSeconds(capturedAtMs),
      ntpFraction(capturedAtMs),
    );
    const lastingMs = this.dueMs - this.#startMs;
    const { counters } = this.meter;
    const skipped = lastingMs > 0
      ? Math.round(this.packetsPlanned * ms / lastingMs)
      : 0;
    counters.packetsPlanned += skipped;
    counters.packetsSkipped += skipped;
    this.askKeyFrame();
  }

  /** The RTP timestamp that belongs to the wall-clock time `wallMs` (RFC 3550 section 6.4.1). */
  timestampAt(wallMs: number): number {
    return this.#timestampAfter(wallMs - this.#capturedAtMs);
  }

  /** The timestamp of the next frame is later by so many units. */
  protected advance(units: number): void {
    this.timestamp = (this.timestamp + units) | 0;
  }

  /** Notes that a frame with the current timestamp, whose first packet is due now, was captured when it should be. */
  protected capture(): void {
    const { dueMs } = this;
    const capturedMs = dueMs - this.#captureLeadMs;
    if (dueMs >= this.#wallStaleMs) {
      this.#wallOffsetMs = this.#clock.wallNowMs() - this.#clock.nowMs();
      this.#wallStaleMs = dueMs + WALL_STALE_MS;
    }
    const wallMs = this.#wallOffsetMs + capturedMs;
    this.#capturedTimestamp = this.timestamp;
    this.#capturedDueMs = capturedMs;
    this.#capturedAtMs = wallMs;
    this.header.setCaptureTime(ntpSeconds(wallMs), ntpFraction(wallMs));
  }

  /** The packets that are written from now on leave now. */
  protected stamp(): void {
    const { header } = this;
    const uplink = this.#uplink;
    if (uplink === undefined && !header.tellsSendTime) return;
    const nowMs = this.#clock.nowMs();
    if (uplink !== undefined) uplink.nowMs = nowMs;
    if (header.tellsSendTime) {
      header.setSendTime(Math.round(nowMs * SEND_TIME_PER_MS) & 0xffffff);
    }
  }

  /** Encrypts the packet at `offset` of the sink, which has the current sequence number, and keeps it; returns its new length. */
  protected seal(offset: number, length: number): number {
    const { sink } = this;
    const repairs = this.#repairs;
    if (this.#keepsPlain) {
      repairs!.keep(this.sequence, sink.out, offset, length);
    }
    const sealed = sink.protectRtp(offset, length);
    if (repairs !== undefined && !this.#keepsPlain) {
      repairs.keep(this.sequence, sink.out, offset, sealed);
    }
    this.#uplink?.note(sealed);
    return sealed;
  }

  /**
   * Counts `planned` packets of which `sent` left, in `bytes`, `payloadBytes`
   * of them payload; to be called before `dueMs` moves on: as an argument
   * that would be boxed on the heap.
   */
  protected count(
    planned: number,
    sent: number,
    bytes: number,
    payloadBytes: number,
  ): void {
    const { counters, lateness } = this.meter;
    const nowMs = this.#clock.nowMs();
    const lateMs = nowMs - this.dueMs;
    this.packetsPlanned += planned;
    this.packetsSent += sent;
    counters.packetsPlanned += planned;
    counters.packetsSent += sent;
    if (sent < planned) {
      if (this.sink.isUp) counters.sendRefused += planned - sent;
      else counters.packetsWithoutPath += planned - sent;
    }
    if (sent > 0) {
      // Of a burst that left in part, that part: its packets are of about one size.
      const left = sent === planned
        ? bytes
        : Math.round(bytes * sent / planned);
      this.bytesSent += left;
      this.payloadBytesSent += sent === planned
        ? payloadBytes
        : Math.round(payloadBytes * sent / planned);
      counters.bytesSent += left;
      if (this.firstSentMs < 0) this.firstSentMs = nowMs;
    }
    if (lateMs > LATE_MS) counters.packetsLate += planned;
    // Whole, it is handed on without a box on the heap.
    lateness.record(Math.round(lateMs * 1000), planned);
  }

  /** The timestamp this long after the last frame. */
  #timestampAfter(ms: number): number {
    const units = Math.round(ms * this.clockRateHz / 1000);
    return (this.#capturedTimestamp + units) | 0;
  }
}
