/** mediasoup-demo's dialects: what is said for each operation, and what is heard. */

import { assertEquals, assertRejects } from "@std/assert";
import { adaptedSessions } from "../../../../lib/signaling/adapted/mod.ts";
import type {
  SignalingEvent,
  SignalingSession,
} from "../../../../lib/signaling/port.ts";
import { protooAdapter } from "../../../../lib/signaling/protoo/mod.ts";
import type { ChannelClosed } from "../../../../lib/signaling/websocket/mod.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";
import {
  routerRtpCapabilities as caps,
  serverExamples as s,
  videoParameters,
} from "../simplestchat/wire/fixtures.ts";

const { iceParameters, iceCandidates, dtlsParameters } = s.transportCreated;
const REMOTE = { iceParameters, iceCandidates, dtlsParameters };
const { rtpParameters } = s.consumerCreated;
const CONSUMER = { producerId: "p", kind: "video", rtpParameters, peerId: "q" };

/** For the one in JavaScript, and for the one in TypeScript. */
const TRANSPORT = {
  forceTcp: true,
  producing: true,
  consuming: false,
  appData: { direction: "producer" },
};

const DIALECTS = [
  {
    dialect: "JavaScript",
    greeting: "mediasoup-version",
    answers: {
      getRouterRtpCapabilities: caps,
      createWebRtcTransport: { id: "t", ...REMOTE },
      produce: { id: "mine" },
      restartIce: iceParameters,
    },
    acts: "request",
    consumer: { ...CONSUMER, id: "c" },
    layers: { consumerId: "c", spatialLayer: 1, temporalLayer: 0 },
    noLayers: { consumerId: "c", spatialLayer: null, temporalLayer: null },
  },
  {
    dialect: "TypeScript",
    greeting: "mediasoupVersion",
    answers: {
      getRouterRtpCapabilities: { routerRtpCapabilities: caps },
      createWebRtcTransport: { transportId: "t", ...REMOTE },
      produce: { producerId: "mine" },
      restartIce: { iceParameters },
    },
    acts: "notification",
    consumer: { ...CONSUMER, consumerId: "c" },
    layers: {
      consumerId: "c",
      layers: { spatialLayer: 1, temporalLayer: 0 },
    },
    noLayers: { consumerId: "c" },
  },
] as const;

/** The first ones in JavaScript did not say who they are. */
const ANONYMOUS = {
  ...DIALECTS[0],
  dialect: "JavaScript, without a greeting",
  greeting: undefined,
} as const;

type Dialect = typeof DIALECTS[number] | typeof ANONYMOUS;

/** A session at a server of a dialect, which is a script. */
async function visit(
  { greeting, answers }: Pick<Dialect, "greeting"> & { answers: object },
  options: Record<string, string> = {},
) {
  const said: Record<string, unknown>[] = [];
  const events: unknown[] = [];
  const opened: unknown[] = [];
  const closed = Promise.withResolvers<ChannelClosed>();
  let hear = (_message: unknown) => {};
  const session = adaptedSessions(protooAdapter, {
    url: "wss://h:4443/?info=true",
    options,
  }, {
    clock: new FakeClock(),
    forceTcp: true,
    openChannel: (url, { connection } = {}) => {
      opened.push(url, connection?.headers);
      return Promise.resolve({
        closed: closed.promise,
        onText(handler) {
          hear = (message) => handler(JSON.stringify(message));
          if (greeting === undefined) return;
          queueMicrotask(() =>
            hear({ notification: true, method: greeting, data: {} })
          );
        },
        send(text) {
          const message = JSON.parse(text);
          said.push(message);
          if (!message.request) return;
          const data = (answers as Record<string, unknown>)[message.method];
          queueMicrotask(() =>
            hear({ response: true, id: message.id, ok: true, data: data ?? {} })
          );
        },
        waitingMs: () => 0,
        close: () => closed.resolve({ kind: "clean", code: 1000, reason: "" }),
      });
    },
  })({
    roomId: "a room",
    participantName: "A",
    onEvent: (event) => event.type !== "latency" && events.push(event),
  });
  const { peerId } = await session.connect({
    signal: new AbortController().signal,
  });
  return {
    session,
    said,
    events,
    opened,
    peerId,
    hear: (m: unknown) => hear(m),
  };
}

