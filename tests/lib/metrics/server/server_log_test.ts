import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  MAX_SERVER_STRETCHES,
  ServerLog,
} from "../../../../lib/metrics/mod.ts";
import type { ServerStretch } from "../../../../lib/metrics/server/server_stretches.ts";
import { generator } from "../generate.ts";

/** One second of a server, the `second`th of the run. */
function stretch(
  second: number,
  change: Partial<ServerStretch> = {},
): ServerStretch {
  return {
    fromMs: (second - 1) * 1000,
    toMs: second * 1000,
    cpuRatio: 0.5,
    busiest: { name: "sfu (7)", cpuRatio: 0.5 },
    maxThreadRatio: 0.4,
    rssBytes: 100e6,
    fds: 20,
    threads: 8,
    udpDrops: 0,
    hostUdpErrors: 0,
    ...change,
  };
}

Deno.test("nothing sampled is no load, and no point", () => {
  const log = new ServerLog();
  assertEquals(log.load(), null);
  assertEquals(log.between(0, 1000), undefined);
});

Deno.test("the mean weighs each sample by its length, and maxima are the largest", () => {
  const log = new ServerLog();
  log.add("a", stretch(1, { cpuRatio: 0.2, rssBytes: 1e6, udpDrops: 2 }));
  log.add("a", {
    ...stretch(2, { cpuRatio: 0.8, rssBytes: 3e6, fds: 44, udpDrops: 5 }),
    toMs: 4000,
    busiest: { name: "worker (8)", cpuRatio: 0.7 },
  });
  log.add("a", { ...stretch(5, { cpuRatio: 0, hostUdpErrors: 9 }) });
  const load = log.load()!;
  assertAlmostEquals(load.meanCpuRatio, (0.2 + 3 * 0.8) / 5, 1e-4);
  assertAlmostEquals(load.cpuSeconds, 2.6, 1e-4);
  assertEquals(load.maxCpuRatio, 0.8);
  assertEquals(load.busiestProcess, { name: "worker (8)", cpuRatio: 0.7 });
  assertEquals([load.maxRssBytes, load.maxFds], [100e6, 44]);
  assertEquals([load.udpDrops, load.hostUdpErrors], [7, 9]);
  assertEquals(load.samples, 3);
});

Deno.test("a short stretch is the end of the one before it: a tick in it is no busy second", () => {
  const log = new ServerLog();
  const busy = { name: "worker (8)", cpuRatio: 1 };
  log.add("a", stretch(1));
  const change = { cpuRatio: 1, busiest: busy, maxThreadRatio: 1 };
  log.add("a", { ...stretch(2, change), toMs: 1_020, rssBytes: 3e8 });
  const load = log.load()!;
  assertAlmostEquals(load.cpuSeconds, 0.52, 1e-4);
  assertAlmostEquals(load.meanCpuRatio, 0.52 / 1.02, 1e-4);
  assertEquals(load.maxCpuRatio, 0.5098);
  assertEquals(load.busiestProcess, { name: "sfu (7)", cpuRatio: 0.5 });
  assertEquals([load.maxThreadRatio, load.maxRssBytes], [0.4, 3e8]);
  assertEquals(log.between(0, 1_020)?.cpuRatio, 0.5098);
});

Deno.test("a short stretch after a time in which nobody looked stands alone", () => {
  const log = new ServerLog();
  log.add("a", stretch(1));
  log.add("a", { ...stretch(9, { cpuRatio: 0.7 }), toMs: 8_100 });
  assertEquals(log.between(1_000, 8_000), undefined);
  assertEquals(log.between(8_000, 8_100)?.cpuRatio, 0.7);
});

Deno.test("two sources are added up, not averaged", () => {
  const log = new ServerLog();
  for (const second of [1, 2]) {
    log.add("a", stretch(second));
    log.add("b", stretch(second, { cpuRatio: 0.25, fds: null }));
  }
  const load = log.load()!;
  assertEquals(load.meanCpuRatio, 0.75);
  assertEquals(load.maxCpuRatio, 0.75);
  assertEquals([load.maxRssBytes, load.maxFds, load.maxThreads], [
    200e6,
    20,
    16,
  ]);
  assertEquals(log.between(0, 1000), {
    cpuRatio: 0.75,
    maxProcessRatio: 0.5,
    rssBytes: 200e6,
    fds: 20,
    udpDrops: 0,
  });
});

