/**
 * One stay of a client in a room: from coming in to leaving, with two
 * transports, what is sent and what is received. It ends once, for one
 * reason.
 *
 * @module
 */

import {
  MEDIA_KINDS,
  type MediaKind,
  type RtpCapabilities,
} from "../ortc/mod.ts";
import { ArrivalLog, readRtcp } from "../media/mod.ts";
import { addCounts, COUNTED, zeros } from "../metrics/mod.ts";
import type { PacketHandler, TransportError } from "../rtc/mod.ts";
import type { RoomEvent, SignalingSession } from "../signaling/port.ts";
import { receiveCapabilities } from "./capabilities.ts";
import { Subscriber, type WayIn } from "./subscriber.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { ClientErrorKind, ClientEvent } from "./events.ts";
import {
  EntryError,
  isEnded,
  isRefused,
  kindOf,
  StayBrokenError,
} from "./failure.ts";
import { FeedbackTask } from "./feedback.ts";
import { Publisher, type PublishOptions } from "./publisher.ts";
import type { Inlet } from "./consumed_track.ts";
import type { InboundTracks } from "./inbound_tracks.ts";
import type { ClientObserver } from "./observer.ts";
import { ReportTask } from "./reports.ts";
import type { ClientTotals } from "./totals.ts";
import type { TrackFlow } from "./track_flow.ts";
import { messageOf } from "../text/mod.ts";
import {
  inboundStats,
  outboundStats,
  pathStats,
  type StatsObjects,
} from "./webrtc_stats.ts";
import { unlessAborted } from "../time/mod.ts";

/** What to do in the room. */
export interface RoomSessionOptions {
  readonly roomId: string;
  /** `undefined` for a viewer. */
  readonly publish: PublishOptions | undefined;
  readonly maxAudio: number;
  readonly maxVideo: number;
  readonly cname: string;
}

/** Who is told of a stay. */
export interface StayHandlers {
  readonly onEvent: (event: ClientEvent) => void;
  /** The stay is over although nobody asked for it; called at most once, and only once it is connected. */
  readonly onBroken: (kind: ClientErrorKind, message: string) => void;
  /** The path of one of its transports has changed. */
  readonly onPath: (path: PathState) => void;
}

/** How the path of a transport does, by its consent checks (RFC 7675). */
export type PathState =
  /** Checks are answered. */
  | "up"
  /** They are not: a browser's `disconnected`. It may come back by itself. */
  | "unanswered"
  /** Nothing is sent any more: a browser's `failed`. Only an ICE restart helps. */
  | "expired";

/** A path of a stay that the server does not answer on. */
export interface LostPath {
  readonly direction: "send" | "recv";
  /** Since when nothing came by it, on the scheduler's clock. */
  readonly sinceMs: number;
}

/** One of the transports of a stay, with its name on the server. */
interface Leg {
  readonly direction: "send" | "recv";
  readonly transportId: string;
  readonly transport: ClientTransport;
  readonly inlet: Inlet;
  /** The track that it is for, where each consumer has one of its own. */
  readonly producerId: string | undefined;
  /** When it was made, on the scheduler's clock; NaN once it is connected. */
  connectingSinceMs: number;
  path: PathState;
  /** When the path was lost, on the scheduler's clock. */
  lostMs: number;
}

/** By then what the server says by signaling has come, too. */
const NEWS_MS = 2000;
/** All that is kept of four streams: what a message asks for beyond that was not sent, or is asked for twice. */
const MOST_MISSING = 1024;

/** One stay in a room. */
export class RoomSession {
  readonly publication: Publisher;
  readonly #subscriber: Subscriber;
  readonly #environment: ClientEnvironment;
  readonly #options: RoomSessionOptions;
  readonly #handlers: StayHandlers;
  readonly #feedback: FeedbackTask;
  readonly #reports: ReportTask;
  readonly #legs: Leg[] = [];
  readonly #inlets: Inlet[] = [];
  /** Of legs whose tracks have ended. */
  readonly #endings: Promise<void>[] = [];
  readonly #endedCounters = { authFailures: 0, replayed: 0 };
  /** What the server asked of us. */
  readonly #asked = zeros(COUNTED.asked);
  /** Of how many packets more this message may say that they are missing. */
  #mayMiss = 0;
  /** How long what was sent again is waited for. */
  #retryMs = NaN;
  #session: SignalingSession | undefined;
  #sendTransport: ClientTransport | undefined;
  #router: RtpCapabilities | undefined;
  #sendTransportId = "";
  #participantId = "";
  /** When the reports at hand came, in milliseconds since 1970 and on the scheduler's clock. */
  #reportWallMs = 0;
  #reportMs = 0;
  #reportedRoundTripMs = -1;
  #isUp = false;
  #othersSinceMs = -1;
  #isAway = false;
  #broken: StayBrokenError | undefined;
  #observer: ClientObserver | undefined;
  #open = true;

