/**
 * The RTCP reports of one stay: on each stream that we send, and about once a
 * second a receiver report for the tracks that we receive (RFC 3550
 * section 6). A task for the scheduler.
 *
 * @module
 */

import {
  MAX_REPORT_BLOCKS,
  type ReportBlock,
  writeCname,
  writeReceiverReport,
} from "../media/mod.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { Publisher } from "./publisher.ts";
import type { Inlet } from "./consumed_track.ts";
import type { InboundTracks } from "./inbound_tracks.ts";
import { randomised, SentReports } from "./sent_reports.ts";

const INTERVAL_MS = 1000;

/** What the reports are about. */
export interface ReportSubject {
  readonly publication: Publisher;
  readonly reception: InboundTracks;
  /** `undefined` while there is none. */
  readonly sendTransport: () => ClientTransport | undefined;
  readonly inlets: readonly Inlet[];
  readonly cname: string;
}

/** Sends reports until it is cancelled. */
export class ReportTask {
  dueMs = 0;
  heapIndex = -1;
  readonly onError: ((error: unknown) => void) | undefined;
  /** Those on what we send. */
  readonly sent: SentReports;
  readonly #environment: ClientEnvironment;
  readonly #subject: ReportSubject;
  readonly #cname: Uint8Array;
  /** The SSRC under which a client that sends nothing reports. */
  readonly #ownSsrc: number;
  /** When the next receiver report is due. */
  #receivedDueMs = 0;

  constructor(environment: ClientEnvironment, subject: ReportSubject) {
    this.#environment = environment;
    this.onError = environment.onError;
    this.#subject = subject;
    this.#cname = new TextEncoder().encode(subject.cname);
    this.sent = new SentReports(environment, this.#cname);
    this.#ownSsrc = 1 + Math.floor(environment.random() * 0xfffffffe);
  }

  /** Reports from now on. */
  start(): void {
    const { scheduler } = this.#environment;
    this.#receivedDueMs = scheduler.nowMs() + this.#pauseMs();
    this.dueMs = this.#receivedDueMs;
    scheduler.schedule(this);
  }

  onStandstill(): void {
    this.sent.onStandstill();
  }

  onCaughtUp(): void {
    this.sent.onCaughtUp();
  }

  run(nowMs: number): void {
    this.#sendReports(nowMs);
    if (nowMs >= this.#receivedDueMs) {
      this.#receiveReports();
      this.#receivedDueMs += this.#pauseMs();
    }
    this.dueMs = Math.min(this.#receivedDueMs, this.sent.dueMs);
  }

  #sendReports(nowMs: number): void {
    const transport = this.#subject.sendTransport();
    if (transport === undefined) return;
    const { tracks, profile } = this.#subject.publication;
    for (const { kind, sender } of tracks) {
      for (const stream of sender.streams) {
        this.sent.report(transport, stream, { kind, profile }, nowMs);
      }
    }
  }

  #receiveReports(): void {
    const { inlets, reception } = this.#subject;
    for (const inlet of inlets) {
      this.#reportOn(inlet, reception.reportBlocks(inlet));
    }
  }

  #reportOn({ transport }: Inlet, blocks: readonly ReportBlock[]): void {
    for (let i = 0; i < blocks.length; i += MAX_REPORT_BLOCKS) {
      const some = blocks.slice(i, i + MAX_REPORT_BLOCKS);
      const at = writeReceiverReport(transport.out, 0, this.#ownSsrc, some);
      transport.sendRtcp(
        0,
        writeCname(transport.out, at, this.#ownSsrc, this.#cname),
      );
    }
  }

  #pauseMs(): number {
    return randomised(INTERVAL_MS, this.#environment.random);
  }
}
