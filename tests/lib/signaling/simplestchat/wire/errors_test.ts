import { assertEquals } from "@std/assert";
import {
  canConcern,
  type ClientMessage,
  consumerLimitOf,
  isCodecMismatch,
  isConsumerLimit,
  isRateLimit,
  isRoomRace,
  RATE_LIMIT_ERROR,
} from "../../../../../lib/signaling/simplestchat/wire/mod.ts";
import { clientExamples } from "./fixtures.ts";

Deno.test.each([
  {
    text: "Error: Router error: Router already exists for room: r",
    race: true,
  },
  { text: "Error: Router error: Router not found for room: r", race: true },
  { text: "Error: Room is full", race: false },
  { text: "Error: Room not found: r", race: false },
])("whether to join again after '$text': $race", ({ text, race }) => {
  assertEquals(isRoomRace(text), race);
});

Deno.test("the cap of consumers is recognised whatever its number", () => {
  assertEquals(
    isConsumerLimit(
      "Error: Consumer limit reached (4). Cannot create more consumers.",
    ),
    true,
  );
  assertEquals(
    isConsumerLimit("Error: Consumer error: Consumer not found: c"),
    false,
  );
});

Deno.test.each([
  {
    text: "Error: Consumer limit reached (4). Cannot create more consumers.",
    cap: 4,
  },
  { text: "Error: Consumer limit reached (1000)", cap: 1000 },
  {
    text: "Error: Consumer limit reached. Cannot create more.",
    cap: undefined,
  },
  { text: "Error: Room is full", cap: undefined },
])("the cap that '$text' names is $cap", ({ text, cap }) => {
  assertEquals(consumerLimitOf(text), cap);
});

Deno.test.each([
  {
    text:
      "Error: Consumer error: Failed to create consumer: Bad consumer RTP parameters: No compatible media codecs",
    codec: true,
  },
  { text: "no compatible media codecs", codec: true },
  { text: 'Producer with id "p" not found', codec: false },
])("whether '$text' is about codecs: $codec", ({ text, codec }) => {
  assertEquals(isCodecMismatch(text), codec);
});

Deno.test("the rate limit's error concerns no message at all", () => {
  assertEquals(isRateLimit(RATE_LIMIT_ERROR), true);
  for (const message of Object.values(clientExamples)) {
    assertEquals(canConcern(message, RATE_LIMIT_ERROR), false);
  }
});

Deno.test.each([
  "Error: Not in a room",
  "Error: Router error: Router not found for room: r",
  "Error: Participant not found: p",
  "Invalid message format: x",
])("'%s' may concern anything", (text) => {
  for (const message of Object.values(clientExamples)) {
    assertEquals(canConcern(message, text), true);
  }
});

const c = clientExamples;

Deno.test.each<{ text: string; concerns: ClientMessage; not: ClientMessage }>([
  {
    text: "You are not allowed to chat",
    concerns: c.chatMessage,
    not: c.consume,
  },
  {
    text: "Invalid chat message: must be 1-4096 characters",
    concerns: c.chatMessage,
    not: c.produce,
  },
  {
    text: "Insufficient permissions to kick this participant",
    concerns: c.kick,
    not: c.consume,
  },
  {
    text: "Target participant not found",
    concerns: c.closeCam,
    not: c.resumeConsumer,
  },
  {
    text: "Participant not found in lobby",
    concerns: c.admitFromLobby,
    not: c.produce,
  },
  { text: "Incorrect room password", concerns: c.joinRoom, not: c.consume },
  {
    text: "You are not allowed to produce this media type",
    concerns: c.produce,
    not: c.consume,
  },
  {
    text: "Producer error: Failed to create producer: x",
    concerns: c.produce,
    not: c.pauseProducer,
  },
  {
    text: "Producer error: Producer not found: e1",
    concerns: c.pauseProducer,
    not: c.resumeConsumer,
  },
  {
    text: "Producer error: Producer not found: other",
    concerns: { type: "closeProducer", producerId: "other" },
    not: c.pauseProducer,
  },
  {
    text: "Consumer limit reached (16). Cannot create more consumers.",
    concerns: c.consume,
    not: c.resumeConsumer,
  },
  {
    text:
      'Consumer error: Failed to create consumer: Producer with id "e" not found',
    concerns: c.consume,
    not: c.resumeConsumer,
  },
  {
    text: "Consumer error: Failed to set preferred layers: x",
    concerns: c.setConsumerPreferredLayers,
    not: c.consume,
  },
  {
    text: "Consumer error: Consumer not found: c1",
    concerns: c.resumeConsumer,
    not: c.consume,
  },
  {
    text: "Transport error: Transport not found: t1",
    concerns: c.connectTransport,
    not: c.consume,
  },
])(
  "'$text' can be about $concerns.type and not about $not.type",
  ({ text, concerns, not }) => {
    assertEquals(canConcern(concerns, `Error: ${text}`), true);
    assertEquals(canConcern(not, `Error: ${text}`), false);
  },
);
