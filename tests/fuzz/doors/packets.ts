/** Datagrams, each by itself: RTP with VP8 in it, RTCP, STUN. */

import {
  isVp8KeyFrameStart,
  isVp8Shown,
  isVp8Start,
  readRtcp,
  RtpReader,
  vp8DescriptorBytes,
  vp8PictureId,
  writeNack,
  writePli,
  writeReceiverReport,
  writeSenderReport,
} from "../../../lib/media/mod.ts";
import {
  bindingRequest,
  bindingResponse,
  parseStun,
} from "../../../lib/rtc/ice/stun.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

/** Feedback and reports, alone and together. */
export const RTCP: readonly Uint8Array[] = rtcpSamples();

function rtcpSamples(): readonly Uint8Array[] {
  const made = (write: (out: Uint8Array) => number) => {
    const out = new Uint8Array(2048);
    return out.slice(0, write(out));
  };
  const block = {
    ssrc: 7,
    fractionLost: 3,
    packetsLost: 9,
    extendedHighest: 70_000,
    jitterUnits: 12,
    lastSenderReport: 5,
    delaySinceLastSenderReport: 6,
  };
  const info = {
    ssrc: 1,
    ntpSeconds: 3_900_000_000,
    ntpFraction: 1,
    rtpTimestamp: 2,
    packets: 3,
    payloadBytes: 4,
  };
  return [
    made((out) => writePli(out, 0, 1, 2)),
    made((out) => writeNack(out, 0, 1, 2, [1, 2, 5, 40, 41, 65_535])),
    made((out) => writeReceiverReport(out, 0, 1, [block, block])),
    made((out) => writeSenderReport(out, 0, info)),
    made((out) => {
      const at = writeSenderReport(out, 0, info);
      return writePli(out, writeNack(out, at, 1, 2, [3]), 1, 2);
    }),
  ];
}

const PASSWORD = "a".repeat(32);
/** Where a packet stands in its buffer; what is around it is not its own. */
const MARGIN = 16;

/** RTP, and the VP8 descriptor that a payload begins with. */
export const rtp: Door = {
  name: "rtp",
  kind: "pure",
  open() {
    const reader = new RtpReader();
    return {
      property: fc.property(damagedBytes(RTP), (packet) => {
        const bytes = within(packet);
        if (!reader.read(bytes, MARGIN, packet.length)) return;
        const end = MARGIN + packet.length;
        const { payloadOffset: at, payloadLength: length } = reader;
        inside(at, length, end);
        reader.extensionOffset.forEach((from, id) => {
          if (from > 0) inside(from, reader.extensionLength[id], end);
        });
        const descriptor = vp8DescriptorBytes(bytes, at, length);
        if (descriptor > length) throw new Error("a descriptor beyond its end");
        isVp8Start(bytes, at, length);
        isVp8KeyFrameStart(bytes, at, length);
        isVp8Shown(bytes, at, length);
        const id = vp8PictureId(bytes, at, length);
        if (!(id >= -1 && id <= 0x7fff)) throw new Error(`picture id ${id}`);
      }),
    };
  },
};

/** Compound RTCP. */
export const rtcp: Door = {
  name: "rtcp",
  kind: "pure",
  open() {
    let told = 0;
    const count = () => void told++;
    const handler = {
      onKeyFrameRequest: count,
      onMissing: (_ssrc: number, sequence: number) => {
        told++;
        if (!(sequence >= 0 && sequence <= 0xffff)) {
          throw new Error(`sequence number ${sequence}`);
        }
      },
      onSenderReport: count,
      onReportBlock: count,
    };
    return {
      property: fc.property(damagedBytes(RTCP), (packet) => {
        told = 0;
        readRtcp(within(packet), MARGIN, packet.length, handler);
        // One entry of a NACK has four bytes and names 17 packets at most.
        if (told > 17 * packet.length / 4 + 1) {
          throw new Error(`${told} calls for ${packet.length} bytes`);
        }
      }),
    };
  },
};

/** STUN, with our password and with others. */
export const stun: Door = {
  name: "stun",
  kind: "pure",
  open: () => ({
    property: fc.property(damagedBytes(stunSamples()), (packet) => {
      parseStun(packet, PASSWORD);
    }),
  }),
};

/** The packet among bytes that would be read if somebody read too far. */
function within(packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(packet.length + 2 * MARGIN).fill(0xee);
  bytes.set(packet, MARGIN);
  return bytes;
}

function inside(from: number, length: number, end: number): void {
  if (from >= MARGIN && length >= 0 && from + length <= end) return;
  throw new Error(`${from} + ${length} is not in ${MARGIN} to ${end}`);
}

/** An Opus packet, and VP8 of several descriptors, with and without extensions. */
export const RTP: readonly Uint8Array[] = [
  [0x80, 0x6f, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xfc, 0xff, 0xfe],
  [
    ...[0x90, 0xe0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
    ...[0xbe, 0xde, 0, 3, 0x10, 0x30, 0x47, 1, 2, 3, 4, 5, 6, 7, 8, 0],
    ...[0x90, 0x80, 0x81, 0x23, 0x10, 2, 0, 0x9d, 1, 0x2a, 64, 1, 240, 0],
  ],
  [
    ...[0x90, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
    ...[0x10, 0, 0, 2, 1, 1, 0x30, 4, 3, 7, 8, 9],
    ...[0x90, 0xf0, 0x81, 0x23, 7, 0x40, 0x11, 0, 0, 1],
  ],
  [
    ...[0xb2, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 8],
    ...[0xbe, 0xde, 0, 1, 0x50, 0x80, 0, 0, 0x10, 0x11, 0, 0, 0, 0, 4],
  ],
].map((bytes) => Uint8Array.from(bytes));

/** A request, an answer, and a message of another method. */
export function stunSamples(): readonly Uint8Array[] {
  const request = bindingRequest({
    transactionId: new Uint8Array(12).fill(5),
    username: "server:client",
    password: PASSWORD,
    tieBreaker: 7n,
    nomination: 1,
  });
  return [
    request,
    bindingResponse(
      "05".repeat(12),
      { address: "127.0.0.1", port: 5000 },
      PASSWORD,
    ),
    // A message of another method, without any attribute.
    Uint8Array.from([
      0,
      3,
      0,
      0,
      0x21,
      0x12,
      0xa4,
      0x42,
      ...request.slice(8, 20),
    ]),
  ];
}
