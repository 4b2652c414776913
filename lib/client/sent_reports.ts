/**
 * What a client reports of the streams that it sends, as often as a browser
 * does: a sender report (RFC 3550 section 6.4.1) with its name, and an answer
 * to each receiver that told its time since the last one (RFC 3611
 * section 4.5), by which a server knows the round trip.
 *
 * @module
 */

import {
  ntpFraction,
  ntpSeconds,
  type Profile,
  type ReceiverTime,
  roundTripMs,
  type TrackSender,
  writeCname,
  writeReceiverTimes,
  writeSenderReport,
} from "../media/mod.ts";
import type { MediaKind } from "../ortc/mod.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";

/** From one sender report to the next, at most, as in libwebrtc; plain publishers send one a second of each. */
const INTERVAL_MS = { audio: 5000, video: 1000 } as const;
const PLAIN_INTERVAL_MS = 1000;
/** Reports on video come as often as its bit rate allows, and never less often: this divided by kbps is milliseconds. */
const VIDEO_INTERVAL_KBPS_MS = 360_000;
/** Receivers whose time is remembered; an SFU is one. */
const MAX_RECEIVERS = 31;

/** Whose stream it is that is reported on. */
export interface SentTrack {
  readonly kind: MediaKind;
  readonly profile: Profile;
}

/** What is to be known of a stream for a report. */
export type SentStream = Pick<
  TrackSender,
  | "ssrc"
  | "dueMs"
  | "packetsSent"
  | "bytesSent"
  | "payloadBytesSent"
  | "timestampAt"
>;

/** One of our streams, as far as it is reported on. */
interface Reported {
  /** When the next report is due, and when the last one was, on the scheduler's clock. */
  dueMs: number;
  atMs: number;
  /** What had been sent of it then. */
  bytesSent: number;
  /** When receivers told their time, by SSRC: what the stream has not answered yet. */
  readonly heard: Map<number, HeardTime>;
}

interface HeardTime {
  readonly middleNtp: number;
  /** On the scheduler's clock. */
  readonly atMs: number;
}

/** The reports on what one stay sends. */
export class SentReports {
  readonly #environment: ClientEnvironment;
  readonly #cname: Uint8Array;
  readonly #streams = new Map<SentStream, Reported>();
  /** Round trips of what was sent before are not told; milliseconds since 1970. */
  #toldSinceMs = -Infinity;

  constructor(environment: ClientEnvironment, cname: Uint8Array) {
    this.#environment = environment;
    this.#cname = cname;
  }

  /** When the next report is due of those streams that were reported on; `Infinity` without any. */
  get dueMs(): number {
    let dueMs = Infinity;
    for (const stream of this.#streams.values()) {
      dueMs = Math.min(dueMs, stream.dueMs);
    }
    return dueMs;
  }

  /** A receiver told its time, the middle 32 bits of it; it came at `atMs` on the scheduler's clock. */
  onReceiverTime(ssrc: number, middleNtp: number, atMs: number): void {
    for (const { heard } of this.#streams.values()) {
      if (heard.size >= MAX_RECEIVERS && !heard.has(ssrc)) continue;
      heard.set(ssrc, { middleNtp, atMs });
    }
  }

  /** The thread stood still: what was under way meanwhile tells no round trip. */
  onStandstill(): void {
    this.#toldSinceMs = this.#environment.wallNowMs();
  }

  /** What receivers told before it, or in it, is not answered: for how long it lay there is on no clock. */
  onCaughtUp(): void {
    for (const { heard } of this.#streams.values()) heard.clear();
  }

  /**
   * The round trip in milliseconds that a report block tells which came at
   * `wallMs` since 1970; `undefined` where it tells none. See
   * {@linkcode roundTripMs}.
   */
  roundTripMs(
    wallMs: number,
    lastSenderReport: number,
    delaySinceLastSenderReport: number,
  ): number | undefined {
    if (lastSenderReport === 0) return undefined;
    const agoMs = roundTripMs(wallMs, lastSenderReport, 0);
    return wallMs - agoMs < this.#toldSinceMs ? undefined : roundTripMs(
      wallMs,
      lastSenderReport,
      delaySinceLastSenderReport,
    );
  }

  /** Reports on a stream if that is due. */
  report(
    transport: ClientTransport,
    stream: SentStream,
    track: SentTrack,
    nowMs: number,
  ): void {
    if (stream.packetsSent === 0 || stream.dueMs === Infinity) {
      this.#streams.delete(stream);
      return;
    }
    const reported = this.#streams.get(stream) ?? unreported(nowMs);
    this.#streams.set(stream, reported);
    if (nowMs < reported.dueMs) return;
    if (track.profile === "plain") reported.heard.clear();
    this.#send(transport, stream, reported);
    const forMs = nowMs - reported.atMs;
    const kbps = 8 * (stream.bytesSent - reported.bytesSent) / forMs;
    const intervalMs = intervalOf(track, forMs > 0 ? kbps : 0);
    reported.dueMs = nowMs + randomised(intervalMs, this.#environment.random);
    reported.atMs = nowMs;
    reported.bytesSent = stream.bytesSent;
  }

  #send(
    transport: ClientTransport,
    stream: SentStream,
    { heard }: Reported,
  ): void {
    const { out } = transport;
    const wallMs = this.#environment.wallNowMs();
    // Later than when it was due, which a round trip would be longer by.
    const nowMs = this.#environment.scheduler.nowMs();
    let at = writeSenderReport(out, 0, {
      ssrc: stream.ssrc,
      ntpSeconds: ntpSeconds(wallMs),
      ntpFraction: ntpFraction(wallMs),
      rtpTimestamp: stream.timestampAt(wallMs),
      packets: stream.packetsSent,
      payloadBytes: stream.payloadBytesSent,
    });
    at = writeCname(out, at, stream.ssrc, this.#cname);
    if (heard.size > 0) {
      const times = [...heard].map(([ssrc, { middleNtp, atMs }]) =>
        answer(ssrc, middleNtp, nowMs - atMs)
      );
      at = writeReceiverTimes(out, at, stream.ssrc, times);
      heard.clear();
    }
    transport.sendRtcp(0, at);
  }
}

/** RFC 3550 section 6.2: randomised between half and one and a half of the interval. */
export function randomised(intervalMs: number, random: () => number): number {
  return intervalMs * (0.5 + random());
}

/** `kbps` is 0 while it is not known. */
function intervalOf({ kind, profile }: SentTrack, kbps: number): number {
  if (profile === "plain") return PLAIN_INTERVAL_MS;
  return kind === "video" && kbps > 0
    ? Math.min(INTERVAL_MS.video, VIDEO_INTERVAL_KBPS_MS / kbps)
    : INTERVAL_MS[kind];
}

function unreported(nowMs: number): Reported {
  return { dueMs: nowMs, atMs: nowMs, bytesSent: 0, heard: new Map() };
}

function answer(ssrc: number, middleNtp: number, forMs: number): ReceiverTime {
  return {
    ssrc,
    lastReceiverReport: middleNtp,
    // 0 would say that nothing was heard yet.
    delaySinceLastReceiverReport: Math.max(1, Math.round(forMs * 65.536)),
  };
}
