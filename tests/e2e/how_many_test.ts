/** How many a server holds, with the real SFU, one of whose two workers gives out: one command, and what it ends with. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type {
  CapacityFindings,
  CapacityStep,
} from "../../scenarios/capacity_step.ts";
import { startOverfullSfu } from "../fixtures/overfull_worker.ts";
import { ENGINES } from "../integration/sfu/engines.ts";
import { OutDir, runProgram } from "./program.ts";

const { engine, ignore } = ENGINES.at(-1)!;
const OPTIONS = "roomSize=2 quality=720p joinRate=2 warmUp=1s steady=2s";

/** Searches at a server of two workers, each of which holds three publishers. */
async function search(options: string) {
  using out = new OutDir();
  await using sfu = await startOverfullSfu({ holds: 3 });
  const { code, stdout } = await runProgram([
    ...`capacity ${OPTIONS} ${options} --quiet --out`.split(" "),
    out.path,
    "--server",
    sfu.url,
    ...sfu.pids.map((pid) => `--monitor=pid:${pid}`),
  ]);
  const result: unknown = out.read().summary.scenario?.result;
  return { code, stdout, found: result as CapacityFindings, pids: sfu.pids };
}

/** Where the machine has time for it, one worker is named, or that its sockets overflow; where others have it, they are. The two workers have a row each, at any rate. */
function assertOneOfTwo(
  { busyThreads, limit }: CapacityStep,
  pids: readonly number[],
): void {
  const workers = busyThreads.filter(({ name }) => /^mediasoup/.test(name))
    .toSorted((a, b) => b.meanCpuRatio - a.meanCpuRatio);
  const [busy, idle] = workers;
  assertEquals(workers.length, 2, JSON.stringify(busyThreads));
  assert(idle.meanCpuRatio < busy.meanCpuRatio / 4, JSON.stringify(workers));
  assert(pids.some((pid) => busy.name.endsWith(`(${pid})`)));
  if (["this machine", "server sockets"].includes(limit!.kind)) return;
  assertEquals(limit!.kind, "server CPU", limit!.text);
  const [, at] =
    /, with one of two mediasoup-worke \(\d+\) at (\d+) %, the other idle/
      .exec(limit!.text) ?? [];
  assert(Number(at) >= 90, limit!.text);
}

Deno.test({
  name:
    "it ends with what held, what broke, and that one of two workers gave out first while the other was idle",
  ignore: ignore || Deno.build.os !== "linux",
  async fn() {
    assertEquals(engine, "mediasoup");
    const { code, stdout, found, pids } = await search(
      "start=3 most=4 limit=16s",
    );
    assertEquals(code, 0, stdout);
    assertMatch(stdout, /^PASSED {2}3 clients were healthy.*; limited by /);
    const broke = found.steps.find(({ clients }) => clients === 4)!;
    assertOneOfTwo(broke, pids);
    assertMatch(stdout, /^Held: 3, \d of \d looks passed, /m);
    // Where others spoilt every look for which there was time, nothing is known to have broken.
    assertMatch(
      stdout,
      found.broke === null
        ? /^Not finished: 4, 0 of (\d) looks? passed, \1 spoilt by other programs/m
        : /^Broke(, not finished)?: 4, 0 of \d looks? passed/m,
    );
    const { kind, text } = found.broke ?? found.limitedBy;
    assert(stdout.includes(`\nLimited by ${kind}: ${text}`), stdout);
  },
});

Deno.test({
  name:
    "where the order in which rooms fill decides, it says so, and what gave out when they were filled the other way",
  ignore: ignore || Deno.build.os !== "linux",
  async fn() {
    // Rooms that are made while nobody consumes are all on one worker.
    const { code, stdout, found, pids } = await search(
      "start=4 most=4 fill=rooms limit=25s",
    );
    assertEquals(code, 0, stdout);
    assertMatch(stdout, /^PASSED {2}4 clients were healthy; limited by most/);
    const spread = found.otherFill!;
    assertEquals([spread.fill, spread.healthy], ["spread", false]);
    assertOneOfTwo(spread, pids);
    const { kind, text } = spread.limit!;
    const line = stdout.split("\n").find((line) => line.startsWith("Rooms "));
    assertMatch(
      line!,
      /\(fill=spread\): 4 (broke|not finished), 0 of \d looks? passed/,
    );
    assert(line!.includes(`; ${kind}: ${text}`), line);
    assertEquals(
      line!.endsWith(
        ": what it holds depends on the order in which rooms fill",
      ),
      spread.isFinished,
    );
  },
});
