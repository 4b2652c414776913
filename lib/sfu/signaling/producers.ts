/**
 * The messages about producers: what a participant sends.
 *
 * @module
 */

import type { ClientMessageOf } from "../../signaling/simplestchat/wire/mod.ts";
import type { RtpParameters } from "../../ortc/mod.ts";
import type { EngineConsumer } from "../engine.ts";
import {
  type RequestContext,
  requireMember,
  transportOf,
} from "./request_context.ts";
import { failingAs, SignalingError } from "./errors.ts";
import { mayProduce } from "./roles.ts";
import type { RoomProducer } from "./room.ts";

/** Answers `produce`. The others hear of the producer before its owner does. */
export async function produce(
  context: RequestContext,
  message: ClientMessageOf<"produce">,
): Promise<void> {
  const { hub, room, participant } = context;
  const { kind, rtpParameters } = message;
  const source = message.source ?? null;
  requireMember(context);
  if (!mayProduce(room.standingOf(participant), source)) {
    throw new SignalingError("You are not allowed to produce this media type");
  }
  const transport = transportOf(context, "send");
  const producer = await failingAs(
    "Producer error: Failed to create producer",
    () => transport.produce(kind, named(rtpParameters, participant.id)),
  );
  requireMember(context);
  room.producers.set(producer.id, {
    producer,
    owner: participant,
    kind,
    source,
    consumers: new Set(),
    paused: false,
  });
  hub.parts.metrics.count("producers_created_total");
  hub.parts.streams.open(
    { id: producer.id, roomId: room.id, participantId: participant.id, kind },
    () => producer.counts(),
  );
  room.broadcast({
    type: "newProducer",
    participantId: participant.id,
    producerId: producer.id,
    kind,
    source,
  }, participant);
  if (kind === "audio") await room.router.observeAudio(producer.id);
  participant.session.send({
    type: "producerCreated",
    producerId: producer.id,
  });
}

/** Handles `closeProducer`, which has no answer. */
export async function closeProducer(
  context: RequestContext,
  { producerId }: ClientMessageOf<"closeProducer">,
): Promise<void> {
  const { hub, room, participant } = context;
  const entry = own(context, producerId);
  room.broadcast({ type: "producerClosed", producerId }, participant);
  await hub.closeProducer(room, entry);
}

/** Answers `pauseProducer`: the pause reaches every consumer. */
export async function pauseProducer(
  context: RequestContext,
  { producerId }: ClientMessageOf<"pauseProducer">,
): Promise<void> {
  const entry = own(context, producerId);
  entry.paused = true;
  await entry.producer.pause();
  await cascade(entry, (consumer) => consumer.pause());
  context.room.broadcast({ type: "producerPaused", producerId });
}

/** Answers `resumeProducer`: it resumes every consumer, also one paused by itself. */
export async function resumeProducer(
  context: RequestContext,
  { producerId }: ClientMessageOf<"resumeProducer">,
): Promise<void> {
  const entry = own(context, producerId);
  entry.paused = false;
  await entry.producer.resume();
  await cascade(entry, (consumer) => consumer.resume());
  context.room.broadcast({ type: "producerResumed", producerId });
}

/** RTCP needs a canonical name; SimplestChat invents one where the client gave none. */
function named(parameters: RtpParameters, id: string): RtpParameters {
  const cname = parameters.rtcp.cname || `ms-${id}`;
  return { ...parameters, rtcp: { ...parameters.rtcp, cname } };
}

function own(
  { room, participant }: RequestContext,
  producerId: string,
): RoomProducer {
  const entry = room.producers.get(producerId);
  if (entry?.owner === participant) return entry;
  throw new SignalingError(`Producer error: Producer not found: ${producerId}`);
}

async function cascade(
  { consumers }: RoomProducer,
  action: (consumer: EngineConsumer) => Promise<void>,
): Promise<void> {
  // One that closes meanwhile needs neither pause nor resume.
  await Promise.allSettled([...consumers].map((c) => action(c.consumer)));
}
