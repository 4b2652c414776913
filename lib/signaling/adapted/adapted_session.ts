/**
 * An adapter behind the port. The adapter only asks and tells; that each
 * request ends in time, is measured and named, that answers can be used, and
 * that nothing is asked or told when the visit is over, is seen to here.
 */

import type { z } from "../../ortc/deps.ts";
import {
  cut,
  type DtlsParameters,
  type RtpCapabilities,
} from "../../ortc/mod.ts";
import { secretsOf } from "../../connection/mod.ts";
import { createHider, shownText } from "../../text/mod.ts";
import { type Clock, systemClock } from "../../time/mod.ts";
import type {
  Adapter,
  AdapterClient,
  AdapterSession,
  ChannelOptions,
} from "../adapter/mod.ts";
import {
  type ConnectOptions,
  type Consumer,
  type CreatedTransport,
  type Direction,
  type Entry,
  type IceRestart,
  type OpenSession,
  type ProducedTrack,
  SignalingError,
  type SignalingEvent,
  type SignalingSession,
  type Unanswered,
  type Visitor,
  type WantedTrack,
} from "../port.ts";
import {
  type Channel,
  describeClosed,
  type openWebSocketChannel,
  type WebSocketChannelOptions,
} from "../websocket/mod.ts";
import {
  ANSWERS,
  NEWS,
  problemOf,
  readSaid,
  sessionSchema,
} from "./answers.ts";
import { openAdapterChannel } from "./adapter_channel.ts";
import {
  attempt,
  ClosedError,
  type Performance,
  Performer,
} from "./performer.ts";
import { showStrays } from "./strays.ts";
import { PushedConsumers } from "./pushed_consumers.ts";

