/**
 * The controlling half of ICE towards an ICE-lite server (RFC 8445): one
 * candidate pair, nominated with its first check, then kept alive by consent
 * checks (RFC 7675). It owns no timer and no socket: it is told the time, and
 * says when it wants to be told again.
 *
 * @module
 */

import { randomBytes } from "./deps.ts";
import { bindingRequest, parseStun } from "./stun.ts";

/** The server's side of the pair. */
export interface IceRemote {
  readonly usernameFragment: string;
  readonly password: string;
}

/** What an agent needs of the world. */
export interface IceAgentOptions {
  readonly remote: IceRemote;
  /** Sends one STUN message to the server's candidate. */
  readonly send: (bytes: Uint8Array) => void;
  /** Called once, when the pair is nominated. */
  readonly onConnected: () => void;
  /** Called once, when no check was answered for the consent time. */
  readonly onExpired: () => void;
  /** A number in [0, 1): spreads the consent checks of many agents. */
  readonly random: () => number;
}

/** First retransmission of a check; it doubles up to {@linkcode MOST_RTO_MS}. */
const FIRST_RTO_MS = 100;
const MOST_RTO_MS = 1600;
/** RFC 7675 section 5.1: every 5 s, randomised by a fifth. */
const CONSENT_INTERVAL_MS = 5000;
/** As often while answers are missing: one lost datagram must not cost the connection. */
const CONSENT_RETRY_MS = 1000;
/** RFC 7675 section 5.1: consent ends after 30 s without an answer. */
const CONSENT_EXPIRY_MS = 30_000;
/** Answers to earlier checks are accepted too. */
const REMEMBERED_CHECKS = 8;

/** One ICE association, controlling. */
export class IceAgent {
  readonly #options: IceAgentOptions;
  readonly #username: string;
  readonly #tieBreaker = randomBytes(8).readBigUInt64BE();
  readonly #sentAt = new Map<string, number>();
  #rtoMs = FIRST_RTO_MS;
  #dueMs = -Infinity;
  #lastAnswerMs = -Infinity;
  #connected = false;
  #ended = false;
  #roundTripMs = 0;

  constructor(options: IceAgentOptions) {
    this.#options = options;
    const local = randomBytes(8).toString("hex");
    this.#username = `${options.remote.usernameFragment}:${local}`;
  }

  /** Whether the pair is nominated and consent has not expired. */
  get connected(): boolean {
    return this.#connected && !this.#ended;
  }

  /** Round-trip time of the last answered check, in milliseconds; 0 before. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** Does what is due at `nowMs`; returns when to call again, `Infinity` once it has ended. */
  tick(nowMs: number): number {
    if (this.#ended) return Infinity;
    if (this.#connected && nowMs - this.#lastAnswerMs >= CONSENT_EXPIRY_MS) {
      this.#ended = true;
      this.#options.onExpired();
      return Infinity;
    }
    if (nowMs >= this.#dueMs) {
      this.#check(nowMs);
      this.#dueMs = nowMs + this.#pauseMs();
    }
    return this.#connected
      ? Math.min(this.#dueMs, this.#lastAnswerMs + CONSENT_EXPIRY_MS)
      : this.#dueMs;
  }

  /** Takes a datagram that looks like STUN. */
  receive(bytes: Uint8Array, nowMs: number): void {
    const message = parseStun(bytes, this.#options.remote.password);
    if (message?.kind !== "success" || this.#ended) return;
    const sentAtMs = this.#sentAt.get(message.transaction);
    if (sentAtMs === undefined) return;
    this.#sentAt.clear();
    this.#roundTripMs = nowMs - sentAtMs;
    this.#lastAnswerMs = nowMs;
    if (this.#connected) return;
    this.#connected = true;
    this.#dueMs = nowMs + this.#pauseMs();
    this.#options.onConnected();
  }

  /** Ends the association without a callback. */
  close(): void {
    this.#ended = true;
  }

  #pauseMs(): number {
    if (this.#connected) {
      // More than the check just sent is unanswered: an overloaded server drops some.
      if (this.#sentAt.size > 1) return CONSENT_RETRY_MS;
      return CONSENT_INTERVAL_MS * (0.8 + 0.4 * this.#options.random());
    }
    const pauseMs = this.#rtoMs;
    this.#rtoMs = Math.min(pauseMs * 2, MOST_RTO_MS);
    return pauseMs;
  }

  #check(nowMs: number): void {
    const transactionId = randomBytes(12);
    const [oldest] = this.#sentAt.keys();
    if (this.#sentAt.size >= REMEMBERED_CHECKS) this.#sentAt.delete(oldest);
    this.#sentAt.set(transactionId.toString("hex"), nowMs);
    this.#options.send(bindingRequest({
      username: this.#username,
      password: this.#options.remote.password,
      transactionId,
      tieBreaker: this.#tieBreaker,
    }));
  }
}
