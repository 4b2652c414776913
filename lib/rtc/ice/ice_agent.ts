/**
 * The controlling half of ICE towards an ICE-lite server (RFC 8445): the
 * server's candidates are checked one after the other, 50 ms apart and each
 * of them again and again; the first that answers is nominated and then kept
 * alive by consent checks (RFC 7675). It owns no timer and no socket: it is
 * told the time, and says when it wants to be told again.
 *
 * @module
 */

import { randomBytes } from "../deps.ts";
import { bindingRequest, type Mac, parseStun } from "./stun.ts";

/** The server's side of all pairs. */
export interface IceRemote {
  readonly usernameFragment: string;
  readonly password: string;
}

/** A way to one candidate of the server. */
export interface IcePath {
  /** Higher is tried first. */
  readonly priority: number;
  /** Whether all others have their time before it: TCP, where UDP is preferred. */
  readonly isFallback: boolean;
  /** Opens it; {@linkcode IceAgent.opened} or {@linkcode IceAgent.failed} must follow, at once or later. */
  open(): void;
  /** Sends one STUN message to the candidate. */
  send(bytes: Uint8Array): void;
}

/** What an agent needs of the world. */
export interface IceAgentOptions {
  readonly remote: IceRemote;
  /**
   * The number of the next nomination, larger than all before on the same
   * transport: a server moves from a pair of an earlier search only to a larger one.
   */
  readonly nextNomination: () => number;
  /** Called once, when a pair is nominated. */
  readonly onNominated: (path: IcePath) => void;
  /** Called once, when no path is left that could be nominated. */
  readonly onExhausted: () => void;
  /** Consent checks have not been answered for some seconds (`true`), or are again. */
  readonly onSilent: (isSilent: boolean) => void;
  /** Called once, when no check was answered for the consent time. */
  readonly onExpired: () => void;
  /** Authenticates what is sent and received. @default {the runtime's} */
  readonly mac?: Mac | undefined;
  /** A number in [0, 1): spreads the consent checks of many agents. */
  readonly random: () => number;
}

/** How the checks of a path went. */
export interface PathOutcome {
  /** From the first check on, in milliseconds; 0 for one that was not opened. */
  readonly checkedMs: number;
  /** Round trip of the first check that was answered, in milliseconds; `undefined` without an answer. */
  readonly roundTripMs: number | undefined;
  /** What is wrong with it, as far as it is known. */
  readonly problem: string | undefined;
}

/** RFC 8445 section 14.2: the pace of checks, Ta. */
const PACE_MS = 50;
/** The time that UDP has before TCP is tried beside it: checks at 0, 100, 300, 700 and 1500 ms. */
const FALLBACK_AFTER_MS = 2000;
/** First retransmission of a check; it doubles up to {@linkcode MAX_RTO_MS}. */
const FIRST_RTO_MS = 100;
const MAX_RTO_MS = 1600;
/** A pair that answered once and not to so many nominating checks is given up. */
const NOMINATING_CHECKS = 5;
/** RFC 7675 section 5.1: every 5 s, randomised by a fifth. */
const CONSENT_INTERVAL_MS = 5000;
/** As often while answers are missing: one lost datagram must not cost the connection. */
const CONSENT_RETRY_MS = 1000;
/** When so many seconds of retries brought no answer, the path is silent; browsers take about as long to say so. */
const SILENT_CHECKS = 3;
/** RFC 7675 section 5.1: consent ends after 30 s without an answer. */
const CONSENT_EXPIRY_MS = 30_000;
/** Answers to earlier checks are accepted too. */
const REMEMBERED_CHECKS = 8;

/** One candidate pair (RFC 8445 section 6.1.2.6). */
interface Pair {
  readonly path: IcePath;
  state: "waiting" | "opening" | "checking" | "failed";
  /** Checks that are not answered yet: when each was sent. */
  readonly sentAt: Map<string, SentCheck>;
  /** That of the checks that nominate it. */
  nomination: number | undefined;
  firstCheckMs: number;
  rtoMs: number;
  dueMs: number;
  roundTripMs: number | undefined;
  problem: string | undefined;
}

