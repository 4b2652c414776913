/**
 * One participant that we drive: it joins a room, sends, receives, comes back
 * when its channel or a transport is lost, and leaves. It emits events; it does not count,
 * print, or know other clients. A failure is an event too: nothing here
 * throws out of a run.
 *
 * @module
 */

import { MEDIA_KINDS } from "../ortc/mod.ts";
import type { SignalingEvent, SignalingSession } from "../signaling/port.ts";
import type { Fps, Quality } from "../media/mod.ts";
import { ABORTED, delay, eitherSignal } from "../time/mod.ts";
import type { ClientEnvironment } from "./environment.ts";
import type {
  ClientErrorKind,
  ClientEvent,
  ClientState,
  LossKind,
  ReturnKind,
} from "./events.ts";
import {
  EntryError,
  isEnded,
  isFinal,
  isGone,
  isRefused,
  isUnanswered,
  kindOf,
} from "./failure.ts";
import { guarded, guardedEnvironment } from "./guard.ts";
import type { ReceivedSecond } from "./inbound_tracks.ts";
import type { ClientObserver } from "./observer.ts";
import type { PublishOptions } from "./publisher.ts";
import {
  FLOW_LOOK_MS,
  FLOW_LOOKS,
  ICE_RESTART_PACE_MS,
  MAX_ICE_RESTARTS_MS,
  returnPauseMs,
  UNANSWERED_PAUSE_MS,
} from "./return_pace.ts";
import { NO_FLOW, type TrackFlow } from "./track_flow.ts";
import {
  type PathState,
  RoomSession,
  type RoomSessionOptions,
} from "./room_session.ts";
import type { StatsObjects } from "./webrtc_stats.ts";
import { addStay, type ClientTotals, emptyTotals } from "./totals.ts";
import { messageOf } from "../text/mod.ts";

/** Who a client is and what it does. */
export interface ClientOptions extends RoomSessionOptions {
  readonly participantName: string;
  /** For how long it tries to come back, in milliseconds. @default {until it leaves} */
  readonly patienceMs?: number | undefined;
}

/** What a client has lost. */
interface Loss {
  readonly what: LossKind;
  readonly message: string;
  /** Since when, on the scheduler's clock. */
  readonly sinceMs: number;
}

/** How far a return has come. */
interface WayBack {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Until when ICE restarts are tried, on the scheduler's clock. */
  iceUntilMs: number;
  /** The server answers by these transports, and sends nothing: only others help. */
  mustJoin: boolean;
  /** It has joined without a pause, or paused: the server may put out whoever comes. */
  hasHurried: boolean;
  /** Pauses so far. */
  pauses: number;
  /** When it last began to open a channel, or was lost, on the scheduler's clock. */
  triedMs: number;
  /** The step that led furthest. */
  how: ReturnKind | undefined;
}

