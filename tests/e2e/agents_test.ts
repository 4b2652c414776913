/** The program with its clients in other processes, of which some are killed or stand still. */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { spawnSfu } from "../../lib/sfu/mod.ts";
import { descendants, isAlive } from "./processes.ts";
import { mergeTrendJson, type Summary } from "../../lib/metrics/mod.ts";
import { type SavedRun, unpackRun } from "../../lib/report/mod.ts";
import { OutDir, Program, runProgram } from "./program.ts";

/** Everything of it but what it writes. */
function agentsRun(
  url: string,
  out: string,
  clients = 6,
  duration = "5s",
): string[] {
  return [
    ...["run", "--server", url, "--agents", "local:3", "--out", out],
    ...["--clients", String(clients), "--rooms", "2", "--audio-only"],
    ...["--ramp-up", "500ms", "--duration", duration],
  ];
}

/** The processes of its agents, once clients are there. */
async function agentsOf(program: Program): Promise<number[]> {
  await program.printed("stderr", /\b6 of 6 connected/);
  const agents = await descendants(program.pid);
  assertEquals(agents.length, 3);
  return agents.map(({ pid }) => pid);
}

async function keptIn(path: string): Promise<SavedRun> {
  return await unpackRun(await Deno.readFile(path));
}

async function gone(pids: readonly number[]): Promise<number> {
  const before = performance.now();
  while (pids.some(isAlive)) await new Promise((next) => setTimeout(next, 50));
  return performance.now() - before;
}

/** Of six clients two are gone with a machine: in the figures of all and of each in the same words, and as what it is. */
function assertLossIsTold(summary: Summary, unknown: number): void {
  const { successfulConnections, connectedAtEnd, unknownAtEnd } = summary;
  assertEquals([successfulConnections, connectedAtEnd, unknownAtEnd], [
    ...[6, 4, unknown],
  ]);
  const rows = summary.generator.nodes ?? [];
  assertEquals(
    rows.map((row) => [row.successfulConnections, row.connectedAtEnd]),
    [[2, 2], [2, 0], [2, 2]],
  );
  assertEquals(
    rows.map((row) => [row.failedConnections, row.unknownAtEnd]),
    [[0, 0], [0, unknown], [0, 0]],
  );
  const kinds = summary.incidents.map(({ kind }) => kind);
  assertEquals([kinds.includes("lost"), kinds.includes("away")], [true, false]);
}

Deno.test("of three agents one is killed and one stands still for 5 s: the run goes on, is invalid, and says who was lost with whom", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  using out = new OutDir();
  await using program = new Program(agentsRun(sfu.url, out.path));
  const agents = await agentsOf(program);
  Deno.kill(agents[1], "SIGKILL");
  Deno.kill(agents[2], "SIGSTOP");
  setTimeout(() => Deno.kill(agents[2], "SIGCONT"), 5_000);
  const { code } = await program.ended();
  const { summary, results } = out.read();
  assertEquals([code, summary.exitCode], [98, 98]);
  assertMatch(
    summary.verdict.reason,
    /^agent-1 was lost at 0:0\d with 2 clients.*SIGKILL/,
  );
  const lost = results.filter(({ failureCause }) => failureCause !== null);
  assertEquals(lost.map(({ node }) => node), ["agent-1", "agent-1"]);
  assertLossIsTold(summary, 0);
  assertEquals(agents.filter(isAlive), []);
});

Deno.test("the coordinator is killed: its agents leave, nothing is left at the server, and what they counted is put together exactly", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  using out = new OutDir();
  await using program = new Program(agentsRun(sfu.url, out.path));
  const agents = await agentsOf(program);
  program.kill("SIGKILL");
  assertLess(await gone(agents), 12_000);
  const { participants } = await (await fetch(`${sfu.httpUrl}/health`)).json();
  assertEquals(participants, 0);
  const left = await Promise.all(
    [...Deno.readDirSync(out.path)].map(({ name }) => name)
      .filter((name) => name.startsWith("agent-")).sort()
      .map((name) => keptIn(`${out.path}/${name}`)),
  );
  assertEquals(left.map(({ basis }) => basis?.agent?.node), [
    ...["agent-0", "agent-1", "agent-2"],
  ]);
  using all = new OutDir();
  const merged = await runProgram([
    ...["merge", out.path, "--out", all.path, "--json"],
  ]);
  assertEquals([merged.code, merged.stderr], [0, ""]);
  const { summary, results } = all.read();
  assertEquals(JSON.parse(merged.stdout), summary);
  assertEquals(summary.verdict.status, "interrupted");
  assertMatch(summary.verdict.reason, /^its coordinator was lost/);
  const counted = (name: string) =>
    left.reduce((sum, one) => sum + (one.snapshot.counters[name] ?? 0), 0);
  assertEquals(
    [
      ...[summary.totalPacketsSent, summary.totalPacketsReceived],
      ...[summary.totalConsumersCreated, results.length],
    ],
    [
      ...[counted("packetsSent"), counted("packetsReceived")],
      ...[counted("consumersCreated"), 6],
    ],
  );
  assertEquals(
    summary.generator.nodes?.map(({ clockBoundMs }) => clockBoundMs !== null),
    [true, true, true],
  );
  const { snapshot, course } = await keptIn(
    `${all.path}/load_test_snapshot.json.gz`,
  );
  assertEquals(
    snapshot.trends.mediaLatency,
    mergeTrendJson(left.map((one) => one.snapshot.trends.mediaLatency)),
  );
  assertEquals(
    course.seconds.reduce((sum, { grown }) => sum + grown.packetsSent, 0),
    summary.totalPacketsSent,
  );
});

Deno.test("one of three agents may be lost: it is killed, and the run passes by the others, and says so", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  using out = new OutDir();
  await using program = new Program([
    ...agentsRun(sfu.url, out.path, 6, "3s"),
    "--allow-lost=1",
  ]);
  const agents = await agentsOf(program);
  Deno.kill(agents[1], "SIGKILL");
  const { code, stderr } = await program.ended();
  const { summary, results } = out.read();
  assertEquals([code, summary.exitCode], [0, 0], stderr);
  const { failedConnections, totalErrors, generator } = summary;
  assertEquals([failedConnections, totalErrors], [0, 0]);
  assertEquals(
    results.map(({ failureCause }) => failureCause).filter(Boolean),
    [],
  );
  const says = /agent-1 was lost at 0:0\d with 2 clients: .*SIGKILL.*allows$/m;
  assertMatch(generator.notes.join("\n"), says);
  assertMatch(summary.verdict.reason, says);
  assertEquals(
    results.filter(({ state }) => state === "lost").map(({ node }) => node),
    ["agent-1", "agent-1"],
  );
  assertLossIsTold(summary, 2);
  assertEquals(
    generator.nodes?.map(({ trouble }) => trouble !== null),
    [false, true, false],
  );
});

Deno.test("Ctrl+C has the agents leave, and sums up what was", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  using out = new OutDir();
  await using program = new Program(agentsRun(sfu.url, out.path));
  const agents = await agentsOf(program);
  program.kill("SIGINT");
  const { code } = await program.ended();
  const { summary } = out.read();
  assertEquals([code, summary.verdict.status], [130, "interrupted"]);
  assertEquals(summary.successfulConnections, 6);
  assertEquals(agents.filter(isAlive), []);
});
