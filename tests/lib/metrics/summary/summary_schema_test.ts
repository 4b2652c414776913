import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  type ClientState,
  COUNTED,
  type CounterName,
  EMPTY_SNAPSHOT,
  type Incident,
  mergeSnapshots,
  metric,
  namesOf,
  NodeMeter,
  type Snapshot,
  snapshotBetween,
  STEPS_PER_UNIT,
  summarize,
  type TrendName,
} from "../../../../lib/metrics/mod.ts";
import { summarySchema } from "../../../../lib/metrics/summary/summary_schema.ts";
import { recorderOf } from "../client.ts";
import { type Generator, generator } from "../generate.ts";
import { noMedia } from "../seconds/incident.ts";
import { madeUpRun } from "../run.ts";

type Json = Record<string, unknown>;

/** A summary of everything that there can be in one, as its file has it. */
function whole(): Json {
  const run = madeUpRun();
  const [failed, ...others] = run.snapshot.clients.toReversed();
  const clients = [{ ...failed, impairment: "3g" }, ...others];
  const part = (node: string): Snapshot => ({ ...run.snapshot, node });
  const { parts } = mergeSnapshots([part("agent-0"), part("agent-1")]);
  const incident: Incident = {
    ...noMedia({ fromSec: 1, untilSec: null }),
    lost: { node: "agent-1", atSec: 1, reason: "gone" },
    also: [{ kind: "freezes", clients: 1, worstRatio: 1 }],
    server: {
      cpuRatioBefore: null,
      minCpuRatio: 0,
      maxCpuRatio: 1,
      udpDrops: 0,
    },
  };
  const summary = summarize({
    ...run,
    incidents: [incident],
    scenario: {
      name: "conference",
      result: { of: [1, null] },
      figuresOf: "it",
    },
    snapshot: {
      ...run.snapshot,
      clients,
      consumersAllowed: 4,
      parts: parts!.map((one) => ({
        ...one,
        machine: { host: "h", cores: 2, isSynchronised: null },
      })),
      candidates: [{
        protocol: "udp",
        address: "::1",
        family: "IPv6",
        problem: null,
        clients: 1,
      }],
      others: [{
        producerId: "p",
        hasFlowed: false,
        isSilent: true,
        codec: "video/H265",
        refusal: null,
      }],
    },
  });
  return JSON.parse(JSON.stringify(summary));
}

/** The summary with one value in place of that at a path of keys; without it, where that is `undefined`. */
function changed(path: string, value: unknown): Json {
  const summary = whole();
  const keys = path.split("/");
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => {
    assert(Object.hasOwn(at, key), `${path}: there is no ${key}`);
    return at[key] as Json;
  }, summary);
  if (value === undefined) {
    assert(Object.hasOwn(parent, last), `${path}: there is no ${last}`);
    delete parent[last];
  } else parent[last] = value;
  return summary;
}

Deno.test("a summary of all that there can be is what its definition says", () => {
  const summary = whole();
  assertEquals<unknown>(summarySchema.parse(summary), summary);
  for (const key of ["scenario", "groups", "others", "consumerLimit"]) {
    assert(Object.keys(summary[key] as Json).length > 0, key);
  }
  assertEquals((summary.generator as { nodes: unknown[] }).nodes.length, 2);
});