  constructor(
    environment: ClientEnvironment,
    options: RoomSessionOptions,
    handlers: StayHandlers,
  ) {
    this.#environment = environment;
    this.#options = options;
    this.#handlers = handlers;
    this.publication = new Publisher(
      environment,
      options.publish,
      () => this.#tellTracks(),
    );
    this.#subscriber = new Subscriber(environment, options, {
      onEvent: handlers.onEvent,
      onPutOut: (message) => this.#break("transport", message),
    }, {
      open: (producerId) => this.#openWayIn(producerId),
      close: (producerId) => this.#closeWayIn(producerId),
    });
    this.#feedback = new FeedbackTask(
      environment,
      this.reception,
      this.#inlets,
      () => this.#reportedRoundTripMs,
    );
    this.#reports = new ReportTask(environment, {
      publication: this.publication,
      reception: this.reception,
      sendTransport: () => this.#sendTransport,
      inlets: this.#inlets,
      cname: options.cname,
    });
  }

  /** Since when others send something that it wants, on the scheduler's clock; 0 for from before it was up, -1 while nobody does. */
  get othersSinceMs(): number {
    return this.#othersSinceMs;
  }

  /** What comes in. */
  get reception(): InboundTracks {
    return this.#subscriber.reception;
  }

  /** The tracks that should come now, and how many of them do. */
  flow(): TrackFlow {
    return this.#subscriber.flow();
  }

  /** The layers of simulcast that come in; see {@linkcode ReceivedLayers.current}. */
  get layers(): Iterable<number | undefined> {
    return this.#subscriber.layers.current();
  }

  /** Why it is over although nobody asked for it; `undefined` when it is not. */
  get broken(): StayBrokenError | undefined {
    return this.#broken;
  }

  /** By which it talks, or talked, to the server; `undefined` before it has been connected. */
  get session(): SignalingSession | undefined {
    return this.#session;
  }

  /** Whether the server can be asked for new ICE credentials. */
  get canRestartIce(): boolean {
    return this.#session?.restartIce !== undefined;
  }

  /** Whether its transports came up and can be kept: none is gone for good. */
  get isKept(): boolean {
    return this.#isUp && this.#open && this.#broken === undefined;
  }

  /** The first path that the server does not answer on; `undefined` when it does on all. */
  get lostPath(): LostPath | undefined {
    const lost = this.#legs.filter(({ path }) => path !== "up");
    if (lost.length === 0) return undefined;
    const [{ direction, lostMs }] = lost;
    const came = lost.some((leg) => leg.direction === "recv")
      ? this.reception.lastMs
      : -Infinity;
    // It takes some seconds to notice; what came last knows better.
    return { direction, sinceMs: came > 0 ? Math.min(came, lostMs) : lostMs };
  }

  /** The first transport that has tried to connect for so long in vain, and for how long, in ms; `undefined` where none has. */
  unconnected(
    leastMs: number,
  ): { readonly direction: "send" | "recv"; readonly ms: number } | undefined {
    const nowMs = this.#environment.scheduler.nowMs();
    return this.#legs.map(({ direction, connectingSinceMs }) => ({
      direction,
      ms: nowMs - connectingSinceMs,
    })).find(({ ms }) => ms >= leastMs);
  }

  /** To the server and back, in milliseconds: by its reports on what we send, else by ICE; -1 while it is not known. */
  get roundTripMs(): number {
    if (this.#reportedRoundTripMs >= 0) return this.#reportedRoundTripMs;
    const { transport } =
      this.#legs.find(({ direction }) => direction === "recv") ??
        this.#legs.at(0) ?? {};
    return transport?.roundTripMs || -1;
  }

  /** Adds what is counted once a stay, so far. */
  addCounts(totals: ClientTotals): void {
    addCounts(totals, this.#asked, COUNTED.asked);
    addCounts(totals, this.#feedback, COUNTED.feedback);
    addCounts(totals, this.reception, COUNTED.reception);
    const { uplink } = this.publication;
    if (uplink !== undefined) addCounts(totals, uplink, COUNTED.uplink);
    addCounts(totals, this.#subscriber.layers, COUNTED.layers);
    const counters = this.#legs.map(({ transport }) => transport.counters);
    for (
      const { authFailures, replayed } of [...counters, this.#endedCounters]
    ) {
      totals.srtpFailures += authFailures;
      totals.packetsDuplicate += replayed;
    }
  }

  /** Hears the server, from before it is entered: events may come first. */
  readonly onRoomEvent = (event: RoomEvent): void => {
    if (!this.#open) return;
    switch (event.type) {
      case "producer": {
        const { peerId, producerId, kind } = event;
        this.#noteOther(kind);
        return this.#subscriber.offer(peerId, producerId, kind);
      }
      case "producerClosed":
        return this.#subscriber.withdraw(event.producerId);
      case "producerPaused":
        return this.reception.setPaused(event.producerId, event.isPaused);
      case "layers":
        return this.#subscriber.layers.onChanged(
          event.consumerId,
          event.spatialLayer,
        );
      case "peerLeft":
        return this.#subscriber.withdrawAllOf(event.peerId);
      case "putOut":
        return this.#break("kicked", putOut(event.reason));
    }
  };

  /**
   * Brings the transports up, and enters the room where connecting has not.
   * Resolves when ICE and DTLS are up on all of them. Throws a `SignalingError`, a `TransportError`, or a
   * `StayBrokenError` when it was over before it began.
   */
  async connect(session: SignalingSession, peerId: string): Promise<void> {
    this.#session = session;
    this.#participantId = peerId;
    this.#tellTracks();
    this.#router = await session.routerRtpCapabilities();
    const { publish, maxAudio, maxVideo } = this.#options;
    const coming: Promise<void>[] = [];
    if (publish !== undefined) await this.#createTransport("send", coming);
    const receives = maxAudio + maxVideo > 0;
    if (receives && session.receiveTransports !== "onePerConsumer") {
      await this.#createTransport("recv", coming);
    }
    const router = this.#router;
    await session.join?.(receives ? receiveCapabilities(router) : undefined)
      .catch((error) => {
        throw new EntryError(error);
      });
    await Promise.all(coming);
    if (this.#broken !== undefined) throw this.#broken;
    // Closed in the very moment in which the last transport came up.
    if (!this.#open) return;
    this.#isUp = true;
    this.#reports.start();
    this.#feedback.start();
  }

  /** Produces what the server takes, and consumes; later tracks are consumed as they come. */
  async begin(): Promise<void> {
    const { publish } = this.#options;
    for (const kind of MEDIA_KINDS) {
      if (publish?.[kind] === true) await this.#publish(kind);
    }
    const atMs = this.#environment.scheduler.nowMs();
    this.#handlers.onEvent({ type: "ready", atMs });
    await this.#subscriber.begin(
      this.#session!,
      this.#router!,
      this.#participantId,
    );
  }

  /**
   * Restarts ICE on the transports whose path is lost; resolves when the
   * server answers on each of them. Throws a `SignalingError`, a
   * `TransportError`, or the signal's reason.
   */
  async restartIce(signal: AbortSignal): Promise<void> {
    const coming: Promise<void>[] = [];
    for (const leg of this.#legs) {
      const { transportId, transport, path } = leg;
      if (path === "up") continue;
      const restarted = await this.#session!.restartIce!(transportId, signal);
      const { iceParameters, iceCandidates } = restarted;
      const up = transport.restartIce(iceParameters, iceCandidates)
        .then(() => this.#setPath(leg, "up"));
      up.catch(() => {}).then(() => this.#tellCandidates(transport));
      coming.push(up);
    }
    await unlessAborted(Promise.all(coming), signal);
  }

  /** Goes on in a session that took over the former one. */
  moveTo(session: SignalingSession): void {
    this.#session = session;
    this.#subscriber.moveTo(session);
  }

  /** Asks for this layer of simulcast, now and later; 0 is the smallest. */
  preferLayer(spatialLayer: number): void {
    if (this.#open) this.#subscriber.preferLayer(spatialLayer);
  }

  /** Pauses or resumes what is sent of one kind. Throws a `SignalingError`. */
  async setPaused(kind: "audio" | "video", paused: boolean): Promise<void> {
    const session = this.#session;
    if (session === undefined || !this.#open) return;
    if (paused) await this.publication.pause(session, kind);
    else await this.publication.resume(session, kind);
  }

  /** Stops media and closes the transports; the session is the caller's. Idempotent. */
  async close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      this.#environment.scheduler.cancel(this.#reports);
      this.#environment.scheduler.cancel(this.#feedback);
      this.publication.close();
      this.#subscriber.close();
      this.#tellTracks();
    }
    await Promise.all([
      ...this.#legs.map(({ transport }) => transport.close()),
      ...this.#endings,
    ]);
  }

  /** The transport for a track: the one for all, or one of its own. */
  async #openWayIn(producerId: string): Promise<WayIn> {
    const common = this.#legs.find(({ direction }) => direction === "recv");
    if (this.#session!.receiveTransports !== "onePerConsumer") {
      const { transportId, inlet } = common!;
      return { transportId, inlet, isUp: undefined };
    }
    const coming: Promise<void>[] = [];
    const leg = await this.#createTransport("recv", coming, producerId);
    return { ...leg, isUp: coming[0] };
  }

  /** A track has ended: so does the transport of its own. */
  #closeWayIn(producerId: string): void {
    const leg = this.#legs.find((leg) => leg.producerId === producerId);
    if (leg === undefined || !this.#open) return;
    this.#legs.splice(this.#legs.indexOf(leg), 1);
    this.#inlets.splice(this.#inlets.indexOf(leg.inlet), 1);
    const { counters: { authFailures, replayed } } = leg.transport;
    this.#endedCounters.authFailures += authFailures;
    this.#endedCounters.replayed += replayed;
    this.#endings.push(leg.transport.close());
  }

  /** Somebody else sends a track: who waits for the first one waits since then. */
  #noteOther(kind: "audio" | "video"): void {
    const { maxAudio, maxVideo } = this.#options;
    if (this.#othersSinceMs >= 0) return;
    if ((kind === "audio" ? maxAudio : maxVideo) === 0) return;
    const nowMs = this.#environment.scheduler.nowMs();
    this.#othersSinceMs = this.#isUp ? nowMs : 0;
  }

  /** What of us is due at others. */
  #tellTracks(): void {
    const { roomId, publish } = this.#options;
    if (publish === undefined || this.#participantId === "") return;
    this.#environment.publishers.tell({
      roomId,
      participantId: this.#participantId,
      tracks: this.#open ? this.publication.sent(!this.#isAway) : null,
    });
  }

  /** Who has lost something may send into nowhere: nothing of that is due at others. */
  setAway(isAway: boolean): void {
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#tellTracks();
  }

  /** Has `observer` see its packets from now on; `undefined` ends that. */
  observe(observer: ClientObserver | undefined): void {
    if (this.#observer === observer) return;
    this.#observer = observer;
    for (const leg of this.#legs) this.#tap(leg);
  }

  /** What is counted of it, by transport. */
  stats(): Record<"send" | "recv", StatsObjects> {
    const { scheduler } = this.#environment;
    const now = {
      nowMs: scheduler.nowMs(),
      wallMs: this.#environment.wallNowMs(),
    };
    const pathOf = (wanted: Leg["direction"]) =>
      pathStats(
        this.#legs.find(({ direction }) => direction === wanted)
          ?.transport.roundTripMs ?? 0,
      );
    return {
      send: {
        ...pathOf("send"),
        ...outboundStats(this.publication.tracks),
      },
      recv: {
        ...pathOf("recv"),
        ...inboundStats(this.reception.tracks, now),
      },
    };
  }

  #tap({ direction, transport }: Leg): void {
    transport.tap?.(
      this.#observer?.onTransport({
        direction,
        remote: () => transport.selectedCandidate,
      }),
    );
  }

  /** Has the server make a transport; the way up is a promise among `coming`. */
  async #createTransport(
    direction: "send" | "recv",
    coming: Promise<void>[],
    producerId?: string,
  ): Promise<Leg> {
    const session = this.#session!;
    const created = await session.createTransport(direction, producerId);
    const arrivals = new ArrivalLog();
    const { transportId } = created;
    const transport = this.#environment.createTransport(created, {
      onRtp: direction === "send" ? () => {} : this.reception.onRtpOf(arrivals),
      onRtcp: this.#onRtcp,
      onLost: (error: TransportError) => this.#onLost(leg, error),
      onSilent: (isSilent) =>
        this.#setPath(leg, isSilent ? "unanswered" : "up"),
    });
    const leg: Leg = {
      direction,
      transportId,
      transport,
      inlet: { transport, arrivals },
      producerId,
      connectingSinceMs: this.#environment.scheduler.nowMs(),
      path: "up",
      lostMs: -1,
    };
    this.#legs.push(leg);
    this.#tap(leg);
    if (!this.#open) await transport.close();
    if (direction === "send") {
      this.#sendTransport = transport;
      this.#sendTransportId = transportId;
    } else this.#inlets.push(leg.inlet);
    const ready = session.connectTransport(transportId, {
      role: "client",
      fingerprints: [{
        algorithm: "sha-256",
        value: transport.localFingerprint,
      }],
    });
    ready.catch(() => {});
    const up = transport.connect(ready)
      .then(() => void (leg.connectingSinceMs = NaN));
    // Its failure is told when all are waited for, maybe after another request.
    up.catch(() => {}).then(() => this.#tellCandidates(transport));
    coming.push(up);
    return leg;
  }

  #tellCandidates({ candidateOutcomes: tried }: ClientTransport): void {
    if (tried.length === 0) return;
    this.#handlers.onEvent({ type: "candidates", tried });
  }

  /** A path may be found again, by an ICE restart; what the server has closed may not. */
  #onLost(leg: Leg, error: TransportError): void {
    const { direction } = leg;
    const mayReturn = this.#isUp &&
      (error.kind === "consent" || error.kind === "disconnected");
    if (mayReturn) return this.#setPath(leg, "expired");
    if (leg.producerId !== undefined) return this.#awaitNews(leg, error);
    if (direction === "send") this.publication.hold(true);
    const message = `${direction} transport lost: ${error.message}`;
    this.#break("transport", message);
  }

  /** The server ends the transport of a track with that, and says so by signaling, too. */
  #awaitNews(leg: Leg, error: TransportError): void {
    this.#environment.clock.setTimer(NEWS_MS, () => {
      if (!this.#legs.includes(leg)) return;
      this.#break("transport", `recv transport lost: ${error.message}`);
    });
  }

  #setPath(leg: Leg, path: PathState): void {
    if (leg.path === path || !this.#open) return;
    if (leg.path === "up") leg.lostMs = this.#environment.scheduler.nowMs();
    leg.path = path;
    if (leg.direction === "send") this.publication.hold(path === "expired");
    if (this.#isUp) this.#handlers.onPath(path);
  }

  /** Who may not send a track stays for the others, as a browser does. */
  async #publish(kind: MediaKind): Promise<void> {
    try {
      await this.publication.publish(
        this.#session!,
        this.#sendTransport!,
        this.#sendTransportId,
        this.#router!,
        kind,
        this.#options.cname,
      );
    } catch (error) {
      if (isEnded(error) || !this.#open) throw error;
      const message = messageOf(error);
      const why = isRefused(error) ? "publish" : kindOf(error);
      this.#handlers.onEvent({ type: "notProduced", kind });
      this.#handlers.onEvent({ type: "error", kind: why, message });
      return;
    }
    this.#handlers.onEvent({ type: "produced", kind });
  }

  readonly #onRtcp: PacketHandler = (bytes, offset, length, arrival) => {
    this.#reportWallMs = arrival.wallMs;
    this.#reportMs = arrival.nowMs;
    this.#mayMiss = MOST_MISSING;
    this.#retryMs = this.roundTripMs;
    readRtcp(bytes, offset, length, this.#rtcpHandler);
  };

  readonly #rtcpHandler = {
    onKeyFrameRequest: (kind: "pli" | "fir", ssrc: number): void => {
      if (kind === "pli") this.#asked.pliCountReceived++;
      else this.#asked.firCountReceived++;
      this.publication.askKeyFrame(ssrc);
    },
    onMissing: (ssrc: number, sequence: number): void => {
      this.#asked.retransmissionRequestsReceived++;
      if (--this.#mayMiss < 0) return;
      if (this.publication.resend(ssrc, sequence, this.#retryMs)) {
        this.#asked.retransmittedPacketsSent++;
      }
    },
    onReportBlock: (_ssrc: number, last: number, delay: number): void => {
      const told = this.#reports.sent
        .roundTripMs(this.#reportWallMs, last, delay);
      if (told !== undefined) this.#reportedRoundTripMs = told;
    },
    onArrivals: (bytes: Uint8Array, start: number, end: number): void =>
      this.publication.uplink?.read(bytes, start, end),
    onReceiverTime: (ssrc: number, middleNtp: number): void =>
      this.#reports.sent.onReceiverTime(ssrc, middleNtp, this.#reportMs),
    onSenderReport: (ssrc: number, middleNtp: number): void =>
      this.reception.onSenderReport(ssrc, middleNtp, this.#reportWallMs),
  };

  #break(kind: ClientErrorKind, message: string): void {
    if (!this.#open || this.#broken !== undefined) return;
    this.#broken = new StayBrokenError(kind, message);
    if (this.#isUp) this.#handlers.onBroken(kind, message);
  }
}

function putOut(reason: string | null): string {
  const said = reason === null ? "" : `, and said "${reason}"`;
  return `the server put it out${said}`;
}
