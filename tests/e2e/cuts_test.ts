/** Networks that are cut, and a coordinator that stands still: for a moment, and for longer than anybody waits. All at once, for it takes its time. */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import type { Summary } from "../../lib/metrics/mod.ts";
import { listAgents } from "../../lib/run/mod.ts";
import { type Sfu, spawnSfu } from "../../lib/sfu/mod.ts";
import { Broker, noNats } from "../integration/nats_box.ts";
import { Machine, noMachines } from "./cut_off.ts";
import { descendants, isAlive } from "./processes.ts";
import { OutDir, Program } from "./program.ts";

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;
const MOMENT_MS = 3_000;
const LONG_MS = 20_000;
/** An agent that hears nothing leaves after 12 s. */
const LEFT_MS = 14_500;

const wait = (ms: number) => new Promise((next) => setTimeout(next, ms));

/** What all of them are about. */
interface World {
  readonly server: string;
  readonly broker: Broker;
}

/** An agent at the broker, and what it says. */
class Agent implements AsyncDisposable {
  said = "";
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  constructor(
    { broker }: World,
    group: string,
    name: string,
    out: OutDir,
    machine?: Machine,
  ) {
    const host = machine?.hostAddress ?? "127.0.0.1";
    const args = [
      ...[Deno.execPath(), "run", "-A", "--quiet", MAIN, "agent"],
      ...["--broker", `nats://${host}:${broker.port}`, "--insecure-broker"],
      ...["--group", group, "--name", name, "--workers", "1"],
      ...["--out", out.path],
    ];
    const [program, ...rest] = machine?.command(args) ?? args;
    this.#child = new Deno.Command(program, {
      ...{ args: rest, env: { NO_COLOR: "1" } },
      ...{ stdin: "null", stdout: "null", stderr: "piped" },
    }).spawn();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const text = this.#child.stderr.pipeThrough(new TextDecoderStream());
    for await (const part of text) this.said += part;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await Promise.all([this.#child.status, this.#reading]);
  }
}

function runOf(
  { server }: World,
  out: OutDir,
  sec: number,
  agents: readonly string[],
): Program {
  const room = out.path.split(/\W/).at(-1)!;
  return new Program([
    ...["run", "--server", server, "--out", out.path, ...agents],
    ...["--room", room],
    ...["--clients", "4", "--rooms", "2", "--audio-only"],
    ...["--ramp-up", "500ms", "--duration", `${sec}s`],
  ]);
}

function atBroker({ broker }: World, group: string, count: number): string[] {
  return [
    ...["--agents", String(count), "--group", group, "--agent-wait", "30s"],
    ...["--broker", broker.url],
  ];
}

const connected = (program: Program) =>
  program.printed("stderr", /\b4 of 4 connected/);

/** A machine that is busy makes a run invalid, too. */
function assertNobodyWasLost({ invalid }: Pick<Summary, "invalid">): void {
  assert(!/was lost/.test(invalid?.reason ?? ""), invalid?.reason);
}

/** A network that is cut for a moment: nothing of the run is lost. */
async function cutForAMoment(world: World, machine: Machine): Promise<void> {
  using out = new OutDir();
  await using agent = new Agent(world, "moment", "a1", out, machine);
  await using program = runOf(world, out, 7, atBroker(world, "moment", 1));
  await connected(program);
  await machine.cut();
  await wait(MOMENT_MS);
  await machine.connect();
  await program.ended();
  const { summary, results } = out.read();
  assertNobodyWasLost(summary);
  assertEquals(summary.connectedAtEnd, 4);
  assertEquals(results.map(({ failureCause }) => failureCause), [
    ...[null, null, null, null],
  ]);
  assert(!agent.said.includes("no word"), agent.said);
}