Deno.test.each<{ path: string; value: unknown; why: string }>([
  { path: "version", value: undefined, why: "which program wrote it" },
  { path: "startedAt", value: "yesterday", why: "no time" },
  { path: "startedAt", value: "2026-01-02", why: "a day is no time" },
  { path: "elapsedMs", value: -1, why: "time does not run backwards" },
  { path: "elapsedMs", value: null, why: "it is always known" },
  { path: "elapsedMs", value: Infinity, why: "nothing lasts for ever" },
  { path: "elapsedMs", value: NaN, why: "no number" },
  { path: "elapsedMs", value: "5", why: "a text is no number" },
  { path: "seed", value: null, why: "a run has one" },
  { path: "config", value: [], why: "options have names" },
  { path: "totalClients", value: 1.5, why: "no half clients" },
  { path: "totalClients", value: -1, why: "nor fewer than none" },
  { path: "totalClients", value: 2 ** 53, why: "nor more than can be counted" },
  { path: "verdict/status", value: "fine", why: "a status of its own" },
  { path: "verdict/reason", value: undefined, why: "a verdict has a reason" },
  { path: "exitCode", value: 0.5, why: "exit codes are whole" },
  { path: "invalid", value: undefined, why: "null says that it is valid" },
  { path: "invalid", value: {}, why: "who is invalid says why" },
  { path: "partial", value: 0, why: "true or false" },
  { path: "judgement/0/figure", value: "speed", why: "a figure without bands" },
  { path: "judgement/0/band", value: "ok", why: "a band of its own" },
  { path: "judgement/0/value", value: null, why: "what is judged is known" },
  { path: "server/engine", value: undefined, why: "null says elsewhere" },
  { path: "server/notes", value: undefined, why: "there may be none of them" },
  { path: "server/load/samples", value: 0.5, why: "looks are counted" },
  { path: "server/load/maxFds", value: -1, why: "open files are counted" },
  {
    path: "server/load/udpDrops",
    value: null,
    why: "null is for what is unknown",
  },
  {
    path: "server/load/busiestProcess",
    value: null,
    why: "there always is one",
  },
  { path: "server/reported/errors", value: 1.5, why: "errors are counted" },
  { path: "scenario/name", value: undefined, why: "a scenario has a name" },
  { path: "scenario/result", value: undefined, why: "and found something" },
  { path: "rooms/0/roomId", value: 7, why: "an id is a text" },
  { path: "rooms/0/silentRatio", value: -0.1, why: "a share below nothing" },
  { path: "rooms/0/totalErrors", value: null, why: "errors are counted" },
  { path: "rooms/0/freezeCount", value: undefined, why: "of each room" },
  {
    path: "media/loss/ratio",
    value: null,
    why: "0 where nothing was expected",
  },
  { path: "media/loss/lost", value: -6, why: "lost is not given" },
  { path: "media/latencyMs/p95Ms", value: null, why: "0 where none was" },
  { path: "media/lossOrigin/late", value: null, why: "ours is known" },
  { path: "media/impaired/inbound/dropped", value: 0.1, why: "packets" },
  { path: "media/video/longestFreezeMs", value: undefined, why: "0 of none" },
  { path: "metrics/loss/type", value: "share", why: "a type of its own" },
  { path: "metrics/loss/unit", value: "percent", why: "a unit of its own" },
  { path: "metrics/loss/values", value: { count: 1 }, why: "of another type" },
  { path: "metrics/join/values/count", value: 0.5, why: "values are counted" },
  { path: "metrics/join/values/p(5)", value: undefined, why: "all of them" },
  { path: "generator/workers", value: null, why: "threads are known" },
  { path: "generator/cpuRatio", value: -0.1, why: "less than nothing" },
  { path: "generator/standstills", value: undefined, why: "there may be none" },
  { path: "generator/nodes/0/name", value: null, why: "each has a name" },
  { path: "generator/nodes/0/clients", value: null, why: "and its clients" },
  { path: "thresholds/0/passed", value: null, why: "it passed or did not" },
  { path: "thresholds/0/unit", value: "bytes", why: "no unit of thresholds" },
  { path: "thresholds/0/samples", value: 0.5, why: "values are counted" },
  { path: "incidents/0/kind", value: "boom", why: "a kind of its own" },
  { path: "incidents/0/from", value: "11:02", why: "no time" },
  { path: "incidents/0/until", value: undefined, why: "null: to the end" },
  { path: "incidents/0/also/0/kind", value: "x", why: "a kind of its own" },
  { path: "incidents/0/lost/node", value: undefined, why: "which was lost" },
  { path: "worstClients/clients/0/errorCount", value: -1, why: "counted" },
  { path: "worstClients/worstOther", value: undefined, why: "null: nobody" },
  { path: "groups/impaired/clients", value: undefined, why: "how many" },
  { path: "candidates/0/family", value: "IPv5", why: "there is none" },
  { path: "candidates/0/problem", value: undefined, why: "null: taken" },
  { path: "consumerLimit/denied", value: undefined, why: "of whom" },
  { path: "others/codecs", value: [], why: "by their names" },
  { path: "errors/dtls/count", value: undefined, why: "how often" },
  { path: "timeline/0/lossRatio", value: null, why: "0 of nothing" },
  { path: "timeline/0/clients", value: 0.5, why: "no half clients" },
  { path: "timeline/1/server/fds", value: 1.5, why: "open files are counted" },
  { path: "timeline", value: undefined, why: "it may be empty" },
])("no summary has $value as $path: $why", ({ path, value }) => {
  assertFalse(summarySchema.safeParse(changed(path, value)).success);
});

