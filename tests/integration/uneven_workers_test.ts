/** The real SFU with two workers, and rooms that are all made before anybody consumes. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertNotMatch,
} from "@std/assert";
import { rampAndHold, run } from "../../mod.ts";
import {
  parseTarget,
  renderText,
  type SfuOptions,
  spawnSfu,
} from "../../tool.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { ENGINES } from "./sfu/engines.ts";
import { planOf } from "../plans.ts";

const { ignore } = ENGINES.find(({ engine }) => engine === "mediasoup")!;

async function runWith(workerChoice: SfuOptions["workerChoice"]) {
  await using sfu = await spawnSfu({
    engine: "mediasoup",
    workers: 2,
    workerChoice,
  });
  const { summary } = await run({
    server: { url: sfu.url },
    engine: "mediasoup",
    plan: planOf(8, {
      ...mediaPlanOf({ quality: "720p" }),
      stages: rampAndHold(8, 0, 3000),
      room: "young",
      rooms: 2,
    }),
    rampUpMs: 0,
    config: {},
    thresholds: [],
    monitor: sfu.pids.map((pid) => parseTarget(`pid:${pid}`)),
  });
  const workers = summary.server.load!.busyThreads
    .filter(({ name }) => name.startsWith("mediasoup"));
  const text = renderText(summary, { width: 100, color: false });
  const shares = workers.map(({ meanCpuRatio }) => meanCpuRatio);
  assertEquals(workers.length, 2, text);
  // A row each, with its own share.
  for (const { name } of workers) {
    assert(text.includes(`${name}   mean `), text);
  }
  return { text, least: Math.min(...shares), most: Math.max(...shares) };
}

Deno.test({
  name:
    "a server that puts young rooms on one worker has a row a worker, and the one that does it all is named as the likely limit; one that spreads them has not",
  ignore: ignore || Deno.build.os !== "linux",
  async fn() {
    const [young, spread] = await Promise.all([
      runWith("fewest-consumers"),
      runWith("round-robin"),
    ]);
    assertGreater(young.most, 0.02);
    assertLess(young.least, young.most / 4);
    assertMatch(
      young.text,
      /one of two mediasoup-worke \(\d+\) does \d+ % of the work: the likely limit/,
    );
    assertGreater(spread.least, spread.most / 4);
    assertNotMatch(spread.text, /likely limit/);
  },
});
