/**
 * SimplestChat behind the port. Its server wants to hear of the room first,
 * so connecting is joining, and what is there comes with the answer. Every
 * later request names its thing by an id; which transport a consumer goes to,
 * the server knows by itself.
 *
 * A lost session leaves a ghost in the room for 30 s, which a `reconnect`
 * with its token takes over: identity, room, transports. But the token that
 * the server announces is usually stale already, and every attempt with a
 * wrong one prolongs the ghost; so it is shown once, to the first server that
 * listens, and after that there is a join like any other.
 */

import type { DtlsParameters, RtpCapabilities } from "../../ortc/mod.ts";
import { type Clock, systemClock } from "../../time/mod.ts";
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
  type SignalingSession,
  type Unanswered,
  type Visitor,
  type WantedTrack,
} from "../port.ts";
import {
  type Channel,
  describeClosed,
  openWebSocketChannel,
  type WebSocketChannelOptions,
} from "../websocket/mod.ts";
import { Conversation } from "./conversation.ts";
import { joinRoom } from "./join.ts";
import type { Operation } from "./operations.ts";
import type {
  ReplyTo,
  Request,
  ServerMessage,
  ServerMessageOf,
} from "./wire/mod.ts";

/** The server, and how to show that one may come in. */
export interface SimplestChatServer
  extends Pick<WebSocketChannelOptions, "token" | "password" | "connection"> {
  /** A `ws:` or `wss:` URL. */
  readonly url: string;
}

/** The world's doors, for sessions. */
export interface SimplestChatDoors {
  /** Random numbers from 0 to below 1. */
  readonly random: () => number;
  /** @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** @default {openWebSocketChannel} */
  readonly openChannel?: typeof openWebSocketChannel | undefined;
  /** For opening and for each reply, in ms. @default {those of the channel and of the conversation} */
  readonly timeoutMs?: number | undefined;
}

/** The sessions of one server. */
export function simplestChat(
  server: SimplestChatServer,
  doors: SimplestChatDoors,
): OpenSession {
  return (visitor) => new SimplestChatSession(server, doors, visitor);
}

/** Resolves when the server has been reached; rejects with an `UnreachableError`. */
export async function reachSimplestChat(
  { url, ...options }: SimplestChatServer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const channel = await openWebSocketChannel(url, { ...options, signal });
  channel.close();
  await channel.closed;
}

/** What a `reconnect` has to show. */
interface Ticket {
  readonly participantId: string;
  readonly reconnectToken: string;
}

class SimplestChatSession implements SignalingSession {
  readonly #server: SimplestChatServer;
  readonly #doors: SimplestChatDoors;
  readonly #visitor: Visitor;
  /** Requests about transports are measured by direction. */
  readonly #directions = new Map<string, Direction>();
  #conversation: Conversation | undefined;
  #peerId: string | undefined;
  #ticket: Ticket | undefined;
  #hasLeft = false;
  /** Since when the server has had us wait in a lobby, while it does. */
  #inLobbySinceMs: number | undefined;

  constructor(
    server: SimplestChatServer,
    doors: SimplestChatDoors,
    visitor: Visitor,
  ) {
    this.#server = server;
    this.#doors = doors;
    this.#visitor = visitor;
  }

  get isOpen(): boolean {
    return this.#conversation?.isOpen ?? false;
  }