Deno.test.each<{ path: string; value: unknown; why: string }>([
  { path: "startedAt", value: "2026-01-02T03:04:05Z", why: "no milliseconds" },
  { path: "elapsedMs", value: 0, why: "a run of no time" },
  { path: "seed", value: -7.5, why: "whatever was drawn from" },
  {
    path: "totalBytesSent",
    value: 2 ** 53 - 1,
    why: "as many as there can be",
  },
  { path: "totalPacketsSent", value: 2 ** 32 + 1, why: "more than 32 bits" },
  { path: "server/load", value: null, why: "nobody watched" },
  { path: "server/reported", value: null, why: "nobody asked" },
  { path: "server/load/hostUdpErrors", value: null, why: "it does not say" },
  { path: "media/deliveryRatio", value: null, why: "nothing to divide by" },
  { path: "media/deliveryRatio", value: 1.25, why: "what was on its way" },
  { path: "media/lossOrigin/inServer", value: null, why: "nobody can see it" },
  { path: "rooms", value: [], why: "nobody was there" },
  { path: "timeline", value: [], why: "no second was over" },
  { path: "judgement", value: [], why: "nothing was to be had" },
  {
    path: "generator/wallJumps",
    value: [{ node: "n", atMs: 1, byMs: -5 }],
    why: "set back",
  },
  { path: "generator/nodes", value: undefined, why: "one machine" },
  { path: "generator/nodes/0/clockAheadMs", value: -3, why: "behind" },
  { path: "scenario", value: undefined, why: "a plan that was given" },
  { path: "scenario/result", value: null, why: "it found nothing" },
  { path: "scenario/figuresOf", value: undefined, why: "all of the run" },
  { path: "thresholds/0/value", value: null, why: "nothing was measured" },
  { path: "thresholds/0/value", value: -1, why: "whatever it was" },
  { path: "thresholds/1/worst", value: undefined, why: "nobody was hurt" },
  { path: "incidents/0/lost", value: undefined, why: "no machine was" },
  { path: "groups", value: {}, why: "all are alike" },
  { path: "errors", value: {}, why: "none" },
  {
    path: "config",
    value: { a: [{ b: null }], c: "x", d: -1 },
    why: "any JSON",
  },
])("a summary may have $value as $path: $why", ({ path, value }) => {
  const summary = changed(path, value);
  assertEquals<unknown>(summarySchema.parse(summary), summary);
});

Deno.test.each<{ path: string; is: unknown }>([
  { path: "incidents", is: [] },
  { path: "incidentsLeftOut", is: 0 },
  { path: "candidates", is: [] },
  { path: "groups", is: {} },
  { path: "consumerLimit", is: null },
  { path: "unknownAtEnd", is: 0 },
  { path: "rooms/0/unknownAtEnd", is: 0 },
  { path: "rooms/0/p50ConnectionTimeMs", is: null },
  { path: "generator/dtls", is: "" },
  { path: "server/load/busyThreads", is: [] },
  { path: "worstClients/clients/0/reason", is: "" },
  { path: "groups/impaired/concealedRatio", is: null },
  {
    path: "others",
    is: {
      codecs: {},
      refusals: {},
      neverSent: 0,
      fellSilent: 0,
      flowed: 0,
      packetsReceived: 0,
    },
  },
])(
  "a file of a time when nobody wrote $path is read as one that says nothing of it",
  ({ path, is }) => {
    const parsed = summarySchema.parse(changed(path, undefined));
    const found = path.split("/").reduce(
      (at, key) => at[key] as Json,
      parsed as unknown as Json,
    );
    assertEquals<unknown>(found, is);
  },
);

