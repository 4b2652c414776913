/** Clients that come by an adapter, beside those that come without; and what an adapter's slips cost. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { adaptedSessions } from "../../../../lib/signaling/adapted/mod.ts";
import type {
  Adapter,
  AdapterClient,
  AdapterSession,
} from "../../../../lib/signaling/adapter/mod.ts";
import type { SignalingEvent } from "../../../../lib/signaling/port.ts";
import { messageOf } from "../../../../lib/text/mod.ts";
import { errorsOf, MEDIA, NOTHING, World } from "../../client/world.ts";
import { overPort, type OverPortOptions } from "./over_port.ts";

/** A world whose clients come by an adapter. */
function worldBy(
  options: OverPortOptions = {},
  change: (adapter: Adapter) => Adapter = (adapter) => adapter,
): World {
  const world = new World();
  const adapter = change(overPort(world.environment.openSession, options));
  world.environment.openSession = adaptedSessions(
    adapter,
    { url: "ws://h/ws" },
    { clock: world.clock },
  );
  return world;
}

Deno.test.each<{ why: string; options: OverPortOptions }>([
  { why: "asks for each track", options: {} },
  { why: "learns of tracks without their kind", options: { tellsKind: false } },
  { why: "is sent tracks unasked", options: { pushes: true } },
  { why: "is told twice of each", options: { pushes: "twice" } },
  {
    why: "learns of nothing but ids",
    options: { tellsKind: false, tellsPeer: false },
  },
  {
    why: "learns of nothing but ids, its own first",
    options: { tellsKind: false, tellsPeer: false, tellsOwn: true },
  },
  {
    why: "learns of tracks without their senders, of its own first",
    options: { tellsPeer: false, tellsOwn: true },
  },
])("media flows both ways where an adapter $why", async ({ options }) => {
  const world = worldBy(options);
  const [a, b] = [await world.joined("A"), await world.joined("B")];
  await world.clock.run(3000);
  assertEquals([a.client.consumersOpen, b.client.consumersOpen], [2, 2]);
  for (const { client, events } of [a, b]) {
    const { packetsReceived, packetsDeliverable, packetsLost } = client
      .totals();
    assert(packetsReceived > 100);
    assertEquals([packetsDeliverable, packetsLost], [packetsReceived, 0]);
    assertEquals(errorsOf(events), []);
  }
  await a.client.leave();
  await world.clock.run(1000);
  assertEquals(b.client.consumersOpen, 0);
  await b.client.leave();
  assertEquals(world.clock.pendingTimers, 0);
});

Deno.test.each<{ why: string; options: OverPortOptions }>([
  { why: "without their kind", options: { tellsKind: false } },
  { why: "unasked", options: { pushes: true } },
])(
  "limits hold where tracks come $why, and a place that is free is taken",
  async ({ options }) => {
    const world = worldBy(options);
    const viewer = await world.joined("V", {
      publish: undefined,
      maxAudio: 1,
      maxVideo: 0,
    });
    const [a, b] = [await world.joined("A"), await world.joined("B")];
    await world.clock.run(8000);
    assertEquals(viewer.client.consumersOpen, 1);
    await a.client.leave();
    await world.clock.run(2000);
    const before = viewer.client.totals().packetsReceived;
    await world.clock.run(2000);
    assertEquals(viewer.client.consumersOpen, 1);
    assert(viewer.client.totals().packetsReceived > before + 50);
    await viewer.client.leave();
    await b.client.leave();
  },
);

Deno.test("what is told while our own track is being announced is heard in the end, unless it has ended", async () => {
  const world = new World();
  const told: unknown[] = [];
  let client: AdapterClient | undefined;
  const produced = Promise.withResolvers<{ id: string }>();
  const session = adaptedSessions(
    async (visiting) => {
      client = visiting;
      return {
        ...await overPort(world.environment.openSession)(visiting),
        produce: () => produced.promise,
      };
    },
    { url: "ws://h/ws" },
    { clock: world.clock },
  )({
    roomId: "r",
    participantName: "A",
    onEvent: (event) => {
      if (event.type !== "latency") told.push(event);
    },
  });
  await session.connect({ signal: new AbortController().signal });
  const asked = session.produce(
    { transportId: "t", kind: "audio", rtpParameters: {} as never },
  );
  const { onProducer, onProducerClosed } = client!;
  for (const id of ["own", "ended", "paused"]) {
    onProducer({ id, kind: "audio", paused: id === "paused" });
  }
  onProducer({ id: "known", kind: "video", peerId: "B" });
  onProducerClosed("ended");
  const known = [
    { type: "producer", producerId: "known", peerId: "B", kind: "video" },
    { type: "producerClosed", producerId: "ended" },
  ];
  assertEquals(told, known);
  produced.resolve({ id: "own" });
  assertEquals(await asked, "own");
  assertEquals(told, [
    ...known,
    { type: "producerPaused", producerId: "paused", isPaused: true },
    { type: "producer", producerId: "paused", peerId: "", kind: "audio" },
  ]);
  await session.leave();
});

