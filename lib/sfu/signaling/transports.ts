/**
 * The messages about transports: capabilities, create, connect, restart.
 *
 * @module
 */

import type { ClientMessageOf } from "../../signaling/simplestchat/wire/mod.ts";
import type { EngineTransport } from "../engine.ts";
import {
  type RequestContext,
  requireMember,
  requireRouter,
} from "./request_context.ts";
import { watchBandwidth } from "./bandwidth.ts";
import { failingAs, SignalingError } from "./errors.ts";
import type { Participant } from "./room.ts";

/** Answers `getRouterRtpCapabilities`. */
export function capabilities(context: RequestContext): void {
  requireRouter(context);
  context.participant.session.send({
    type: "routerRtpCapabilities",
    rtpCapabilities: context.room.router.rtpCapabilities,
  });
}

/** Answers `createSendTransport`. */
export async function createSendTransport(
  context: RequestContext,
): Promise<void> {
  const transport = await open(context, "send");
  context.participant.media.send = transport;
  tell(context.participant, transport);
}

/** Answers `createRecvTransport`, and starts to watch its bandwidth. */
export async function createReceiveTransport(
  context: RequestContext,
): Promise<void> {
  const { hub, participant } = context;
  const { media } = participant;
  const transport = await open(context, "receive");
  media.receive = transport;
  media.stopWatching();
  const watch = watchBandwidth(hub.parts.clock, {
    report: (availableBitrate) =>
      participant.session.send({
        type: "connectionStats",
        availableBitrate,
        rtt: null,
      }),
    prefer: (spatialLayer) => prefer(participant, spatialLayer),
  });
  media.stopWatching = watch.stop;
  await failingAs(
    "Transport error: Failed to create receive transport",
    () => transport.watchBandwidth(watch.estimated),
  );
  tell(participant, transport);
}

/** Answers `connectTransport`. It only hands the fingerprint over. */
export async function connectTransport(
  context: RequestContext,
  { transportId, dtlsParameters }: ClientMessageOf<"connectTransport">,
): Promise<void> {
  const transport = either(context, transportId);
  await failingAs(
    "Transport error: Failed to connect transport",
    () => transport.connect(dtlsParameters),
  );
  context.participant.session.send({ type: "transportConnected", transportId });
}

/** Answers `restartIce`. */
export async function restartIce(
  context: RequestContext,
  { transportId }: ClientMessageOf<"restartIce">,
): Promise<void> {
  const transport = either(context, transportId);
  const iceParameters = await failingAs(
    "Transport error: Failed to restart ICE",
    () => transport.restartIce(),
  );
  context.participant.session.send({
    type: "iceRestarted",
    transportId,
    iceParameters,
  });
}

async function open(
  context: RequestContext,
  direction: "send" | "receive",
): Promise<EngineTransport> {
  requireRouter(context);
  const { hub, room, participant: { media } } = context;
  refuseTooMany(context);
  const transport = await failingAs(
    `Transport error: Failed to create ${direction} transport`,
    () => room.router.createTransport(),
  );
  if (!room.has(context.participant)) transport.close();
  requireMember(context);
  media.transports.push(transport);
  hub.transports++;
  return transport;
}

/** One connection alone could use up the sockets of this process. */
function refuseTooMany({ hub, participant: { media } }: RequestContext): void {
  const { maxTransportsPerJoin, maxTransports, metrics } = hub.parts;
  const isOver = media.transports.length >= maxTransportsPerJoin;
  if (!isOver && hub.transports < maxTransports) return;
  metrics.count("transports_refused_total");
  throw new SignalingError(
    isOver
      ? `Transport limit reached (${maxTransportsPerJoin}). Cannot create more transports.`
      : `Transport limit of the server reached (${maxTransports}).`,
  );
}

function tell({ session }: Participant, transport: EngineTransport): void {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  session.send({
    type: "transportCreated",
    transportId: id,
    iceParameters,
    iceCandidates,
    dtlsParameters,
  });
}

/** What is not the send transport is the receive transport, whatever the id says. */
function either(
  { participant: { id, media } }: RequestContext,
  transportId: string,
): EngineTransport {
  if (media.transports.length === 0) {
    throw new SignalingError(`Participant not found: ${id}`);
  }
  const transport = media.send?.id === transportId ? media.send : media.receive;
  if (transport !== undefined) return transport;
  throw new SignalingError(
    `Transport error: Transport not found: ${transportId}`,
  );
}

function prefer({ media }: Participant, spatialLayer: number): void {
  for (const { consumer } of media.consumers.values()) {
    // A consumer that closed meanwhile has no layers to lose.
    if (consumer.layered) {
      consumer.setPreferredLayers({ spatialLayer }).catch(() => {});
    }
  }
}
