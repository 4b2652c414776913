import { assert, assertEquals } from "@std/assert";
import type { ServerMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import type { FakeParticipant } from "../../../lib/testing/mod.ts";
import { serverExamples } from "../signaling/simplestchat/wire/fixtures.ts";
import { AUDIO, count, errorsOf, NOTHING, statesOf, World } from "./world.ts";

const AUDIO_ONLY = { publish: AUDIO } as const;
const VIEWER = { publish: undefined } as const;

function consumesOf(world: World, name: string): number {
  return world.saidBy(name).filter((type) => type === "consume").length;
}

function newProducers(of: FakeParticipant, many: number): ServerMessage[] {
  return Array.from({ length: many }, (_, i) => ({
    type: "newProducer",
    participantId: of.id,
    producerId: `producer-of-nobody-${i}`,
    kind: "audio",
    source: null,
  }));
}

Deno.test("a client consumes up to its limits of each kind and no more", async () => {
  const world = new World();
  for (const name of ["B", "C", "D"]) await world.joined(name);
  const { client } = await world.joined("A", { maxAudio: 2, maxVideo: 1 });
  assertEquals(client.consumersOpen, 3);
  await world.joined("E");
  assertEquals([client.consumersOpen, consumesOf(world, "A")], [3, 3]);
});

Deno.test("the place of a track that closes goes to another one", async () => {
  const world = new World();
  await world.joined("B", AUDIO_ONLY);
  await world.joined("C", AUDIO_ONLY);
  const { client } = await world.joined("A", { ...VIEWER, maxAudio: 1 });
  assertEquals(consumesOf(world, "A"), 1);
  const [{ id }] = world.participant("B").producers;
  world.participant("A").channel.deliver({
    type: "producerClosed",
    producerId: id,
  });
  await world.clock.run(0);
  assertEquals([client.consumersOpen, consumesOf(world, "A")], [1, 2]);
});

Deno.test("who leaves frees the places of all its tracks, though the server names none", async () => {
  const world = new World();
  const b = await world.joined("B");
  await world.joined("C");
  const { client, events } = await world.joined("A", {
    maxAudio: 1,
    maxVideo: 1,
  });
  await b.client.leave();
  await world.clock.run(0);
  assertEquals([client.consumersOpen, count(events, "consumed")], [2, 4]);
});

Deno.test("a burst of fifty tracks is one run of requests before any reply, as many as there are places", async () => {
  const world = new World();
  await world.joined("A", { ...VIEWER, maxAudio: 8 });
  const me = world.participant("A");
  const before = me.channel.sent.length;
  me.channel.deliver(...newProducers(me, 50));
  await undefined;
  await undefined;
  assertEquals(
    me.channel.sent.slice(before).map(({ type }) => type),
    new Array(8).fill("consume"),
  );
  await world.clock.run(0);
});

Deno.test("a server grants sixteen consumers in one stay, closed ones included, and is asked for one more once", async () => {
  const world = new World();
  const { client, events } = await world.joined("A", {
    ...VIEWER,
    maxAudio: 1,
  });
  for (let i = 0; i < 20; i++) {
    const other = await world.joined(`B${i}`, AUDIO_ONLY);
    await other.client.leave();
    await world.clock.run(0);
  }
  assertEquals([consumesOf(world, "A"), count(events, "consumed")], [17, 16]);
  assertEquals([client.state, errorsOf(events)], ["connected", []]);
  const allowances = events.filter(({ type }) => type === "allowance");
  assertEquals(allowances, [{ type: "allowance", consumers: 16 }]);
  assertEquals(count(events, "denied"), 4);
});

Deno.test.each([
  { cap: 2, says: "Consumer limit reached (2). Cannot create more consumers." },
  { cap: 2, says: "Consumer limit reached" },
  { cap: 3, says: "Consumer limit reached (3)" },
])(
  "a cap of $cap, told as $says, is no error, and what one client learns holds for all",
  async ({ cap, says }) => {
    const made = new Map<string, number>();
    const world = new World({
      intercept: ({ type }, participant) => {
        if (type !== "consume") return undefined;
        const before = made.get(participant!.name) ?? 0;
        if (before >= cap) {
          return [{ type: "error", message: `Error: ${says}` }];
        }
        made.set(participant!.name, before + 1);
        return undefined;
      },
    });
    for (const name of ["B", "C", "D", "E", "F"]) {
      await world.joined(name, { ...AUDIO_ONLY, maxAudio: 0, maxVideo: 0 });
    }
    const { client, events } = await world.joined("A", VIEWER);
    assertEquals([client.state, client.consumersOpen], ["connected", cap]);
    assertEquals(errorsOf(events), []);
    assertEquals(count(events, "denied"), 4 - cap);
    assertEquals(
      events.filter(({ type }) => type === "allowance"),
      [{ type: "allowance", consumers: cap }],
    );
    const later = await world.joined("G", VIEWER);
    assertEquals(later.client.consumersOpen, cap);
    assertEquals(consumesOf(world, "G"), cap);
    assertEquals(count(later.events, "allowance"), 0);
    assertEquals(count(later.events, "denied"), 4 - cap);
  },
);

Deno.test("a server that grants more than sixteen is asked for all that are wanted", async () => {
  const world = new World({ maxConsumers: 64 });
  for (let i = 0; i < 30; i++) {
    await world.joined(`B${i}`, { ...AUDIO_ONLY, maxAudio: 0, maxVideo: 0 });
  }
  const { client, events } = world.client("A", { ...VIEWER, maxAudio: 25 });
  const joining = client.join();
  await world.clock.run(5000);
  await joining;
  assertEquals([client.consumersOpen, count(events, "denied")], [25, 0]);
});

Deno.test("a track that goes while its consumer is made gets no row and is no error", async () => {
  const world: World = new World({
    intercept: (message, participant): undefined => {
      if (message.type !== "consume" || participant?.name !== "A") return;
      other.client.leave();
    },
  });
  const other = await world.joined("B", AUDIO_ONLY);
  const { client, events } = await world.joined("A", VIEWER);
  assertEquals([client.consumersOpen, count(events, "consumed")], [0, 1]);
  await world.clock.run(10_000);
  assertEquals(client.totals().packetsDeliverable, 0);
  assertEquals(errorsOf(events), []);
});

Deno.test("a track that is refused because it has just closed is no error; another refusal is", async () => {
  let closes = true;
  const world: World = new World({
    intercept: (message, participant) => {
      if (message.type !== "consume") return undefined;
      const { producerId } = message;
      if (closes) {
        participant!.channel.deliver({ type: "producerClosed", producerId });
      }
      return [{
        type: "error",
        message:
          `Error: Consumer error: Failed to create consumer: Producer with id "${producerId}" not found`,
      }];
    },
  });
  await world.joined("B", AUDIO_ONLY);
  const first = await world.joined("A", VIEWER);
  assertEquals(errorsOf(first.events), []);
  closes = false;
  const second = await world.joined("C", VIEWER);
  assertEquals(errorsOf(second.events).length, 1);
  assertEquals(second.client.state, "connected");
});

Deno.test("media that nobody resumed still counts: a refused resume costs an error and nothing else", async () => {
  const world = new World({
    intercept: ({ type }) =>
      type === "resumeConsumer"
        ? [{ type: "error", message: "Error: Consumer error: no" }]
        : undefined,
  });
  await world.joined("B", AUDIO_ONLY);
  const { client, events } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  assertEquals(errorsOf(events).length, 1);
  assert(client.totals().packetsReceived > 90);
});

Deno.test("every packet of everyone arrives, and is due to have", async () => {
  const world = new World();
  const b = await world.joined("B");
  const a = await world.joined("A");
  // No frame waits for its time then, which would be shown while they leave.
  await world.clock.run(10_020);
  const [sent, received] = [b.client.totals(), a.client.totals()];
  assertEquals(sent.packetsSent > 1500, true);
  assertEquals(received.packetsLost, 0);
  assertEquals(received.consumersFlowing, 2);
  assertEquals(received.packetsDeliverable, received.packetsReceived);
  // What B sent before A consumed is nobody's loss.
  assert(sent.packetsSent - received.packetsReceived < 10);
  await Promise.all([a.client.leave(), b.client.leave()]);
  assertEquals([b.client.totals(), a.client.totals()], [sent, received]);
  assertEquals([a.client.producersOpen, a.client.consumersOpen], [0, 0]);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a packet that the server throws away is lost", async () => {
  let packets = 0;
  const world = new World({ drops: () => ++packets % 10 === 0 });
  await world.joined("B", AUDIO_ONLY);
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(10_000);
  const { packetsLost: lost, packetsExpected: expected } = client.totals();
  assert(Math.abs(lost / expected - 0.1) < 0.01, `${lost} of ${expected}`);
});

Deno.test("a track that is paused is not missed, and is missed when it stays silent after", async () => {
  let isSilent = false;
  const world = new World({ drops: () => isSilent });
  const b = await world.joined("B", AUDIO_ONLY);
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  await b.client.setPaused("audio", true);
  await world.clock.run(60_000);
  const paused = client.totals();
  assertEquals([paused.packetsLost, paused.packetsDeliverable], [
    0,
    paused.packetsReceived,
  ]);
  await b.client.setPaused("audio", false);
  await world.clock.run(2000);
  const resumed = client.totals();
  assert(resumed.packetsReceived > paused.packetsReceived + 90);
  assertEquals(resumed.packetsDeliverable, resumed.packetsReceived);
  isSilent = true;
  await world.clock.run(20_000);
  const silent = client.totals();
  assert(silent.packetsDeliverable > silent.packetsReceived + 500);
});

Deno.test.each([
  { why: "refused", refusal: [{ type: "error", message: "no" }] as const },
  { why: "never granted", refusal: [] },
])(
  "a track that is $why should have come all the same, from a second on",
  async ({ refusal }) => {
    let asked = 0;
    const world = new World({
      intercept: ({ type }, participant) =>
        type === "consume" && participant?.name === "A" && asked++ > 0
          ? refusal
          : undefined,
    });
    await world.joined("B", AUDIO_ONLY);
    await world.joined("C", AUDIO_ONLY);
    const { client } = world.client("A", VIEWER);
    // It waits for each reply for its time.
    void client.join();
    await world.clock.run(11_000);
    const { packetsReceived: received, packetsDeliverable: deliverable } =
      client.totals();
    assert(Math.abs(received - 550) < 30, `${received}`);
    // 50 packets a second of the other one, and a second or two less of it.
    const missed = deliverable - received;
    assert(missed >= 400 && missed <= 510, `${missed}`);
    const left = client.leave();
    await world.clock.run(1000);
    await left;
  },
);

Deno.test("a track that was paused before it was consumed is not missed", async () => {
  const world = new World();
  const b = await world.joined("B", AUDIO_ONLY);
  await b.client.setPaused("audio", true);
  // Reply and event come in one breath, before anyone can act on the reply.
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(30_000);
  assertEquals(client.totals().packetsDeliverable, 0);
});

Deno.test("a pause holds for later tracks and stays, and so does a quality", async () => {
  const world = new World();
  const { client } = await world.joined("B");
  await world.joined("A");
  await client.setPaused("audio", true);
  client.setQuality("720p", 30);
  await world.clock.run(1000);
  client.cutChannel();
  await world.clock.run(2500);
  assertEquals(client.state, "connected");
  const [audio, video] = world.participant("B").producers;
  const produced = world.saidBy("B").filter((type) => type === "pauseProducer");
  assertEquals([audio.isPaused, video.isPaused, produced.length], [
    true,
    false,
    2,
  ]);
  assertEquals(video.rtpParameters.encodings[0].maxBitrate, 2_500_000);
});

Deno.test("a quality that is asked for before there is video is what video begins with", async () => {
  const gate = Promise.withResolvers<void>();
  const world = new World({ handshake: () => gate.promise });
  const { client } = world.client("A");
  const joining = client.join();
  await world.clock.run(100);
  client.setQuality("720p", 30);
  gate.resolve();
  await joining;
  const [, video] = world.participant("A").producers;
  assertEquals(video.rtpParameters.encodings[0].maxBitrate, 2_500_000);
});

Deno.test("a key frame that the server asks for is sent", async () => {
  const world = new World();
  const { client } = await world.joined("B");
  const b = world.participant("B");
  await world.clock.run(1000);
  const before = world.environment.meter.counters.keyFramesSent;
  const { ssrc } = b.producers[1].rtpParameters.encodings[0];
  const pli = new Uint8Array([0x81, 206, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
  new DataView(pli.buffer).setUint32(8, ssrc!);
  b.transports.send!.deliverRtcp(pli, { nowMs: 0, wallMs: 0 });
  await world.clock.run(100);
  const { keyFramesSent } = world.environment.meter.counters;
  assertEquals(keyFramesSent - before, 1);
  assertEquals(client.totals().pliCountReceived, 1);
});

type Encoding = { readonly ssrc: number; readonly rtx?: { ssrc: number } };

Deno.test.each<
  { why: string; encodings: readonly Encoding[]; shared: number | undefined }
>([
  {
    why: "an SSRC of its own",
    encodings: [{ ssrc: 1, rtx: { ssrc: 2 } }, { ssrc: 3, rtx: { ssrc: 4 } }],
    shared: undefined,
  },
  {
    why: "another track's SSRC",
    encodings: [{ ssrc: 4294967295 }, { ssrc: 4294967295 }],
    shared: 4294967295,
  },
  {
    why: "the SSRC of another one's repairs",
    encodings: [{ ssrc: 1, rtx: { ssrc: 2 } }, { ssrc: 2 }],
    shared: 2,
  },
  {
    why: "repairs under another track's SSRC",
    encodings: [{ ssrc: 7 }, { ssrc: 8, rtx: { ssrc: 7 } }],
    shared: 7,
  },
])(
  "a track with $why is received unless it could not be told apart",
  async ({ encodings, shared }) => {
    let asked = 0;
    const world = new World({
      intercept: (message) => {
        if (message.type !== "consume") return undefined;
        const { consumerCreated } = serverExamples;
        const { rtpParameters } = consumerCreated;
        const one = [encodings[asked++]];
        return [{
          ...consumerCreated,
          consumerId: `consumer-${asked}`,
          producerId: message.producerId,
          rtpParameters: { ...rtpParameters, encodings: one },
        }];
      },
    });
    const videoOnly = { ...VIEWER, maxAudio: 0 };
    await world.joined("B", { maxAudio: 0, maxVideo: 0 });
    await world.joined("C", { maxAudio: 0, maxVideo: 0 });
    const { client, events } = await world.joined("A", videoOnly);
    assertEquals(asked, 2);
    assertEquals(client.consumersOpen, shared === undefined ? 2 : 1);
    assertEquals(
      errorsOf(events).filter((error) => error.includes("SSRC")),
      shared === undefined ? [] : [
        `server: Cannot complete consume: SSRC ${shared} is another track's already.`,
      ],
    );
  },
);

Deno.test("who is put out without a word is told so", async () => {
  const world = new World();
  const { events } = await world.joined("A");
  const { id, channel } = world.participant("A");
  channel.deliver({ type: "participantKicked", participantId: id });
  await world.clock.run(0);
  assertEquals(errorsOf(events), ["kicked: the server put it out"]);
});

Deno.test.each<
  { when: string; message: "participantKicked" | "participantBanned" }
>([
  { when: "kicked", message: "participantKicked" },
  { when: "banned", message: "participantBanned" },
])("who is $when has failed and leaves", async ({ message }) => {
  const world = new World();
  const b = await world.joined("B");
  const { client, events } = await world.joined("A");
  const { id, channel } = world.participant("A");
  channel.deliver({ type: message, participantId: id, reason: "spam" });
  await world.clock.run(0);
  assertEquals(client.state, "failed");
  assertEquals(errorsOf(events), [
    'kicked: the server put it out, and said "spam"',
  ]);
  assertEquals(world.saidBy("A").at(-1), "leaveRoom");
  assertEquals(errorsOf(b.events), []);
  await b.client.leave();
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("who sees another one kicked goes on, without that one's media", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  await world.joined("B");
  world.server.kick(world.participant("B"), "spam");
  await world.clock.run(0);
  assertEquals([client.state, client.consumersOpen], ["connected", 0]);
  assertEquals(errorsOf(events), []);
});

Deno.test("who is kicked while its transports come up is told so, and not connected", async () => {
  const gate = Promise.withResolvers<void>();
  const world = new World({ handshake: () => gate.promise });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(100);
  world.server.kick(world.participant("A"), "spam");
  gate.resolve();
  await joining;
  assertEquals(statesOf(events), ["joining", "failed"]);
  assertEquals(errorsOf(events), [
    'kicked: the server put it out, and said "spam"',
  ]);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("transports that go down together are lost once", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  const { send, recv } = world.participant("A").transports;
  send!.lose();
  recv!.lose();
  await world.clock.run(0);
  assertEquals(
    events.filter(({ type }) => type === "lost"),
    [{
      type: "lost",
      what: "transport",
      message: "send transport lost: the server closed DTLS",
      sinceMs: 0,
    }],
  );
  assertEquals(errorsOf(events), []);
  await client.leave();
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a transport that goes down while the other comes up fails the join", async () => {
  const gate = Promise.withResolvers<void>();
  const world = new World({
    handshake: (direction) =>
      direction === "recv" ? gate.promise : Promise.resolve(),
  });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(100);
  world.participant("A").transports.send!.lose();
  gate.resolve();
  await joining;
  assertEquals(count(events, "connected"), 0);
  assertEquals(client.state, "failed");
});