Deno.test("a client whose adapter lost the server comes back", async () => {
  const world = worldBy();
  const { client, events } = await world.joined("A");
  client.cutChannel();
  await world.clock.run(40_000);
  assertEquals(client.state, "connected");
  assertEquals(
    events.flatMap((event) => event.type === "returned" ? [event.how] : []),
    ["rejoined"],
  );
  await client.leave();
});

/** What is done by which method, in a visit of a client that sends and receives. */
const OPERATIONS: readonly (readonly [keyof AdapterSession, string])[] = [
  ["routerRtpCapabilities", "get_router_caps"],
  ["createTransport", "create_send_transport"],
  ["connectTransport", "connect_send_transport"],
  ["join", "join_room"],
  ["produce", "produce_audio"],
  ["consume", "consume"],
  ["resumeConsumer", "resume_consumer"],
  ["pauseProducer", "pause_producer"],
  ["resumeProducer", "resume_producer"],
  ["preferLayer", "prefer_layer"],
  ["leave", "leave"],
];

/** Slips, and whether an operation that answers nothing is spared by one. */
const SLIPS: readonly {
  readonly slip: string;
  readonly commit: () => Promise<never>;
  readonly isAnswer?: true;
}[] = [
  { slip: "hangs", commit: () => new Promise<never>(() => {}) },
  {
    slip: "throws",
    commit: () => {
      throw new TypeError("undefined is not a function");
    },
  },
  { slip: "rejects", commit: () => Promise.reject(new Error("not today")) },
  {
    slip: "throws what is no error",
    commit: () => Promise.reject({ toString: () => "odd" }),
  },
  {
    slip: "answers nonsense",
    commit: () => Promise.resolve({ id: 7, codecs: "x" } as never),
    isAnswer: true,
  },
  {
    slip: "answers nothing",
    commit: () => Promise.resolve(undefined as never),
    isAnswer: true,
  },
];

const ANSWERING: readonly string[] = [
  "routerRtpCapabilities",
  "createTransport",
  "produce",
  "consume",
];

const BROKEN = OPERATIONS.flatMap(([method, operation]) =>
  SLIPS
    .filter(({ isAnswer }) => !isAnswer || ANSWERING.includes(method))
    .map(({ slip, commit }) => ({ method, operation, slip, commit }))
);

/** Has a client that comes by an adapter do everything that there is, beside one that comes without; which errors it told of, and what was left. */
async function visitBy(change: (adapter: Adapter) => Adapter) {
  const world = new World();
  const { openSession } = world.environment;
  const other = await world.joined("other", {
    publish: { ...MEDIA, simulcast: true },
  });
  world.environment.openSession = adaptedSessions(
    change(overPort(openSession)),
    { url: "ws://h/ws" },
    { clock: world.clock },
  );
  const { client, events } = world.client("A");
  const took: Promise<void>[] = [client.join()];
  await world.clock.run(15_000);
  for (const paused of [true, false]) {
    took.push(client.setPaused("audio", paused));
    await world.clock.run(11_000);
  }
  if (client.state === "connected") client.preferLayer(0);
  await world.clock.run(11_000);
  took.push(client.leave(), other.client.leave());
  await world.clock.run(5000);
  await Promise.all(took);
  // Whoever does not say goodbye stays in the room for a while.
  await world.clock.run(31_000);
  return {
    errors: errorsOf(events),
    malformed: events.filter(({ type }) => type === "anomaly").length,
    otherErrors: errorsOf(other.events),
    left: await world.leftovers(),
  };
}

