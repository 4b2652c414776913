/**
 * One conversation with the server over one channel. It pairs requests with
 * replies, gives each a deadline, keeps to the rate, and hands everything else
 * on as events, in the order of arrival.
 *
 * Errors name no request, so one request is outstanding at a time; only runs of
 * `consume` or of `resumeConsumer`, which their replies name, go out together.
 */

import {
  isRateLimit,
  type Notice,
  type Parsed,
  parseServerMessage,
  type ReplyTo,
  type Request,
  type RequestType,
  type ServerMessage,
} from "./wire/mod.ts";
import {
  type Channel,
  type ChannelClosed,
  describeClosed,
} from "../websocket/mod.ts";
import { type Clock, systemClock } from "../../time/mod.ts";
import { PendingRequests } from "./pending_requests.ts";
import type { Operation } from "./operations.ts";
import { Pacer } from "./pacer.ts";
import { SignalingError, type SignalingErrorKind } from "../port.ts";
import { refusalOf } from "./refusal.ts";

/** Something that should not happen, and that no caller waits for. */
export type Anomaly =
  /** A frame that is no message. */
  | { readonly kind: "malformed"; readonly reason: string }
  /** A message of a type that this version does not know. */
  | { readonly kind: "unknown"; readonly type: string }
  /** The reply to a request that had been given up. */
  | {
    readonly kind: "late";
    readonly operation: Operation;
    readonly message: ServerMessage;
  }
  /** The server threw frames of ours away. */
  | { readonly kind: "rateLimited" };

/** How to hold a conversation. */
export interface ConversationOptions {
  /** Counts its time. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Told of every successful reply: ms from when the request was due to the reply. */
  readonly onLatency?: ((operation: Operation, ms: number) => void) | undefined;
  /** Told of every anomaly; they are counted in any case. */
  readonly onAnomaly?: ((anomaly: Anomaly) => void) | undefined;
}

/** How to make one request. */
export interface RequestOptions {
  /** From sending to the reply, in ms. @default {5_000, for join and reconnect 10_000} */
  readonly timeoutMs?: number | undefined;
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
  /** When it was due, on the conversation's clock; latency counts from here. @default {now} */
  readonly dueAtMs?: number | undefined;
}

const PIPELINED: ReadonlySet<RequestType> = new Set([
  "consume",
  "resumeConsumer",
]);
/** The server drops replies that do not fit its queue of 64: leave room for events. */
const MAX_PIPELINED = 16;

type Unreadable = Extract<
  Parsed<ServerMessage>,
  { readonly kind: "malformed" }
>;

interface Pending {
  readonly operation: Operation;
  readonly message: Request;
  readonly timeoutMs: number;
  readonly dueAtMs: number;
  /** `Infinity` before. */
  sentAtMs: number;
  readonly resolve: (reply: ServerMessage) => void;
  readonly reject: (error: SignalingError) => void;
  /** Waiting for its turn, on the wire, or done with. */
  state: "queued" | "sent" | "settled";
  /** The server threw a frame away while this one was out. */
  throttled: boolean;
  /** What came last meanwhile and may have been its reply; told when none comes. */
  puzzle: string | undefined;
  cancelDeadline: () => void;
  ignoreSignal: () => void;
}

/**
 * One conversation; leave it, or dispose of it, to end it.
 *
 * @example
 * ```ts
 * import { FakeChannel } from "../../testing/mod.ts";
 *
 * // For a real server: await openWebSocketChannel("ws://localhost:3000/ws").
 * const channel = new FakeChannel(({ type }) =>
 *   type === "pauseProducer" ? [{ type: "producerPaused", producerId: "p" }] : []
 * );
 * await using conversation = new Conversation(channel);
 * conversation.subscribe((event) => console.log(event.type));
 * await conversation.request(
 *   "pause_producer",
 *   { type: "pauseProducer", producerId: "p" },
 * );
 * ```
 */
export class Conversation implements AsyncDisposable {
  /** Settles when the channel is gone, with the cause; never rejects. */
  readonly closed: Promise<ChannelClosed>;
  /** The clock by which it counts. */
  readonly clock: Clock;
  readonly #channel: Channel;
  readonly #options: ConversationOptions;
  readonly #listeners = new Set<(event: ServerMessage) => void>();
  readonly #pending = new PendingRequests<Pending>();
  readonly #pacer: Pacer;
  readonly #queue = new Set<Pending>();
  readonly #inFlight = new Set<Pending>();
  /** Why nothing can be said any more. */
  #ended: string | undefined;

