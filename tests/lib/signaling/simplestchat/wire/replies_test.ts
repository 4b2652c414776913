import { assertEquals } from "@std/assert";
import {
  answers,
  type Request,
  type ServerMessage,
} from "../../../../../lib/signaling/simplestchat/wire/mod.ts";
import { clientExamples, serverExamples } from "./fixtures.ts";

const c = clientExamples;
const s = serverExamples;

const PAIRS: readonly (readonly [Request, ServerMessage])[] = [
  [c.joinRoom, s.roomJoined],
  [c.joinRoom, s.lobbyWaiting],
  [c.reconnect, s.reconnectResult],
  [c.getRouterRtpCapabilities, s.routerRtpCapabilities],
  [c.createSendTransport, s.transportCreated],
  [c.createRecvTransport, s.transportCreated],
  [c.connectTransport, s.transportConnected],
  [c.restartIce, s.iceRestarted],
  [c.produce, s.producerCreated],
  [c.pauseProducer, s.producerPaused],
  [c.resumeProducer, s.producerResumed],
  [c.consume, s.consumerCreated],
  [c.resumeConsumer, s.consumerResumed],
  [c.pauseConsumer, s.consumerPaused],
];

Deno.test("every request is answered by its own replies and by nothing else", () => {
  for (const request of new Set(PAIRS.map(([request]) => request))) {
    const answering = Object.values(s).filter((m) => answers(request, m));
    const expected = PAIRS.filter(([r]) => r === request).map(([, m]) => m);
    assertEquals(answering.map((m) => m.type), expected.map((m) => m.type));
  }
});

Deno.test.each([
  {
    request: c.connectTransport,
    reply: { ...s.transportConnected, transportId: "other" },
  },
  { request: c.restartIce, reply: { ...s.iceRestarted, transportId: "other" } },
  { request: c.consume, reply: { ...s.consumerCreated, producerId: "other" } },
  {
    request: c.resumeConsumer,
    reply: { ...s.consumerResumed, consumerId: "other" },
  },
  {
    request: c.pauseConsumer,
    reply: { ...s.consumerPaused, consumerId: "other" },
  },
  {
    request: c.pauseProducer,
    reply: { ...s.producerPaused, producerId: "other" },
  },
  {
    request: c.resumeProducer,
    reply: { ...s.producerResumed, producerId: "other" },
  },
  {
    request: c.reconnect,
    reply: { ...s.reconnectResult, participantId: "other" },
  },
])(
  "a $reply.type about something else answers nothing",
  ({ request, reply }) => {
    assertEquals(answers(request, reply), false);
  },
);