const signal = new AbortController().signal;

Deno.test.each<Dialect>([...DIALECTS, ANONYMOUS])(
  "$dialect: every operation is said and answered as its server does",
  async (dialect) => {
    const { session, said, opened, peerId } = await visit(dialect, {
      consumerReplicas: "2",
      origin: "https://demo.example",
    });
    assertEquals(opened, [
      `wss://h:4443/?info=true&consumerReplicas=2&roomId=a+room&peerId=${peerId}`,
      [["Sec-WebSocket-Protocol", "protoo"], [
        "Origin",
        "https://demo.example",
      ]],
    ]);
    const { acts } = dialect;
    const dtls = { role: "client", fingerprints: [] } as const;
    const asked: [
      (session: SignalingSession) => Promise<unknown>,
      "request" | "notification",
      string,
      unknown,
    ][] = [
      [
        (it) => it.routerRtpCapabilities(),
        "request",
        "getRouterRtpCapabilities",
        {},
      ],
      [
        (it) => it.createTransport("send"),
        "request",
        "createWebRtcTransport",
        TRANSPORT,
      ],
      [
        (it) => it.connectTransport("t", dtls),
        "request",
        "connectWebRtcTransport",
        { transportId: "t", dtlsParameters: dtls },
      ],
      [
        (it) => it.join!(undefined),
        "request",
        "join",
        { displayName: "A", device: { flag: "unknown", name: "rtcrowd" } },
      ],
      [
        (it) =>
          it.produce({
            transportId: "t",
            kind: "video",
            rtpParameters: videoParameters,
          }),
        "request",
        "produce",
        {
          transportId: "t",
          kind: "video",
          rtpParameters: videoParameters,
          appData: { source: "video" },
        },
      ],
      [(it) => it.pauseProducer!("mine"), acts, "pauseProducer", {
        producerId: "mine",
      }],
      [(it) => it.resumeProducer!("mine"), acts, "resumeProducer", {
        producerId: "mine",
      }],
      [(it) => it.pauseConsumer!("c"), acts, "pauseConsumer", {
        consumerId: "c",
      }],
      [(it) => it.resumeConsumer!("c"), acts, "resumeConsumer", {
        consumerId: "c",
      }],
      [
        (it) => it.preferLayer!("c", 0),
        acts,
        "setConsumerPreferredLayers",
        { consumerId: "c", spatialLayer: 0 },
      ],
      [(it) => it.restartIce!("t", signal), "request", "restartIce", {
        transportId: "t",
      }],
    ];
    const came: unknown[] = [];
    for (const [ask, kind, method, data] of asked) {
      said.length = 0;
      came.push(await ask(session));
      assertEquals(said.length, 1);
      assertEquals([said[0][kind], said[0].method, said[0].data], [
        true,
        method,
        data,
      ]);
      assertEquals(
        typeof said[0].id,
        kind === "request" ? "number" : "undefined",
      );
    }
    const [capabilities, created, , , producerId] = came;
    assertEquals(capabilities, caps);
    assertEquals((created as { transportId: string }).transportId, "t");
    assertEquals(producerId, "mine");
    await session.leave();
  },
);

Deno.test.each(DIALECTS)(
  "$dialect: a consumer is taken or declined by the answer to its request, and may be resumed later",
  async (dialect) => {
    const { session, said, events, hear } = await visit(dialect);
    const push = () =>
      hear({
        request: true,
        id: 5,
        method: "newConsumer",
        data: dialect.consumer,
      });
    push();
    assertEquals(events, [{
      type: "producer",
      producerId: "p",
      peerId: "q",
      kind: "video",
    }]);
    const wanted = { transportId: "t", producerId: "p", rtpCapabilities: caps };
    assertEquals((await session.consume(wanted)).consumerId, "c");
    await session.resumeConsumer!("c");
    assertEquals(said, [{ response: true, id: 5, ok: true, data: {} }]);
    hear({
      notification: true,
      method: "consumerClosed",
      data: { consumerId: "c" },
    });
    said.length = 0;
    push();
    await session.pauseConsumer!("c");
    await Promise.resolve();
    assertEquals(said.filter(({ response }) => response), [{
      response: true,
      id: 5,
      errorCode: 403,
      errorReason: "not wanted",
    }]);
    said.length = 0;
    await session.resumeConsumer!("c");
    assertEquals(said.map(({ method }) => method), ["resumeConsumer"]);
    await session.leave();
  },
);