  /** Takes the channel over: nobody else may set its handler or close it. */
  constructor(channel: Channel, options: ConversationOptions = {}) {
    this.#channel = channel;
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#pacer = new Pacer(this.clock);
    channel.onText((text) => this.#receive(text));
    this.closed = channel.closed.then((cause) => {
      this.#end(describeClosed(cause));
      return cause;
    });
  }

  /** Whether anything can still be said. */
  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** The requests that have waited for at least so long, for how long each has, and what came meanwhile that may have been its reply. */
  unanswered(
    leastMs: number,
  ): {
    readonly operation: Operation;
    readonly waitedMs: number;
    readonly meanwhile?: string;
  }[] {
    const nowMs = this.clock.nowMs();
    return [...this.#inFlight, ...this.#queue]
      .map(({ operation, dueAtMs, puzzle }) => ({
        operation,
        waitedMs: nowMs - dueAtMs,
        ...(puzzle !== undefined && { meanwhile: `what came ${puzzle}` }),
      }))
      .filter(({ waitedMs }) => waitedMs >= leastMs);
  }

  /** For how long the server has owed an answer, to the oldest request or to a ping, in ms; 0 where it owes none. */
  waitingMs(): number {
    const nowMs = this.clock.nowMs();
    const sentMs = Math.min(
      nowMs,
      ...[...this.#inFlight].map(({ sentAtMs }) => sentAtMs),
    );
    return Math.max(nowMs - sentMs, this.#channel.waitingMs());
  }

  /**
   * Hears every message that is no reply, in order; also `error`s that no
   * outstanding request can have caused. Returns the way to stop. The server
   * says nothing before it is spoken to, so who subscribes first misses nothing.
   */
  subscribe(listener: (event: ServerMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks, and resolves with the reply.
   *
   * @throws {SignalingError} (as a rejection) when there is none, or an `error`.
   */
  request<Message extends Request>(
    operation: Operation,
    message: Message,
    options: RequestOptions = {},
  ): Promise<ReplyTo<Message["type"]>> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const fail = (kind: SignalingErrorKind, detail: string) =>
        reject(new SignalingError(kind, operation, detail));
      if (this.#ended !== undefined) return fail("closed", this.#ended);
      if (signal?.aborted) return fail("aborted", "interrupted");
      const onAbort = () => this.#giveUp(pending, "aborted", "interrupted");
      const pending: Pending = {
        operation,
        message,
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs(message),
        dueAtMs: options.dueAtMs ?? this.clock.nowMs(),
        sentAtMs: Infinity,
        // Who paired them has made sure of the type.
        resolve: (reply) => resolve(reply as ReplyTo<Message["type"]>),
        reject,
        state: "queued",
        throttled: false,
        puzzle: undefined,
        cancelDeadline: () => {},
        ignoreSignal: () => signal?.removeEventListener("abort", onAbort),
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.add(pending);
      this.#advance();
    });
  }

  /** Says something that gets no reply. Says nothing once the conversation has ended. */
  notify(message: Notice): void {
    if (this.#ended !== undefined) return;
    this.#pacer.push(() => this.#channel.send(JSON.stringify(message)));
  }

  /**
   * Leaves the room and closes the channel; resolves when nothing is left of
   * it. Without the `leaveRoom` the others would see a ghost for 30 s.
   * Outstanding requests are rejected as `closed`. Idempotent.
   */
  async leave(): Promise<void> {
    if (this.#ended === undefined) {
      this.#end("we left");
      this.#channel.send(
        JSON.stringify({ type: "leaveRoom" } satisfies Notice),
      );
    }
    this.#channel.close();
    await this.closed;
  }

  /** Closes the channel and does not say that we leave: to the server we are lost. Ends the conversation at once. */
  cut(): void {
    this.#end("connection closed");
    this.#channel.close();
  }

  /** The same as {@linkcode Conversation.leave}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  #receive(text: string): void {
    const parsed = parseServerMessage(text);
    if (parsed.kind === "unknown") {
      this.#puzzleOver(`is of the unknown type "${parsed.type}"`);
      return this.#report(parsed);
    }
    if (parsed.kind === "malformed") {
      this.#report({ kind: "malformed", reason: parsed.reason });
      return this.#failUnreadable(parsed);
    }
    const { message } = parsed;
    if (message.type === "error" && isRateLimit(message.message)) {
      // It answers nothing: the frame that it is about gets no reply at all.
      for (const pending of this.#inFlight) {
        if (pending.state === "sent") pending.throttled = true;
      }
      return this.#report({ kind: "rateLimited" });
    }
    const claim = this.#pending.claim(message);
    if (claim === undefined) {
      for (const listener of this.#listeners) listener(message);
    } else if (claim.late) {
      const { operation } = claim.entry;
      this.#report({ kind: "late", operation, message });
    } else {
      this.#conclude(claim.entry, message);
    }
  }

  /** Whoever waits for a reply that cannot be read would wait in vain. */
  #failUnreadable({ object, untyped, reason }: Unreadable): void {
    const claim = object !== undefined
      ? this.#pending.claimUnreadable(object)
      : untyped && this.#pending.claimUntyped(untyped);
    if (claim === undefined) {
      return this.#puzzleOver(`cannot be read (${reason})`);
    }
    if (claim.late) return;
    const { entry } = claim;
    this.#settle(entry);
    const detail = `the reply cannot be read, ${reason}`;
    entry.reject(new SignalingError("unreadable", entry.operation, detail));
    this.#advance();
  }

  #puzzleOver(what: string): void {
    for (const pending of this.#inFlight) {
      if (pending.state === "sent") pending.puzzle = what;
    }
  }

  #conclude(pending: Pending, reply: ServerMessage): void {
    const { operation, dueAtMs } = pending;
    this.#settle(pending);
    if (reply.type === "error") {
      const said = reply.message;
      const refusal = refusalOf(said);
      pending.reject(new SignalingError("server", operation, said, refusal));
    } else {
      this.#options.onLatency?.(operation, this.clock.nowMs() - dueAtMs);
      pending.resolve(reply);
    }
    this.#advance();
  }

  /** Sends what may be sent, in the order of asking. */
  #advance(): void {
    for (const pending of this.#queue) {
      if (!this.#mayGo(pending)) return;
      this.#queue.delete(pending);
      this.#inFlight.add(pending);
      this.#pacer.push(() => this.#transmit(pending));
    }
  }

  #mayGo({ message: { type } }: Pending): boolean {
    if (this.#inFlight.size === 0) return true;
    if (!PIPELINED.has(type) || this.#inFlight.size >= MAX_PIPELINED) {
      return false;
    }
    return [...this.#inFlight].every(({ message }) => message.type === type);
  }

  #transmit(pending: Pending): void {
    if (pending.state !== "queued") return;
    pending.state = "sent";
    pending.sentAtMs = this.clock.nowMs();
    this.#pending.enter(pending);
    const { timeoutMs } = pending;
    pending.cancelDeadline = this.clock.setTimer(timeoutMs, () => {
      const kind = pending.throttled ? "rateLimited" : "timeout";
      const { puzzle } = pending;
      const meanwhile = puzzle === undefined ? "" : `; what came ${puzzle}`;
      this.#giveUp(
        pending,
        kind,
        `no reply within ${timeoutMs} ms${meanwhile}`,
      );
    });
    this.#channel.send(JSON.stringify(pending.message));
  }

  #giveUp(pending: Pending, kind: SignalingErrorKind, detail: string): void {
    if (pending.throttled) this.#pending.strike(pending);
    else this.#pending.giveUp(pending);
    this.#settle(pending);
    pending.reject(new SignalingError(kind, pending.operation, detail));
    this.#advance();
  }

  #settle(pending: Pending): void {
    pending.state = "settled";
    pending.cancelDeadline();
    pending.ignoreSignal();
    this.#queue.delete(pending);
    this.#inFlight.delete(pending);
  }

  #end(detail: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = detail;
    this.#pacer.clear();
    for (const pending of [...this.#inFlight, ...this.#queue]) {
      this.#settle(pending);
      pending.reject(new SignalingError("closed", pending.operation, detail));
    }
  }

  #report(anomaly: Anomaly): void {
    this.#options.onAnomaly?.(anomaly);
  }
}

function defaultTimeoutMs({ type }: Request): number {
  return type === "joinRoom" || type === "reconnect" ? 10_000 : 5_000;
}
