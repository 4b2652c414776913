/**
 * RTCP, written and read in place: sender and receiver reports with a CNAME
 * (RFC 3550 section 6), requests for packets (generic NACK, RFC 4585 section
 * 6.2.1) and for key frames (PLI, section 6.3.1; FIR, RFC 5104 section 4.3.1),
 * and how a receiver that sends nothing learns the round trip: it tells its
 * time (RRTR, RFC 3611 section 4.4), the sender how long ago that was (DLRR,
 * section 4.5).
 *
 * @module
 */

import { int32At, writeInt16, writeInt32 } from "./rtp.ts";

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const EXTENDED_REPORT = 207;
const RECEIVER_REFERENCE_TIME = 4;
const DELAY_SINCE_RECEIVER_REPORT = 5;
const GENERIC_NACK = 1;
const TRANSPORT_WIDE = 15;
const PLI = 1;
const FIR = 4;
const CNAME = 1;
const VERSION = 0x80;
const PADDED = 0x20;
const MAX_LOST = 0x7fffff;

/** Told of each packet of a compound packet. `ssrc` is signed. */
export interface RtcpHandler {
  /** The server asks the sender of `ssrc` for a key frame. */
  onKeyFrameRequest(kind: "pli" | "fir", ssrc: number): void;
  /** The receiver misses this packet of the sender of `ssrc`; left out by who repairs nothing. */
  onMissing?(ssrc: number, sequence: number): void;
  /** The sender of `ssrc` reports; the middle 32 bits of its NTP time, signed. */
  onSenderReport(ssrc: number, middleNtp: number): void;
  /** What was received of one of our tracks; the times of a round trip are 0 where the reporter had no sender report yet. */
  onReportBlock?(
    ssrc: number,
    lastSenderReport: number,
    delaySinceLastSenderReport: number,
  ): void;
  /** A receiver of what we send, by its SSRC, tells its time: the middle 32 bits of it, signed. */
  onReceiverTime?(ssrc: number, middleNtp: number): void;
  /** When which of our packets arrived: the message from `start` to `end`, for `Uplink.read`. */
  onArrivals?(bytes: Uint8Array, start: number, end: number): void;
}

/** When a receiver told its time, as its sender repeats it (RFC 3611 section 4.5). */
export interface ReceiverTime {
  /** The receiver's. */
  readonly ssrc: number;
  /** Middle 32 bits of the NTP time that it told. */
  readonly lastReceiverReport: number;
  /** Since that came, in units of 1/65536 s. */
  readonly delaySinceLastReceiverReport: number;
}

/** What a report block says of one received track (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Out of 256. */
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly extendedHighest: number;
  readonly jitterUnits: number;
  /** Middle 32 bits of the last sender report's NTP time; 0 without one. */
  readonly lastSenderReport: number;
  /** Since that report, in units of 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

/** What a sender report says of the sender (RFC 3550 section 6.4.1). */
export interface SenderInfo {
  readonly ssrc: number;
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly payloadBytes: number;
}

/** Blocks that one report can hold. */
export const MAX_REPORT_BLOCKS = 31;

/**
 * Reads the packets at `offset`: compound, or of reduced size without a report
 * in front (RFC 5506), in any order. Stops at the first thing that is none.
 */