/** One that is cut for long: its agent is lost, knows it before it is told, and is free when it is back. */
async function cutForLong(world: World, machine: Machine): Promise<void> {
  using out = new OutDir();
  await using away = new Agent(world, "long", "a1", out, machine);
  await using here = new Agent(world, "long", "a2", out);
  await using program = runOf(world, out, 24, atBroker(world, "long", 2));
  await connected(program);
  await machine.cut();
  await wait(LEFT_MS);
  assertMatch(away.said, /left its run: no word of the coordinator in 12 s/);
  await wait(LONG_MS - LEFT_MS);
  await machine.connect();
  const { code } = await program.ended();
  const { summary } = out.read();
  assertEquals([code, summary.verdict.status], [98, "invalid"]);
  assertMatch(
    summary.verdict.reason,
    /^a1 was lost at 0:\d\d with 2 clients: no word in 1[5-9] s$/,
  );
  assert(!here.said.includes("no word"), here.said);
  const left = out.names().filter((name) => name.startsWith("agent-a1"));
  assertEquals(left.length, 1, "what it had come to is not lost");
  const meeting = { broker: { url: world.broker.url, isInsecure: true } };
  for (const untilMs = Date.now() + 5_000;;) {
    const cards = await listAgents({ ...meeting, group: "long" });
    if (cards.filter(({ by }) => by === null).length === 2) break;
    assertLess(Date.now(), untilMs, "both are free");
  }
}

/** The broker is killed and comes back; returns what the run and its agents said. */
async function withoutBroker(
  { server }: World,
  ms: number,
  sec: number,
): Promise<
  {
    readonly summary: Summary;
    readonly code: number;
    readonly run: string;
    readonly agents: readonly string[];
    readonly kept: readonly string[];
  }
> {
  using out = new OutDir();
  await using broker = await Broker.start();
  const own = { server, broker };
  await using a1 = new Agent(own, "own", "a1", out);
  await using a2 = new Agent(own, "own", "a2", out);
  await using program = runOf(own, out, sec, atBroker(own, "own", 2));
  await connected(program);
  await broker.down();
  await wait(ms);
  await broker.up();
  const { code, stderr } = await program.ended();
  return {
    ...{ code, run: stderr, agents: [a1.said, a2.said] },
    summary: out.read().summary,
    kept: out.names().filter((name) => name.startsWith("agent-")),
  };
}

/** A broker that is gone for a moment costs nothing, and is named by all. */
async function brokerGoneForAMoment(world: World): Promise<void> {
  const { summary, run, agents, kept } = await withoutBroker(world, 5_000, 7);
  assertNobodyWasLost(summary);
  assertEquals([summary.connectedAtEnd, kept], [4, []]);
  for (const said of [run, ...agents]) {
    assertMatch(said, /^the broker nats:\S+ has been unreachable since /m);
    assertMatch(said, /^the broker nats:\S+ is back after \d+ s$/m);
    assert(!/no word|silent for/.test(said), said);
  }
}

/** One that is gone for longer than agents wait ends the run, and everybody names it as the cause. */
async function brokerGoneForLong(world: World): Promise<void> {
  const { summary, code, agents, kept } = await withoutBroker(
    world,
    LONG_MS,
    22,
  );
  assertEquals([code, summary.verdict.status], [1, "broke"]);
  const gone = "the broker nats:\\S+ has been unreachable since [\\d:]+ UTC";
  assertMatch(
    summary.verdict.reason,
    new RegExp(
      `^no client is left: a\\d was lost: no word in 1[5-9] s: ${gone}$`,
    ),
  );
  for (const { trouble } of summary.generator.nodes ?? []) {
    assertMatch(
      trouble ?? "",
      new RegExp(
        `^a\\d was lost at 0:\\d\\d with 2 clients: no word .* ${gone}$`,
      ),
    );
  }
  for (const said of agents) {
    assertMatch(
      said,
      new RegExp(
        `left its run: no word of the coordinator in 12 s: ${gone}; its part of it is in `,
      ),
    );
  }
  // What they had come to is not lost.
  assertEquals(kept.length, 2);
  const lost = summary.incidents.filter(({ kind }) => kind === "lost");
  assertEquals(lost.map(({ lost }) => lost?.node).sort(), ["a1", "a2"]);
}

