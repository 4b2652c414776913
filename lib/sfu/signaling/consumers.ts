/**
 * The messages about consumers: what a participant receives.
 *
 * @module
 */

import type { ClientMessageOf } from "../../signaling/simplestchat/wire/mod.ts";
import type { EngineConsumer } from "../engine.ts";
import { type RequestContext, transportOf } from "./request_context.ts";
import { failingAs, SignalingError } from "./errors.ts";
import type { RoomConsumer, RoomProducer } from "./room.ts";

/** Answers `consume`. The new consumer is paused only if its producer is. */
export async function consume(
  context: RequestContext,
  message: ClientMessageOf<"consume">,
): Promise<void> {
  const { hub, room, participant } = context;
  const { producerId } = message;
  const { session, media } = participant;
  const { maxConsumersPerJoin, metrics, streams } = hub.parts;
  if (media.consumers.size >= maxConsumersPerJoin) {
    metrics.count("consumers_refused_total");
    throw new SignalingError(
      `Consumer limit reached (${maxConsumersPerJoin}). Cannot create more consumers.`,
    );
  }
  requireUuid(producerId);
  const of = room.producers.get(producerId);
  const paused = of?.paused ?? false;
  const consumer = await create(context, message, paused);
  // Either may have gone while the consumer was being made.
  const isWanted = of !== undefined && room.has(participant) &&
    room.producers.get(producerId) === of;
  if (isWanted) {
    const entry: RoomConsumer = { consumer, of };
    media.consumers.set(consumer.id, entry);
    of.consumers.add(entry);
    streams.open({
      id: consumer.id,
      roomId: room.id,
      participantId: participant.id,
      kind: of.kind,
      producerId: of.producer.id,
    }, () => consumer.counts());
    await catchUp(of, paused, consumer);
  }
  metrics.count("consumers_created_total");
  session.send({
    type: "consumerCreated",
    consumerId: consumer.id,
    producerId,
    kind: consumer.kind,
    rtpParameters: consumer.rtpParameters,
  });
  if (of?.paused) session.send({ type: "producerPaused", producerId });
}

/** Answers `pauseConsumer`. */
export async function pauseConsumer(
  context: RequestContext,
  { consumerId }: ClientMessageOf<"pauseConsumer">,
): Promise<void> {
  const consumer = own(context, consumerId);
  await failingAs(
    "Consumer error: Failed to pause consumer",
    () => consumer.pause(),
  );
  context.participant.session.send({ type: "consumerPaused", consumerId });
}

/** Answers `resumeConsumer`. */
export async function resumeConsumer(
  context: RequestContext,
  { consumerId }: ClientMessageOf<"resumeConsumer">,
): Promise<void> {
  const consumer = own(context, consumerId);
  await failingAs(
    "Consumer error: Failed to resume consumer",
    () => consumer.resume(),
  );
  context.participant.session.send({ type: "consumerResumed", consumerId });
}

/** Handles `setConsumerPreferredLayers`, which has no answer. */
export async function preferLayers(
  context: RequestContext,
  message: ClientMessageOf<"setConsumerPreferredLayers">,
): Promise<void> {
  const { consumerId, spatialLayer, temporalLayer } = message;
  const consumer = own(context, consumerId);
  await failingAs(
    "Consumer error: Failed to set preferred layers",
    () => consumer.setPreferredLayers({ spatialLayer, temporalLayer }),
  );
}

async function create(
  context: RequestContext,
  { producerId, rtpCapabilities }: ClientMessageOf<"consume">,
  paused: boolean,
): Promise<EngineConsumer> {
  const transport = transportOf(context, "receive");
  const { participant } = context;
  const consumer = await failingAs(
    "Consumer error: Failed to create consumer",
    () => transport.consume({ producerId, rtpCapabilities, paused }),
  );
  consumer.watchLayers((layers) =>
    participant.session.send({
      type: "consumerLayersChanged",
      consumerId: consumer.id,
      spatialLayer: layers?.spatialLayer ?? null,
      temporalLayer: layers?.temporalLayer ?? null,
    })
  );
  return consumer;
}

/** The producer may have been paused or resumed while its consumer was being made. */
async function catchUp(
  of: RoomProducer,
  paused: boolean,
  consumer: EngineConsumer,
): Promise<void> {
  if (of.paused === paused) return;
  await (of.paused ? consumer.pause() : consumer.resume());
}

function own(
  { participant: { media } }: RequestContext,
  consumerId: string,
): EngineConsumer {
  const entry = media.consumers.get(consumerId);
  if (entry !== undefined) return entry.consumer;
  throw new SignalingError(`Consumer error: Consumer not found: ${consumerId}`);
}

/** Refuses, in the words of the server's parser, what is no UUID. */
function requireUuid(text: string): void {
  const digits = text.replaceAll("-", "");
  const wrong = /[^0-9a-f]/i.exec(digits);
  if (wrong !== null) {
    throw new SignalingError(
      `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${
        wrong[0]
      }\` at ${text.indexOf(wrong[0]) + 1}`,
    );
  }
  if (digits.length !== 32) {
    throw new SignalingError(
      `invalid length: expected length 32 for simple format, found ${text.length}`,
    );
  }
}
