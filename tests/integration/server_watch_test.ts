import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { rampAndHold, run, type RunOptions } from "../../mod.ts";
import { parseTarget, spawnSfu } from "../../tool.ts";
import { startProxy } from "./proxy.ts";
import { ENGINES } from "./sfu/engines.ts";
import { planOf } from "../plans.ts";

const ignore = Deno.build.os !== "linux";

/** Three clients for three seconds. */
function options(
  url: string,
  monitor: readonly string[],
  holdMs = 3_000,
): RunOptions {
  return {
    server: { url },
    engine: "werift",
    plan: planOf(3, { stages: rampAndHold(3, 0, holdMs), room: "watched" }),
    rampUpMs: 0,
    config: {},
    thresholds: [],
    monitor: monitor.map(parseTarget),
  };
}

/** What a process has used so far, in seconds of CPU, and at most of memory. */
function used(
  pid: number,
): { readonly cpuSeconds: number; readonly mostBytes: number } {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const peak = Deno.readTextFileSync(`/proc/${pid}/status`)
    .match(/^VmHWM:\s+(\d+)/m);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    mostBytes: Number(peak?.[1]) * 1024,
  };
}

Deno.test(
  "a watched server's CPU, memory and people are in the summary and the timeline",
  {
    ignore,
  },
  async () => {
    await using sfu = await spawnSfu({ engine: "werift" });
    const [pid] = sfu.pids;
    const before = used(pid);
    const live: boolean[] = [];
    const { summary } = await run({
      ...options(sfu.url, [`pid:${pid}`, `port:${sfu.port}`, sfu.httpUrl]),
      onProgress: ({ point }) => live.push(point.server !== undefined),
    });
    const after = used(pid);
    // On a busy machine it may be invalid, and is watched all the same.
    assert(["passed", "invalid"].includes(summary.verdict.status));

    const { load, reported, notes } = summary.server;
    assert(load !== null);
    assertEquals(reported?.maxParticipants, 3);
    assertEquals(notes, []);
    const seconds = summary.elapsedMs / 1000;
    const spent = after.cpuSeconds - before.cpuSeconds;
    const said = load.cpuSeconds;
    // It is watched from the first second to the last.
    assert(
      Math.abs(said - load.meanCpuRatio * seconds) < 0.1 * said + 0.05,
      `${said} s, ${load.meanCpuRatio} of ${seconds} s`,
    );
    // Two targets are one server: twice the CPU would be wrong by 100 %.
    assert(
      Math.abs(said - spent) < 0.25 * spent + 0.1,
      `${said} of ${spent} s`,
    );
    assert(load.maxRssBytes <= after.mostBytes);
    assert(load.maxRssBytes > 0.8 * after.mostBytes);
    assert(load.maxFds! >= 9, "each client has a WebSocket and two transports");
    assertMatch(load.busiestProcess.name, new RegExp(`\\(${pid}\\)$`));
    const { cpuPerServerCpu, cpuSeconds } = summary.generator;
    assert(
      Math.abs(cpuPerServerCpu! - cpuSeconds / seconds / load.meanCpuRatio) <
        0.05,
    );

    const points = summary.timeline.flatMap(({ server }) => server ?? []);
    assert(points.length >= 3, `${points.length} points`);
    assert(points.every(({ rssBytes }) => rssBytes > 0));
    assert(live.some((known) => known));
  },
);

for (const { engine, ignore } of ENGINES) {
  Deno.test(
    `${engine}: a proxy that is watched is named once, the server itself never`,
    {
      ignore: ignore || Deno.build.os !== "linux",
    },
    async () => {
      await using sfu = await spawnSfu({ engine });
      await using proxy = await startProxy(sfu.port);
      const url = `ws://127.0.0.1:${proxy.port}/ws`;
      const notesOf = async (monitor: string) => {
        const { summary } = await run({
          ...options(url, [monitor], 6_500),
          engine,
        });
        assert(
          summary.totalPacketsReceived > 500,
          `${summary.totalPacketsReceived}`,
        );
        return summary.server.notes;
      };
      const [watchingProxy, watchingServer] = await Promise.all([
        notesOf(`port:${proxy.port}`),
        notesOf(`port:${sfu.port}`),
      ]);
      assertEquals(watchingServer, []);
      assertEquals(watchingProxy.length, 1);
      assertStringIncludes(
        watchingProxy[0],
        `What port:${proxy.port} watches (deno, pid ${proxy.pid}) holds no UDP sockets: it does not carry the media`,
      );
    },
  );
}

Deno.test("a monitor that sees nothing is a note, and the run goes on", {
  ignore,
}, async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const told: string[] = [];
  const { summary } = await run({
    ...options(sfu.url, ["cmd:rtcrowd-no-such", "http://127.0.0.1:1"]),
    onServerNote: (text) => told.push(text),
  });
  assertEquals(summary.verdict.status, "passed");
  assertEquals([summary.server.load, summary.server.reported], [null, null]);
  assertEquals(summary.server.notes.length, 2);
  assertEquals(told, summary.server.notes);
  assert(summary.server.notes.includes("No process is called rtcrowd-no-such"));
});