Deno.test.each([
  {
    method: "the adapter",
    operation: "connect",
    slip: "hangs",
    commit: () => new Promise<never>(() => {}),
  },
  ...SLIPS.map((slip) => ({
    method: "the adapter",
    operation: "connect",
    ...slip,
  })),
  ...BROKEN,
])(
  "where $method $slip, its client says so of $operation, in time, and nobody else is touched",
  async ({ method, operation, commit }) => {
    const { errors, otherErrors, left } = await visitBy((adapter) =>
      method === "the adapter"
        ? commit
        : async (client) => ({ ...await adapter(client), [method]: commit })
    );
    assert(
      errors.some((error) => error.includes(`Cannot complete ${operation}:`)),
      JSON.stringify(errors),
    );
    assertEquals([otherErrors, left], [[], NOTHING]);
  },
);

Deno.test.each(
  (["pauseConsumer", "restartIce"] as const).flatMap((method) =>
    SLIPS.filter(({ isAnswer }) => !isAnswer || method === "restartIce")
      .map(({ slip, commit }) => ({ method, slip, commit }))
  ),
)(
  "where $method $slip, who asks is told so, in time",
  async ({ method, commit }) => {
    const world = new World();
    const { openSession } = world.environment;
    const session = adaptedSessions(
      async (client) => ({
        ...await overPort(openSession)(client),
        [method]: commit,
      }),
      { url: "ws://h/ws" },
      { clock: world.clock },
    )({ roomId: "r", participantName: "A", onEvent: () => {} });
    const { signal } = new AbortController();
    await session.connect({ signal });
    const asked: Promise<unknown> = method === "restartIce"
      ? session.restartIce!("t", signal)
      : session.pauseConsumer!("c");
    const said = asked.then(() => "", messageOf);
    await world.clock.run(10_000);
    const operation = method === "restartIce"
      ? "restart_ice"
      : "pause_consumer";
    assertStringIncludes(await said, `Cannot complete ${operation}: `);
    await session.leave();
  },
);

Deno.test("an adapter without slips has no errors, and leaves nothing behind", async () => {
  assertEquals(await visitBy((adapter) => adapter), {
    errors: [],
    malformed: 0,
    otherErrors: [],
    left: NOTHING,
  });
});

Deno.test("no secret is in what an adapter throws or tells", async () => {
  const told: SignalingEvent[] = [];
  const secrets = { token: "a-token", password: "a-word" };
  const says = ({ token, password, options }: AdapterClient) =>
    `${token}, ${password}, ${options.key} (${options.mode})`;
  const open = (adapter: Adapter) =>
    adaptedSessions(adapter, {
      url: "ws://h/",
      ...secrets,
      options: { key: "a-long-key", mode: "each" },
    }, {})({
      roomId: "r",
      participantName: "A",
      onEvent: (event) => told.push(event),
    });
  const { signal } = new AbortController();
  const error = await assertRejects(() =>
    open((client) => Promise.reject(new Error(says(client))))
      .connect({ signal })
  );
  assertStringIncludes(messageOf(error), '"***, ***, *** (each)"');
  const session = open((client) => {
    const nothing = () => Promise.resolve();
    queueMicrotask(() => client.onPutOut(says(client)));
    setTimeout(() => client.onClosed(says(client)), 0);
    return Promise.resolve({
      routerRtpCapabilities: nothing,
      createTransport: nothing,
      connectTransport: nothing,
      produce: nothing,
      leave: nothing,
    } as never);
  });
  await session.connect({ signal });
  while (session.isOpen) await new Promise((wake) => setTimeout(wake, 1));
  const words = told.filter(({ type }) => type !== "latency");
  assertEquals(words, [
    { type: "putOut", reason: "***, ***, *** (each)" },
    { type: "closed", message: "***, ***, *** (each)" },
  ]);
});

/** What an adapter may tell wrongly. */
const NONSENSE: readonly {
  readonly why: string;
  readonly tell: (client: AdapterClient) => unknown;
}[] = [
  { why: "no track", tell: ({ onProducer }) => onProducer(undefined as never) },
  {
    why: "a track of no kind that there is",
    tell: ({ onProducer }) =>
      onProducer({ id: "x", peerId: "p", kind: "smell" as never }),
  },
  {
    why: "a track of a number",
    tell: ({ onProducer }) =>
      onProducer({ id: "x", peerId: 7, kind: "audio" } as never),
  },
  {
    why: "an end of nothing",
    tell: ({ onProducerClosed }) => onProducerClosed(null as never),
  },
  {
    why: "a layer below the lowest",
    tell: ({ onLayers }) => onLayers("c", -1),
  },
];

