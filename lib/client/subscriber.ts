/**
 * The consuming of one stay: the room's tracks as they come and go, the
 * requests for those that are wanted, and the rows in which they are counted.
 *
 * @module
 */

import type { MediaKind, RtpCapabilities } from "../ortc/mod.ts";
import { SignalingError, type SignalingSession } from "../signaling/port.ts";
import {
  foreignCodecs,
  mediaCodecs,
  receiveCapabilities,
  takenCodec,
} from "./capabilities.ts";
import type { ClientEnvironment } from "./environment.ts";
import type { ClientEvent, OtherTrackFound } from "./events.ts";
import {
  isEnded,
  kindOf,
  UnreadableTrackError,
  UnusableTrackError,
} from "./failure.ts";
import { ReceivedLayers } from "./layers.ts";
import { MOST_TRACKS } from "./most_tracks.ts";
import { OtherTracks, otherTypeText } from "./other_tracks.ts";
import type { Origin } from "./own_publishers.ts";
import type { Inlet } from "./consumed_track.ts";
import { InboundTracks } from "./inbound_tracks.ts";
import {
  type OfferedProducer,
  SubscriptionQuota,
  WORTH,
  type Worth,
} from "./subscription_quota.ts";
import { SILENT_AFTER_MS, type TrackFlow, trackFlow } from "./track_flow.ts";
import { UntoldTracks } from "./untold_tracks.ts";
import type { StoppedTrack } from "../metrics/mod.ts";
import { messageOf } from "../text/mod.ts";

/** What to consume. */
export interface ConsumeOptions {
  readonly roomId: string;
  readonly maxAudio: number;
  readonly maxVideo: number;
}

/** A track that was asked for, and is not had. */
interface LackingTrack {
  readonly participantId: string;
  readonly kind: MediaKind;
  /** Since when, on the scheduler's clock; `Infinity` while the server may still answer: it is due from then on. */
  sinceMs: number;
  /** It was had, and the server says that it has ended. */
  readonly isClosed: boolean;
  /** Up to when what its sender sent has been counted. */
  countedMs: number;
}

/** Who is told of a consumption. */
export interface ConsumptionHandlers {
  readonly onEvent: (event: ClientEvent) => void;
  /** The server says that we are in no room any more, or more than can be kept. */
  readonly onPutOut: (message: string) => void;
}

/** The transports of one stay by which tracks come. */
export interface WaysIn {
  /** The one for a track. */
  open(producerId: string): Promise<WayIn>;
  /** The track does not come any more. */
  close(producerId: string): void;
}

/** The transport that a track comes by. */
export interface WayIn {
  readonly transportId: string;
  readonly inlet: Inlet;
  /** Rejects when it does not come up; `undefined` where it is. */
  readonly isUp: Promise<void> | undefined;
}

/** What one client consumes in one stay. */
export class Subscriber {
  readonly reception: InboundTracks;
  readonly layers: ReceivedLayers;
  readonly #environment: ClientEnvironment;
  readonly #onEvent: (event: ClientEvent) => void;
  readonly #roomId: string;
  readonly #onPutOut: (message: string) => void;
  readonly #quota: SubscriptionQuota;
  readonly #others: OtherTracks;
  readonly #unsubscribe: () => void;
  /** Tracks that were asked for and are not had. */
  readonly #lacking = new Map<string, LackingTrack>();
  /** Tracks that the server stopped although their senders go on. */
  readonly #stopped = new Map<string, StoppedTrack["how"]>();
  /** Tracks whose packets are of a type that was not announced, as has been told. */
  readonly #unread = new Set<string>();
  /** What the server told of, by participant and producer. */
  readonly #producersOf = new Map<string, Map<string, MediaKind>>();
  /** How many producers those are. */
  #trackCount = 0;
  readonly #untold = new UntoldTracks();
  readonly #most: Readonly<Record<MediaKind, number>>;
  #participantId = "";
  #session: SignalingSession | undefined;
  readonly #waysIn: WaysIn;
  #router: RtpCapabilities | undefined;
  #consuming: Promise<void> | undefined;
  #canConsume = false;
  /** Consumers that the server granted in this stay. */
  #granted = 0;
  #open = true;

