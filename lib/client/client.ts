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
import {
  Conversation,
  delay,
  describeClosed,
  joinRoom,
  reconnectOrRejoin,
} from "../signaling/mod.ts";
import type { ConsumerSecond } from "./consumer_watch.ts";
import type { ClientEnvironment } from "./environment.ts";
import type { ClientErrorKind, ClientEvent, ClientState } from "./events.ts";
import { isEnded, kindOf, messageOf } from "./failure.ts";
import { guarded, guardedEnvironment } from "./guard.ts";
import type { PublishOptions } from "./publication.ts";
import type { TrackFlow } from "./track_flow.ts";
import { Stay, type StayOptions } from "./stay.ts";
import { addStay, type ClientTotals, emptyTotals } from "./totals.ts";

/** Who a client is and what it does. */
export interface ClientOptions extends StayOptions {
  readonly participantName: string;
  readonly password?: string | undefined;
}

/** Attempts to come back before a client gives up. */
const MOST_RETURNS = 4;
const FIRST_RETURN_DELAY_MS = 250;

/** A request that is open for so long when its client leaves has not been answered. */
const UNANSWERED_AFTER_MS = 1000;

/** One participant that we drive. */
export class Client implements AsyncDisposable {
  readonly #environment: ClientEnvironment;
  readonly #options: ClientOptions;
  readonly #onEvent: (event: ClientEvent) => void;
  readonly #abort = new AbortController();
  readonly #past: ClientTotals = emptyTotals();
  /** Everything under way that must have settled before nothing is left of us. */
  readonly #pending = new Set<Promise<void>>();
  readonly #paused = new Set<"audio" | "video">();
  #publish: PublishOptions | undefined;
  #preferredLayer: number | undefined;
  #state: ClientState = "planned";
  #wasConnected = false;
  #conversation: Conversation | undefined;
  /** How the conversation was lost; `undefined` while it goes on. */
  #lost: string | undefined;
  #stay: Stay | undefined;
  /** The stays that hear the server; two while coming back. */
  #hearing: readonly Stay[] = [];
  #joined: ServerMessageOf<"roomJoined"> | undefined;

