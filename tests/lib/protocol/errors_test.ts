import { assertEquals } from "@std/assert";
import {
  canConcern,
  type ClientMessageType,
  isConsumerLimit,
  isRateLimit,
  isRoomRace,
  RATE_LIMIT_ERROR,
} from "../../../lib/protocol/mod.ts";
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

Deno.test("the rate limit's error concerns no message at all", () => {
  assertEquals(isRateLimit(RATE_LIMIT_ERROR), true);
  for (const type of types()) {
    assertEquals(canConcern(type, RATE_LIMIT_ERROR), false);
  }
});

Deno.test("an unknown error may concern anything", () => {
  for (const type of types()) {
    assertEquals(canConcern(type, "Error: Not in a room"), true);
    assertEquals(canConcern(type, "Invalid message format: x"), true);
  }
});

Deno.test.each<
  { text: string; concerns: ClientMessageType; not: ClientMessageType }
>([
  {
    text: "You are not allowed to chat",
    concerns: "chatMessage",
    not: "consume",
  },
  {
    text: "Invalid chat message: must be 1-4096 characters",
    concerns: "chatMessage",
    not: "produce",
  },
  {
    text: "Insufficient permissions to kick this participant",
    concerns: "kick",
    not: "consume",
  },
  {
    text: "Target participant not found",
    concerns: "closeCam",
    not: "resumeConsumer",
  },
  {
    text: "Participant not found in lobby",
    concerns: "admitFromLobby",
    not: "produce",
  },
  { text: "Incorrect room password", concerns: "joinRoom", not: "consume" },
  {
    text: "Router error: Router already exists for room: r",
    concerns: "joinRoom",
    not: "consume",
  },
  {
    text: "Router error: Router not found for room: r",
    concerns: "createSendTransport",
    not: "consume",
  },
  {
    text: "You are not allowed to produce this media type",
    concerns: "produce",
    not: "consume",
  },
  {
    text: "Producer error: Failed to create producer: x",
    concerns: "produce",
    not: "pauseProducer",
  },
  {
    text: "Producer error: Producer not found: e",
    concerns: "pauseProducer",
    not: "consume",
  },
  {
    text: "Consumer limit reached (16). Cannot create more consumers.",
    concerns: "consume",
    not: "resumeConsumer",
  },
  {
    text:
      'Consumer error: Failed to create consumer: Producer with id "e" not found',
    concerns: "consume",
    not: "resumeConsumer",
  },
  {
    text: "Consumer error: Failed to set preferred layers: x",
    concerns: "setConsumerPreferredLayers",
    not: "consume",
  },
  {
    text: "Consumer error: Consumer not found: c",
    concerns: "resumeConsumer",
    not: "consume",
  },
])(
  "'$text' can be about $concerns and not about $not",
  ({ text, concerns, not }) => {
    assertEquals(canConcern(concerns, `Error: ${text}`), true);
    assertEquals(canConcern(not, `Error: ${text}`), false);
  },
);

function types(): ClientMessageType[] {
  return Object.values(clientExamples).map(({ type }) => type);
}