Deno.test.each(DIALECTS)(
  "$dialect: news of the room is heard, noise is not, and data channels are declined",
  async (dialect) => {
    const { session, said, events, hear } = await visit(dialect);
    hear({
      request: true,
      id: 5,
      method: "newConsumer",
      data: dialect.consumer,
    });
    events.length = 0;
    const news: [string, unknown][] = [
      ["activeSpeaker", { peerId: null }],
      ["downlinkBwe", { desiredBitrate: 1 }],
      ["newPeer", { id: "z" }],
      ["consumerPaused", { consumerId: "c" }],
      ["consumerResumed", { consumerId: "c" }],
      ["consumerLayersChanged", dialect.layers],
      ["consumerLayersChanged", dialect.noLayers],
      ["peerClosed", { peerId: "q" }],
      ["consumerClosed", { consumerId: "c" }],
    ];
    for (const [method, data] of news) {
      hear({ notification: true, method, data });
    }
    assertEquals(events, [
      { type: "producerPaused", producerId: "p", isPaused: true },
      { type: "producerPaused", producerId: "p", isPaused: false },
      { type: "layers", consumerId: "c", spatialLayer: 1 },
      { type: "layers", consumerId: "c", spatialLayer: null },
      { type: "peerLeft", peerId: "q" },
      { type: "producerClosed", producerId: "p" },
    ]);
    said.length = 0;
    hear({
      request: true,
      id: 9,
      method: "newDataConsumer",
      data: { id: "d" },
    });
    await Promise.resolve();
    // The consumer that has ended is declined as well.
    assertEquals(
      said.map(({ id, errorCode }) => [id, errorCode]).toSorted(),
      [[5, 403], [9, 403]],
    );
    await session.leave();
  },
);

Deno.test.each<{ why: string; message: unknown; answered: boolean }>([
  {
    why: "a consumer without data",
    message: { request: true, id: 7, method: "newConsumer" },
    answered: true,
  },
  {
    why: "a consumer without parameters",
    message: { request: true, id: 7, method: "newConsumer", data: { id: "c" } },
    answered: true,
  },
  {
    why: "news without data",
    message: { notification: true, method: "consumerClosed" },
    answered: false,
  },
  { why: "no message", message: null, answered: false },
  { why: "a list", message: [1, "join", {}], answered: false },
])("$why is told, and costs nothing else", async ({ message, answered }) => {
  const { session, said, events, hear } = await visit(DIALECTS[1]);
  const before = said.length;
  hear(message);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(
    said.slice(before).map(({ id, errorCode }) => [id, errorCode]),
    answered ? [[7, 403]] : [],
  );
  const found = (events as SignalingEvent[]).map((event) =>
    event.type === "failed" ? event.error.operation : event
  );
  const asked = answered ? "consume" : MALFORMED;
  assertEquals<unknown>(found, message instanceof Array ? [] : [asked]);
  await session.leave();
});

const MALFORMED = { type: "anomaly", anomaly: { kind: "malformed" } };

Deno.test("a refusal without words is one", async () => {
  const { session, hear } = await visit({ ...DIALECTS[1], answers: {} });
  const asked = session.produce({
    transportId: "t",
    kind: "video",
    rtpParameters: videoParameters,
  });
  hear({ response: true, id: 1, errorCode: 503 });
  const { message } = await assertRejects(() => asked, Error);
  assertEquals(
    message,
    'Cannot complete produce_video: the server said "503".',
  );
  await session.leave();
});
