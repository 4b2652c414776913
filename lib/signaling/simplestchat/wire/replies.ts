/**
 * Which reply answers which request. The wire has no request ids: replies come
 * in the order of the requests, mixed with events, so a reply is recognised by
 * its type and, where it repeats something of the request, by that.
 */

import type {
  ClientMessage,
  ClientMessageOf,
  ClientMessageType,
} from "./client_messages.ts";
import type {
  ServerMessage,
  ServerMessageOf,
  ServerMessageType,
} from "./server_messages.ts";

import { couldBe } from "./server_messages.ts";

interface Rule {
  /** The types of the replies that the request may get on success. */
  readonly replies: readonly ServerMessageType[];
  /** The field of the request that the reply repeats, if any. */
  readonly echo?: "participantId" | "transportId" | "producerId" | "consumerId";
}

const RULES = {
  joinRoom: { replies: ["roomJoined", "lobbyWaiting"] },
  reconnect: { replies: ["reconnectResult"], echo: "participantId" },
  getRouterRtpCapabilities: { replies: ["routerRtpCapabilities"] },
  createSendTransport: { replies: ["transportCreated"] },
  createRecvTransport: { replies: ["transportCreated"] },
  connectTransport: { replies: ["transportConnected"], echo: "transportId" },
  restartIce: { replies: ["iceRestarted"], echo: "transportId" },
  produce: { replies: ["producerCreated"] },
  pauseProducer: { replies: ["producerPaused"], echo: "producerId" },
  resumeProducer: { replies: ["producerResumed"], echo: "producerId" },
  consume: { replies: ["consumerCreated"], echo: "producerId" },
  resumeConsumer: { replies: ["consumerResumed"], echo: "consumerId" },
  pauseConsumer: { replies: ["consumerPaused"], echo: "consumerId" },
} as const satisfies Partial<Record<ClientMessageType, Rule>>;

/** The `type` of a client message that the server replies to. */
export type RequestType = keyof typeof RULES;
/** A client message that the server replies to. */
export type Request = ClientMessageOf<RequestType>;
/** A client message that gets no reply on success, and at most an `error` otherwise. */
export type Notice = Exclude<ClientMessage, Request>;
/** What answers a request of type `Type`. */
export type ReplyTo<Type extends RequestType> = ServerMessageOf<
  typeof RULES[Type]["replies"][number]
>;

/**
 * Whether `message` can be the reply to `request`. The caller asks its
 * outstanding requests from the oldest on, and the first that says yes has it:
 * `transportCreated`, `producerCreated`, `routerRtpCapabilities` and
 * `roomJoined` repeat nothing, so only the order tells two of them apart. What
 * no outstanding request claims is an event, `producerPaused`, `producerResumed`
 * and the `roomJoined` after a lobby included.
 */
export function answers(request: Request, message: ServerMessage): boolean {
  const { replies, echo }: Rule = RULES[request.type];
  if (!replies.includes(message.type)) return false;
  return echo === undefined || field(request, echo) === field(message, echo);
}

/** Whether messages of this type answer requests. */
export function isReply(type: string): boolean {
  return Object.values(RULES).some((rule: Rule) =>
    rule.replies.some((reply) => reply === type)
  );
}

/** Whether a message of this type, were it readable, could be the reply to `request`. */
export function couldAnswer(request: Request, type: string): boolean {
  const { replies }: Rule = RULES[request.type];
  return replies.some((reply) => reply === type);
}

/** Whether an object without a `type` has all that a reply to `request` must have. */
export function couldBeReplyTo(
  request: Request,
  untyped: Readonly<Record<string, unknown>>,
): boolean {
  const { replies }: Rule = RULES[request.type];
  return replies.some((type) =>
    couldBe(type, untyped) &&
    answers(request, { ...untyped, type } as unknown as ServerMessage)
  );
}

/** What a reply repeats is a text or a number; whatever else stands there is nobody's. */
function field(message: object, name: string): string | undefined {
  const value = (message as Readonly<Record<string, unknown>>)[name];
  return typeof value === "object" ? undefined : String(value);
}