  constructor(
    environment: ClientEnvironment,
    options: ClientOptions,
    onEvent: (event: ClientEvent) => void,
  ) {
    this.#environment = guardedEnvironment(environment, this.#onBug);
    this.#options = options;
    this.#publish = options.publish;
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

  /** Whether it is to send now: it publishes, and is not muted. */
  get isToSend(): boolean {
    const { audio, video } = this.#publish ?? {};
    return (audio === true && !this.#paused.has("audio")) ||
      (video !== undefined && !this.#paused.has("video"));
  }

  /** The tracks that should come to it now, and how many of them do. */
  flow(): TrackFlow {
    return this.#stay?.flow() ?? { due: 0, flowing: 0 };
  }

  /** To the server and back, in milliseconds; -1 while it is not known. */
  get roundTripMs(): number {
    return this.#stay?.roundTripMs ?? -1;
  }

  /** Jitter of each track of this run that media comes on, in milliseconds. */
  *jittersMs(): Iterable<number> {
    for (const { receiver, isOwn } of this.#stay?.reception.tracks ?? []) {
      if (isOwn && receiver.packetsReceived > 1) yield receiver.jitterMs;
    }
  }

  /** What the last second of each consumer was like, about once a second. */
  *takeSeconds(): Iterable<ConsumerSecond> {
    yield* this.#stay?.reception.takeSeconds() ?? [];
  }

  /** When media flowed again; see {@linkcode Reception.resumedSince}. */
  resumedSince(sinceMs: number): number | undefined {
    return this.#stay?.reception.resumedSince(sinceMs);
  }

  /** The layer of each simulcast track that it receives, 0 is the smallest; `undefined` for one that it gets nothing of. */
  *receivedLayers(): Iterable<number | undefined> {
    yield* this.#stay?.layers ?? [];
  }

  /** Joins, and resolves when it is connected and has begun its media, or has failed; never rejects. */
  join(): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    this.#setState("joining");
    return this.#track(this.#joinAndBegin());
  }

  /** Pauses or resumes what it sends of one kind, in later stays too; a failure is an event. */
  async setPaused(kind: "audio" | "video", paused: boolean): Promise<void> {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    if (this.#state !== "connected") return;
    try {
      await this.#stay?.setPaused(kind, paused);
    } catch (error) {
      if (!isEnded(error)) this.#report(error);
    }
  }

  /** Changes the quality of the video that it sends, in later stays too. */
  setQuality(quality: Quality, fps: Fps): void {
    // A file's quality is its own.
    if (this.#publish?.video === undefined || this.#publish.clip?.video) return;
    const video = videoPreset(quality, fps);
    this.#publish = { ...this.#publish, video };
    this.#stay?.setVideo(video);
  }

  /**
   * Asks the server for this layer of the simulcast that it receives, in
   * later stays too; 0 is the smallest. The server may have reasons of its
   * own to send another.
   */
  preferLayer(spatialLayer: number): void {
    this.#preferredLayer = spatialLayer;
    this.#stay?.preferLayer(spatialLayer);
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

  /**
   * Leaves the room and frees everything; resolves when nothing is left
   * behind. Idempotent. Who never tried to join stays planned.
   */
  async leave(): Promise<void> {
    if (!this.#abort.signal.aborted) this.#reportUnanswered();
    this.#abort.abort();
    // What is under way may open something before it notices.
    do {
      this.#endStay();
      this.#endConversation();
      await Promise.all(this.#pending);
    } while (this.#pending.size > 0);
    if (this.#state !== "failed" && this.#state !== "planned") {
      this.#setState("left");
    }
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
      await this.#settleIn(conversation, joined);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#report(error);
      this.#giveUp();
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
    conversation.subscribe((message) =>
      guarded(this.#onBug, () => {
        for (const stay of this.#hearing) stay.onServerMessage(message);
      })
    );
    this.#conversation = conversation;
    this.#lost = undefined;
    conversation.closed.then((closed) => {
      // One that we ended ourselves is not ours any more.
      if (this.#conversation !== conversation) return;
      this.#lost = describeClosed(closed);
      if (this.#state === "connected") this.#onLost(this.#lost);
    });
    return conversation;
  }

  async #settleIn(
    conversation: Conversation,
    joined: ServerMessageOf<"roomJoined">,
  ): Promise<void> {
    this.#joined = joined;
    this.#abort.signal.throwIfAborted();
    const stay = this.#stay!;
    await stay.connect(conversation, joined);
    this.#abort.signal.throwIfAborted();
    this.#enterConnected();
    try {
      await stay.begin();
    } catch (error) {
      // Whoever ended the conversation, or noticed its end, carries on.
      if (isEnded(error)) return;
      throw error;
    }
    for (const kind of this.#paused) await this.setPaused(kind, true);
  }

  #enterConnected(): void {
    this.#setState("connected");
    if (!this.#wasConnected) {
      this.#wasConnected = true;
      const atMs = this.#environment.scheduler.nowMs();
      this.#onEvent({ type: "connected", atMs });
    }
    // The channel may have gone while nobody asked anything of it.
    if (this.#lost !== undefined) this.#onLost(this.#lost);
  }

  #onLost(how: string): void {
    this.#error("channel", how);
    this.#track(this.#comeBack());
  }

  async #comeBack(): Promise<void> {
    const { clock } = this.#environment;
    for (let attempt = 0; attempt < MOST_RETURNS; attempt++) {
      this.#setState("joining");
      try {
        const spread = 0.5 + this.#environment.random() / 2;
        const pauseMs = FIRST_RETURN_DELAY_MS * 2 ** attempt * spread;
        await delay(clock, pauseMs, this.#abort.signal);
        await this.#returnOnce(attempt === 0);
        return;
      } catch (error) {
        // Even one that got into the room: it must not leave a ghost there.
        this.#endConversation();
        if (this.#abort.signal.aborted) return;
        this.#onEvent({ type: "returnFailed" });
        this.#report(error);
      }
    }
    this.#giveUp();
  }

  /** The token is worth one attempt; a wrong one keeps our ghost alive. */
  async #returnOnce(isFirst: boolean): Promise<void> {
    this.#abort.signal.throwIfAborted();
    const { participantId, reconnectToken } = this.#joined!;
    const before = this.#stay!;
    const fresh = this.#newStay();
    const withToken = isFirst && !before.isBroken;
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
    this.#abort.signal.throwIfAborted();
    const { kind, conversation } = reunion;
    if (kind === "reconnected") {
      this.#hearing = [before];
      before.moveTo(conversation);
      this.#enterConnected();
    } else {
      this.#endStay();
      this.#hearing = [this.#stay = fresh];
      await this.#settleIn(conversation, reunion.joined);
    }
    this.#onEvent({ type: "returned", how: kind });
  }

  #newStay(): Stay {
    const options = { ...this.#options, publish: this.#publish };
    const stay: Stay = new Stay(this.#environment, options, {
      onEvent: this.#onEvent,
      onBroken: (kind, message) => {
        // Coming back asks the stay by itself.
        if (this.#stay !== stay || this.#state !== "connected") return;
        this.#error(kind, message);
        this.#giveUp();
      },
    });
    if (this.#preferredLayer !== undefined) {
      stay.preferLayer(this.#preferredLayer);
    }
    return stay;
  }

  /** Ends the stay at once; what takes time goes on in the background. */
  #endStay(): void {
    const stay = this.#stay;
    if (stay === undefined) return;
    this.#track(stay.close());
    addStay(this.#past, stay);
    this.#stay = undefined;
    this.#hearing = [];
  }

  /** Leaves the room and the server; the closing goes on in the background. */
  #endConversation(): void {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    this.#conversation = undefined;
    this.#track(conversation.leave());
  }

  #giveUp(): void {
    if (!this.#abort.signal.aborted) this.#setState("failed");
    this.#endStay();
    this.#endConversation();
  }

  /** Something of ours threw where nobody waits for it: this client is over, and only this one. */
  readonly #onBug = (error: unknown): void => {
    if (this.#state === "failed" || this.#abort.signal.aborted) return;
    this.#error("internal", messageOf(error));
    this.#giveUp();
    // What is under way has nothing to add.
    this.#abort.abort();
  };

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }

  /** Whoever leaves without the answer has not got it: no time-out will tell. */
  #reportUnanswered(): void {
    const conversation = this.#conversation;
    for (
      const { operation, waitedMs } of conversation?.unanswered(
        UNANSWERED_AFTER_MS,
      ) ?? []
    ) {
      const message = `${operation}: no reply within ${
        Math.round(waitedMs)
      } ms, when the client left`;
      this.#error("timeout", message);
    }
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
