/** An agent, order by order, as whoever speaks to it sees it; and a coordinator that hears from whoever it is. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { RemoteNode } from "../../../lib/agents/remote_node.ts";
import type { ClaimedAgent } from "../../../lib/agents/claimed_agent.ts";
import {
  type Order,
  PROTOCOL,
  subjectsOf,
} from "../../../lib/agents/protocol/mod.ts";
import { VERSION } from "../../../version.ts";
import { begun, PLAN, World } from "./world.ts";

const SUBJECTS = subjectsOf("g");

/** Says something to the agent, as anybody can; resolves with its answer. */
async function say(
  world: World,
  order: unknown,
  subject = SUBJECTS.agent("a1"),
) {
  const asked = world.net.open()
    .request(subject, JSON.stringify(order), 1_000);
  return JSON.parse(await world.within(1_500, asked));
}

function claim(own: Partial<Order["body"]> = {}): Order {
  const body = { type: "claim", by: "me", version: VERSION, ...own };
  return { run: "r1", number: 0, body } as Order;
}

function work(number: number, work: unknown): Order {
  return { run: "r1", number, body: { type: "work", work } };
}

Deno.test("an agent tells everybody what it is, and whose", async () => {
  await using world = new World();
  const free = {
    ...{ id: "a1", host: "there", epoch: "e1", version: VERSION },
    ...{ protocol: PROTOCOL, cores: 2, memoryBytes: null },
  };
  const hello = () => say(world, "", SUBJECTS.hello);
  assertEquals(await hello(), { ...free, by: null, sinceMs: null });
  await say(world, claim());
  await world.fake.run(30_000 - 1_510);
  const { by, sinceMs, ...rest } = await hello();
  // Nobody is heard of for so long: it is free again.
  assertEquals([rest, by, sinceMs], [free, null, null]);
});

Deno.test("an agent of another version is not claimed, and stays free", async () => {
  await using world = new World();
  assertEquals(await say(world, claim({ version: "0.0.1" })), {
    type: "refused",
    message: `it has ${VERSION}, this is 0.0.1`,
  });
  assertEquals(world.host.isClaimed, false);
});

Deno.test("an order that comes twice is carried out once, and answered twice", async () => {
  await using world = new World();
  await say(world, claim());
  const prepare = work(1, { type: "prepare", plan: PLAN });
  const answers = [await say(world, prepare), await say(world, prepare)];
  assertEquals(answers.map(({ type }) => type), ["done", "done"]);
  assertEquals(answers[0], answers[1]);
  assertEquals(world.nodes.length, 1);
});

Deno.test.each([
  {
    why: "it is no work",
    work: { type: "nonsense" },
    message: /^Cannot read an order: type: /,
  },
  { why: "it is nothing", work: null, message: /^Cannot read an order: / },
  {
    why: "one of its numbers cannot be",
    work: { type: "stop", withinMs: 1e300 },
    message: /^Cannot read an order: withinMs: /,
  },
  {
    why: "clients are told whole only where they are added",
    work: { type: "command", command: { type: "drop", clients: [{}] } },
    message: /^Cannot read an order: command/,
  },
])("work that cannot be done is answered with why: $why", async ({
  work: what,
  message,
}) => {
  await using world = new World();
  await say(world, claim());
  const answer = await say(world, work(1, what));
  assertEquals(answer.type, "failed");
  assert(message.test(answer.message), answer.message);
  // And the next is done all the same.
  assertEquals((await say(world, work(2, { type: "ping" }))).type, "done");
});

Deno.test("an agent that was let go says so to whoever comes late with an order of that run", async () => {
  await using world = new World();
  await say(world, claim());
  await say(world, { run: "r1", number: 1, body: { type: "release" } });
  assertEquals(world.left, ["it was released"]);
  assertEquals(await say(world, work(2, { type: "ping" })), {
    type: "gone",
    reason: "it was released",
  });
  assertEquals(await say(world, claim()), {
    type: "gone",
    reason: "it was released",
  });
});

Deno.test("what is no order is not answered, for nobody can be told what became of it", async () => {
  await using world = new World();
  for (const order of [null, {}, { run: "r1" }, [claim()]]) {
    await assertRejects(() => say(world, order), Error, "no answer");
  }
  assertEquals(world.host.isClaimed, false);
});

/** What the coordinator of a claimed agent answers to a message from below. */
async function upward(
  world: World,
  message: unknown,
  subject = SUBJECTS.up("r1", "a1"),
) {
  return await say(world, message, subject);
}

const REPORT = {
  ...{ run: "r1", epoch: "e1", firstEvent: 0 },
  ...{ events: [] as unknown[], snapshot: null as unknown },
};

Deno.test("a report of another process than the one that was claimed is not taken, and that one is let go", async () => {
  await using world = new World();
  await world.within(100, world.claimant("r1").claim());
  assertEquals(await upward(world, { ...REPORT, epoch: "e2" }), {
    type: "released",
    reason: "it is another agent than the one that was claimed",
  });
  const { type, events } = await upward(world, REPORT);
  assertEquals([type, events], ["taken", 0]);
});

