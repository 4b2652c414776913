/**
 * The RTCP reports of one stay, about once a second: a sender report for each
 * track that we send, a receiver report for those that we receive (RFC 3550
 * section 6). A task for the scheduler.
 *
 * @module
 */

import {
  MAX_REPORT_BLOCKS,
  ntpFraction,
  ntpSeconds,
  writeCname,
  writeReceiverReport,
  writeSenderReport,
} from "../media/mod.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { Publisher } from "./publisher.ts";
import type { InboundTracks } from "./inbound_tracks.ts";

const INTERVAL_MS = 1000;

/** What the reports are about. */
export interface ReportSubject {
  readonly publication: Publisher;
  readonly reception: InboundTracks;
  /** `undefined` while there is none. */
  readonly sendTransport: () => ClientTransport | undefined;
  readonly receiveTransport: () => ClientTransport | undefined;
  readonly cname: string;
}

/** Sends reports until it is cancelled. */
export class ReportTask {
  dueMs = 0;
  heapIndex = -1;
  readonly onError: ((error: unknown) => void) | undefined;
  readonly #environment: ClientEnvironment;
  readonly #subject: ReportSubject;
  readonly #cname: Uint8Array;
  /** The SSRC under which a client that sends nothing reports. */
  readonly #ownSsrc: number;

  constructor(environment: ClientEnvironment, subject: ReportSubject) {
    this.#environment = environment;
    this.onError = environment.onError;
    this.#subject = subject;
    this.#cname = new TextEncoder().encode(subject.cname);
    this.#ownSsrc = 1 + Math.floor(environment.random() * 0xfffffffe);
  }

  /** Reports from now on. */
  start(): void {
    const { scheduler } = this.#environment;
    this.dueMs = scheduler.nowMs() + this.#pauseMs();
    scheduler.schedule(this);
  }

  run(): void {
    this.#sendReports();
    this.#receiveReports();
    this.dueMs += this.#pauseMs();
  }

  #sendReports(): void {
    const transport = this.#subject.sendTransport();
    if (transport === undefined) return;
    const wallMs = this.#environment.wallNowMs();
    let at = 0;
    for (const { sender } of this.#subject.publication.tracks) {
      for (const stream of sender.streams) {
        if (stream.packetsSent === 0 || stream.dueMs === Infinity) continue;
        at = writeSenderReport(transport.out, at, {
          ssrc: stream.ssrc,
          ntpSeconds: ntpSeconds(wallMs),
          ntpFraction: ntpFraction(wallMs),
          rtpTimestamp: stream.timestampAt(wallMs),
          packets: stream.packetsSent,
          payloadBytes: stream.payloadBytesSent,
        });
        at = writeCname(transport.out, at, stream.ssrc, this.#cname);
      }
    }
    if (at > 0) transport.sendRtcp(0, at);
  }

  #receiveReports(): void {
    const transport = this.#subject.receiveTransport();
    const blocks = this.#subject.reception.reportBlocks();
    if (transport === undefined || blocks.length === 0) return;
    for (let i = 0; i < blocks.length; i += MAX_REPORT_BLOCKS) {
      const some = blocks.slice(i, i + MAX_REPORT_BLOCKS);
      const at = writeReceiverReport(transport.out, 0, this.#ownSsrc, some);
      transport.sendRtcp(
        0,
        writeCname(transport.out, at, this.#ownSsrc, this.#cname),
      );
    }
  }

  /** RFC 3550 section 6.2: randomised between half and one and a half of the interval. */
  #pauseMs(): number {
    return INTERVAL_MS * (0.5 + this.#environment.random());
  }
}
