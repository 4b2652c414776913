/**
 * One participant that we drive: it joins a room, sends, receives, comes back
 * when its channel is lost, and leaves. It emits events; it does not count,
 * print, or know other clients. A failure is an event too: nothing here
 * throws out of a run.
 *
 * @module
 */

import type { ServerMessageOf } from "../protocol/mod.ts";
import { type Fps, type Quality, videoPreset } from "../media/mod.ts";
import { TransportError } from "../rtc/mod.ts";
import {
  ChannelError,
  Conversation,
  delay,
  describeClosed,
  joinRoom,
  reconnectOrRejoin,
  SignalingError,
} from "../signaling/mod.ts";
import { NoCodecError } from "./capabilities.ts";
import type { ClientEnvironment } from "./environment.ts";
import type { ClientErrorKind, ClientEvent, ClientState } from "./events.ts";
import { noTotals, type ReceptionTotals } from "./reception.ts";
import { Stay, type StayOptions } from "./stay.ts";

/** Who a client is and what it does. */
export interface ClientOptions extends StayOptions {
  readonly roomId: string;
  readonly participantName: string;
  readonly password?: string | undefined;
}

/** A client's media, summed over its stays. */
export interface ClientTotals extends ReceptionTotals {
  packetsSent: number;
  bytesSent: number;
  srtpFailures: number;
  duplicates: number;
  /** When the first packet left, on the scheduler's clock; -1 before. */
  firstSentMs: number;
  /** When the first packet came, on the scheduler's clock; -1 before. */
  firstReceivedMs: number;
}

/** Attempts to come back before a client gives up. */
const MOST_RETURNS = 4;
const FIRST_RETURN_DELAY_MS = 250;

