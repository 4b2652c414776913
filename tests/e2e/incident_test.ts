/** A server that stands still for a while: told as it happens, with the right time and clients, and over afterwards. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { OutDir, Program, runProgram } from "./program.ts";

const STOPPED_MS = 2500;

Deno.test("a server that was stopped for a moment is one incident of all clients, from when to when, and then all is well again", async () => {
  using out = new OutDir();
  await using program = new Program([
    "run",
    ..."--embedded=mediasoup -c 4 -d 14 -r 0 --video-only --out".split(" "),
    out.path,
  ]);
  const [, pids] = await program.printed("stderr", /pids? ([\d, ]+)$/m);
  await program.printed("stderr", /^media .* 4 of 4 connected/m);
  await sleep(1500);
  const stoppedMs = Date.now();
  signal(pids, "SIGSTOP");
  await sleep(STOPPED_MS);
  const wentOnMs = Date.now();
  signal(pids, "SIGCONT");
  await program.printed("stderr", /^over at .* clients without media/m);
  await program.printed("stderr", /^media (?!.*NOW)/m);
  const { stderr, stdout } = await program.ended();
  assertMatch(stderr, /^since 0:\d\d: 4 of 4 clients without media$/m);
  assertMatch(stderr, /^media .* NOW 4 of 4 clients without media$/m);
  assertMatch(stdout, /^Incidents .* UTC/m);
  const { summary } = out.read();
  const silences = summary.incidents.filter(({ kind }) => kind === "noMedia");
  assertEquals(silences.length, 1, JSON.stringify(summary.incidents));
  const [{ from, until, clients, clientIds, server }] = silences;
  assertEquals(
    clientIds,
    [0, 1, 2, 3].map((index) => `client-${index}`),
  );
  assertEquals(clients, 4);
  assert(Math.abs(Date.parse(from) - stoppedMs) < 1000, `${from}`);
  assert(Math.abs(Date.parse(until ?? "") - wentOnMs) < 1000, `${until}`);
  assert(server !== null && server.minCpuRatio < 0.05);
  // What did not come is lost while it does not come, and not when that shows.
  const during = summary.timeline.filter(({ tSec }) => {
    const ms = Date.parse(summary.startedAt) + tSec * 1000;
    return ms > stoppedMs + 1200 && ms < wentOnMs;
  });
  assert(during.length > 0);
  for (const { lossRatio } of during) assert(lossRatio > 0.9, `${lossRatio}`);
  const report = (client: string) =>
    runProgram(["report", out.path, "--client", client]);
  const { stdout: story } = await report("2");
  assertMatch(story, /^client-2 in /);
  assertMatch(story, /^0:\d\d\.\d-\S+ +connected .* 100 % +100 % /m);
  assertMatch(story, /^ +! 0:\d\d to 0:\d\d 4 of 4 clients without media$/m);
  const { code, stderr: refusal } = await report("client-7");
  assertEquals(code, 1);
  assertMatch(refusal, /the run had client-0 to client-3\.$/m);
});

function signal(pids: string, name: Deno.Signal): void {
  for (const pid of pids.split(",")) Deno.kill(Number(pid), name);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
