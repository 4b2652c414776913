/**
 * The messages about transports: capabilities, create, connect, restart.
 *
 * @module
 */

import type { ClientMessageOf } from "../../protocol/mod.ts";
import type { EngineTransport } from "../engine.ts";
import { type Asker, requireMember, requireRouter } from "./asker.ts";
import { watchBandwidth } from "./bandwidth.ts";
import { failingAs, SignalingError } from "./errors.ts";
import type { Participant } from "./room.ts";

/** Answers `getRouterRtpCapabilities`. */
export function capabilities(asker: Asker): void {
  requireRouter(asker);
  asker.participant.session.send({
    type: "routerRtpCapabilities",
    rtpCapabilities: asker.room.router.rtpCapabilities,
  });
}

/** Answers `createSendTransport`. */
export async function createSendTransport(asker: Asker): Promise<void> {
  const transport = await open(asker, "send");
  asker.participant.media.send = transport;
  tell(asker.participant, transport);
}

/** Answers `createRecvTransport`, and starts to watch its bandwidth. */
export async function createReceiveTransport(asker: Asker): Promise<void> {
  const { hub, participant } = asker;
  const { media } = participant;
  const transport = await open(asker, "receive");
  media.receive = transport;
  media.stopWatching();
  const watch = watchBandwidth(hub.parts.scheduler, {
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
  asker: Asker,
  { transportId, dtlsParameters }: ClientMessageOf<"connectTransport">,
): Promise<void> {
  const transport = either(asker, transportId);
  await failingAs(
    "Transport error: Failed to connect transport",
    () => transport.connect(dtlsParameters),
  );
  asker.participant.session.send({ type: "transportConnected", transportId });
}

/** Answers `restartIce`. */
export async function restartIce(
  asker: Asker,
  { transportId }: ClientMessageOf<"restartIce">,
): Promise<void> {
  const transport = either(asker, transportId);
  const iceParameters = await failingAs(
    "Transport error: Failed to restart ICE",
    () => transport.restartIce(),
  );
  asker.participant.session.send({
    type: "iceRestarted",
    transportId,
    iceParameters,
  });
}

async function open(
  asker: Asker,
  direction: "send" | "receive",
): Promise<EngineTransport> {
  requireRouter(asker);
  const { hub, room, participant: { media } } = asker;
  refuseTooMany(asker);
  const transport = await failingAs(
    `Transport error: Failed to create ${direction} transport`,
    () => room.router.createTransport(),
  );
  if (!room.has(asker.participant)) transport.close();
  requireMember(asker);
  media.transports.push(transport);
  hub.transports++;
  return transport;
}

/** One connection alone could use up the sockets of this process. */
function refuseTooMany({ hub, participant: { media } }: Asker): void {
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
  { participant: { id, media } }: Asker,
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