export function readRtcp(
  bytes: Uint8Array,
  offset: number,
  length: number,
  handler: RtcpHandler,
): void {
  const end = offset + length;
  let at = offset;
  while (at + 8 <= end) {
    if ((bytes[at] & 0xc0) !== VERSION) return;
    const size = (((bytes[at + 2] << 8) | bytes[at + 3]) + 1) << 2;
    if (at + size > end) return;
    const format = bytes[at] & 0x1f;
    const type = bytes[at + 1];
    // Its last byte says how many bytes of padding it ends with.
    const padding = (bytes[at] & PADDED) !== 0 ? bytes[at + size - 1] : 0;
    const bodyEnd = at + size - padding;
    if (type === SENDER_REPORT && bodyEnd - at >= 28) {
      const seconds = (bytes[at + 10] << 24) | (bytes[at + 11] << 16);
      const fraction = (bytes[at + 12] << 8) | bytes[at + 13];
      handler.onSenderReport(int32At(bytes, at + 4), seconds | fraction);
      readBlocks(bytes, at + 28, bodyEnd, format, handler);
    } else if (type === RECEIVER_REPORT) {
      readBlocks(bytes, at + 8, bodyEnd, format, handler);
    } else if (type === EXTENDED_REPORT) {
      readExtended(bytes, at, bodyEnd, handler);
    } else if (type === TRANSPORT_FEEDBACK && format === GENERIC_NACK) {
      readNack(bytes, at, bodyEnd, handler);
    } else if (type === TRANSPORT_FEEDBACK && format === TRANSPORT_WIDE) {
      handler.onArrivals?.(bytes, at, bodyEnd);
    } else if (
      type === PAYLOAD_FEEDBACK && format === PLI && bodyEnd - at >= 12
    ) {
      handler.onKeyFrameRequest("pli", int32At(bytes, at + 8));
    } else if (type === PAYLOAD_FEEDBACK && format === FIR) {
      for (let entry = at + 12; entry + 8 <= bodyEnd; entry += 8) {
        handler.onKeyFrameRequest("fir", int32At(bytes, entry));
      }
    }
    at += size;
  }
}

function readBlocks(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  handler: RtcpHandler,
): void {
  for (let i = 0, at = start; i < count && at + 24 <= end; i++, at += 24) {
    handler.onReportBlock?.(
      int32At(bytes, at),
      int32At(bytes, at + 16),
      int32At(bytes, at + 20),
    );
  }
}

/** Blocks of a type that is not known are passed over (RFC 3611 section 3). */
function readExtended(
  bytes: Uint8Array,
  start: number,
  end: number,
  handler: RtcpHandler,
): void {
  for (let at = start + 8; at + 4 <= end;) {
    const size = (((bytes[at + 2] << 8) | bytes[at + 3]) + 1) << 2;
    if (at + size > end) return;
    if (bytes[at] === RECEIVER_REFERENCE_TIME && size === 12) {
      handler.onReceiverTime?.(
        int32At(bytes, start + 4),
        (int32At(bytes, at + 4) << 16) | (int32At(bytes, at + 8) >>> 16),
      );
    }
    at += size;
  }
}

function readNack(
  bytes: Uint8Array,
  start: number,
  end: number,
  handler: RtcpHandler,
): void {
  const ssrc = int32At(bytes, start + 8);
  for (let at = start + 12; at + 4 <= end; at += 4) {
    const first = (bytes[at] << 8) | bytes[at + 1];
    const mask = (bytes[at + 2] << 8) | bytes[at + 3];
    handler.onMissing?.(ssrc, first);
    for (let i = 0; i < 16; i++) {
      if ((mask & (1 << i)) !== 0) {
        handler.onMissing?.(ssrc, (first + i + 1) & 0xffff);
      }
    }
  }
}

/** Writes a sender report without blocks at `at`; returns where it ends. */
export function writeSenderReport(
  bytes: Uint8Array,
  at: number,
  info: SenderInfo,
): number {
  writeHeader(bytes, at, 0, SENDER_REPORT, 28);
  writeInt32(bytes, at + 4, info.ssrc);
  writeInt32(bytes, at + 8, info.ntpSeconds);
  writeInt32(bytes, at + 12, info.ntpFraction);
  writeInt32(bytes, at + 16, info.rtpTimestamp);
  writeInt32(bytes, at + 20, info.packets);
  writeInt32(bytes, at + 24, info.payloadBytes);
  return at + 28;
}

