/**
 * The messages about producers: what a participant sends.
 *
 * @module
 */

import type { ClientMessageOf, RtpParameters } from "../../protocol/mod.ts";
import type { EngineConsumer } from "../engine.ts";
import { type Asker, requireMember, transportOf } from "./asker.ts";
import { failingAs, SignalingError } from "./errors.ts";
import { mayProduce } from "./roles.ts";
import type { RoomProducer } from "./room.ts";

/** Answers `produce`. The others hear of the producer before its owner does. */
export async function produce(
  asker: Asker,
  message: ClientMessageOf<"produce">,
): Promise<void> {
  const { hub, room, participant } = asker;
  const { kind, rtpParameters } = message;
  const source = message.source ?? null;
  requireMember(asker);
  if (!mayProduce(room.standingOf(participant), source)) {
    throw new SignalingError("You are not allowed to produce this media type");
  }
  const transport = transportOf(asker, "send");
  const producer = await failingAs(
    "Producer error: Failed to create producer",
    () => transport.produce(kind, named(rtpParameters, participant.id)),
  );
  requireMember(asker);
  room.producers.set(producer.id, {
    producer,
    owner: participant,
    kind,
    source,
    consumers: new Set(),
    paused: false,
  });
  hub.parts.metrics.count("producers_created_total");
  hub.parts.ledger.open(
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
  asker: Asker,
  { producerId }: ClientMessageOf<"closeProducer">,
): Promise<void> {
  const { hub, room, participant } = asker;
  const entry = own(asker, producerId);
  room.broadcast({ type: "producerClosed", producerId }, participant);
  await hub.closeProducer(room, entry);
}

/** Answers `pauseProducer`: the pause reaches every consumer. */
export async function pauseProducer(
  asker: Asker,
  { producerId }: ClientMessageOf<"pauseProducer">,
): Promise<void> {
  const entry = own(asker, producerId);
  entry.paused = true;
  await entry.producer.pause();
  await cascade(entry, (consumer) => consumer.pause());
  asker.room.broadcast({ type: "producerPaused", producerId });
}

/** Answers `resumeProducer`: it resumes every consumer, also one paused by itself. */
export async function resumeProducer(
  asker: Asker,
  { producerId }: ClientMessageOf<"resumeProducer">,
): Promise<void> {
  const entry = own(asker, producerId);
  entry.paused = false;
  await entry.producer.resume();
  await cascade(entry, (consumer) => consumer.resume());
  asker.room.broadcast({ type: "producerResumed", producerId });
}

/** RTCP needs a canonical name; SimplestChat invents one where the client gave none. */
function named(parameters: RtpParameters, id: string): RtpParameters {
  const cname = parameters.rtcp.cname || `ms-${id}`;
  return { ...parameters, rtcp: { ...parameters.rtcp, cname } };
}

function own({ room, participant }: Asker, producerId: string): RoomProducer {
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
