/** Whole runs from the command line. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath as fromFileUrl } from "node:url";
import { summarySchema } from "../../lib/report/reading.ts";
import { startSfu } from "../../mod.ts";
import { ENGINES } from "../integration/sfu/engines.ts";
import { nothingListens, OutDir, runProgram } from "./program.ts";
import { openRelay } from "./relay.ts";

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: a run with an embedded server passes, delivers everything and leaves nothing`,
    ignore,
    fn: async () => {
      using out = new OutDir();
      const { code, stdout, stderr } = await runProgram(
        `run --embedded=${engine} -c 3 -d 2 -r 500ms --json --out ${out.path}`
          .split(" "),
      );
      assertEquals(code, 0);
      const { summary, results } = out.read();
      assertEquals(summarySchema.parse(JSON.parse(stdout)), summary);
      assertEquals(summary.successfulConnections, 3);
      assertEquals(summary.totalProducersCreated, 6);
      assertEquals(summary.totalConsumersCreated, 12);
      assertEquals(summary.totalErrors, 0);
      assertEquals(summary.partial, false);
      assertEquals(summary.server.engine, engine);
      assertGreaterOrEqual(summary.media.deliveryRatio ?? 0, 0.99);
      assertEquals(results.map(({ consumersFlowing }) => consumersFlowing), [
        4,
        4,
        4,
      ]);
      const [, url] = /on (ws:\S+), pid/.exec(stderr)!;
      await nothingListens(url);
    },
  });
}

Deno.test("the summary is text, and progress is kept apart from it", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  const { code, stdout, stderr } = await runProgram(
    `run -s ${sfu.url} -c 2 -d 2 -r 0 --workers 2 --audio-only --out ${out.path}`
      .split(" "),
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^PASSED {2}/);
  assertStringIncludes(stderr, "2 threads");
  assertMatch(stderr, /^media .* connected/m);
  const { summary } = out.read();
  assertEquals(summary.generator.workers, 2);
  assertEquals(summary.totalConsumersCreated, 2);
});

Deno.test("what an adapter prints is no data, and what it leaves open keeps no run from ending", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  const { code, stdout, stderr } = await runProgram([
    "run",
    ...`-s ${sfu.url} -c 1 -d 1 -r 0 --audio-only --json`.split(" "),
    `--signaling=${fromFileUrl(import.meta.resolve("./own_adapter.ts"))}`,
    "--signaling-option=leavings=yes",
    `--out=${out.path}`,
  ]);
  assertEquals(code, 0);
  assertEquals(summarySchema.parse(JSON.parse(stdout)).totalErrors, 0);
  assertStringIncludes(stderr, "printed by the adapter");
});

Deno.test("a run that its adapter ends has not passed", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  const { code, stderr } = await runProgram([
    "run",
    ...`-s ${sfu.url} -c 1 -d 1 -r 0 --audio-only --quiet`.split(" "),
    `--signaling=${fromFileUrl(import.meta.resolve("./own_adapter.ts"))}`,
    "--signaling-option=exits=yes",
    `--out=${out.path}`,
  ]);
  assertEquals([code, stderr], [
    1,
    "Cannot go on: an adapter or a scenario has ended this process. Have it throw an error instead.\n",
  ]);
});

Deno.test("a threshold that is not kept exits with 99, and is a failure in every file asked for", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  using more = new OutDir();
  const { code, stdout } = await runProgram([
    "run",
    "--quiet",
    `-s=${sfu.url}`,
    "-c=1",
    "-d=1",
    "-r=0",
    "--audio-only",
    "--threshold=connected == 100%",
    "--threshold=join min > 60m",
    `--out=${out.path}`,
    `--junit=${more.path}/junit.xml`,
    "--summary-md",
    "--ndjson",
    `${more.path}/seconds`,
  ], { GITHUB_STEP_SUMMARY: `${more.path}/step.md` });
  assertEquals(code, 99);
  const file = (name: string) => Deno.readTextFileSync(`${more.path}/${name}`);
  assertEquals(more.names(), ["junit.xml", "seconds", "step.md"]);
  assertMatch(file("junit.xml"), / failures="2" errors="0" /);
  assertMatch(file("step.md"), /^### ❌ rtcrowd meeting: failed\n/);
  const lines = file("seconds").trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  assertEquals(lines[0].type, "start");
  assert(lines.some(({ type, clients }) => type === "second" && clients === 1));
  assertEquals(summarySchema.parse(lines.at(-1).summary), out.read().summary);
  assertMatch(stdout, /^FAILED {2}/);
  assertEquals(out.read().summary.thresholds.map(({ passed }) => passed), [
    true,
    false,
  ]);
});

Deno.test("messages that are malformed or unknown are counted, and do no harm", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using relay = await openRelay(
    sfu.url,
    (
      text,
    ) => [`{"type":"surprise"}`, `not JSON`, `{"type":"newProducer"}`, text],
  );
  using out = new OutDir();
  const { code } = await runProgram(
    `run --quiet -s ${relay.url} -c 2 -d 1 -r 0 --out ${out.path}`.split(" "),
  );
  assertEquals(code, 0);
  const { summary } = out.read();
  assertEquals(summary.successfulConnections, 2);
  assertGreater(summary.unknownMessages, 10);
  assertEquals(summary.malformedMessages, 2 * summary.unknownMessages);
});

Deno.test("a server whose transports never connect breaks the run in bounded time", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using relay = await openRelay(sfu.url, (text) => {
    const message = JSON.parse(text);
    if (message.type !== "transportCreated") return [text];
    const iceCandidates = message.iceCandidates.map((candidate: object) => ({
      ...candidate,
      address: "127.0.0.1",
      // "discard", where nobody listens.
      port: 9,
    }));
    return [JSON.stringify({ ...message, iceCandidates })];
  });
  using out = new OutDir();
  const { code, stderr } = await runProgram(
    `run --quiet -s ${relay.url} -c 2 -d 60 -r 0 --out ${out.path}`.split(" "),
  );
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot finish the run: no client is left: [^\n]+\n$/);
  const { summary, results } = out.read();
  assertEquals(summary.verdict.status, "broke");
  assertEquals(summary.successfulConnections, 0);
  assert(
    results.every(({ errorDetails }) =>
      errorDetails.some(({ kind }) => kind === "ice")
    ),
  );
});