Deno.test("what a later version adds does not keep an earlier one from reading the rest", () => {
  const summary = whole();
  assertEquals<unknown>(
    summarySchema.parse({ ...summary, mood: "good" }),
    summary,
  );
});

const STATES: readonly ClientState[] = [
  "planned",
  "joining",
  "connected",
  "away",
  "failed",
  "left",
  "lost",
];

/** A snapshot in which each counter and each trend has something at times; parts are no more than their wholes. */
function anything(generate: Generator): Snapshot {
  const { below, duration } = generate;
  const meter = new NodeMeter("n");
  const draw = (most: number) => below(3) === 0 ? 0 : below(most);
  for (const name of namesOf({ type: "counter" })) {
    meter.counters[name] = metric(name).unit === "ms"
      ? draw(1e9) / 1000
      : draw(1e6);
  }
  for (const name of namesOf({ type: "gauge" })) meter.gauges[name] = draw(50);
  const parts: readonly (readonly [CounterName, CounterName])[] = [
    ["packetsFromOthers", "packetsReceived"],
    ["tracksSilentMs", "tracksDueMs"],
    ["tracksAwayMs", "tracksSilentMs"],
    ["videosBegun", "framesRendered"],
  ];
  const within = (counts: Record<string, number>) => {
    for (const [part, all] of parts) {
      if (part in counts) counts[part] = Math.min(counts[part], counts[all]);
    }
  };
  within(meter.counters);
  for (const name of namesOf({ type: "trend" })) {
    const unit = STEPS_PER_UNIT[metric(name).unit as "ms"];
    for (let i = draw(4); i > 0; i--) {
      meter.trend(name).record(Math.min(duration(), 5000 * unit));
    }
  }
  for (const name of ["signaling.a", "signaling.constructor"] as TrendName[]) {
    if (below(2) === 0) meter.trend(name).record(duration());
  }
  for (let i = draw(4); i > 0; i--) {
    meter.countError(["x", "constructor"][below(2)]);
  }
  const clients = Array.from({ length: below(6) }, (_, index) => {
    const client = recorderOf(index, {
      roomId: ["a", "b", "constructor"][below(3)],
      role: below(2) === 0 ? "publisher" : "viewer",
    });
    const { figures } = client;
    for (const name of Object.values(COUNTED).flat()) {
      if (Object.hasOwn(figures, name)) {
        (figures as unknown as Record<string, number>)[name] = draw(1e6);
      }
    }
    within(figures as unknown as Record<string, number>);
    figures.state = STATES[below(7)];
    figures.connectionSuccessful = below(3) > 0;
    figures.isAway = below(4) === 0;
    figures.sessionDurationMs = draw(1e6) / 7;
    figures.withoutMediaMs = draw(2e4) / 3;
    return client;
  });
  return meter.snapshot({
    atMs: draw(1e6) / 3,
    clients,
    generator: {
      ...EMPTY_SNAPSHOT.generator,
      workers: below(3),
      cpuUs: draw(1e9),
      threadUs: draw(1e9),
      kernelDrops: below(2) === 0 ? null : draw(9),
    },
  });
}

Deno.test("whatever a run came to, its summary is what its definition says", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const generate = generator(seed);
    const snapshot = anything(generate);
    const endings = [{ kind: "finished" }, { kind: "interrupted" }] as const;
    const summary = summarize({
      ...madeUpRun(),
      snapshot,
      ending: endings[generate.below(2)],
    });
    const file = JSON.parse(JSON.stringify(summary));
    assertEquals<unknown>(summarySchema.parse(file), file, `seed ${seed}`);
  }
});

Deno.test("of a part of a run in which more was given back than lost, nothing is lost", () => {
  const at = (packetsLost: number, packetsExpected: number) => ({
    ...EMPTY_SNAPSHOT,
    counters: { packetsLost, packetsExpected },
  });
  const summary = summarize({
    ...madeUpRun(),
    snapshot: snapshotBetween(at(9, 100), at(3, 200)),
  });
  const { lost, expected, ratio } = summary.media.loss;
  assertEquals([lost, expected, ratio], [0, 100, 0]);
  assertEquals(summary.metrics.packetsLost.values.count, 0);
  const file = JSON.parse(JSON.stringify(summary));
  assertEquals<unknown>(summarySchema.parse(file), file);
});