Deno.test.each([
  { why: "another run's", message: { ...REPORT, run: "r2" } },
  { why: "half a report", message: { run: "r1", epoch: "e1" } },
  { why: "no report", message: 7 },
])("what comes from below and is $why is not answered", async ({ message }) => {
  await using world = new World();
  await world.within(100, world.claimant("r1").claim());
  await assertRejects(() => upward(world, message), Error, "no answer");
});

/** All that is heard of an agent. */
function hearing(agent: ClaimedAgent): string[] {
  const heard: string[] = [];
  agent.listen({
    onSnapshot: ({ sequence }) => heard.push(`numbers ${sequence}`),
    onEvent: ({ type }) => heard.push(type),
    ...{ onLate() {}, onBack() {} },
    onLost: (reason) => heard.push(reason),
  });
  return heard;
}

const note = (text: string) => ({
  type: "note",
  note: { atMs: 1, clientId: null, level: "info", text },
});

Deno.test("events are told once each, however often and in whatever order reports of them come, also those before anybody listened", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const told = (firstEvent: number, ...texts: string[]) =>
    upward(world, { ...REPORT, firstEvent, events: texts.map(note) });
  await told(0, "a", "b");
  await told(0, "a");
  // What came before it has not come yet.
  assertEquals((await told(3, "d")).events, 2);
  assertEquals((await told(1, "b", "c", "d")).events, 4);
  const texts: string[] = [];
  agent.listen({
    ...{ onSnapshot() {}, onLate() {}, onBack() {}, onLost() {} },
    onEvent: (event) =>
      texts.push(event.type === "note" ? event.note.text : ""),
  });
  assertEquals(texts, ["a", "b", "c", "d"]);
  await told(4, "e");
  assertEquals(texts, ["a", "b", "c", "d", "e"]);
});

Deno.test.each([
  { why: "news that are none", own: { events: [{ type: "shout" }] } },
  { why: "numbers that are none", own: { snapshot: { epoch: 7 } } },
])(
  "an agent that tells $why is no part of the run any more, and is told so",
  async ({ own }) => {
    await using world = new World();
    const agent = world.claimant("r1");
    const heard = hearing(agent);
    await world.within(100, agent.claim());
    const { type, reason } = await upward(world, { ...REPORT, ...own });
    assertEquals(type, "released");
    assert(/^Cannot read an agent's (news|numbers)/.test(reason), reason);
    assertEquals(heard, [reason]);
    await assertRejects(
      () => world.within(100, agent.do({ type: "ping" })),
      Error,
      `a1 (there) is lost: ${reason}`,
    );
    // Once, and to whoever listens later.
    assertEquals(hearing(agent), [reason]);
  },
);

Deno.test("a server's names may be of any length: nothing of an agent is lost by that", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const died: string[] = [];
  const published: string[] = [];
  const node = new RemoteNode("agent-0", agent, {
    ...{ onSnapshot() {}, onNote() {} },
    onDied: (reason) => died.push(reason),
    onPublisher: ({ participantId }) => published.push(participantId),
  }, world.clock);
  await world.within(2_000, node.prepare(PLAN));
  const long = "p".repeat(50_000);
  world.nodes[0].publish({
    ...{ roomId: "r", participantId: long },
    tracks: [{ producerId: long, kind: "audio", packetsPerSecond: 1 }],
  });
  await world.fake.run(3_000);
  assertEquals(died, []);
  assertEquals(published.map((id) => long.startsWith(id)), [true]);
  await world.within(2_000, node.stop());
});

Deno.test("of very many notes in a second fifty are told, and how many more there were", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const texts: string[] = [];
  const node = new RemoteNode("agent-0", agent, {
    ...{ onSnapshot() {}, onDied() {} },
    onNote: ({ text }) => texts.push(text),
  }, world.clock);
  await world.within(2_000, node.prepare(PLAN));
  await world.fake.run(1_000);
  for (let i = 0; i < 80; i++) world.nodes[0].note(`note ${i}`);
  await world.fake.run(2_000);
  assertEquals(texts.length, 51);
  assertEquals(
    texts.slice(0, 50),
    Array.from({ length: 50 }, (_, i) => `note ${i}`),
  );
  assert(
    /^30 more notes of .* in a second, left out$/.test(texts[50]),
    texts[50],
  );
  // The next second begins anew.
  world.nodes[0].note("x".repeat(1_000));
  await world.fake.run(2_000);
  assertEquals(texts[51], "x".repeat(500));
  await world.within(2_000, node.stop());
});

Deno.test("of very many orders at once all are carried out, in the order in which they were given", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const node = await begun(world, agent);
  const all = Array.from({ length: 200 }, (_, i) => i);
  await world.within(
    200_000,
    Promise.all(
      all.map((index) => node.command({ type: "drop", clients: [index] })),
    ),
  );
  assertEquals(world.nodes[0].done, all);
  await world.within(2_000, node.stop());
});

Deno.test("who is lost is asked nothing more, and whoever waits in a queue is told", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const orders = Array.from({ length: 40 }, () => agent.do({ type: "ping" }));
  world.there.isUp = false;
  const outcomes = await world.within(30_000, Promise.allSettled(orders));
  const reasons = new Set(
    outcomes.map((one) =>
      one.status === "rejected" ? one.reason.message : "done"
    ),
  );
  assertEquals([...reasons], ["a1 (there) is lost: no word in 16 s"]);
  world.there.isUp = true;
});
