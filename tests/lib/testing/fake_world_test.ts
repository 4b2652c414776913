import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TransportError } from "../../../lib/rtc/mod.ts";
import type {
  ClientMessage,
  ServerMessage,
} from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { ChannelError } from "../../../lib/signaling/websocket/mod.ts";
import {
  type FakeChannel,
  FakeClock,
  FakeScheduler,
  FakeServer,
  type FakeServerOptions,
  FakeTransport,
} from "../../../lib/testing/mod.ts";

function task(dueMs: number, everyMs: number, ran: number[]) {
  return {
    dueMs,
    heapIndex: -1,
    run(nowMs: number) {
      ran.push(nowMs);
      this.dueMs += everyMs;
    },
  };
}

Deno.test("a scheduler runs what is due at each turn, as often as it is due", () => {
  const clock = new FakeClock();
  const scheduler = new FakeScheduler(clock, 10);
  const [often, once]: number[][] = [[], []];
  const first = task(0, 5, often);
  scheduler.schedule(first);
  scheduler.schedule(task(12, Infinity, once));
  clock.advance(20);
  assertEquals([often, once], [[10, 10, 10, 20, 20], [20]]);
  assertEquals(scheduler.size, 1);
  scheduler.cancel(first);
  clock.advance(20);
  assertEquals([often.length, scheduler.size, clock.pendingTimers], [5, 0, 0]);
});

const HANDLERS = { onRtp() {}, onRtcp() {}, onLost() {} };

Deno.test("a transport hands over packets one by one, once it is up", async () => {
  const packets: number[] = [];
  const transport = new FakeTransport(HANDLERS, {
    onRtp: (packet) => packets.push(packet.length),
  });
  assertEquals(transport.send(0, 25, 10), 0);
  await transport.connect(Promise.resolve());
  assertEquals(transport.send(0, 25, 10), 3);
  assertEquals(packets, [10, 10, 5]);
  await transport.close();
  assertEquals(transport.send(0, 25, 10), 0);
});

Deno.test("a transport that is closed while it comes up says so", async () => {
  const transport = new FakeTransport(HANDLERS);
  const up = transport.connect(new Promise(() => {}));
  up.catch(() => {});
  await transport.close();
  const { kind } = await assertRejects(() => up, TransportError);
  assertEquals(kind, "closed");
});

/** Channels to one server, and what they hear. */
function visit(options: FakeServerOptions = {}) {
  const clock = new FakeClock();
  const server = new FakeServer(clock, options);
  const open = () => {
    const heard: string[] = [];
    const told: ServerMessage[] = [];
    const channel = server.openChannel() as FakeChannel;
    channel.onText((text) => {
      told.push(JSON.parse(text));
      heard.push(told.at(-1)!.type);
    });
    const say = async (message: ClientMessage) => {
      channel.send(JSON.stringify(message));
      await clock.run(0);
    };
    return { channel, heard, told, say };
  };
  return { clock, server, open };
}

/** The token that a client was given when it joined. */
function tokenIn(told: readonly ServerMessage[]): string {
  const [joined] = told;
  return joined.type === "roomJoined" ? joined.reconnectToken! : "";
}

const join = (participantName: string) =>
  ({ type: "joinRoom", roomId: "r", participantName }) as const;

Deno.test("a server tells the room before it answers, as SimplestChat does", async () => {
  const order: string[] = [];
  const { open } = visit();
  const [a, b] = [open(), open()];
  a.channel.onText((text) => order.push(`A ${JSON.parse(text).type}`));
  b.channel.onText((text) => order.push(`B ${JSON.parse(text).type}`));
  await a.say(join("A"));
  await b.say(join("B"));
  await b.say({ type: "leaveRoom" });
  assertEquals(order, [
    "A roomJoined",
    "A participantJoined",
    "B roomJoined",
    "A participantLeft",
  ]);
});

Deno.test("who loses the channel stays for 30 s as a ghost", async () => {
  const { clock, server, open } = visit();
  const [a, b] = [open(), open()];
  await a.say(join("A"));
  await b.say(join("B"));
  a.channel.drop();
  await clock.run(29_999);
  assertEquals(server.participants.size, 2);
  await clock.run(1);
  assertEquals(b.heard, ["roomJoined", "participantLeft"]);
  assertThrows(() => server.participant("A"), TypeError, "Cannot find A");
});

Deno.test("a server that is down refuses channels", () => {
  const { server } = visit();
  server.isDown = true;
  assertThrows(() => server.openChannel(), ChannelError, "refused");
});

