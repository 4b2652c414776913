/**
 * What is known of one client: the source of its line in
 * `load_test_results.json`. A {@linkcode ClientRecorder} collects it while
 * the client lives; a {@linkcode ClientRecord} is the plain data of it.
 *
 * @module
 */

import {
  type ClientCount,
  type ClientFirst,
  type ClientMost,
  firstKey,
  mostKey,
  namesOf,
} from "./catalog.ts";
import { CLIENT_COUNTS, zeros } from "./counts.ts";

/** How far a client can come; one that is away lost its channel or a transport, and is coming back, and of one that is lost nothing is known any more, for its machine is. */
export const CLIENT_STATES = [
  "planned",
  "joining",
  "connected",
  "away",
  "failed",
  "left",
  "lost",
] as const;

/** How far a client has come. */
export type ClientState = (typeof CLIENT_STATES)[number];

/** How a client came back: on the transports that it had by new ICE credentials, on a new channel as the participant that it was, or as a new one. */
export type ReturnKind = "iceRestart" | "reconnected" | "rejoined";

/** What a client can be: one that sends media of its own, and one that does not. */
export const ROLES = ["publisher", "viewer"] as const;

/** Whether a client sends media of its own. */
export type ClientRole = (typeof ROLES)[number];

/** Who a client is; none of it changes during its life. */
export interface ClientIdentity {
  /** `client-<index>`. */
  readonly clientId: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** The room that it joins. */
  readonly roomId: string;
  /** Whether it publishes. */
  readonly role: ClientRole;
  /** The node that drives it. */
  readonly node: string;
}

/** Something that went wrong for one client. */
export interface ClientError {
  /** What went wrong, as a short fixed word: `timeout`, `refused`, … */
  readonly kind: string;
  /** The particulars, in one line. */
  readonly message: string;
  /** When, in milliseconds since the run began. */
  readonly atMs: number;
}

/** One client's latencies of one signaling operation. */
export interface OperationRecord {
  /** Requests answered. */
  readonly count: number;
  /** The smallest latency. */
  readonly minMs: number;
  /** The largest latency. */
  readonly maxMs: number;
  /** The sum of all latencies. */
  readonly sumMs: number;
  /** The latest {@linkcode MAX_OPERATION_VALUES} latencies, oldest first. */
  readonly valuesMs: readonly number[];
}

/** What is known of a client besides its parts of the catalog's metrics. */
export interface ClientFacts {
  /** How far it has come. */
  state: ClientState;
  /** ICE and DTLS are up on every transport that it needs. */
  connectionSuccessful: boolean;
  /** It was connected and is not, or was not when it left: it gave up, or is on its way back. */
  isAway: boolean;
  /** When it was first connected, in milliseconds since the run began. */
  connectedAtMs: number | null;
  /** Since when it has had no media after a loss, in milliseconds since the run began; `null` when it has. */
  awaySinceMs: number | null;
  /** For how long a video stood still at most. */
  longestFreezeMs: number;
  /** Its network as it is now, in one line; `null` when that does nothing to packets. */
  impairment: string | null;
  /** Consumers that media has arrived on. */
  consumersFlowing: number;
  /** What it misses now comes of a standstill of the generator's: no figure and no incident has it. */
  isLeftOut: boolean;
  /** Packets that should have come on tracks that have been silent for a moment, beside those that are deliverable. */
  packetsOverdue: number;
  /** From connected to left, in milliseconds. */
  sessionDurationMs: number;
  /** What it is to send, when it is not muted. */
  sends: readonly ("audio" | "video")[];
  /** What it wants to receive. */
  receives: readonly ("audio" | "video")[];
  /** The last loss of its media goes on, or did when it left. */
  hasLostMedia: boolean;
  /** Why it failed, in one line; `null` while it did not. */
  failureCause: string | null;
}

/**
 * The numbers of a client that its owner writes to in place: the client's part
 * of each counter under the counter's name, and of trends the first value, or
 * the largest; `null` before there is one.
 */
export interface ClientFigures
  extends
    ClientFacts,
    Record<ClientCount, number>,
    Record<ClientFirst | ClientMost, number | null> {}

/** How many tracks it has offered and consumed. */
export type TracksHad = Readonly<
  Pick<
    ClientFigures,
    "producersCreated" | "producersRefused" | "consumersCreated"
  >
>;