/** A transport on its way for so long when its client leaves has not been answered. */
const UNCONNECTED_AFTER_MS = 1000;

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
  #session: SignalingSession | undefined;
  /** How the session ended; `undefined` while it goes on. */
  #closedHow: string | undefined;
  /** It comes back as somebody new. */
  #joinsAnew = false;
  /** Joining or coming back: one at a time. */
  #isBusy = false;
  /** What it is away for; the message is that of the last attempt. */
  #loss: Loss | undefined;
  /** Ends what waits for an answer that may never come. */
  #interrupt = new AbortController();
  #cancelLook: () => void = () => {};
  #stay: RoomSession | undefined;
  #observer: ClientObserver | undefined;
  /** The stays that hear the server; two while coming back. */
  #hearing: readonly RoomSession[] = [];

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
    if (this.#stay?.publication.isAwaited === true) return false;
    return MEDIA_KINDS.some((kind) =>
      this.#publish?.[kind] === true && !this.#paused.has(kind)
    );
  }

  /** The tracks that should come to it now, and how many of them do. */
  flow(): TrackFlow {
    return this.#stay?.flow() ?? NO_FLOW;
  }

  /** For how long the server's signaling has owed an answer, in milliseconds; 0 where it owes none, -1 where there is nobody to answer. */
  get signalingWaitMs(): number {
    const session = this.#state === "connected" ? this.#session : undefined;
    return session?.isOpen === true ? session.waitingMs() : -1;
  }

  /** To the server and back, in milliseconds; -1 while it is not known. */
  get roundTripMs(): number {
    return this.#stay?.roundTripMs ?? -1;
  }

  /** What the server told since the last call of the way to it, in milliseconds and bits a second; -1 where it told nothing. */
  takeUplink(): { readonly queueingMs: number; readonly bitrateBps: number } {
    const { uplink } = this.#stay?.publication ?? {};
    return {
      queueingMs: uplink?.queueingMs ?? -1,
      bitrateBps: uplink?.takeBitrateBps() ?? -1,
    };
  }

  /** Jitter of each track of this run that media comes on, in milliseconds. */
  *jittersMs(): Iterable<number> {
    for (const { receiver, isOwn } of this.#stay?.reception.tracks ?? []) {
      if (isOwn && receiver.packetsReceived > 1) yield receiver.jitterMs;
    }
  }

  /** What the last second of each consumer was like, about once a second. */
  *takeSeconds(): Iterable<ReceivedSecond> {
    yield* this.#stay?.reception.takeSeconds() ?? [];
  }

  /** When media flowed again; see {@linkcode InboundTracks.resumedSince}. */
  resumedSince(sinceMs: number): number | undefined {
    return this.#stay?.reception.resumedSince(sinceMs);
  }

  /** The layer of each simulcast track that it receives, 0 is the smallest; `undefined` for one that it gets nothing of. */
  *receivedLayers(): Iterable<number | undefined> {
    yield* this.#stay?.layers ?? [];
  }

  /** Has `observer` see its packets from now on, in later stays too; `undefined` ends that. */
  observe(observer: ClientObserver | undefined): void {
    this.#observer = observer;
    for (const stay of new Set([this.#stay, ...this.#hearing])) {
      stay?.observe(observer);
    }
  }

  /** What is counted of its present stay, in the words of W3C webrtc-stats, by transport. */
  stats(): Record<"send" | "recv", StatsObjects> {
    return this.#stay?.stats() ?? { send: {}, recv: {} };
  }

  /** Joins, and resolves when it is connected and has begun its media, or has failed; never rejects. */
  join(): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    this.#isBusy = true;
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
    if (this.#publish?.video !== true || this.#publish.clip?.video) return;
    this.#publish = { ...this.#publish, quality, fps };
    this.#stay?.publication.setVideo(quality, fps);
  }

  /**
   * Asks the server for this layer of the simulcast that it receives, in
   * later stays too; 0 is the smallest. The server may have reasons of its
   * own to send another.
   */
  preferLayer(spatialLayer: number): void {
    const session = this.#session;
    if (session !== undefined && session.preferLayer === undefined) {
      const message =
        "Cannot choose a layer: this server's signaling has no request for it. It sends what it thinks best.";
      return this.#onEvent({ type: "unable", message });
    }
    this.#preferredLayer = spatialLayer;
    this.#stay?.preferLayer(spatialLayer);
  }

  /** Cuts its channel without a word to the server, as a lost network would; it comes back by itself. */
  cutChannel(): void {
    if (this.#session?.isOpen !== true) return;
    this.#closedHow = "connection cut";
    this.#session.cut();
    this.#lookAtOnce();
  }

  /** Leaves its room and joins it anew at once, as somebody new. Who is joining or coming back is left alone. */
  rejoin(): void {
    if (this.#isBusy || this.#session?.isOpen !== true) return;
    this.#joinsAnew = true;
    this.#closedHow = "left to join anew";
    this.#endSession();
    this.#lookAtOnce();
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
    if (this.#state === "away") {
      this.#reportAway("before it left");
      this.#setState("failed");
    }
    this.#cancelLook();
    this.#abort.abort(ABORTED);
    // What is under way may open something before it notices.
    do {
      this.#endStay();
      this.#endSession();
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
      const session = this.#openSession();
      const { signal } = this.#abort;
      const { peerId } = await session.connect({ signal }).catch((error) => {
        throw new EntryError(error);
      });
      await this.#settleIn(session, peerId);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#report(error);
      this.#giveUp();
    }
    this.#isBusy = false;
    this.#look();
  }

  /** A session whose end brings us back; it is not connected yet. */
  #openSession(): SignalingSession {
    const { roomId, participantName } = this.#options;
    const session: SignalingSession = this.#environment.openSession({
      roomId,
      participantName,
      onEvent: (event) =>
        guarded(this.#onBug, () => this.#onSignaling(session, event)),
    });
    this.#session = session;
    this.#closedHow = undefined;
    return session;
  }

  #onSignaling(session: SignalingSession, event: SignalingEvent): void {
    switch (event.type) {
      case "latency":
        this.#environment.answers.note(event.ms);
        return this.#onEvent(event);
      case "anomaly":
        return this.#onEvent(event);
      case "failed":
        return this.#report(event.error);
      case "closed":
        // One that we ended ourselves is not ours any more.
        if (this.#session !== session) return;
        this.#closedHow ??= event.message;
        return this.#lookAtOnce();
      default:
        for (const stay of this.#hearing) stay.onRoomEvent(event);
    }
  }

  async #settleIn(session: SignalingSession, peerId: string): Promise<void> {
    this.#abort.signal.throwIfAborted();
    const stay = this.#stay!;
    await stay.connect(session, peerId);
    this.#abort.signal.throwIfAborted();
    this.#enterConnected();
    try {
      await stay.begin();
    } catch (error) {
      // Whoever ended the session, or noticed its end, carries on.
      if (isEnded(error)) return;
      throw error;
    }
    for (const kind of this.#paused) await this.setPaused(kind, true);
  }

  #enterConnected(): void {
    this.#setState("connected");
    if (this.#wasConnected) return;
    this.#wasConnected = true;
    const atMs = this.#environment.scheduler.nowMs();
    this.#onEvent({ type: "connected", atMs });
  }

  /** What is lost of a stay that had all; `undefined` while nothing is. */
  #whatIsLost(): Loss | undefined {
    const nowMs = this.#environment.scheduler.nowMs();
    const { broken, lostPath } = this.#stay ?? {};
    if (broken !== undefined) {
      const { message } = broken;
      return { what: "transport", message, sinceMs: nowMs };
    }
    if (this.#session?.isOpen !== true) {
      const message = this.#closedHow ?? "connection lost";
      return { what: "channel", message, sinceMs: nowMs };
    }
    if (lostPath === undefined) return undefined;
    const { direction, sinceMs } = lostPath;
    const message = `no answer to consent checks of the ${direction} transport`;
    return { what: "transport", message, sinceMs };
  }

  /** Begins to come back if something is lost, and nothing is under way that would notice by itself. */
  #look(): void {
    if (this.#isBusy || this.#state !== "connected") return;
    if (this.#abort.signal.aborted) return;
    const loss = this.#whatIsLost();
    if (loss === undefined) return;
    this.#isBusy = true;
    this.#loss = loss;
    this.#setState("away");
    this.#stay?.setAway(true);
    this.#onEvent({ type: "lost", ...loss });
    this.#track(this.#comeBack(loss));
  }

  /** What is waited for may never come now. */
  #lookAtOnce(): void {
    this.#interrupt.abort(ABORTED);
    this.#look();
  }

  /** A browser finds many a path again by itself; after a while we help. */
  #onPath(path: PathState): void {
    this.#cancelLook();
    if (path === "expired") this.#look();
    if (path !== "unanswered") return;
    this.#cancelLook = this.#environment.clock.setTimer(
      UNANSWERED_PAUSE_MS,
      () => this.#look(),
    );
  }

  /** Tries until everything is there again, patience is at its end, or somebody ends it. */
  async #comeBack(loss: Loss): Promise<void> {
    const { patienceMs = Infinity } = this.#options;
    const { clock, scheduler } = this.#environment;
    const late = new AbortController();
    const cancelLate = patienceMs === Infinity
      ? () => {}
      : clock.setTimer(patienceMs, () => late.abort(ABORTED));
    using ending = eitherSignal(this.#abort.signal, late.signal);
    const way: WayBack = {
      signal: ending.signal,
      iceUntilMs: scheduler.nowMs() + MAX_ICE_RESTARTS_MS,
      mustJoin: this.#joinsAnew,
      hasHurried: false,
      pauses: 0,
      triedMs: scheduler.nowMs(),
      how: undefined,
    };
    this.#joinsAnew = false;
    try {
      while (way.mustJoin || this.#whatIsLost() !== undefined) {
        this.#setState("away");
        try {
          await this.#tryToReturn(way);
          if (this.#abort.signal.aborted) return;
        } catch (error) {
          if (this.#abort.signal.aborted) return;
          if (late.signal.aborted || isFinal(error)) {
            if (isFinal(error)) this.#report(error);
            else this.#reportAway(`within ${patienceMs / 1000} s`);
            return this.#giveUp();
          }
          const message = messageOf(error);
          this.#loss = { ...loss, message };
          this.#onEvent({ type: "returnFailed", message });
        }
      }
      this.#loss = undefined;
      this.#stay?.setAway(false);
      this.#enterConnected();
      await this.#catchUp();
      if (this.#abort.signal.aborted) return;
      // A path may have come back before we did anything about it.
      this.#onEvent({ type: "returned", how: way.how ?? "iceRestart" });
    } finally {
      cancelLate();
      this.#isBusy = false;
    }
    this.#look();
  }

  /** What was paused or resumed meanwhile, the server is told now. */
  async #catchUp(): Promise<void> {
    for (const kind of MEDIA_KINDS) {
      const isPaused = this.#paused.has(kind);
      if (this.#stay?.publication.isPaused(kind) === isPaused) continue;
      await this.setPaused(kind, isPaused);
    }
  }

  /** One step: ICE restarts as long as they may help, else a new channel. */
  async #tryToReturn(way: WayBack): Promise<void> {
    const { clock, scheduler, random } = this.#environment;
    const hasChannel = this.#session?.isOpen === true;
    const stay = this.#stay;
    const mayRestart = stay?.isKept && stay.canRestartIce && !way.mustJoin;
    if (hasChannel && mayRestart && scheduler.nowMs() < way.iceUntilMs) {
      return await this.#restartIce(stay, way);
    }
    // Who still has a channel knows that the server is there.
    const mayHurry = hasChannel && !way.hasHurried;
    const pauseMs = mayHurry ? 0 : returnPauseMs(way.pauses++, random);
    way.hasHurried = true;
    // Who has waited for an answer for so long has paused enough.
    const restMs = pauseMs - (scheduler.nowMs() - way.triedMs);
    await delay(clock, Math.max(0, restMs), way.signal);
    way.triedMs = scheduler.nowMs();
    try {
      await this.#returnByChannel(way);
    } catch (error) {
      // Even one that got into the room: it must not leave a ghost there.
      this.#endSession();
      throw error;
    }
  }

  async #restartIce(stay: RoomSession, way: WayBack): Promise<void> {
    const { signal } = this.#interrupt = new AbortController();
    const { clock, scheduler } = this.#environment;
    const beganMs = scheduler.nowMs();
    try {
      using either = eitherSignal(signal, way.signal);
      await stay.restartIce(either.signal);
      if (!await this.#flowsAgain(stay, way.signal)) {
        way.mustJoin = true;
        throw new Error("no media after an ICE restart");
      }
      way.how ??= "iceRestart";
    } catch (error) {
      // What was lost meanwhile is the next step's matter.
      if (signal.aborted && !way.signal.aborted) return;
      // What does not answer by this channel may answer by another one.
      if (isUnanswered(error)) {
        this.#closedHow = "no reply";
        this.#session?.cut();
        throw error;
      }
      // The server, or we, have these transports no more.
      if (isRefused(error) || isGone(error)) way.iceUntilMs = -Infinity;
      else if (!way.mustJoin) {
        // Where checks are refused at once, so is the next one.
        const spentMs = scheduler.nowMs() - beganMs;
        const pauseMs = Math.max(0, ICE_RESTART_PACE_MS - spentMs);
        await delay(clock, pauseMs, way.signal);
      }
      throw error;
    }
  }

  /**
   * Whether media comes again after an ICE restart, where any came before.
   * Where nobody of this run sends any, that it does not says nothing.
   */
  async #flowsAgain(stay: RoomSession, signal: AbortSignal): Promise<boolean> {
    const { clock, scheduler } = this.#environment;
    const sinceMs = scheduler.nowMs();
    if (stay.reception.lastMs === -Infinity) return true;
    for (let looks = 0; looks < FLOW_LOOKS; looks++) {
      await delay(clock, FLOW_LOOK_MS, signal);
      if (stay.reception.lastMs >= sinceMs) return true;
    }
    return stay.flow().due === 0;
  }

  async #returnByChannel(way: WayBack): Promise<void> {
    way.signal.throwIfAborted();
    const before = this.#stay;
    const fresh = this.#newStay();
    const isKept = !way.mustJoin && before?.isKept === true &&
      this.#session?.isOpen !== true;
    const former = isKept ? before.session : undefined;
    // Until it is known which way we came back, both hear: events may come
    // before the answer does.
    this.#hearing = former === undefined ? [fresh] : [before!, fresh];
    this.#endSession();
    const session = this.#openSession();
    const { signal } = way;
    const { peerId, isResumed } = await session.connect({ signal, former });
    way.signal.throwIfAborted();
    way.how = isResumed ? "reconnected" : "rejoined";
    if (isResumed) {
      this.#hearing = [before!];
      return before!.moveTo(session);
    }
    this.#endStay();
    this.#hearing = [this.#stay = fresh];
    way.mustJoin = false;
    way.iceUntilMs = this.#environment.scheduler.nowMs() +
      MAX_ICE_RESTARTS_MS;
    await this.#settleIn(session, peerId);
  }

  #newStay(): RoomSession {
    const options = { ...this.#options, publish: this.#publish };
    const stay: RoomSession = new RoomSession(this.#environment, options, {
      onEvent: this.#onEvent,
      onBroken: (kind, message) => {
        if (!this.#hearing.includes(stay)) return;
        if (kind === "transport") return this.#lookAtOnce();
        this.#error(kind, message);
        this.#giveUp();
      },
      onPath: (path) => this.#onPath(path),
    });
    if (this.#preferredLayer !== undefined) {
      stay.preferLayer(this.#preferredLayer);
    }
    stay.observe(this.#observer);
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
  #endSession(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#track(session.leave());
  }

  /** It is over, with whatever is under way. */
  #giveUp(): void {
    if (!this.#abort.signal.aborted) this.#setState("failed");
    this.#cancelLook();
    this.#abort.abort(ABORTED);
    this.#endStay();
    this.#endSession();
  }

  /** Something of ours threw where nobody waits for it: this client is over, and only this one. */
  readonly #onBug = (error: unknown): void => {
    if (this.#state === "failed" || this.#abort.signal.aborted) return;
    this.#error("internal", messageOf(error));
    this.#giveUp();
    // What is under way has nothing to add.
    this.#abort.abort(ABORTED);
  };

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }

  /** Whoever leaves without the answer has not got it: no time-out will tell. */
  #reportUnanswered(): void {
    const { missedAfterMs } = this.#environment.answers;
    const requests = this.#session?.unanswered(0) ?? [];
    for (const { operation, waitedMs, meanwhile, held } of requests) {
      // The server may be slow with everything, and would have answered.
      if (waitedMs < missedAfterMs) continue;
      if (held !== undefined) {
        const ms = Math.round(waitedMs);
        this.#error("join", `${operation}: ${held} within ${ms} ms`);
        continue;
      }
      const message = `${operation}: no reply within ${
        Math.round(waitedMs)
      } ms, when the client left`;
      const came = meanwhile === undefined ? "" : `; ${meanwhile}`;
      this.#error("timeout", message + came);
    }
    const path = this.#stay?.unconnected(UNCONNECTED_AFTER_MS);
    if (this.#state !== "joining" || requests.length > 0) return;
    if (path !== undefined) {
      const message = `the ${path.direction} transport was not connected in ${
        Math.round(path.ms)
      } ms, when the client left`;
      this.#error("ice", message);
    }
  }

  #reportAway(when: string): void {
    const { what, message } = this.#loss!;
    this.#error(what, `did not come back ${when}: ${message}`);
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
