/** One coordinator and its agents, message by message, over a network that is well or not there. */

import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { writeKept } from "../../../lib/agents/kept_files.ts";
import { RemoteNode } from "../../../lib/agents/remote_node.ts";
import type { ClaimedAgent } from "../../../lib/agents/claimed_agent.ts";
import { ABOUT, begun, PLAN, World } from "./world.ts";
import { TempFolder } from "../../temp_folder.ts";

Deno.test("an agent is claimed, begins at the coordinator's time by its own clock, and is free again", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  const card = await world.within(100, agent.claim());
  assertEquals([card.id, card.host, card.cores], ["a1", "there", 2]);
  assertEquals(agent.name, "a1 (there)");
  const node = new RemoteNode("agent-0", agent, {
    ...{ onSnapshot() {}, onNote() {}, onDied() {} },
  }, world.clock);
  await world.within(2_000, node.prepare(PLAN));
  await world.within(100, node.begin(1e12 + 5_000));
  const [{ begunAtMs: [begunAtMs], plans: [plan] }] = world.nodes;
  // So capture times, too, are by the coordinator's clock.
  assert(Math.abs(plan.datapath.wallAheadMs! - 3_600_000) < 10);
  assert(Math.abs(begunAtMs - (1e12 - 3_600_000 + 5_000)) < 10);
  // All of it in a moment: nothing waits to be asked again.
  const last = await world.within(1_000, node.stop());
  assertEquals(last?.final, true);
  const { aheadMs, boundMs, leaps } = last!.offset!;
  assertLess(Math.abs(aheadMs! + 3_600_000), boundMs!);
  assertLess(boundMs!, 25);
  assertEquals(leaps, 0);
  assert(last!.trends.linkRoundTrip.count > 0);
  assertEquals(world.left, ["it was released"]);
  assertEquals(world.wereForsaken, [false]);
  assertEquals(world.host.isClaimed, false);
});

Deno.test("a second coordinator hears who has the agent, and gets it when it is free", async () => {
  await using world = new World();
  const first = world.claimant("r1", "me@laptop");
  await world.within(100, first.claim());
  await world.fake.run(60_000);
  const second = world.claimant("r2");
  await assertRejects(
    () => world.within(100, second.claim()),
    Error,
    "Cannot use a1: me@laptop has had it for 60 s. Wait, or take another.",
  );
  await world.within(100, first.release());
  await world.within(100, world.claimant("r3").claim());
});

Deno.test("an agent whose coordinator is gone leaves within 13 s, keeps its part of the run, and is free", async () => {
  await using world = new World();
  const link = world.net.open();
  const agent = world.claimant("r1", "me", link);
  await world.within(100, agent.claim());
  await begun(world, agent);
  link.isUp = false;
  await world.fake.run(11_000);
  assertEquals([world.host.isClaimed, world.nodes[0].stops], [true, 0]);
  await world.fake.run(3_000);
  assertEquals([world.host.isClaimed, world.nodes[0].stops], [false, 1]);
  assertEquals(world.left, ["no word of the coordinator in 12 s"]);
  assertEquals(world.wereForsaken, [true]);
  // Before anybody left, and when all had.
  const [before, after] = world.kept;
  assertEquals([world.kept.length, before.snapshot.final], [2, undefined]);
  const { offset, trends, ...rest } = after.snapshot;
  const { trends: told, ...others } = world.nodes[0].told.at(-1)!;
  assertEquals([rest, trends.join], [others, told.join]);
  assert(trends.linkRoundTrip.count > 0);
  assert(Math.abs(offset!.aheadMs! + 3_600_000) < 10);
  assertEquals(after.basis, {
    ...{ run: "r1", nodes: ["agent-0"], thresholds: ["loss < 1%"] },
    agent: {
      ...{ id: "a1", epoch: "e1", node: "agent-0" },
      machine: { host: "there", cores: null, isSynchronised: null },
      reason: "no word of the coordinator in 12 s",
    },
    ending: {
      kind: "interrupted",
      reason: "no word of the coordinator in 12 s",
    },
    ...{ streams: null, isDisrupted: false },
    ...{ unwatched: null, machineCpuRatio: null },
  });
  const { startedAt, config, totalPacketsSent } = after.summary;
  assertEquals(startedAt, new Date(1e12).toISOString());
  assertEquals([config, totalPacketsSent], [
    ABOUT.config,
    after.snapshot.counters.packetsSent,
  ]);
  assertEquals(
    after.course.seconds.reduce((sum, one) => sum + one.grown.packetsSent, 0),
    totalPacketsSent,
  );
});

Deno.test("of a lost agent it is told where its part is, under the name of the file", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const died: unknown[] = [];
  const node = new RemoteNode(
    "agent-0",
    agent,
    {
      ...{ onSnapshot() {}, onNote() {} },
      onDied: (...told) => died.push(...told),
    },
    world.clock,
    ABOUT,
  );
  await world.within(5_000, node.prepare(PLAN).then(() => node.begin(1e12)));
  world.there.isUp = false;
  await world.fake.run(20_000);
  using temp = new TempFolder();
  const dir = temp.path;
  const path = await writeKept(dir, world.kept[0]);
  assertEquals(died, [
    "no word in 16 s",
    `If it is still up, it leaves ${
      path.slice(dir.length + 1)
    }: "merge" makes one result of that and this run's directory.`,
  ]);
});