  constructor(
    environment: ClientEnvironment,
    { roomId, maxAudio, maxVideo }: ConsumeOptions,
    { onEvent, onPutOut }: ConsumptionHandlers,
    waysIn: WaysIn,
  ) {
    this.#waysIn = waysIn;
    this.#environment = environment;
    this.#onEvent = onEvent;
    this.#onPutOut = onPutOut;
    this.#roomId = roomId;
    this.#most = { audio: maxAudio, video: maxVideo };
    this.reception = new InboundTracks(environment);
    this.layers = new ReceivedLayers({
      onFlow: (producerId, flows) =>
        this.reception.setFlowing(producerId, flows),
      onLayer: (producerId, layer) =>
        onEvent({
          type: "layer",
          from: this.reception.senderOf(producerId),
          layer,
        }),
    });
    this.#quota = new SubscriptionQuota({
      maxAudio,
      maxVideo,
      allowance: environment.allowance,
      worthOf: (producer) => this.#worthOf(producer),
    });
    this.#others = new OtherTracks(environment, this.reception, {
      onFound: (track) => onEvent({ type: "other", track }),
      onLooked: () => {
        this.#lookForUntold();
        this.#countLacking();
        this.#lookForPaused();
        this.#lookForOtherTypes();
        this.#consume();
      },
    });
    this.#unsubscribe = environment.publishers.subscribe(
      roomId,
      (participantId) => this.#onOwn(participantId),
    );
  }

  /** Someone sends a track. */
  offer(participantId: string, producerId: string, kind: MediaKind): void {
    let producers = this.#producersOf.get(participantId);
    if (producers?.has(producerId) !== true) {
      if (this.#trackCount >= MOST_TRACKS) {
        return this.#onPutOut(
          `the server told of more than ${MOST_TRACKS} tracks at once`,
        );
      }
      this.#trackCount++;
    }
    if (producers === undefined) {
      this.#producersOf.set(participantId, producers = new Map());
    }
    producers.set(producerId, kind);
    this.#quota.offer({ participantId, producerId, kind });
    this.#consume();
  }

  /** A track has ended. */
  withdraw(producerId: string): void {
    for (const [participantId, producers] of this.#producersOf) {
      const kind = producers.get(producerId);
      if (kind === undefined) continue;
      producers.delete(producerId);
      this.#trackCount--;
      if (producers.size === 0) this.#producersOf.delete(participantId);
      this.#end({ participantId, producerId, kind });
    }
    this.#consume();
  }

  /** Someone left; the server does not name the tracks that end with that. */
  withdrawAllOf(participantId: string): void {
    const producers = this.#producersOf.get(participantId);
    if (producers === undefined) return;
    for (const [producerId, kind] of producers) {
      this.#end({ participantId, producerId, kind });
    }
    this.#trackCount -= producers.size;
    this.#producersOf.delete(participantId);
    this.#consume();
  }

  /** The server says that a track has ended. If a client of ours goes on sending it, it is lacking. */
  #end({ participantId, producerId, kind }: OfferedProducer): void {
    const isWanted = this.reception.has(producerId) ||
      this.#lacking.has(producerId);
    this.#forget(producerId);
    if (!this.#open || !isWanted) return;
    if (this.#originOf(participantId, producerId).of !== "own") return;
    const nowMs = this.#environment.scheduler.nowMs();
    this.#lacking.set(producerId, {
      participantId,
      kind,
      sinceMs: nowMs,
      isClosed: true,
      countedMs: nowMs + SILENT_AFTER_MS,
    });
  }

  /** Consumes what is on offer, and from now on what will be, as this participant. Never rejects. */
  begin(
    session: SignalingSession,
    router: RtpCapabilities,
    participantId: string,
  ): Promise<void> {
    this.#router = router;
    this.#participantId = participantId;
    if (this.#open) this.#others.start();
    return this.moveTo(session);
  }

  /** Goes on in another session. Never rejects. */
  moveTo(session: SignalingSession): Promise<void> {
    this.#session = session;
    this.#canConsume = this.#router !== undefined;
    return this.#consume();
  }

  /** The tracks that should come now, and how many of them do; one that was asked for and not had should, and one that was never told of. */
  flow(): TrackFlow {
    const nowMs = this.#environment.scheduler.nowMs();
    const flow = trackFlow(this.reception.tracks, nowMs);
    let lacking = 0;
    for (const [producerId, { participantId, sinceMs }] of this.#lacking) {
      if (nowMs - sinceMs < SILENT_AFTER_MS) continue;
      const origin = this.#originOf(participantId, producerId);
      if (origin.of === "own" && origin.packetsPerSecond) lacking++;
    }
    const untold = this.#untold.size;
    return { ...flow, due: flow.due + lacking + untold, untold };
  }

  /** Asks for this layer of simulcast, now and later; 0 is the smallest. */
  preferLayer(spatialLayer: number): void {
    this.layers.prefer(spatialLayer, this.#session);
  }

  /** Consumes nothing more; the numbers stay. Idempotent. */
  close(): void {
    this.#open = false;
    this.#unsubscribe();
    this.#lacking.clear();
    this.#others.stop();
    this.reception.close();
  }

  /** What clients of the run send should be told of, as far as there is room for it. */
  #lookForUntold(): void {
    const { publishers, scheduler } = this.#environment;
    const newly = this.#untold.look(scheduler.nowMs(), (kind) => {
      const sent = publishers
        .sentBeside(this.#roomId, this.#participantId, kind);
      const wanted = Math.min(this.#most[kind], sent.tracks);
      // Most clients have all that they want, which is quicker to see.
      const taken = this.#quota.taken(kind);
      return { sent, wanted, told: taken < wanted ? this.#told(kind) : taken };
    });
    this.reception.noteMissed(Math.round(this.#untold.packetsMissed));
    for (const kind of newly) this.#onEvent({ type: "untold", kind });
  }

  /** The tracks that the server told of and those that it says have ended; of whom is gone it may go on telling. */
  #told(kind: MediaKind): number {
    let told = 0;
    for (const [participantId, producers] of this.#producersOf) {
      for (const [producerId, of] of producers) {
        if (of !== kind) continue;
        const origin = this.#originOf(participantId, producerId);
        if (origin.of !== "former") told++;
      }
    }
    for (const { kind: of, isClosed } of this.#lacking.values()) {
      if (of === kind && isClosed) told++;
    }
    return told;
  }

  /** What clients of the run send on tracks that were asked for and not had should have come, from when they are due. */
  #countLacking(): void {
    const nowMs = this.#environment.scheduler.nowMs();
    let packets = 0;
    for (const [producerId, lacking] of this.#lacking) {
      const { participantId, sinceMs, countedMs } = lacking;
      if (nowMs <= countedMs || sinceMs > nowMs) continue;
      lacking.countedMs = nowMs;
      const origin = this.#originOf(participantId, producerId);
      if (origin.of !== "own") {
        if (lacking.isClosed) this.#lacking.delete(producerId);
        continue;
      }
      if (lacking.isClosed && origin.packetsPerSecond) {
        this.#noteStopped({ producerId, how: "closed" });
      }
      packets += (nowMs - countedMs) / 1000 * (origin.packetsPerSecond ?? 0);
    }
    this.reception.noteMissed(Math.round(packets));
  }

  /** What the server says to be paused, and its sender has not paused for a second, the server has stopped. */
  #lookForPaused(): void {
    const nowMs = this.#environment.scheduler.nowMs();
    for (const { producerId, stoppedSinceMs } of this.reception.tracks) {
      if (nowMs - stoppedSinceMs < SILENT_AFTER_MS) continue;
      if (Number.isNaN(stoppedSinceMs)) continue;
      this.#noteStopped({ producerId, how: "paused" });
    }
  }

  /** Packets of a type that was not announced are ignored: where nothing else comes, that is why. */
  #lookForOtherTypes(): void {
    const nowMs = this.#environment.scheduler.nowMs();
    for (const track of this.reception.tracks) {
      const { producerId, receiver, isOwn } = track;
      if (!isOwn || receiver.otherType < 0) continue;
      if (receiver.silentMs(nowMs) < SILENT_AFTER_MS) continue;
      if (this.#unread.has(producerId)) continue;
      this.#unread.add(producerId);
      this.#report(
        new UnreadableTrackError(
          `Cannot read what the server sends: ${otherTypeText(track)}.`,
        ),
      );
    }
  }

  #noteStopped(track: StoppedTrack): void {
    if (this.#stopped.get(track.producerId) === track.how) return;
    this.#stopped.set(track.producerId, track.how);
    this.#onEvent({ type: "stopped", track });
  }

  /** Something else is known of a participant: what of its tracks is due may be another. */
  #onOwn(participantId: string): void {
    for (const sender of [participantId, ""]) {
      for (const producerId of this.#producersOf.get(sender)?.keys() ?? []) {
        const origin = this.#originOf(sender, producerId);
        this.reception.setOrigin(producerId, origin);
      }
    }
  }

  #originOf(participantId: string, producerId: string): Origin {
    const { publishers } = this.#environment;
    return publishers.originOf(this.#roomId, participantId, producerId);
  }

  #worthOf({ participantId, producerId }: OfferedProducer): Worth {
    switch (this.#originOf(participantId, producerId).of) {
      case "own":
        return WORTH.own;
      case "former":
        return WORTH.nothing;
      case "other":
        return this.#others.isSilent(producerId) ? WORTH.silent : WORTH.good;
    }
  }

  #forget(producerId: string): void {
    this.#quota.withdraw(producerId);
    this.#lacking.delete(producerId);
    this.#others.forget(producerId);
    this.#stopTaking(producerId);
  }

  /** Returns the consumer that there was. */
  #stopTaking(producerId: string): string | undefined {
    this.layers.close(producerId);
    this.#waysIn.close(producerId);
    return this.reception.remove(producerId);
  }

  /** Consumes what there is to consume, in one pass at a time; never rejects. */
  #consume(): Promise<void> {
    return this.#consuming ??= this.#consumeAll();
  }

  async #consumeAll(): Promise<void> {
    // The events of one moment make one pass, and what comes up during a pass
    // is in the next one.
    await undefined;
    for (;;) {
      if (!this.#open || !this.#canConsume) break;
      for (const { producerId } of this.#quota.makeWay()) {
        this.#stopReceiving(producerId);
      }
      const chosen = this.#quota.take(({ kind }) =>
        this.#onEvent({ type: "denied", kind })
      );
      if (chosen.length === 0) break;
      await Promise.all(chosen.map((producer) => this.#consumeOne(producer)));
    }
    this.#consuming = undefined;
  }

  /** A consumer cannot be closed, but its producer can; until then it is paused. */
  #stopReceiving(producerId: string): void {
    const consumerId = this.#stopTaking(producerId);
    if (consumerId !== undefined) this.#pauseConsumer(consumerId);
  }

  #pauseConsumer(consumerId: string): void {
    // Without it media comes that nobody counts.
    this.#session!.pauseConsumer?.(consumerId).catch(() => {});
  }

  async #consumeOne(producer: OfferedProducer): Promise<void> {
    const { participantId, producerId, kind } = producer;
    const session = this.#session!;
    const requestedAtMs = this.#environment.scheduler.nowMs();
    const lacking: LackingTrack = this.#lacking.get(producerId) ?? {
      participantId,
      kind,
      sinceMs: Infinity,
      isClosed: false,
      countedMs: requestedAtMs + SILENT_AFTER_MS,
    };
    this.#lacking.set(producerId, lacking);
    try {
      const { transportId, inlet, isUp } = await this.#waysIn.open(producerId);
      const created = await session.consume({
        transportId,
        producerId,
        rtpCapabilities: receiveCapabilities(this.#router!),
      });
      this.#granted++;
      if (!this.#open) return;
      this.#onEvent({ type: "consumed", kind });
      // The track may have gone while the reply was under way.
      if (!this.#quota.has(producerId)) return this.#waysIn.close(producerId);
      this.#lacking.delete(producerId);
      const { codecs } = created.rtpParameters;
      if (takenCodec(codecs, kind) === undefined) {
        this.#pauseConsumer(created.consumerId);
        return this.#leaveOut(producer, {
          is: "codec",
          codecs: mediaCodecs(codecs),
        });
      }
      const shared = this.reception.sharedSsrc(created);
      if (shared !== undefined) {
        this.#pauseConsumer(created.consumerId);
        throw new UnusableTrackError(
          `Cannot complete consume: SSRC ${shared} is another track's already.`,
        );
      }
      const origin = this.#originOf(participantId, producerId);
      this.reception.add(created, inlet, requestedAtMs, origin);
      this.layers.open(created, session);
      await isUp?.catch((error) => {
        this.#lacking.set(producerId, lacking);
        this.#stopTaking(producerId);
        throw error;
      });
      this.reception.awaitStart(producerId);
      await this.#resume(session, producerId, created.consumerId);
      this.reception.noteStart(producerId);
    } catch (error) {
      if (!this.#open) return;
      if (lacking.sinceMs === Infinity) {
        this.#noteAnswered(lacking, error, requestedAtMs);
      }
      this.#waysIn.close(producerId);
      this.#consumeFailed(producer, error);
    }
  }

  /** What no answer comes to at all is due since it was asked for, what is refused since it was. */
  #noteAnswered(
    lacking: LackingTrack,
    error: unknown,
    requestedAtMs: number,
  ): void {
    const isLate = error instanceof SignalingError && error.kind === "timeout";
    lacking.sinceMs = isLate
      ? requestedAtMs
      : this.#environment.scheduler.nowMs();
    lacking.countedMs = lacking.sinceMs + SILENT_AFTER_MS;
  }

  /** Media flows without it, so its failure costs nothing but an error. */
  async #resume(
    session: SignalingSession,
    producerId: string,
    consumerId: string,
  ): Promise<void> {
    try {
      await session.resumeConsumer?.(consumerId);
    } catch (error) {
      const isGone = !this.#quota.has(producerId);
      if (this.#open && !isGone && !isEnded(error)) this.#report(error);
    }
  }

  #consumeFailed(producer: OfferedProducer, error: unknown): void {
    const { producerId } = producer;
    // A track can go between hearing of it and asking for it: that is no error.
    const isGone = !this.#quota.has(producerId);
    if (isEnded(error)) {
      // After a return there may be a session to ask again in.
      this.#canConsume = false;
      if (!isGone) this.#quota.giveBack(producer);
      return;
    }
    if (!(error instanceof SignalingError && error.kind === "server")) {
      this.#quota.withdraw(producerId);
      if (!isGone) this.#report(error);
    } else if (error.refusal?.of === "consumers") {
      this.#learnAllowance(error.refusal.granted ?? this.#granted);
      if (isGone) this.#quota.refuse(producerId);
      else this.#quota.deny(producer);
      this.#lacking.delete(producerId);
    } else {
      this.#quota.refuse(producerId);
      if (!isGone) this.#onRefused(producer, error);
    }
  }

  #learnAllowance(consumers: number): void {
    if (!this.#environment.allowance.learn(consumers)) return;
    this.#onEvent({ type: "allowance", consumers });
  }

  /** What others do is their matter: what cannot be had of them is left out. */
  #onRefused(producer: OfferedProducer, error: SignalingError): void {
    const { participantId, producerId, kind } = producer;
    if (error.refusal?.of === "stranger") {
      return this.#onPutOut(messageOf(error));
    }
    switch (this.#originOf(participantId, producerId).of) {
      case "own":
        return this.#report(error);
      case "former":
        return;
      case "other": {
        if (error.refusal?.of !== "codec") {
          const reason = error.detail;
          return this.#leaveOut(producer, { is: "refused", reason });
        }
        const codecs = foreignCodecs(this.#router!, kind);
        this.#leaveOut(producer, { is: "codec", codecs });
        if (codecs.length > 1) this.#lookInto(producer);
      }
    }
  }

  /** The server does not say of which codec a track is but to who takes it: one client of all takes it, and pauses it at once. */
  async #lookInto(producer: OfferedProducer): Promise<void> {
    const { lookedInto } = this.#environment;
    const { producerId } = producer;
    if (lookedInto.has(producerId) || !this.#quota.spend()) return;
    lookedInto.add(producerId);
    try {
      const { transportId } = await this.#waysIn.open(producerId);
      const { consumerId, rtpParameters: { codecs } } = await this.#session!
        .consume({ transportId, producerId, rtpCapabilities: this.#router! });
      if (!this.#open) return;
      this.#pauseConsumer(consumerId);
      this.#leaveOut(producer, { is: "codec", codecs: mediaCodecs(codecs) });
    } catch {
      // Then it may be of any of them.
      this.#waysIn.close(producerId);
    }
  }

  #leaveOut(
    { producerId, kind }: OfferedProducer,
    found: OtherTrackFound["found"],
  ): void {
    this.#quota.withdraw(producerId);
    this.#lacking.delete(producerId);
    this.#waysIn.close(producerId);
    this.#onEvent({ type: "other", track: { producerId, kind, found } });
  }

  #report(error: unknown): void {
    const [kind, message] = [kindOf(error), messageOf(error)];
    this.#onEvent({ type: "error", kind, message });
  }
}