interface SentCheck {
  readonly atMs: number;
  /** That which it carries; `undefined` where it nominates nothing. */
  readonly nomination: number | undefined;
}

/** One ICE association, controlling. */
export class IceAgent {
  readonly #options: IceAgentOptions;
  readonly #username: string;
  readonly #tieBreaker = randomBytes(8).readBigUInt64BE();
  /** Preferred ones first. */
  readonly #pairs: Pair[] = [];
  #nextStartMs = -Infinity;
  #lastStartMs = -Infinity;
  #nominee: Pair | undefined;
  #nominatingChecks = 0;
  #selected: Pair | undefined;
  #lastAnswerMs = -Infinity;
  #unanswered = 0;
  #isSilent = false;
  #ended = false;
  #roundTripMs = 0;

  constructor(options: IceAgentOptions) {
    this.#options = options;
    const local = randomBytes(8).toString("hex");
    this.#username = `${options.remote.usernameFragment}:${local}`;
  }

  /** Whether a pair is nominated and consent has not expired. */
  get connected(): boolean {
    return this.#selected !== undefined && !this.#ended;
  }

  /** Round-trip time of the last answered check, in milliseconds; 0 before. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** When to call {@linkcode IceAgent.tick}; what it is told meanwhile may change that. */
  get dueMs(): number {
    if (this.#ended) return Infinity;
    const selected = this.#selected;
    if (selected !== undefined) {
      return Math.min(selected.dueMs, this.#lastAnswerMs + CONSENT_EXPIRY_MS);
    }
    let dueMs = this.#startDueMs();
    for (const pair of this.#pairs) {
      if (this.#isChecked(pair)) dueMs = Math.min(dueMs, pair.dueMs);
    }
    return dueMs;
  }

  /** Adds a path, at any time before one is nominated. */
  add(path: IcePath): void {
    if (this.#ended || this.#selected !== undefined) return;
    const before = this.#pairs.findIndex(({ state, path: other }) =>
      state === "waiting" && isPreferred(path, other)
    );
    this.#pairs.splice(before < 0 ? this.#pairs.length : before, 0, {
      path,
      state: "waiting",
      sentAt: new Map(),
      nomination: undefined,
      firstCheckMs: Infinity,
      rtoMs: FIRST_RTO_MS,
      dueMs: Infinity,
      roundTripMs: undefined,
      problem: undefined,
    });
  }

  /** A path that was to be opened is open. */
  opened(path: IcePath, nowMs: number): void {
    const pair = this.#pairOf(path);
    if (pair?.state !== "opening" || this.#ended) return;
    pair.state = "checking";
    pair.firstCheckMs = pair.dueMs = nowMs;
    if (this.#isChecked(pair)) this.#check(pair, nowMs);
  }

  /** A path could not be opened, or is no more; the next one need not wait. */
  failed(path: IcePath, problem: string | undefined, nowMs: number): void {
    const pair = this.#pairOf(path);
    if (pair === undefined || pair.state === "failed" || this.#ended) return;
    this.#fail(pair, problem, nowMs);
  }

  /** The nominated path has another port of ours now, or was silent for long: the server must hear of us by it, at once. */
  rebound(nowMs: number): void {
    const pair = this.#selected;
    if (pair === undefined || this.#ended) return;
    pair.nomination = undefined;
    pair.sentAt.clear();
    pair.rtoMs = FIRST_RTO_MS;
    pair.dueMs = nowMs;
    this.#keepConsent(pair, nowMs);
  }

  /** No answer to what was sent on the selected path tells its round trip. */
  forgetSent(): void {
    this.#selected?.sentAt.clear();
  }

  /** How the checks of a path went so far. */
  outcome(path: IcePath, nowMs: number): PathOutcome {
    const pair = this.#pairOf(path);
    return {
      checkedMs: Math.max(0, nowMs - (pair?.firstCheckMs ?? Infinity)),
      roundTripMs: pair?.roundTripMs,
      problem: pair?.problem,
    };
  }

  /** Does what is due at `nowMs`; returns when to call again, `Infinity` once it has ended. */
  tick(nowMs: number): number {
    if (this.#ended) return Infinity;
    if (this.#selected === undefined) this.#search(nowMs);
    else this.#keepConsent(this.#selected, nowMs);
    return this.dueMs;
  }

  /** Takes a datagram that looks like STUN. */
  receive(bytes: Uint8Array, nowMs: number): void {
    if (this.#ended) return;
    const { remote: { password }, mac } = this.#options;
    const message = parseStun(bytes, password, mac);
    if (message === undefined) return this.#complain(bytes);
    const pair = this.#pairs.find(({ sentAt }) =>
      sentAt.has(message.transaction)
    );
    if (pair === undefined) return;
    if (message.kind === "error") {
      // Consent ends by silence alone; whoever nominated cannot be unsaid.
      if (this.#selected !== undefined) return;
      const problem = `answered with STUN error ${message.errorCode ?? "?"}`;
      this.#fail(pair, problem, nowMs);
    } else if (message.kind === "success") {
      const check = pair.sentAt.get(message.transaction)!;
      this.#answered(pair, check, nowMs);
    }
  }

  /** Ends the association without a callback. */
  close(): void {
    this.#ended = true;
  }

  #pairOf(path: IcePath): Pair | undefined {
    return this.#pairs.find((pair) => pair.path === path);
  }

  #search(nowMs: number): void {
    while (this.#startDueMs() <= nowMs) {
      const pair = this.#pairs.find(({ state }) => state === "waiting")!;
      pair.state = "opening";
      this.#nextStartMs = nowMs + PACE_MS;
      this.#lastStartMs = nowMs;
      pair.path.open();
      if (this.#ended) return;
    }
    for (const pair of this.#pairs) {
      if (this.#isChecked(pair) && pair.dueMs <= nowMs) {
        this.#check(pair, nowMs);
        if (this.#ended) return;
      }
    }
  }

  /** When the next waiting path is to be opened. */
  #startDueMs(): number {
    if (this.#nominee !== undefined) return Infinity;
    const next = this.#pairs.find(({ state }) => state === "waiting");
    if (next === undefined) return Infinity;
    const mustWait = next.path.isFallback &&
      this.#pairs.some(({ path, state }) =>
        !path.isFallback && state !== "failed"
      );
    return mustWait
      ? Math.max(this.#nextStartMs, this.#lastStartMs + FALLBACK_AFTER_MS)
      : this.#nextStartMs;
  }

  /** Only the pair that is being nominated is checked while it is. */
  #isChecked(pair: Pair): boolean {
    return pair.state === "checking" &&
      (this.#nominee === undefined || this.#nominee === pair);
  }

  #check(pair: Pair, nowMs: number): void {
    if (this.#nominee === pair) {
      if (this.#nominatingChecks >= NOMINATING_CHECKS) {
        return this.#fail(pair, "stopped answering", nowMs);
      }
      this.#nominatingChecks++;
    }
    this.#send(pair, nowMs, this.#nominee === pair || this.#isOnly(pair));
    pair.dueMs = nowMs + pair.rtoMs;
    pair.rtoMs = Math.min(pair.rtoMs * 2, MAX_RTO_MS);
  }

  /** Where nothing competes with a pair its first check may nominate it, which saves a round trip. */
  #isOnly(pair: Pair): boolean {
    return this.#pairs.every((other) =>
      other === pair || other.state === "failed" ||
      (other.state === "waiting" && other.path.isFallback)
    );
  }

  #answered(pair: Pair, check: SentCheck, nowMs: number): void {
    if (this.#selected !== undefined) {
      if (this.#selected === pair) this.#consented(pair, check, nowMs);
      return;
    }
    if (pair.state !== "checking") return;
    pair.roundTripMs ??= nowMs - check.atMs;
    // An answer to an earlier nomination says nothing of what the server has chosen since.
    if (
      check.nomination !== undefined && check.nomination === pair.nomination
    ) return this.#select(pair, check, nowMs);
    if (this.#nominee === undefined) this.#nominate(pair, nowMs);
  }

  #nominate(pair: Pair, nowMs: number): void {
    this.#nominee = pair;
    this.#nominatingChecks = 0;
    // The server goes back to none that was nominated before without a larger number.
    for (const one of this.#pairs) one.nomination = undefined;
    pair.rtoMs = FIRST_RTO_MS;
    this.#check(pair, nowMs);
  }

  #select(pair: Pair, check: SentCheck, nowMs: number): void {
    this.#selected = pair;
    this.#nominee = undefined;
    this.#consented(pair, check, nowMs);
    this.#options.onNominated(pair.path);
  }

  #consented(pair: Pair, check: SentCheck, nowMs: number): void {
    this.#roundTripMs = nowMs - check.atMs;
    this.#lastAnswerMs = nowMs;
    pair.sentAt.clear();
    pair.rtoMs = CONSENT_RETRY_MS;
    this.#setSilent(0);
    const spread = 0.8 + 0.4 * this.#options.random();
    pair.dueMs = nowMs + CONSENT_INTERVAL_MS * spread;
  }

  #fail(pair: Pair, problem: string | undefined, nowMs: number): void {
    pair.state = "failed";
    pair.problem = problem ?? pair.problem;
    pair.sentAt.clear();
    if (this.#selected !== undefined) return;
    this.#nextStartMs = nowMs;
    if (this.#nominee === pair) {
      this.#nominee = undefined;
      const other = this.#pairs.find(({ state, roundTripMs }) =>
        state === "checking" && roundTripMs !== undefined
      );
      if (other !== undefined) return this.#nominate(other, nowMs);
    }
    if (this.#pairs.every(({ state }) => state === "failed")) {
      this.#ended = true;
      this.#options.onExhausted();
    }
  }

  /** What cannot be believed changes nothing, but explains why nothing else comes. */
  #complain(bytes: Uint8Array): void {
    const message = parseStun(bytes, undefined);
    if (message === undefined || this.#selected !== undefined) return;
    const pair = this.#pairs.find(({ sentAt }) =>
      sentAt.has(message.transaction)
    );
    if (pair === undefined) return;
    if (message.kind === "success") {
      pair.problem = "answered with another password";
    } else if (message.kind === "error") {
      pair.problem = `answered with STUN error ${message.errorCode ?? "?"}`;
    }
  }

  #keepConsent(pair: Pair, nowMs: number): void {
    // The sum that it is due at: a difference may be rounded down.
    if (nowMs >= this.#lastAnswerMs + CONSENT_EXPIRY_MS) {
      this.#ended = true;
      this.#options.onExpired();
    } else if (nowMs >= pair.dueMs) {
      const isSecond = pair.rtoMs === CONSENT_RETRY_MS && pair.sentAt.size > 0;
      this.#setSilent(this.#unanswered + (isSecond ? 1 : 0));
      this.#send(pair, nowMs, true);
      pair.dueMs = nowMs + pair.rtoMs;
      pair.rtoMs = Math.min(pair.rtoMs * 2, CONSENT_RETRY_MS);
    }
  }

  #setSilent(unanswered: number): void {
    this.#unanswered = unanswered;
    const isSilent = unanswered >= SILENT_CHECKS;
    if (isSilent === this.#isSilent) return;
    this.#isSilent = isSilent;
    this.#options.onSilent(isSilent);
  }

  #send(pair: Pair, nowMs: number, nominates: boolean): void {
    const transactionId = randomBytes(12);
    if (nominates) pair.nomination ??= this.#options.nextNomination();
    const [oldest] = pair.sentAt.keys();
    if (pair.sentAt.size >= REMEMBERED_CHECKS) pair.sentAt.delete(oldest);
    const nomination = nominates ? pair.nomination : undefined;
    pair.sentAt.set(transactionId.toString("hex"), { atMs: nowMs, nomination });
    pair.path.send(bindingRequest({
      username: this.#username,
      password: this.#options.remote.password,
      transactionId,
      tieBreaker: this.#tieBreaker,
      nomination,
    }, this.#options.mac));
  }
}

function isPreferred(a: IcePath, b: IcePath): boolean {
  return a.isFallback === b.isFallback ? a.priority > b.priority : b.isFallback;
}