Deno.test("an agent keeps nothing of a run that its coordinator has all of", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  const node = await begun(world, agent);
  const last = await world.within(2_000, node.stop());
  assertEquals([last?.final, world.kept], [true, []]);
});

Deno.test.each([
  { awayMs: 2_000, told: [], why: "it is hardly missed" },
  { awayMs: 8_000, told: ["late", "back"], why: "it comes back in time" },
  {
    awayMs: 30_000,
    told: ["late", "no word in 16 s"],
    why: "it is written off",
  },
])("an agent is cut off for $awayMs ms: $why", async ({ awayMs, told }) => {
  await using world = new World();
  const agent = world.claimant("r1");
  const heard = hearing(agent);
  await world.within(100, agent.claim());
  world.there.isUp = false;
  await world.fake.run(awayMs);
  world.there.isUp = true;
  await world.fake.run(5_000);
  assertEquals<readonly string[]>(heard, told);
  assertEquals(world.host.isClaimed, awayMs < 12_000);
});

/** What is heard of whether an agent is there, as it comes. */
function hearing(agent: ClaimedAgent): string[] {
  const heard: string[] = [];
  agent.listen({
    ...{ onSnapshot() {}, onEvent() {} },
    onLate: () => heard.push("late"),
    onBack: () => heard.push("back"),
    onLost: (reason) => heard.push(reason),
  });
  return heard;
}

const GONE = "the broker nats://b:4222 has been unreachable since 19:21:03 UTC";

Deno.test.each([
  { awayMs: 5_000, told: [], left: [], why: "nothing is lost" },
  { awayMs: 11_000, told: [], left: [], why: "it is back just in time" },
  {
    awayMs: 30_000,
    told: [`no word in 16 s: ${GONE}`],
    left: [`no word of the coordinator in 12 s: ${GONE}`],
    why: "both ends name it as the cause",
  },
])(
  "the way between both is gone for $awayMs ms, and they know what it is: $why",
  async ({ awayMs, told, left }) => {
    await using world = new World();
    const link = world.net.open();
    const agent = world.claimant("r1", "me", link);
    const heard = hearing(agent);
    await world.within(100, agent.claim());
    for (const end of [link, world.there]) {
      end.isUp = false;
      end.trouble = GONE;
    }
    await world.fake.run(awayMs);
    for (const end of [link, world.there]) {
      end.isUp = true;
      end.trouble = undefined;
    }
    await world.fake.run(5_000);
    const silence = new Set(["late", "back"]);
    assertEquals<readonly string[]>(
      heard.filter((one) => !silence.has(one)),
      told,
    );
    assertEquals<readonly string[]>(world.left, left);
    assertEquals(world.host.isClaimed, left.length === 0);
  },
);

Deno.test.each([
  { trouble: undefined, why: "as far as is known the way is there" },
  { trouble: GONE, why: "the way is gone" },
])(
  "an agent that gives no last report is lost, and it is said why: $why",
  async ({ trouble }) => {
    await using world = new World();
    const link = world.net.open();
    const agent = world.claimant("r1", "me", link);
    await world.within(100, agent.claim());
    const died: string[] = [];
    const node = new RemoteNode("agent-0", agent, {
      ...{ onSnapshot() {}, onNote() {} },
      onDied: (reason) => died.push(reason),
    }, world.clock);
    await world.within(5_000, node.prepare(PLAN));
    await world.within(100, node.begin(1e12));
    world.there.isUp = false;
    link.trouble = trouble;
    const last = await world.within(30_000, node.stop());
    assertEquals([last, died], [undefined, [
      `it gave no last report, no word in 16 s${
        trouble === undefined ? "" : `: ${GONE}`
      }`,
    ]]);
    world.there.isUp = true;
  },
);

Deno.test.each([
  { stoodMs: 5_000, isThere: true, told: [], why: "its agent has waited" },
  { stoodMs: 60_000, isThere: true, told: [], why: "so it has, for all that" },
  {
    stoodMs: 20_000,
    isThere: false,
    told: ["no word of the coordinator in 12 s"],
    why: "it has left, and says so",
  },
])(
  "a coordinator that stood still for $stoodMs ms asks before it gives anybody up: $why",
  async ({ stoodMs, isThere, told }) => {
    await using world = new World();
    const agent = world.claimant("r1");
    const heard: string[] = [];
    agent.listen({
      ...{ onSnapshot() {}, onEvent() {}, onLate() {}, onBack() {} },
      onLost: (reason) => heard.push(reason),
    });
    await world.within(100, agent.claim());
    if (!isThere) world.host.leave("no word of the coordinator in 12 s");
    world.stoodMs = stoodMs;
    await world.fake.run(2_500);
    assertEquals<readonly string[]>(heard, told);
  },
);

Deno.test("who comes back after it was written off is told so, and leaves", async () => {
  await using world = new World();
  const agent = world.claimant("r1");
  await world.within(100, agent.claim());
  // It stands still: its own clock does not go on.
  await world.within(100, agent.release());
  assertEquals(world.host.isClaimed, false);
  await assertRejects(
    () => world.within(100, agent.do({ type: "ping" })),
    Error,
    "a1 (there) is lost: it was released",
  );
});
