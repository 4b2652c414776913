/**
 * One stay of a client in a room: from `joinRoom` to `leaveRoom`, with two
 * transports, what is sent and what is received. It ends once, for one
 * reason.
 *
 * @module
 */

import {
  isConsumerLimit,
  MAX_CONSUMERS_PER_JOIN,
  type RtpCapabilities,
  type ServerMessage,
  type ServerMessageOf,
} from "../protocol/mod.ts";
import { readRtcp, type VideoPreset } from "../media/mod.ts";
import type { TransportError } from "../rtc/mod.ts";
import { type Conversation, SignalingError } from "../signaling/mod.ts";
import { receiveCapabilities } from "./capabilities.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { ClientErrorKind, ClientEvent } from "./events.ts";
import { Publication, type PublishOptions } from "./publication.ts";
import { Reception } from "./reception.ts";
import { ReportTask } from "./reports.ts";
import { type OfferedProducer, Subscriptions } from "./subscriptions.ts";

/** What to do in the room. */
export interface StayOptions {
  /** `undefined` for a viewer. */
  readonly publish: PublishOptions | undefined;
  /** The video of this run's publishers. */
  readonly nominalVideo: VideoPreset | undefined;
  readonly maxAudio: number;
  readonly maxVideo: number;
  readonly cname: string;
}

/** Who is told of a stay. */
export interface StayHandlers {
  readonly onEvent: (event: ClientEvent) => void;
  /** The stay is over although nobody asked for it; called at most once. */
  readonly onBroken: (kind: ClientErrorKind, message: string) => void;
}

/** One stay in a room. */
export class Stay {
  readonly publication: Publication;
  readonly reception: Reception;
  readonly #environment: ClientEnvironment;
  readonly #options: StayOptions;
  readonly #handlers: StayHandlers;
  readonly #subscriptions: Subscriptions;
  readonly #producersOf = new Map<string, Set<string>>();
  readonly #reports: ReportTask;
  readonly #transports: ClientTransport[] = [];
  #conversation: Conversation | undefined;
  #sendTransport: ClientTransport | undefined;
  #receiveTransport: ClientTransport | undefined;
  #router: RtpCapabilities | undefined;
  #sendTransportId = "";
  #participantId = "";
  #consuming: Promise<void> | undefined;
  #canConsume = false;
  #open = true;