Deno.test("a source that fell silent has no part in later maxima", () => {
  const log = new ServerLog();
  log.add("a", stretch(1, { rssBytes: 100e6 }));
  log.add("b", stretch(20, { rssBytes: 150e6 }));
  assertEquals(log.load()!.maxRssBytes, 150e6);
});

Deno.test.each([
  {
    busy: [0, 0, 1, 0, 0, 0, 0],
    want: 0.2,
    why: "one busy second is no overload",
  },
  { busy: [0, 1, 1, 1, 1, 1, 0], want: 1, why: "five on end are" },
  { busy: [1, 1], want: 1, why: "a shorter run is judged by what there is" },
  { busy: [1, 0, 0, 0, 0, 0, 0], want: 0.2, why: "the first second counts" },
])(
  "a thread that is busy in $busy is sustained $want: $why",
  ({ busy, want }) => {
    const log = new ServerLog();
    busy.forEach((maxThreadRatio, i) =>
      log.add("a", stretch(i + 1, { maxThreadRatio }))
    );
    assertAlmostEquals(log.load()!.sustainedThreadRatio, want, 1e-4);
  },
);

Deno.test("a point takes of each sample as much as lies within, and drops where they end", () => {
  const log = new ServerLog();
  const shifted = (second: number, change: Partial<ServerStretch>) => ({
    ...stretch(second, change),
    fromMs: second * 1000 - 500,
    toMs: second * 1000 + 500,
  });
  log.add("a", shifted(1, { cpuRatio: 0.2, udpDrops: 3 }));
  log.add("a", shifted(2, { cpuRatio: 0.6, udpDrops: 4 }));
  const drops = [0, 1, 2].map((second) =>
    log.between(second * 1000, second * 1000 + 1000)?.udpDrops
  );
  assertEquals(log.between(1000, 2000)?.cpuRatio, 0.4);
  assertEquals(drops, [0, 3, 4]);
  assertEquals(log.between(3000, 4000), undefined);
});

Deno.test("a very long run keeps its totals and its maxima in bounded room", () => {
  const log = new ServerLog();
  const seconds = MAX_SERVER_STRETCHES * 3;
  for (let second = 1; second <= seconds; second++) {
    log.add(
      "a",
      stretch(second, {
        cpuRatio: second % 2,
        udpDrops: 1,
        fds: second === 77 ? 99 : 20,
      }),
    );
  }
  const whole = log.between(0, seconds * 1000)!;
  assertAlmostEquals(whole.cpuRatio, 0.5, 1e-3);
  assertEquals([whole.udpDrops, whole.fds], [seconds, 99]);
  // Wherever a chart looks, there is something.
  for (let at = 0; at < seconds; at += 16) {
    assert(log.between(at * 1000, (at + 16) * 1000) !== undefined, `${at} s`);
  }
});

Deno.test("a sample that only reaches into a second is not that second's maximum", () => {
  const log = new ServerLog();
  log.add("a", {
    ...stretch(1, { busiest: { name: "sfu (7)", cpuRatio: 0.9 } }),
    toMs: 1040,
  });
  log.add("a", { ...stretch(2), fromMs: 1040, toMs: 2040 });
  assertEquals(
    [0, 1000].map((ms) => log.between(ms, ms + 1000)?.maxProcessRatio),
    [0.9, 0.5],
  );
});

/** Stretches of random lengths, one after the other, from before the run on; a third of them shorter than half a second. */
function anyStretches(seed: number, count: number): ServerStretch[] {
  const { below } = generator(seed);
  let toMs = -1500;
  return Array.from({ length: count }, () => {
    const fromMs = toMs + (below(9) === 0 ? below(4000) : 0);
    toMs = fromMs + (below(3) === 0 ? 1 + below(499) : 500 + below(2000));
    const cpuRatio = below(40_000) / 10_000;
    return stretch(1, {
      fromMs,
      toMs,
      cpuRatio,
      busiest: { name: `worker (${below(3)})`, cpuRatio: cpuRatio / 2 },
      maxThreadRatio: below(10_000) / 10_000,
      udpDrops: below(4),
      hostUdpErrors: below(3) === 0 ? null : below(5),
    });
  });
}