/** Everything known of one client, as plain data. */
export interface ClientRecord extends ClientIdentity, Readonly<ClientFigures> {
  /** The first {@linkcode MAX_CLIENT_ERRORS} errors. */
  readonly errors: readonly ClientError[];
  /** All errors, also those that `errors` had no room for. */
  readonly errorCount: number;
  /** Latencies by operation: `join_room`, `produce_audio`, … */
  readonly signaling: Readonly<Record<string, OperationRecord>>;
  /** Of a window: the tracks of before it, which it may still have. @default {none} */
  readonly tracksBefore?: TracksHad;
}

/** Errors that a record keeps; further ones are only counted. */
export const MAX_CLIENT_ERRORS = 20;
/** Latencies that a record keeps of each operation. */
export const MAX_OPERATION_VALUES = 64;
/** Characters that a record keeps of an error's message. */
const MAX_ERROR_MESSAGE_LENGTH = 300;

/** Collects one client's record while it lives. */
export class ClientRecorder {
  /** The client's identity. */
  readonly identity: ClientIdentity;
  /** Its numbers; write to them in place. */
  readonly figures: ClientFigures = noFigures();
  #errors: readonly ClientError[] = [];
  #errorCount = 0;
  #signaling: Readonly<Record<string, OperationRecord>> = {};

  /** Begins the record of a client that is only planned yet. */
  constructor(identity: ClientIdentity) {
    this.identity = identity;
  }

  /** Notes an error; beyond {@linkcode MAX_CLIENT_ERRORS} it is only counted. */
  addError(kind: string, message: string, atMs: number): void {
    this.#errorCount++;
    if (this.#errors.length >= MAX_CLIENT_ERRORS) return;
    this.#errors = [...this.#errors, {
      kind,
      message: message.slice(0, MAX_ERROR_MESSAGE_LENGTH),
      atMs,
    }];
  }

  /** Notes that a request of `operation` was answered `latencyMs` after it was due; kept in whole microseconds. */
  addOperation(operation: string, latencyMs: number): void {
    const before = Object.hasOwn(this.#signaling, operation)
      ? this.#signaling[operation]
      : undefined;
    const ms = wholeMicros(latencyMs);
    this.#signaling = {
      ...this.#signaling,
      [operation]: {
        count: (before?.count ?? 0) + 1,
        minMs: Math.min(before?.minMs ?? Infinity, ms),
        maxMs: Math.max(before?.maxMs ?? 0, ms),
        sumMs: wholeMicros((before?.sumMs ?? 0) + ms),
        valuesMs: [...before?.valuesMs ?? [], ms].slice(-MAX_OPERATION_VALUES),
      },
    };
  }

  /** The first {@linkcode MAX_CLIENT_ERRORS} errors; later ones do not reach it. */
  get errors(): readonly ClientError[] {
    return this.#errors;
  }

  /** All errors. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** Latencies by operation; later ones do not reach it. */
  get signaling(): ClientRecord["signaling"] {
    return this.#signaling;
  }

  /** The record as it is now, times in whole microseconds; later changes do not reach it. */
  toRecord(): ClientRecord {
    const figures = { ...this.figures };
    for (const name of TIMES) {
      const ms = figures[name];
      if (ms !== null) figures[name] = wholeMicros(ms);
    }
    return {
      // First, for what a literal begins with is copied whole, and the rest of it field by field.
      ...figures,
      ...this.identity,
      errors: this.#errors,
      errorCount: this.#errorCount,
      signaling: this.#signaling,
    };
  }
}

type TimeName = Extract<keyof ClientFigures, `${string}Ms`>;

/** The keys of trends in a client's record. */
export const CLIENT_TIMES: readonly (ClientFirst | ClientMost)[] = [
  ...namesOf({ perClient: "first" }).map(firstKey),
  ...namesOf({ perClient: "max" }).map(mostKey),
];

/** Those of a client that is only planned yet. */
export function noFigures(): ClientFigures {
  return {
    state: "planned",
    connectionSuccessful: false,
    isAway: false,
    connectedAtMs: null,
    awaySinceMs: null,
    longestFreezeMs: 0,
    impairment: null,
    consumersFlowing: 0,
    isLeftOut: false,
    packetsOverdue: 0,
    sessionDurationMs: 0,
    sends: [],
    receives: [],
    hasLostMedia: false,
    failureCause: null,
    ...zeros(CLIENT_COUNTS),
    ...NO_TIMES,
  };
}

const NO_TIMES = Object.fromEntries(
  CLIENT_TIMES.map((name) => [name, null]),
) as Record<ClientFirst | ClientMost, null>;

/** Durations and times of the run. */
const TIMES = Object.keys(noFigures()).filter((name): name is TimeName =>
  name.endsWith("Ms")
);

/** A duration or a time as it is kept: in whole microseconds. */
export function wholeMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
