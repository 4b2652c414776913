/**
 * What a client needs of the world, as ports: a scheduler, the signaling,
 * a transport, meters. `lib/load/node` wires the real ones, `lib/testing` has
 * fakes of all of them.
 *
 * @module
 */

import type {
  FrameMeter,
  PacketSink,
  ReceiveMeter,
  SendMeter,
} from "../media/mod.ts";
import type {
  CandidateOutcome,
  PacketTap,
  RemoteTransport,
  Task,
  TransportHandlers,
} from "../rtc/mod.ts";
import type { OpenSession } from "../signaling/port.ts";
import type { Clock } from "../time/mod.ts";
import type { Allowance } from "./allowance.ts";
import type { AnswerPace } from "./answer_pace.ts";
import type { OwnPublishers } from "./own_publishers.ts";

/** Deadlines of one thread; `Reactor` is the real one. */
export interface Scheduler {
  /** Monotonic milliseconds, starting anywhere. */
  nowMs(): number;
  schedule(task: Task): void;
  cancel(task: Task): void;
  /** Packets are missing: what arrives should be read soon for a while. @default {it always is} */
  readSoon?(): void;
  /** What came until then has been handed over. @default {until now} */
  readonly readUntilMs?: number;
}

/** One ICE, DTLS and SRTP association; `RtcTransport` is the real one. */
export interface ClientTransport extends PacketSink {
  /** SHA-256 fingerprint of our certificate. */
  readonly localFingerprint: string;
  readonly counters: {
    readonly authFailures: number;
    readonly replayed: number;
  };
  /** Where media goes; `undefined` before it is known. */
  readonly selectedCandidate?:
    | { readonly address: string; readonly port: number }
    | undefined;
  /** How the server's candidates fared in the last search for a path. */
  readonly candidateOutcomes: readonly CandidateOutcome[];
  /** Round trip of the last consent check, in milliseconds; 0 before one is answered. */
  readonly roundTripMs: number;
  /** Resolves when DTLS is up; `serverReady` says that the server knows our fingerprint. */
  connect(serverReady: Promise<unknown>): Promise<void>;
  /** Restarts ICE with new credentials of the server; resolves when they are answered. */
  restartIce(
    remote: RemoteTransport["iceParameters"],
    candidates?: RemoteTransport["iceCandidates"],
  ): Promise<void>;
  sendRtcp(offset: number, length: number): void;
  /** Has `tap` see all packets in the clear from now on; `undefined` ends that. @default {nobody can} */
  tap?(tap: PacketTap | undefined): void;
  close(): Promise<void>;
}

/** Where packets are counted; shared by all clients of a thread. */
export interface ClientMeter extends SendMeter, ReceiveMeter, FrameMeter {
  readonly counters: SendMeter["counters"] & ReceiveMeter["counters"];
  /** Latencies of what a client of the same machine sent. @default {as all others} */
  readonly mediaLatencyHere?: ReceiveMeter["mediaLatency"] | undefined;
}

/** The world of one thread's clients. */
export interface ClientEnvironment {
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  wallNowMs(): number;
  /** The same as the scheduler's. */
  readonly clock: Clock;
  /** How to talk to the server. */
  readonly openSession: OpenSession;
  createTransport(
    remote: RemoteTransport,
    handlers: TransportHandlers,
  ): ClientTransport;
  readonly meter: ClientMeter;
  /** Who of a room's participants is a client of this run. */
  readonly publishers: OwnPublishers;
  /** What the server grants a client. */
  readonly allowance: Allowance;
  /** How long the server takes to answer. */
  readonly answers: AnswerPace;
  /** Producers of codecs that clients do not take, which one of them has looked into. */
  readonly lookedInto: Set<string>;
  /** From 0 to below 1; seeded, so that a run repeats. */
  random(): number;
  /** SSRCs of repeats that are on their way to the client, as 32-bit integers, for whoever tells packets apart below. */
  readonly repeats?: Pick<Set<number>, "add"> | undefined;
  /**
   * Told what a task of the client threw; the client puts itself in, so that
   * such an error ends it and nobody else.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}