Deno.test.each(NONSENSE)(
  "$why that an adapter tells of is counted, and nothing else",
  async ({ tell }) => {
    const { errors, malformed, left } = await visitBy(
      (adapter) => async (client) => {
        const session = await adapter(client);
        tell(client);
        return session;
      },
    );
    assertEquals([errors, malformed, left], [[], 1, NOTHING]);
  },
);

Deno.test("a consumer that cannot be read is an error that says why: nothing will come of it", async () => {
  const { errors, malformed, left } = await visitBy(
    (adapter) => async (client) => {
      const session = await adapter(client);
      const consumer = { id: "x", producerId: "p", kind: "audio" };
      assertEquals(await client.onConsumer(consumer as never), false);
      return session;
    },
  );
  assertEquals(errors, [
    "server: Cannot complete consume: a consumer that the server made cannot be read, rtpParameters: Invalid input: expected object, received undefined.",
  ]);
  assertEquals([malformed, left], [0, NOTHING]);
});

Deno.test("what an adapter tells when its visit is over is not heard", async () => {
  const told: unknown[] = [];
  let client: AdapterClient | undefined;
  const session = adaptedSessions(
    (visiting) => {
      client = visiting;
      return Promise.resolve(
        Object.fromEntries(
          [
            "routerRtpCapabilities",
            "createTransport",
            "connectTransport",
            "produce",
            "leave",
          ].map((method) => [method, () => Promise.resolve()]),
        ) as never,
      );
    },
    { url: "ws://h/" },
    {},
  )({
    roomId: "r",
    participantName: "A",
    onEvent: (event) => told.push(event.type),
  });
  await session.connect({ signal: new AbortController().signal });
  await session.leave();
  await session.leave();
  const before = [...told];
  client!.onProducer({ id: "x", peerId: "p", kind: "audio" });
  client!.onClosed("again");
  assertEquals(
    await client!.onConsumer({ id: "x" } as never),
    false,
  );
  assertEquals([told, before.at(-1)], [before, "closed"]);
  assertEquals(client!.signal.aborted, true);
});

Deno.test.each<{ why: string; members: object; says: string }>([
  {
    why: "no createTransport",
    members: { createTransport: undefined },
    says: "connect: the adapter makes no session, createTransport: it is no",
  },
  {
    why: "a text for a method",
    members: { join: "yes" },
    says: "connect: the adapter makes no session, join: it is no method.",
  },
  {
    why: "a number for a name",
    members: { peerId: 7 },
    says: "connect: the adapter makes no session, peerId: ",
  },
  {
    why: "transports of a kind that there is not",
    members: { receiveTransports: "many" },
    says: "connect: the adapter makes no session, receiveTransports: ",
  },
  {
    why: "no consume, and tracks to ask for",
    members: { consume: undefined },
    says: "consume: the adapter has no method consume.",
  },
])("an adapter whose session has $why is told so", async (session) => {
  const { errors } = await visitBy((adapter) => async (client) => ({
    ...await adapter(client),
    ...session.members,
  }));
  assertStringIncludes(errors[0], `Cannot complete ${session.says}`);
});

Deno.test.each(["preferLayer", "restartIce", "pauseProducer"] as const)(
  "without %s in an adapter, the port has none",
  async (ability) => {
    const world = new World();
    const { openSession } = world.environment;
    const session = adaptedSessions(
      async (client) => ({
        ...await overPort(openSession)(client),
        [ability]: undefined,
      }),
      { url: "ws://h/ws" },
      { clock: world.clock },
    )({ roomId: "r", participantName: "A", onEvent: () => {} });
    await session.connect({ signal: new AbortController().signal });
    assertEquals(session[ability], undefined);
    await session.leave();
  },
);

Deno.test("of what an adapter throws or tells no more is kept than a line", async () => {
  const told: SignalingEvent[] = [];
  const open = (adapter: Adapter) =>
    adaptedSessions(adapter, { url: "ws://h/" }, {})({
      roomId: "r",
      participantName: "A",
      onEvent: (event) => told.push(event),
    });
  const { signal } = new AbortController();
  const long = "no ".repeat(2_000_000);
  const thrown = [long, new Error(long), { reason: long }, new TypeError(long)];
  for (const what of thrown) {
    const session = open(() => Promise.reject(what));
    const error = await assertRejects(() => session.connect({ signal }));
    assert(messageOf(error).length < 400);
  }
  const session = open((client) => {
    client.onPutOut(long);
    return Promise.reject(new Error("no"));
  });
  await assertRejects(() => session.connect({ signal }));
  assert(JSON.stringify(told).length < 1000);
});