/** One participant that we drive. */
export class Client implements AsyncDisposable {
  readonly #environment: ClientEnvironment;
  readonly #options: ClientOptions;
  readonly #onEvent: (event: ClientEvent) => void;
  readonly #abort = new AbortController();
  readonly #past: ClientTotals = emptyTotals();
  #state: ClientState = "planned";
  #wasConnected = false;
  #conversation: Conversation | undefined;
  #stay: Stay | undefined;
  /** The stays that hear the server; two while coming back. */
  #hearing: readonly Stay[] = [];
  readonly #closing = new Set<Promise<void>>();
  #joined: ServerMessageOf<"roomJoined"> | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(
    environment: ClientEnvironment,
    options: ClientOptions,
    onEvent: (event: ClientEvent) => void,
  ) {
    this.#environment = environment;
    this.#options = options;
    this.#onEvent = onEvent;
  }

  /** How far it has come. */
  get state(): ClientState {
    return this.#state;
  }

  /** Tracks that it sends now. */
  get producersOpen(): number {
    return this.#stay?.publication.tracks.length ?? 0;
  }

  /** Tracks that it receives now. */
  get consumersOpen(): number {
    return this.#stay?.reception.size ?? 0;
  }

  /** Jitter of each track that media comes on, in milliseconds. */
  *jittersMs(): Iterable<number> {
    for (const { receiver } of this.#stay?.reception.tracks ?? []) {
      if (receiver.packetsReceived > 1) yield receiver.jitterMs;
    }
  }

  /** Joins, and resolves when it is connected and has begun its media, or has failed; never rejects. */
  join(): Promise<void> {
    this.#setState("joining");
    this.#work = this.#joinAndBegin();
    return this.#work;
  }

  /** Pauses or resumes what it sends of one kind; a failure is an event. */
  async setPaused(kind: "audio" | "video", paused: boolean): Promise<void> {
    try {
      await this.#stay?.setPaused(kind, paused);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Changes the quality of the video that it sends. */
  setQuality(quality: Quality, fps: Fps): void {
    this.#stay?.publication.setVideo(videoPreset(quality, fps));
  }

  /** Cuts its channel without a word to the server, as a lost network would; it comes back by itself. */
  cutChannel(): void {
    this.#conversation?.cut();
  }

  /** Media so far. */
  totals(): ClientTotals {
    const totals = { ...this.#past };
    if (this.#stay !== undefined) addStay(totals, this.#stay);
    return totals;
  }

  /** Leaves the room and frees everything; resolves when nothing is left behind. Idempotent. */
  async leave(): Promise<void> {
    this.#abort.abort();
    this.#endStay();
    await Promise.all([this.#conversation?.leave(), this.#work]);
    // The work may have opened something before it noticed.
    this.#endStay();
    await Promise.all([this.#conversation?.leave(), ...this.#closing]);
    if (this.#state !== "failed") this.#setState("left");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #joinAndBegin(): Promise<void> {
    try {
      this.#hearing = [this.#stay = this.#newStay()];
      const conversation = await this.#open();
      const joined = await joinRoom(conversation, this.#options, {
        random: () => this.#environment.random(),
        signal: this.#abort.signal,
      });
      await this.#settleIn(joined);
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Opens a conversation, whose end brings us back. */
  async #open(): Promise<Conversation> {
    const channel = await this.#environment.openChannel(this.#abort.signal);
    const conversation = new Conversation(channel, {
      clock: this.#environment.clock,
      onLatency: (operation, ms) =>
        this.#onEvent({ type: "latency", operation, ms }),
      onAnomaly: (anomaly) => this.#onEvent({ type: "anomaly", anomaly }),
    });
    conversation.subscribe((message) => {
      for (const stay of this.#hearing) stay.onServerMessage(message);
    });
    this.#conversation = conversation;
    conversation.closed.then((closed) => {
      if (this.#conversation !== conversation) return;
      if (this.#state !== "connected" || this.#abort.signal.aborted) return;
      this.#error("channel", describeClosed(closed));
      this.#work = this.#comeBack();
    });
    return conversation;
  }

  async #settleIn(joined: ServerMessageOf<"roomJoined">): Promise<void> {
    this.#joined = joined;
    this.#abort.signal.throwIfAborted();
    const stay = this.#stay!;
    await stay.connect(this.#conversation!, joined);
    this.#abort.signal.throwIfAborted();
    this.#setState("connected");
    if (!this.#wasConnected) {
      this.#wasConnected = true;
      const atMs = this.#environment.scheduler.nowMs();
      this.#onEvent({ type: "connected", atMs });
    }
    await stay.begin();
  }

  async #comeBack(): Promise<void> {
    const { clock } = this.#environment;
    this.#setState("joining");
    for (let attempt = 0; attempt < MOST_RETURNS; attempt++) {
      try {
        const spread = 0.5 + this.#environment.random() / 2;
        const pauseMs = FIRST_RETURN_DELAY_MS * 2 ** attempt * spread;
        await delay(clock, pauseMs, this.#abort.signal);
        await this.#returnOnce(attempt === 0);
        return;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#onEvent({ type: "returnFailed" });
        this.#report(error);
      }
    }
    await this.#giveUp();
  }

  /** The token is worth one attempt; a wrong one keeps our ghost alive. */
  async #returnOnce(withToken: boolean): Promise<void> {
    const { participantId, reconnectToken } = this.#joined!;
    const before = this.#stay!;
    const fresh = this.#newStay();
    // Until it is known which way we came back, both hear: events may come
    // before the answer does.
    this.#hearing = withToken ? [before, fresh] : [fresh];
    const reunion = await reconnectOrRejoin(() => this.#open(), {
      ...this.#options,
      participantId,
      reconnectToken: withToken ? reconnectToken : undefined,
    }, {
      random: () => this.#environment.random(),
      signal: this.#abort.signal,
    });
    if (reunion.kind === "reconnected") {
      this.#hearing = [before];
      before.moveTo(reunion.conversation);
      this.#setState("connected");
    } else {
      this.#endStay();
      this.#hearing = [this.#stay = fresh];
      await this.#settleIn(reunion.joined);
    }
    this.#onEvent({ type: "returned", how: reunion.kind });
  }

  #newStay(): Stay {
    return new Stay(this.#environment, this.#options, {
      onEvent: this.#onEvent,
      onBroken: (kind, message) => {
        if (this.#state !== "connected") return;
        this.#error(kind, message);
        this.#work = this.#giveUp();
      },
    });
  }

  /** Ends the stay at once; what takes time goes on in the background. */
  #endStay(): void {
    const stay = this.#stay;
    if (stay === undefined) return;
    const closing = stay.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    addStay(this.#past, stay);
    this.#stay = undefined;
  }

  async #fail(error: unknown): Promise<void> {
    if (!this.#abort.signal.aborted) this.#report(error);
    await this.#giveUp();
  }

  async #giveUp(): Promise<void> {
    if (!this.#abort.signal.aborted) this.#setState("failed");
    this.#endStay();
    await this.#conversation?.leave();
  }

  #report(error: unknown): void {
    this.#error(kindOf(error), messageOf(error));
  }

  #error(kind: ClientErrorKind, message: string): void {
    this.#onEvent({ type: "error", kind, message });
  }

  #setState(state: ClientState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#onEvent({ type: "state", state });
  }
}

function emptyTotals(): ClientTotals {
  return {
    ...noTotals(),
    packetsSent: 0,
    bytesSent: 0,
    srtpFailures: 0,
    duplicates: 0,
    firstSentMs: -1,
    firstReceivedMs: -1,
  };
}

function addStay(totals: ClientTotals, stay: Stay): void {
  const received = stay.reception.totals();
  totals.expected += received.expected;
  totals.lost += received.lost;
  totals.deliverable += received.deliverable;
  totals.received += received.received;
  totals.bytes += received.bytes;
  totals.flowing += received.flowing;
  const { auth, replayed } = stay.srtpFailures;
  totals.srtpFailures += auth;
  totals.duplicates += replayed;
  if (totals.firstReceivedMs < 0) {
    totals.firstReceivedMs = stay.reception.firstMs;
  }
  for (const { sender } of stay.publication.tracks) {
    totals.packetsSent += sender.packetsSent;
    totals.bytesSent += sender.bytesSent;
    if (sender.firstSentMs < 0) continue;
    totals.firstSentMs = totals.firstSentMs < 0
      ? sender.firstSentMs
      : Math.min(totals.firstSentMs, sender.firstSentMs);
  }
}

function kindOf(error: unknown): ClientErrorKind {
  if (error instanceof ChannelError) return "connect";
  if (error instanceof NoCodecError) return "codec";
  if (error instanceof TransportError) {
    switch (error.kind) {
      case "candidate":
      case "socket":
      case "iceTimeout":
        return "ice";
      case "dtls":
      case "dtlsTimeout":
        return "dtls";
      case "consent":
      case "peerClosed":
      case "closed":
        return "transport";
    }
  }
  if (error instanceof SignalingError) {
    switch (error.kind) {
      case "timeout":
        return "timeout";
      case "rateLimited":
        return "rateLimit";
      case "lobbyDenied":
        return "join";
      case "server":
        return error.operation === "join_room" ? "join" : "server";
      case "closed":
      case "aborted":
        return "channel";
    }
  }
  return "internal";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