/** Writes a receiver report at `at`; returns where it ends. */
export function writeReceiverReport(
  bytes: Uint8Array,
  at: number,
  ssrc: number,
  blocks: readonly ReportBlock[],
): number {
  const size = 8 + 24 * blocks.length;
  writeHeader(bytes, at, blocks.length, RECEIVER_REPORT, size);
  writeInt32(bytes, at + 4, ssrc);
  let block = at + 8;
  for (const report of blocks) {
    writeInt32(bytes, block, report.ssrc);
    const lost = Math.min(report.packetsLost, MAX_LOST);
    writeInt32(bytes, block + 4, (report.fractionLost << 24) | lost);
    writeInt32(bytes, block + 8, report.extendedHighest);
    writeInt32(bytes, block + 12, report.jitterUnits);
    writeInt32(bytes, block + 16, report.lastSenderReport);
    writeInt32(bytes, block + 20, report.delaySinceLastSenderReport);
    block += 24;
  }
  return block;
}

/** Writes a source description with the CNAME at `at`; returns where it ends. */
export function writeCname(
  bytes: Uint8Array,
  at: number,
  ssrc: number,
  cname: Uint8Array,
): number {
  const text = Math.min(cname.length, 255);
  // Item and at least one zero byte, to a multiple of four.
  const size = 8 + (Math.floor((2 + text) / 4) + 1) * 4;
  bytes.fill(0, at, at + size);
  writeHeader(bytes, at, 1, SOURCE_DESCRIPTION, size);
  writeInt32(bytes, at + 4, ssrc);
  bytes[at + 8] = CNAME;
  bytes[at + 9] = text;
  bytes.set(cname.subarray(0, text), at + 10);
  return at + size;
}

/** Writes an extended report that answers receivers' times at `at`; returns where it ends. */
export function writeReceiverTimes(
  bytes: Uint8Array,
  at: number,
  ssrc: number,
  times: readonly ReceiverTime[],
): number {
  const size = 12 + 12 * times.length;
  writeHeader(bytes, at, 0, EXTENDED_REPORT, size);
  writeInt32(bytes, at + 4, ssrc);
  bytes[at + 8] = DELAY_SINCE_RECEIVER_REPORT;
  bytes[at + 9] = 0;
  writeInt16(bytes, at + 10, 3 * times.length);
  let block = at + 12;
  for (const time of times) {
    writeInt32(bytes, block, time.ssrc);
    writeInt32(bytes, block + 4, time.lastReceiverReport);
    writeInt32(bytes, block + 8, time.delaySinceLastReceiverReport);
    block += 12;
  }
  return block;
}

/** Writes a picture loss indication at `at`; returns where it ends. */
export function writePli(
  bytes: Uint8Array,
  at: number,
  senderSsrc: number,
  mediaSsrc: number,
): number {
  writeHeader(bytes, at, PLI, PAYLOAD_FEEDBACK, 12);
  writeInt32(bytes, at + 4, senderSsrc);
  writeInt32(bytes, at + 8, mediaSsrc);
  return at + 12;
}

/** Writes a generic NACK for `sequences`, in the order in which they went missing, at `at`; returns where it ends. */
export function writeNack(
  bytes: Uint8Array,
  at: number,
  senderSsrc: number,
  mediaSsrc: number,
  sequences: readonly number[],
): number {
  let end = at + 12;
  for (let i = 0; i < sequences.length;) {
    const first = sequences[i++];
    let mask = 0;
    // Each entry names one packet, and by a bit mask the 16 after it.
    for (; i < sequences.length; i++) {
      const behind = (sequences[i] - first) & 0xffff;
      if (behind === 0 || behind > 16) break;
      mask |= 1 << (behind - 1);
    }
    writeInt16(bytes, end, first);
    writeInt16(bytes, end + 2, mask);
    end += 4;
  }
  writeHeader(bytes, at, GENERIC_NACK, TRANSPORT_FEEDBACK, end - at);
  writeInt32(bytes, at + 4, senderSsrc);
  writeInt32(bytes, at + 8, mediaSsrc);
  return end;
}

function writeHeader(
  bytes: Uint8Array,
  at: number,
  count: number,
  type: number,
  size: number,
): void {
  bytes[at] = VERSION | count;
  bytes[at + 1] = type;
  writeInt16(bytes, at + 2, size / 4 - 1);
}