Deno.test.each<{ honours: boolean }>([{ honours: true }, { honours: false }])(
  "a reconnect takes a ghost over only where tokens are honoured: $honours",
  async ({ honours }) => {
    const { clock, server, open } = visit({ honoursTokens: honours });
    const a = open();
    await a.say(join("A"));
    const { id } = server.participant("A");
    a.channel.drop();
    await clock.run(0);
    const again = open();
    await again.say({
      type: "reconnect",
      participantId: id,
      roomId: "r",
      reconnectToken: tokenIn(a.told),
    });
    assertEquals(again.heard, ["reconnectResult"]);
    await clock.run(30_000);
    assertEquals(server.participants.size, honours ? 1 : 0);
  },
);

Deno.test("a server that is late does what it is asked later, and then all of it", async () => {
  const { clock, server, open } = visit({ lateMs: 500 });
  const a = open();
  await a.say(join("A"));
  await clock.run(499);
  assertEquals([a.heard, server.participants.size], [[], 0]);
  await clock.run(1);
  assertEquals(a.heard, ["roomJoined"]);
});

Deno.test("what a test answers instead of the server, the server knows nothing of", async () => {
  const { server, open } = visit({
    intercept: ({ type }) =>
      type === "joinRoom" ? [{ type: "error", message: "full" }] : undefined,
  });
  const a = open();
  await a.say(join("A"));
  assertEquals([a.heard, server.participants.size], [["error"], 0]);
});

Deno.test("whoever is put out is told so, like everybody else in the room, and is gone", async () => {
  const { server, open } = visit();
  const [a, b] = [open(), open()];
  await a.say(join("A"));
  await b.say(join("B"));
  const { id } = server.participant("A");
  server.kick(server.participant("A"), "noise");
  const kicked = (told: readonly ServerMessage[]) =>
    told.filter(({ type }) => type === "participantKicked");
  const message = {
    type: "participantKicked",
    participantId: id,
    reason: "noise",
  };
  assertEquals<unknown>([kicked(a.told), kicked(b.told)], [[message], [
    message,
  ]]);
  assertEquals([...server.participants].map(({ name }) => name), ["B"]);
});

Deno.test("of two of one name the latest is meant, each in its own room", async () => {
  const { server, open } = visit();
  const [a, b] = [open(), open()];
  await a.say(join("A"));
  await b.say({ type: "joinRoom", roomId: "s", participantName: "A" });
  assertEquals(server.participant("A").roomId, "s");
  assertEquals(server.participants.size, 2);
  // Who is asked for again is the same.
  assertEquals(server.participant("A") === server.participant("A"), true);
});

Deno.test("a crash takes every channel, and each one says so", async () => {
  const { clock, server, open } = visit();
  const ends = [open(), open()];
  await ends[0].say(join("A"));
  const a = server.participant("A");
  assertEquals(server.openChannels, 2);
  server.dropChannels();
  await clock.run(0);
  assertEquals(server.openChannels, 0);
  for (const { channel } of ends) {
    assertEquals((await channel.closed).kind, "abnormal");
  }
  // The one that it had last is still to be looked at.
  assertEquals(a.channel === ends[0].channel, true);
});

Deno.test("a ghost's channel is the last one that it had, whenever it is asked for", async () => {
  const { clock, server, open } = visit({ honoursTokens: true });
  const first = open();
  await first.say(join("A"));
  first.channel.drop();
  await clock.run(0);
  // Nobody asked for it while its channel was there.
  const ghost = server.participant("A");
  assertEquals(ghost.channel === first.channel, true);
  const again = open();
  await again.say({
    type: "reconnect",
    participantId: ghost.id,
    roomId: "r",
    reconnectToken: tokenIn(first.told),
  });
  again.channel.drop();
  await clock.run(0);
  assertEquals(ghost.channel === again.channel, true);
});

Deno.test("a transport that was never announced is answered by nobody", () => {
  const { server } = visit();
  assertThrows(
    () =>
      server.createTransport(
        {
          iceParameters: { usernameFragment: "nobody", password: "x" },
        } as Parameters<typeof server.createTransport>[0],
        HANDLERS,
      ),
    TransportError,
    "nobody answers to nobody",
  );
});

Deno.test("a task that throws is taken out and told of, and the others go on", () => {
  const clock = new FakeClock();
  const scheduler = new FakeScheduler(clock, 10);
  const ran: number[] = [];
  const errors: unknown[] = [];
  const broken = {
    ...{ dueMs: 0, heapIndex: -1 },
    run() {
      throw new Error("broken");
    },
    onError: (error: unknown) => errors.push(error),
  };
  scheduler.schedule(broken);
  scheduler.schedule(task(0, 10, ran));
  clock.advance(30);
  assertEquals([errors.length, broken.heapIndex, scheduler.size], [1, -1, 1]);
  assertEquals(ran, [10, 10, 20, 30]);
});