  constructor(
    environment: ClientEnvironment,
    options: StayOptions,
    handlers: StayHandlers,
  ) {
    this.#environment = environment;
    this.#options = options;
    this.#handlers = handlers;
    this.publication = new Publication(environment);
    this.reception = new Reception(environment, options.nominalVideo);
    this.#subscriptions = new Subscriptions({
      maxAudio: options.maxAudio,
      maxVideo: options.maxVideo,
      perStay: MAX_CONSUMERS_PER_JOIN,
    });
    this.#reports = new ReportTask(environment, {
      publication: this.publication,
      reception: this.reception,
      sendTransport: () => this.#sendTransport,
      receiveTransport: () => this.#receiveTransport,
      cname: options.cname,
    });
  }

  /** Packets that failed authentication or were replayed, on both transports. */
  get srtpFailures(): { readonly auth: number; readonly replayed: number } {
    let auth = 0;
    let replayed = 0;
    for (const { counters } of this.#transports) {
      auth += counters.authFailures;
      replayed += counters.replayed;
    }
    return { auth, replayed };
  }

  /** Hears the server: subscribe it before joining, as events may come first. */
  readonly onServerMessage = (message: ServerMessage): void => {
    if (!this.#open) return;
    switch (message.type) {
      case "newProducer": {
        const { participantId, producerId, kind } = message;
        this.#offer({ participantId, producerId, kind });
        this.#consume();
        return;
      }
      case "producerClosed":
        return this.#withdraw(message.producerId);
      case "producerPaused":
        return this.reception.setPaused(message.producerId, true);
      case "producerResumed":
        return this.reception.setPaused(message.producerId, false);
      case "participantLeft":
        return this.#participantLeft(message.participantId);
      case "participantKicked":
      case "participantBanned":
        if (message.participantId === this.#participantId) {
          this.#break("kicked", message.reason ?? "no reason given");
        }
        return;
      default:
        // The rest of the room's life is no business of a media client.
        return;
    }
  };

  /**
   * Brings the transports up. Resolves when ICE and DTLS are up on all of
   * them. Throws a `SignalingError`, a `TransportError` or a `NoCodecError`.
   */
  async connect(
    conversation: Conversation,
    joined: ServerMessageOf<"roomJoined">,
  ): Promise<void> {
    this.#conversation = conversation;
    this.#participantId = joined.participantId;
    for (const { id, producers } of joined.participants) {
      for (const producer of producers) {
        this.#offer({
          participantId: id,
          producerId: producer.id,
          kind: producer.kind,
        });
      }
    }
    const { rtpCapabilities } = await conversation.request(
      "get_router_caps",
      { type: "getRouterRtpCapabilities" },
    );
    this.#router = rtpCapabilities;
    const { publish, maxAudio, maxVideo } = this.#options;
    const coming: Promise<void>[] = [];
    if (publish !== undefined) await this.#createTransport("send", coming);
    if (maxAudio + maxVideo > 0) await this.#createTransport("recv", coming);
    await Promise.all(coming);
    this.#environment.scheduler.schedule(this.#reports);
  }

  /** Produces and consumes; later tracks are consumed as they come. */
  async begin(): Promise<void> {
    const { publish } = this.#options;
    if (publish?.audio) await this.#publish("audio", undefined);
    if (publish?.video) await this.#publish("video", publish.video);
    this.#canConsume = true;
    await this.#consume();
  }

  /** Follows the server over to a new channel after a successful `reconnect`. */
  moveTo(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#consume();
  }

  /** Pauses or resumes what is sent of one kind. Throws a `SignalingError`. */
  async setPaused(kind: "audio" | "video", paused: boolean): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === undefined || !this.#open) return;
    if (paused) await this.publication.pause(conversation, kind);
    else await this.publication.resume(conversation, kind);
  }

  /** Stops media and closes the transports; the conversation is the caller's. Idempotent. */
  async close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      this.#environment.scheduler.cancel(this.#reports);
      this.publication.close();
      this.reception.close();
    }
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }

  /** Has the server make a transport; the way up is a promise among `coming`. */
  async #createTransport(
    direction: "send" | "recv",
    coming: Promise<void>[],
  ): Promise<void> {
    const conversation = this.#conversation!;
    const created = direction === "send"
      ? await conversation.request("create_send_transport", {
        type: "createSendTransport",
      })
      : await conversation.request("create_recv_transport", {
        type: "createRecvTransport",
      });
    const transport = this.#environment.createTransport(created, {
      onRtp: direction === "send" ? () => {} : this.reception.onRtp,
      onRtcp: this.#onRtcp,
      onLost: (error: TransportError) =>
        this.#break(
          "transport",
          `${direction} transport lost: ${error.message}`,
        ),
    });
    this.#transports.push(transport);
    if (!this.#open) await transport.close();
    const { transportId } = created;
    if (direction === "send") {
      this.#sendTransport = transport;
      this.#sendTransportId = transportId;
    } else {
      this.#receiveTransport = transport;
    }
    const ready = conversation.request(
      direction === "send"
        ? "connect_send_transport"
        : "connect_recv_transport",
      {
        type: "connectTransport",
        transportId,
        dtlsParameters: {
          role: "client",
          fingerprints: [{
            algorithm: "sha-256",
            value: transport.localFingerprint,
          }],
        },
      },
    );
    ready.catch(() => {});
    const up = transport.connect(ready);
    // Its failure is told when all are waited for, maybe after another request.
    up.catch(() => {});
    coming.push(up);
  }

  async #publish(
    kind: "audio" | "video",
    video: VideoPreset | undefined,
  ): Promise<void> {
    await this.publication.publish(
      this.#conversation!,
      this.#sendTransport!,
      this.#sendTransportId,
      this.#router!,
      kind,
      video,
      this.#options.cname,
    );
    this.#handlers.onEvent({ type: "produced", kind });
  }

  #offer(producer: OfferedProducer): void {
    const { participantId, producerId } = producer;
    let producers = this.#producersOf.get(participantId);
    if (producers === undefined) {
      this.#producersOf.set(participantId, producers = new Set());
    }
    producers.add(producerId);
    this.#subscriptions.offer(producer);
  }

  #withdraw(producerId: string): void {
    this.#subscriptions.withdraw(producerId);
    this.reception.remove(producerId);
    this.#consume();
  }

  /** The server does not name the tracks of someone who leaves. */
  #participantLeft(participantId: string): void {
    for (const producerId of this.#producersOf.get(participantId) ?? []) {
      this.#subscriptions.withdraw(producerId);
      this.reception.remove(producerId);
    }
    this.#producersOf.delete(participantId);
    this.#consume();
  }

  /** Consumes what there is to consume, in one pass at a time. */
  #consume(): Promise<void> {
    if (!this.#canConsume) return Promise.resolve();
    return this.#consuming ??= this.#consumeAll().finally(() => {
      this.#consuming = undefined;
    });
  }

  async #consumeAll(): Promise<void> {
    // What comes up during a pass is in the next one.
    for (;;) {
      const chosen = this.#open ? this.#subscriptions.take() : [];
      if (chosen.length === 0) return;
      await Promise.all(chosen.map((producer) => this.#consumeOne(producer)));
    }
  }

  async #consumeOne({ producerId, kind }: OfferedProducer): Promise<void> {
    const conversation = this.#conversation!;
    try {
      const created = await conversation.request("consume", {
        type: "consume",
        producerId,
        rtpCapabilities: receiveCapabilities(this.#router!),
      });
      if (!this.#open) return;
      this.reception.add(created);
      this.#handlers.onEvent({ type: "consumed", kind });
      await conversation.request("resume_consumer", {
        type: "resumeConsumer",
        consumerId: created.consumerId,
      });
    } catch (error) {
      if (!this.#open) return;
      if (!(error instanceof SignalingError)) throw error;
      this.#consumeFailed(producerId, error);
    }
  }

  #consumeFailed(producerId: string, error: SignalingError): void {
    if (error.kind === "closed" || error.kind === "aborted") return;
    // A track can go between hearing of it and asking for it: that is no error.
    const known = [...this.#producersOf.values()].some((producers) =>
      producers.has(producerId)
    );
    this.#subscriptions.withdraw(producerId);
    this.reception.remove(producerId);
    if (error.kind === "server" && isConsumerLimit(error.detail)) {
      this.#subscriptions.exhaust();
    } else if (!known) {
      return;
    }
    const kind = error.kind === "timeout" || error.kind === "rateLimited"
      ? "timeout"
      : "server";
    this.#handlers.onEvent({ type: "error", kind, message: error.message });
  }

  readonly #onRtcp = (
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): void => readRtcp(bytes, offset, length, this.#rtcpHandler);

  readonly #rtcpHandler = {
    onKeyFrameRequest: (kind: "pli" | "fir", ssrc: number): void => {
      const { counters } = this.#environment.meter;
      if (kind === "pli") counters.pliReceived++;
      else counters.firReceived++;
      this.publication.askKeyFrame(ssrc);
    },
    onSenderReport: (ssrc: number, middleNtp: number): void =>
      this.reception.onSenderReport(ssrc, middleNtp),
  };

  #break(kind: ClientErrorKind, message: string): void {
    if (this.#open) this.#handlers.onBroken(kind, message);
  }
}