/** The server, and what its adapter is told. */
export interface AdaptedServer
  extends Pick<WebSocketChannelOptions, "token" | "password" | "connection"> {
  /** A URL. */
  readonly url: string;
  /** @default {{}} */
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/** The world's doors, for sessions. */
export interface AdaptedDoors {
  /** @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** @default {openWebSocketChannel} */
  readonly openChannel?: typeof openWebSocketChannel | undefined;
  /** For each operation, in ms. @default {10_000} */
  readonly timeoutMs?: number | undefined;
  /** Whether media is to go over TCP alone. @default {false} */
  readonly forceTcp?: boolean | undefined;
  /** Told that an answer is on its way. */
  readonly onAsked?: (() => void) | undefined;
}

const KEY_CHARS = 8;
/** Nobody waits longer for a goodbye. */
const LEAVE_MS = 2_000;

/** Methods that are missing in the port where an adapter has none of the name. */
const ABILITIES = [
  "pauseProducer",
  "resumeProducer",
  "preferLayer",
  "restartIce",
] as const satisfies readonly (keyof SignalingSession & keyof AdapterSession)[];

/** The sessions of one server by an adapter. */
export function adaptedSessions(
  adapter: Adapter,
  server: AdaptedServer,
  doors: AdaptedDoors,
): OpenSession {
  const values = Object.values(server.options ?? {});
  const hide = createHider([
    ...secretsOf(server),
    // What is shorter is a setting, and no key.
    ...values.filter(({ length }) => length >= KEY_CHARS),
  ]);
  // They may be as long as a message of the server, and each client has some.
  const shown: Shown = (words) => shownText(cut(hide(words)));
  showStrays(shown);
  return (visitor) =>
    new AdaptedSession(adapter, server, doors, visitor, shown);
}

/** How words of a server or an adapter are shown: without secrets, in one line. */
type Shown = (words: string) => string;

/** A track that somebody sends, as an adapter told of it. */
type NamedTrack = z.infer<typeof NEWS.producer>;

class AdaptedSession implements SignalingSession {
  pauseProducer?: SignalingSession["pauseProducer"] = (id) =>
    this.#tell("pause_producer", (session) => session.pauseProducer!(id));
  resumeProducer?: SignalingSession["resumeProducer"] = (id) =>
    this.#tell("resume_producer", (session) => session.resumeProducer!(id));
  preferLayer?: SignalingSession["preferLayer"] = (id, layer) =>
    this.#tellUnheard(
      "prefer_layer",
      (session) => session.preferLayer!(id, layer),
    );
  restartIce?: SignalingSession["restartIce"] = (transportId, signal) =>
    this.#restartIce(transportId, signal);

  readonly #adapter: Adapter;
  readonly #server: AdaptedServer;
  readonly #doors: AdaptedDoors;
  readonly #visitor: Visitor;
  readonly #shown: Shown;
  readonly #clock: Clock;
  /** Aborts when it is over. */
  readonly #over = new AbortController();
  readonly #performer: Performer;
  readonly #channels = new Set<Channel>();
  readonly #directions = new Map<string, Direction>();
  readonly #own = new Set<string>();
  /** Made ahead, by the track that each is for. */
  readonly #prepared = new Map<string, CreatedTransport>();
  readonly #pushed: PushedConsumers;
  #session: AdapterSession | undefined;
  #peerId: string;
  #rtpCapabilities: RtpCapabilities | undefined;
  #receiveTransportId: string | undefined;
  /** Tracks of an unknown kind that cannot be consumed yet. */
  #unknown: { readonly id: string; readonly peerId: string }[] = [];
  /** How many of our tracks are being announced: which of those that are told is ours shows only then. */
  #announcing = 0;
  /** Tracks that nobody says whose they are, and that may be ours. */
  #held: NamedTrack[] = [];
  #isIn = false;
  #ended: string | undefined;
  #leaving: Promise<void> | undefined;

  constructor(
    adapter: Adapter,
    server: AdaptedServer,
    doors: AdaptedDoors,
    visitor: Visitor,
    shown: Shown,
  ) {
    this.#shown = shown;
    this.#adapter = adapter;
    this.#server = server;
    this.#doors = doors;
    this.#visitor = visitor;
    this.#clock = doors.clock ?? systemClock;
    this.#peerId = `rtcrowd-${crypto.randomUUID()}`;
    this.#performer = new Performer({
      clock: this.#clock,
      timeoutMs: doors.timeoutMs,
      shown,
      over: this.#over.signal,
      onAsked: doors.onAsked,
      onLatency: (operation, ms) =>
        this.#tellEvent({ type: "latency", operation, ms }),
    });
    this.#pushed = new PushedConsumers(
      this.#clock,
      (event) => this.#tellEvent(event),
    );
  }

  get receiveTransports(): "one" | "onePerConsumer" {
    return this.#session?.receiveTransports ?? "one";
  }

  /** Throws where what is asked comes too early. */
  get #connected(): AdapterSession {
    if (this.#session !== undefined) return this.#session;
    throw new ClosedError("not connected");
  }

  get isOpen(): boolean {
    return this.#session !== undefined && this.#ended === undefined;
  }

  async connect({ signal }: ConnectOptions): Promise<Entry> {
    await this.#performer.perform(
      "connect",
      () => this.#adapter(this.#client()),
      (answer) => this.#begin(readSession(answer)),
      { signal, onLate: (late) => this.#dismiss(late) },
    );
    return { peerId: this.#peerId, isResumed: false };
  }

  #begin(session: AdapterSession): void {
    for (const ability of ABILITIES) {
      if (session[ability] === undefined) this[ability] = undefined;
    }
    this.#peerId = session.peerId ?? this.#peerId;
    this.#session = session;
  }

  routerRtpCapabilities(): Promise<RtpCapabilities> {
    return this.#ask(
      "get_router_caps",
      (session) => session.routerRtpCapabilities(),
      ANSWERS.capabilities,
    );
  }

  async createTransport(
    direction: Direction,
    producerId?: string,
  ): Promise<CreatedTransport> {
    const prepared = this.#prepared.get(producerId ?? "");
    if (prepared !== undefined) {
      this.#prepared.delete(producerId!);
      return prepared;
    }
    const { forceTcp = false } = this.#doors;
    const { id: transportId, ...created } = await this.#ask(
      `create_${direction}_transport`,
      (session) => session.createTransport(direction, forceTcp),
      ANSWERS.transport,
    );
    this.#directions.set(transportId, direction);
    if (direction === "recv") this.#receiveTransportId = transportId;
    return { transportId, ...created };
  }

  connectTransport(
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<void> {
    return this.#tell(
      `connect_${this.#directions.get(transportId) ?? "recv"}_transport`,
      (session) => session.connectTransport(transportId, dtlsParameters),
    );
  }

  async join(rtpCapabilities: RtpCapabilities | undefined): Promise<void> {
    this.#rtpCapabilities = rtpCapabilities;
    if (this.#session?.join !== undefined) {
      await this.#tell(
        "join_room",
        (session) => session.join!(rtpCapabilities),
      );
    }
    this.#isIn = true;
    for (const track of this.#unknown.splice(0)) this.#lookInto(track);
  }

  async produce(track: ProducedTrack): Promise<string> {
    const { transportId, kind, rtpParameters } = track;
    this.#announcing++;
    try {
      const { id } = await this.#ask(
        `produce_${kind}`,
        (session) => session.produce(transportId, kind, rtpParameters),
        ANSWERS.producer,
      );
      this.#own.add(id);
      return id;
    } finally {
      this.#announcing--;
      for (const track of this.#held.splice(0)) this.#offer(track);
    }
  }

  /** Somebody sends a track, unless it is ours. */
  #offer(track: NamedTrack): void {
    const { id, peerId, kind, paused } = track;
    if (peerId === this.#peerId || this.#own.has(id)) return;
    if (peerId === "" && this.#announcing > 0) {
      this.#held.push(track);
      return;
    }
    if (paused) this.#tellPaused(id, true);
    if (kind === undefined) return this.#lookInto({ id, peerId });
    this.#tellEvent({ type: "producer", producerId: id, peerId, kind });
  }

  async consume(wanted: WantedTrack): Promise<Consumer> {
    const { transportId, producerId, rtpCapabilities } = wanted;
    const pushed = this.#pushed.take(producerId);
    return pushed ??
      await this.#consume(transportId, producerId, rtpCapabilities);
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    this.#pushed.accept(consumerId);
    if (this.#session?.resumeConsumer === undefined) return;
    await this.#tell(
      "resume_consumer",
      (session) => session.resumeConsumer!(consumerId),
    );
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    this.#pushed.decline(consumerId);
    if (this.#session?.pauseConsumer === undefined) return;
    await this.#tellUnheard(
      "pause_consumer",
      (session) => session.pauseConsumer!(consumerId),
    );
  }

  unanswered(leastMs: number): readonly Unanswered[] {
    return this.#performer.unanswered(leastMs);
  }

  waitingMs(): number {
    return Math.max(
      0,
      ...this.unanswered(0).map(({ waitedMs }) => waitedMs),
      ...[...this.#channels].map((channel) => channel.waitingMs()),
    );
  }

  cut(): void {
    this.#end("connection cut");
  }

  leave(): Promise<void> {
    return this.#leaving ??= this.#leave();
  }

  async #leave(): Promise<void> {
    if (this.isOpen) {
      await this.#tellUnheard("leave", (session) => session.leave(), LEAVE_MS)
        .catch(() => {});
    }
    const channels = [...this.#channels];
    this.#end("we left");
    await Promise.all(channels.map(({ closed }) => closed));
  }

  async #restartIce(
    transportId: string,
    signal: AbortSignal,
  ): Promise<IceRestart> {
    return await this.#ask(
      "restart_ice",
      (session) => session.restartIce!(transportId),
      ANSWERS.restart,
      { signal },
    );
  }

  async #consume(
    transportId: string,
    producerId: string,
    rtpCapabilities: RtpCapabilities,
  ): Promise<Consumer> {
    const { id: consumerId, kind, rtpParameters } = await this.#ask(
      "consume",
      (session) => {
        if (session.consume === undefined) {
          throw new SignalingError(
            "unreadable",
            "consume",
            "the adapter has no method consume",
          );
        }
        return session.consume(transportId, producerId, rtpCapabilities);
      },
      ANSWERS.consumer,
    );
    this.#pushed.note(consumerId, producerId);
    return { consumerId, producerId, kind, rtpParameters };
  }

  /** A track of a kind that nobody knows: it is consumed, and offered as one that the server began with. */
  #lookInto(track: { readonly id: string; readonly peerId: string }): void {
    const { id, peerId } = track;
    const caps = this.#rtpCapabilities;
    if (!this.#isIn) this.#unknown.push(track);
    if (!this.#isIn || caps === undefined || this.#pushed.hasTrack(id)) return;
    this.#pushed.expect(id);
    this.#transportFor(id).then(
      async (transportId) => {
        const consumer = await this.#consume(transportId, id, caps);
        const isWanted = await this.#pushed.offer(peerId, consumer);
        if (!isWanted) await this.pauseConsumer(consumer.consumerId);
      },
    ).catch((error) => {
      this.#prepared.delete(id);
      this.#tellEvent({ type: "failed", error });
    });
  }

  /** The transport that a track is to come by. */
  async #transportFor(producerId: string): Promise<string> {
    if (this.receiveTransports === "one") return this.#receiveTransportId!;
    const created = await this.createTransport("recv");
    this.#prepared.set(producerId, created);
    return created.transportId;
  }

  /** What the adapter is told and given. */
  #client(): AdapterClient {
    const { url, token, password, options = {} } = this.#server;
    const { roomId, participantName } = this.#visitor;
    const told = <Told>(
      schema: z.ZodType<Told>,
      given: unknown,
      tell: (told: Told) => void,
    ): void => {
      if (this.#ended !== undefined) return;
      const read = schema.safeParse(given);
      if (read.success) tell(read.data);
      else this.#noteMalformed();
    };
    return {
      url: new URL(url),
      roomId,
      peerId: this.#peerId,
      name: participantName,
      token,
      password,
      options,
      signal: this.#over.signal,
      openChannel: (channelOptions) => this.#openChannel(channelOptions),
      onProducer: (producer) =>
        told(NEWS.producer, producer, (track) => this.#offer(track)),
      onProducerClosed: (producerId) =>
        told(NEWS.id, producerId, (id) => {
          const isAnother = (track: { readonly id: string }) => track.id !== id;
          this.#unknown = this.#unknown.filter(isAnother);
          this.#held = this.#held.filter(isAnother);
          this.#prepared.delete(id);
          this.#pushed.closeTrack(id);
          this.#tellEvent({ type: "producerClosed", producerId: id });
        }),
      onProducerPaused: (producerId, isPaused) =>
        told(
          NEWS.paused,
          [producerId, isPaused],
          ([id, paused]) => this.#tellPaused(id, paused),
        ),
      onPeerLeft: (peerId) =>
        told(
          NEWS.id,
          peerId,
          (peerId) => this.#tellEvent({ type: "peerLeft", peerId }),
        ),
      onConsumer: (consumer) => {
        if (this.#ended !== undefined) return Promise.resolve(false);
        const read = readSaid(NEWS.consumer, consumer);
        if ("issue" in read) return this.#refuseConsumer(read.issue);
        const { id, peerId, paused, ...rest } = read.said;
        const answer = this.#pushed.offer(peerId, { consumerId: id, ...rest });
        if (paused) this.#tellConsumerPaused(id, true);
        return answer;
      },
      onConsumerPaused: (consumerId, isPaused) =>
        told(
          NEWS.paused,
          [consumerId, isPaused],
          ([id, paused]) => this.#tellConsumerPaused(id, paused),
        ),
      onConsumerClosed: (consumerId) =>
        told(NEWS.id, consumerId, (id) => {
          const producerId = this.#pushed.close(id);
          if (producerId === undefined) return;
          this.#tellEvent({ type: "producerClosed", producerId });
        }),
      onLayers: (consumerId, layer) =>
        told(
          NEWS.layers,
          [consumerId, layer],
          ([id, spatialLayer]) =>
            this.#tellEvent({ type: "layers", consumerId: id, spatialLayer }),
        ),
      onPutOut: (reason) =>
        told(
          NEWS.words,
          reason,
          (words = undefined) =>
            this.#tellEvent({
              type: "putOut",
              reason: words === undefined ? null : this.#shown(words),
            }),
        ),
      onClosed: (reason) =>
        told(
          NEWS.words,
          reason,
          (words) => this.#end(this.#shown(words ?? "connection closed")),
        ),
    };
  }

  async #openChannel(options?: ChannelOptions): Promise<Channel> {
    const channel = await openAdapterChannel(this.#server, options, {
      openChannel: this.#doors.openChannel,
      timeoutMs: this.#doors.timeoutMs,
      clock: this.#clock,
      signal: this.#over.signal,
      onMalformed: () => this.#noteMalformed(),
    });
    this.#channels.add(channel);
    channel.closed.then((closed) => {
      this.#channels.delete(channel);
      this.#end(this.#shown(describeClosed(closed)));
    });
    if (this.#ended !== undefined) channel.close();
    return channel;
  }

  /** The server has made a consumer that nobody can use: that costs a track, and is an error. */
  #refuseConsumer(issue: z.core.$ZodIssue): Promise<boolean> {
    const detail = `a consumer that the server made cannot be read, ${
      problemOf(issue)
    }`;
    const error = new SignalingError("unreadable", "consume", detail);
    this.#tellEvent({ type: "failed", error });
    return Promise.resolve(false);
  }

  #noteMalformed(): void {
    this.#tellEvent({ type: "anomaly", anomaly: { kind: "malformed" } });
  }

  #tellPaused(producerId: string, isPaused: boolean): void {
    this.#tellEvent({ type: "producerPaused", producerId, isPaused });
  }

  #tellConsumerPaused(consumerId: string, isPaused: boolean): void {
    const producerId = this.#pushed.trackOf(consumerId);
    if (producerId !== undefined) this.#tellPaused(producerId, isPaused);
  }

  #tellEvent(event: SignalingEvent): void {
    if (this.#ended === undefined) this.#visitor.onEvent(event);
  }

  /** Nothing is asked or told any more. */
  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#pushed.end();
    this.#over.abort(new ClosedError(reason));
    for (const channel of this.#channels) channel.close();
    if (this.#session === undefined) return;
    this.#visitor.onEvent({ type: "closed", message: reason });
  }

  /** An adapter that got there when we had given it up. */
  #dismiss(late: unknown): void {
    if (typeof late !== "object" || late === null || !("leave" in late)) return;
    attempt(() => (late as AdapterSession).leave()).catch(() => {});
  }

  /** Asks for something; the answer must be of the schema. */
  #ask<Answer>(
    operation: string,
    ask: (session: AdapterSession) => Promise<unknown>,
    schema: z.ZodType<Answer>,
    how?: Performance,
  ): Promise<Answer> {
    return this.#performer.perform(
      operation,
      () => ask(this.#connected),
      (answer) => {
        const read = readSaid(schema, answer);
        if ("said" in read) return read.said;
        const detail = `the answer cannot be read, ${problemOf(read.issue)}`;
        throw new SignalingError("unreadable", operation, detail);
      },
      how,
    );
  }

  /** Asks for something whose answer holds nothing. */
  #tell(
    operation: string,
    tell: (session: AdapterSession) => Promise<unknown>,
    timeoutMs?: number,
  ): Promise<void> {
    return this.#performer.perform(
      operation,
      () => tell(this.#connected),
      () => {},
      { timeoutMs },
    );
  }

  /** The same where nobody waits for it: that it fails is told. */
  async #tellUnheard(
    operation: string,
    tell: (session: AdapterSession) => Promise<unknown>,
    timeoutMs?: number,
  ): Promise<void> {
    try {
      await this.#tell(operation, tell, timeoutMs);
    } catch (error) {
      if (error instanceof SignalingError && error.kind !== "closed") {
        this.#tellEvent({ type: "failed", error });
      }
      throw error;
    }
  }
}

function readSession(answer: unknown): AdapterSession {
  const read = sessionSchema.safeParse(answer);
  if (read.success) return answer as AdapterSession;
  const detail = `the adapter makes no session, ${
    problemOf(read.error.issues[0])
  }`;
  throw new SignalingError("unreadable", "connect", detail);
}