  async connect({ signal, former }: ConnectOptions): Promise<Entry> {
    const conversation = await this.#converse(signal);
    const resumed = former instanceof SimplestChatSession &&
      await this.#takeOver(former, signal);
    if (!resumed) await this.#join(conversation, signal);
    return { peerId: this.#peerId!, isResumed: resumed };
  }

  async routerRtpCapabilities(): Promise<RtpCapabilities> {
    const message = { type: "getRouterRtpCapabilities" } as const;
    return (await this.#ask("get_router_caps", message)).rtpCapabilities;
  }

  async createTransport(direction: Direction): Promise<CreatedTransport> {
    const created = direction === "send"
      ? await this.#ask("create_send_transport", {
        type: "createSendTransport",
      })
      : await this.#ask("create_recv_transport", {
        type: "createRecvTransport",
      });
    this.#directions.set(created.transportId, direction);
    return created;
  }

  async connectTransport(
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<void> {
    const operation = this.#directions.get(transportId) === "send"
      ? "connect_send_transport"
      : "connect_recv_transport";
    const message = { type: "connectTransport", transportId } as const;
    await this.#ask(operation, { ...message, dtlsParameters });
  }

  async restartIce(
    transportId: string,
    signal: AbortSignal,
  ): Promise<IceRestart> {
    const message = { type: "restartIce", transportId } as const;
    const restarted = await this.#ask("restart_ice", message, signal);
    const { iceParameters, iceCandidates } = restarted;
    return { iceParameters, iceCandidates: iceCandidates ?? undefined };
  }

  async produce(track: ProducedTrack): Promise<string> {
    const message = { type: "produce", ...track } as const;
    const { producerId } = track.kind === "audio"
      ? await this.#ask("produce_audio", { ...message, source: "microphone" })
      : await this.#ask("produce_video", { ...message, source: "camera" });
    return producerId;
  }

  async pauseProducer(producerId: string): Promise<void> {
    await this.#ask("pause_producer", { type: "pauseProducer", producerId });
  }

  async resumeProducer(producerId: string): Promise<void> {
    await this.#ask("resume_producer", { type: "resumeProducer", producerId });
  }

  consume({ producerId, rtpCapabilities }: WantedTrack): Promise<Consumer> {
    const message = { type: "consume", producerId, rtpCapabilities } as const;
    return this.#ask("consume", message);
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    await this.#ask("pause_consumer", { type: "pauseConsumer", consumerId });
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    await this.#ask("resume_consumer", { type: "resumeConsumer", consumerId });
  }

  /** The server answers nothing: it tells when it sends another layer. */
  preferLayer(consumerId: string, spatialLayer: number): Promise<void> {
    this.#conversation?.notify({
      type: "setConsumerPreferredLayers",
      consumerId,
      spatialLayer,
    });
    return Promise.resolve();
  }

  unanswered(leastMs: number): readonly Unanswered[] {
    const conversation = this.#conversation;
    if (conversation === undefined) return [];
    const since = this.#inLobbySinceMs;
    const waitedMs = conversation.clock.nowMs() - (since ?? 0);
    const held = "kept in the lobby, and let in by nobody";
    return [
      ...conversation.unanswered(leastMs),
      ...(since === undefined || waitedMs < leastMs
        ? []
        : [{ operation: "join_room", waitedMs, held }]),
    ];
  }

  waitingMs(): number {
    return this.#conversation?.waitingMs() ?? 0;
  }

  cut(): void {
    this.#conversation?.cut();
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#conversation?.leave();
  }

  /** Rejects, rather than throws, also what is asked too early. */
  #ask<Message extends Request>(
    operation: Operation,
    message: Message,
    signal?: AbortSignal,
  ): Promise<ReplyTo<Message["type"]>> {
    if (this.#conversation === undefined) {
      const error = new SignalingError("closed", operation, "not connected");
      return Promise.reject(error);
    }
    const { timeoutMs } = this.#doors;
    return this.#conversation.request(operation, message, {
      signal,
      timeoutMs,
    });
  }

  async #converse(signal: AbortSignal): Promise<Conversation> {
    const { openChannel = openWebSocketChannel, clock = systemClock } =
      this.#doors;
    const { url, ...options } = this.#server;
    const channel = await openChannel(url, {
      ...options,
      signal,
      connectTimeoutMs: this.#doors.timeoutMs,
    });
    if (this.#hasLeft) await refuse(channel);
    const { onEvent } = this.#visitor;
    const conversation = new Conversation(channel, {
      clock,
      onLatency: (operation, ms) => onEvent({ type: "latency", operation, ms }),
      onAnomaly: (anomaly) => onEvent({ type: "anomaly", anomaly }),
    });
    conversation.subscribe((message) => this.#hear(message));
    conversation.closed.then((closed) =>
      onEvent({ type: "closed", message: describeClosed(closed) })
    );
    return this.#conversation = conversation;
  }

  async #takeOver(
    former: SimplestChatSession,
    signal: AbortSignal,
  ): Promise<boolean> {
    const ticket = former.#ticket;
    former.#ticket = undefined;
    if (ticket === undefined) return false;
    const { roomId } = this.#visitor;
    const message = { type: "reconnect", roomId, ...ticket } as const;
    const { success } = await this.#ask("reconnect", message, signal);
    if (!success) return false;
    this.#peerId = ticket.participantId;
    this.#ticket = ticket;
    return true;
  }

  async #join(conversation: Conversation, signal: AbortSignal): Promise<void> {
    const { roomId, participantName } = this.#visitor;
    const { random, timeoutMs } = this.#doors;
    const { password } = this.#server;
    const onLobby = () => {
      this.#inLobbySinceMs = conversation.clock.nowMs();
    };
    const joined = await joinRoom(
      conversation,
      { roomId, participantName, password },
      { random, signal, timeoutMs, onLobby },
    ).finally(() => this.#inLobbySinceMs = undefined);
    const { participantId, reconnectToken } = joined;
    this.#peerId = participantId;
    if (reconnectToken !== undefined) {
      this.#ticket = { participantId, reconnectToken };
    }
    this.#tellWhoIsThere(joined);
  }

  #tellWhoIsThere({ participants }: ServerMessageOf<"roomJoined">): void {
    for (const { id: peerId, producers } of participants) {
      for (const { id, kind } of producers) {
        this.#tellProducer(peerId, id, kind);
      }
    }
  }

  /** A track that is no media is none. */
  #tellProducer(peerId: string, producerId: string, said: string): void {
    const kind = said.toLowerCase();
    if (kind !== "audio" && kind !== "video") return;
    this.#visitor.onEvent({ type: "producer", producerId, peerId, kind });
  }

  #hear(message: ServerMessage): void {
    const { onEvent } = this.#visitor;
    switch (message.type) {
      case "newProducer": {
        const { participantId, producerId, kind } = message;
        return this.#tellProducer(participantId, producerId, kind);
      }
      case "producerClosed": {
        const { producerId } = message;
        return onEvent({ type: "producerClosed", producerId });
      }
      case "producerPaused":
      case "producerResumed": {
        const { type, producerId } = message;
        const isPaused = type === "producerPaused";
        return onEvent({ type: "producerPaused", producerId, isPaused });
      }
      case "consumerLayersChanged": {
        const { consumerId, spatialLayer = null } = message;
        return onEvent({ type: "layers", consumerId, spatialLayer });
      }
      case "participantLeft":
        return onEvent({ type: "peerLeft", peerId: message.participantId });
      case "participantKicked":
      case "participantBanned": {
        const { participantId, reason = null } = message;
        if (participantId !== this.#peerId) return;
        return onEvent({ type: "putOut", reason });
      }
      default:
        // The rest of the room's life is no business of a media client.
        return;
    }
  }
}

/** We have left before we were there. */
async function refuse(channel: Channel): Promise<never> {
  channel.close();
  await channel.closed;
  throw new SignalingError("closed", "join_room", "we left");
}
