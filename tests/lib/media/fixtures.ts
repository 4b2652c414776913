/** What the media tests share: a transport that keeps what it is given, a clock that stands still. */

import type {
  MediaClock,
  PacketSink,
  SenderOptions,
  SendMeter,
  TrackSender,
} from "../../../lib/media/mod.ts";
import {
  EXTENSION_URIS,
  RtpHeaderTemplate,
  RtpReader,
} from "../../../lib/media/mod.ts";
import { readMark } from "../../../lib/media/rtp/packet_mark.ts";

/** Id of abs-capture-time in these tests. */
export const CAPTURE_TIME_ID = 4;
/** Id of the audio level in these tests. */
export const AUDIO_LEVEL_ID = 5;
/** Bytes that the fake cipher adds. */
export const TAG_BYTES = 16;

/** One packet that left. */
export interface SentPacket {
  readonly atMs: number;
  readonly ssrc: number;
  /** Of the plain packet. */
  readonly length: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly mark: number;
  readonly payload: Uint8Array;
  /** Capture time, as NTP seconds and fraction. */
  readonly capture: readonly [seconds: number, fraction: number];
  /** As RFC 6464 has it; -1 when it is not told. */
  readonly level: number;
}

/** A clock that is moved by hand. Wall time is a fixed step ahead. */
export class StillClock implements MediaClock {
  static readonly WALL_AHEAD_MS = 1_700_000_000_000;
  ms = 0;

  nowMs(): number {
    return this.ms;
  }

  wallNowMs(): number {
    return this.ms + StillClock.WALL_AHEAD_MS;
  }
}

/** A transport that keeps every packet. */
export class KeepingSink implements PacketSink {
  readonly out = new Uint8Array(64 * 1024);
  readonly packets: SentPacket[] = [];
  /** Packets in each call of `send`. */
  readonly bursts: number[] = [];
  /** How many packets of each call the system takes. */
  takes = Infinity;
  isUp = true;

  constructor(readonly clock: StillClock) {}

  protectRtp(_offset: number, length: number): number {
    return length + TAG_BYTES;
  }

  send(offset: number, length: number, segment: number): number {
    let count = 0;
    for (let at = 0; at < length; at += segment) {
      const bytes = Math.min(segment, length - at) - TAG_BYTES;
      if (count < this.takes) this.#keep(offset + at, bytes);
      count++;
    }
    this.bursts.push(count);
    return Math.min(count, this.takes);
  }

  #keep(at: number, length: number): void {
    const bytes = this.out.slice(at, at + length);
    const rtp = new RtpReader();
    if (!rtp.read(bytes, 0, length)) throw new Error("not RTP");
    const end = rtp.payloadOffset + rtp.payloadLength;
    const view = new DataView(bytes.buffer);
    const capture = rtp.extensionOffset[CAPTURE_TIME_ID];
    const level = rtp.extensionOffset[AUDIO_LEVEL_ID];
    this.packets.push({
      atMs: this.clock.ms,
      ssrc: rtp.ssrc,
      length,
      sequence: rtp.sequence,
      timestamp: rtp.timestamp,
      marker: rtp.marker,
      mark: readMark(bytes, end),
      payload: bytes.subarray(rtp.payloadOffset, end),
      capture: capture === 0
        ? [0, 0]
        : [view.getUint32(capture), view.getUint32(capture + 4)],
      level: level === 0 ? -1 : bytes[level],
    });
  }
}

/** A meter that keeps every lateness. */
export class KeepingMeter implements SendMeter {
  readonly counters = {
    packetsPlanned: 0,
    packetsSent: 0,
    packetsSkipped: 0,
    packetsWithoutPath: 0,
    packetsLate: 0,
    bytesSent: 0,
    sendRefused: 0,
    keyFramesSent: 0,
  };
  readonly lateUs: number[] = [];
  readonly lateness = {
    record: (us: number, packets: number) =>
      void this.lateUs.push(...Array(packets).fill(us)),
  };
}

/** A clock, a sink and a meter, and sender options with them. */
export function senderWorld(
  clockRateHz: number,
  overrides: Partial<SenderOptions> = {},
): {
  readonly clock: StillClock;
  readonly sink: KeepingSink;
  readonly meter: KeepingMeter;
  readonly options: SenderOptions;
} {
  const clock = new StillClock();
  const sink = new KeepingSink(clock);
  const meter = new KeepingMeter();
  const header = new RtpHeaderTemplate({
    payloadType: 96,
    ssrc: 0x11223344,
    extensions: [
      {
        uri: EXTENSION_URIS.absCaptureTime,
        id: CAPTURE_TIME_ID,
        value: new Uint8Array(8),
      },
      {
        uri: EXTENSION_URIS.audioLevel,
        id: AUDIO_LEVEL_ID,
        value: new Uint8Array(1),
      },
    ],
  });
  const options: SenderOptions = {
    sink,
    clock,
    meter,
    header,
    ssrc: 0x11223344,
    clockRateHz,
    startMs: 0,
    firstSequence: 0xfff0,
    firstTimestamp: 0xffff_0000,
    ...overrides,
  };
  return { clock, sink, meter, options };
}

/** Runs a sender as a reactor that is never late would, until before `endMs`. */
export function runUntil(
  sender: Pick<TrackSender, "dueMs" | "run">,
  clock: StillClock,
  endMs: number,
): void {
  while (sender.dueMs < endMs) {
    clock.ms = Math.max(clock.ms, sender.dueMs);
    sender.run(clock.ms);
  }
  clock.ms = Math.max(clock.ms, endMs);
}