Deno.test("points that follow on each other have all that was dropped, wherever their bounds are", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { below } = generator(seed);
    const log = new ServerLog();
    const stretches = anyStretches(seed, 60);
    for (const one of stretches) log.add("a", one);
    const endMs = stretches.at(-1)!.toMs;
    let drops = 0;
    for (let fromMs = -2000; fromMs < endMs;) {
      const toMs = fromMs + 1 + below(5000);
      drops += log.between(fromMs, toMs)?.udpDrops ?? 0;
      fromMs = toMs;
    }
    assertEquals(drops, log.udpDrops);
    assertEquals(
      drops,
      stretches.reduce((sum, { udpDrops }) => sum + udpDrops, 0),
    );
  }
});

Deno.test("CPU time is that of all stretches, and its mean is of the time that was watched", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const log = new ServerLog();
    const stretches = anyStretches(seed, 60);
    for (const one of stretches) log.add("a", one);
    const { cpuSeconds, meanCpuRatio, samples } = log.load()!;
    const coreMs = stretches.reduce(
      (sum, { fromMs, toMs, cpuRatio }) => sum + (toMs - fromMs) * cpuRatio,
      0,
    );
    const watchedMs = stretches.reduce(
      (sum, { fromMs, toMs }) => sum + toMs - fromMs,
      0,
    );
    assertAlmostEquals(cpuSeconds, coreMs / 1000, 1e-3);
    assertAlmostEquals(meanCpuRatio, coreMs / watchedMs, 1e-4);
    assertEquals(samples, 60);
  }
});

Deno.test("maxima are none that no stretch, or two with a short one between them, had", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const log = new ServerLog();
    const stretches = anyStretches(seed, 60);
    for (const one of stretches) log.add("a", one);
    const load = log.load()!;
    const most = Math.max(...stretches.map(({ cpuRatio }) => cpuRatio));
    assert(load.maxCpuRatio <= most + 1e-4);
    assert(load.meanCpuRatio <= load.maxCpuRatio + 1e-4);
    assert(load.sustainedThreadRatio <= load.maxThreadRatio + 1e-4);
  }
});

Deno.test("the load of a part is that of what lies in its midst, and of the whole that of all", () => {
  const log = new ServerLog();
  for (let second = 1; second <= 6; second++) {
    log.add("a", stretch(second, { cpuRatio: second / 10, udpDrops: second }));
  }
  assertEquals(log.loadBetween(0, 6000), log.load());
  const part = log.loadBetween(2000, 4000)!;
  assertEquals([part.samples, part.udpDrops, part.maxCpuRatio], [2, 7, 0.4]);
  assertAlmostEquals(part.meanCpuRatio, 0.35, 1e-4);
  // One that is half in it is in it; the bounds are, too.
  assertEquals(log.loadBetween(2500, 2500)?.samples, 1);
  assertEquals(log.loadBetween(2501, 3499), null);
  assertEquals(log.loadBetween(7000, 9000), null);
});

Deno.test("what is not known of one source is that of the others, and of none it is not known", () => {
  const log = new ServerLog();
  log.add("a", stretch(1, { fds: null, hostUdpErrors: null }));
  assertEquals([log.load()?.maxFds, log.load()?.hostUdpErrors], [null, null]);
  log.add("b", stretch(1, { fds: 0, hostUdpErrors: 3 }));
  assertEquals([log.load()?.maxFds, log.load()?.hostUdpErrors], [0, 3]);
  log.add("b", stretch(2, { fds: 7, hostUdpErrors: null }));
  assertEquals([log.load()?.maxFds, log.load()?.hostUdpErrors], [7, 3]);
});

Deno.test("a stretch of no time is no time in which anything was used", () => {
  const log = new ServerLog();
  log.add("a", stretch(1, { toMs: 0, cpuRatio: 3 }));
  const load = log.load()!;
  assertEquals([load.cpuSeconds, load.meanCpuRatio], [0, 0]);
  assertEquals([load.sustainedThreadRatio, load.samples], [0, 1]);
  assertEquals(log.between(0, 1000), undefined);
});

Deno.test("a point lies between its bounds: what ends where it begins is not in it", () => {
  const log = new ServerLog();
  log.add("a", stretch(1, { udpDrops: 1, cpuRatio: 0.1 }));
  log.add("a", stretch(2, { udpDrops: 2, cpuRatio: 0.2 }));
  assertEquals(
    [[0, 1000], [1000, 2000], [0, 2000], [999, 1001]].map(([from, to]) => {
      const point = log.between(from, to);
      return [point?.udpDrops, point?.cpuRatio];
    }),
    [[1, 0.1], [2, 0.2], [3, 0.15], [1, 0.15]],
  );
  assertEquals(log.between(1000, 1000), undefined);
});