/** The coordinator stands still for `ms`; returns what its agents were. */
async function standStill(program: Program, ms: number): Promise<number[]> {
  await connected(program);
  const agents = (await descendants(program.pid)).map(({ pid }) => pid);
  assertEquals(agents.length, 2);
  program.kill("SIGSTOP");
  await wait(ms);
  program.kill("SIGCONT");
  return agents;
}

/** A coordinator that stands still for a moment goes on. */
async function stillForAMoment(world: World): Promise<void> {
  using out = new OutDir();
  await using program = runOf(world, out, 4, ["--agents", "local:2"]);
  const agents = await standStill(program, 5_000);
  await program.ended();
  const { summary } = out.read();
  assertNobodyWasLost(summary);
  assertEquals(summary.partial, false);
  assertEquals(summary.connectedAtEnd, 4);
  assertEquals(agents.filter(isAlive), []);
}

/** One that stands still for long is left by its agents, and says so. */
async function stillForLong(world: World): Promise<void> {
  using out = new OutDir();
  await using program = runOf(world, out, 4, ["--agents", "local:2"]);
  const agents = await standStill(program, LONG_MS);
  const { code } = await program.ended();
  const { summary } = out.read();
  assertEquals([code, summary.verdict.status], [98, "invalid"]);
  // What they had come to is not lost.
  const left = out.names().filter((name) => name.startsWith("agent-"));
  assertEquals(left.length, 2);
  assertMatch(
    summary.verdict.reason,
    /^(agent-\d was lost at 0:\d\d with 2 clients: no word of the coordinator in 12 s(; |$)){2}/,
  );
  assertEquals(agents.filter(isAlive), []);
}

/** All of them, so that what becomes of each is told. */
async function together(all: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(all);
  const failures = outcomes.flatMap((one) =>
    one.status === "rejected" ? [one.reason] : []
  );
  if (failures.length > 0) throw new AggregateError(failures);
}

/** A server that a machine reaches, and this one. */
async function serveTo(
  { hostAddress }: Machine,
): Promise<{ readonly sfu: Sfu; readonly server: string } & AsyncDisposable> {
  const at = { host: "0.0.0.0", announceIp: hostAddress };
  const sfu = await spawnSfu({ engine: "werift", ...at });
  const { port } = new URL(sfu.url);
  return {
    sfu,
    server: `ws://${hostAddress}:${port}/ws`,
    [Symbol.asyncDispose]: () => sfu[Symbol.asyncDispose](),
  };
}

/** How many clients a server has. */
async function participantsAt({ httpUrl }: Sfu): Promise<number> {
  const response = await fetch(`${httpUrl}/health`);
  return (await response.json()).participants;
}

Deno.test({
  name:
    "a coordinator that stands still for 5 s goes on, and one that does for 20 s says that its agents left; networks that are cut for 3 s lose nothing, and for 20 s an agent; brokers that are gone for 5 s lose nothing, and for 20 s are named",
  ignore: await noNats() || await noMachines(),
  async fn() {
    await using first = await Machine.open(1);
    await using second = await Machine.open(2);
    await using broker = await Broker.start("", {}, "0.0.0.0");
    await using one = await serveTo(first);
    await using other = await serveTo(second);
    const [here, there] = [one, other].map(({ server }) => ({
      server,
      broker,
    }));
    await together([
      cutForAMoment(here, first),
      stillForAMoment(here),
      stillForLong(here),
      brokerGoneForAMoment(here),
      brokerGoneForLong(here),
      cutForLong(there, second),
    ]);
    assertEquals(await participantsAt(one.sfu), 0);
    // Those whose network was cut could not tell it that they left: it finds
    // out by itself, later.
    assertLess(await participantsAt(other.sfu), 3);
  },
});
