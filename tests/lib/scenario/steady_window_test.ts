import { assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  NodeMeter,
  type Snapshot,
} from "../../../lib/metrics/mod.ts";
import { parseThreshold } from "../../../lib/load/mod.ts";
import { idlePoint } from "../metrics/seconds/timeline_point.ts";
import { isDisturbed, judgeWindow } from "../../../lib/scenario/mod.ts";

const LOSS = [parseThreshold("loss < 1%")];

/** A window in which so many of a thousand packets were lost, the server and the generator as busy as said. */
function judge(
  {
    lost = 0,
    latenessMs = 1,
    server,
    hasServer = true,
    generator = 0.1,
    busy,
    missing = 0,
  }: {
    /** Whether the server is on this machine. */
    readonly hasServer?: boolean;
    /** Clients that should be there, and are not. */
    readonly missing?: number;
    /** Cores of this machine's two that were busy. */
    readonly busy?: number;
    readonly lost?: number;
    readonly latenessMs?: number;
    readonly server?: number;
    readonly generator?: number;
  },
) {
  const meter = new NodeMeter("n");
  const look = (atMs: number): Snapshot =>
    meter.snapshot({
      atMs,
      clients: [],
      generator: {
        ...EMPTY_SNAPSHOT.generator,
        cpuUs: atMs * 1000 * generator,
        threadUs: atMs * 1000,
      },
    });
  const joining = look(0);
  // What went wrong while they joined is not held against the window.
  meter.counters.packetsExpected = 10;
  meter.counters.packetsLost = 10;
  const steady = look(1000);
  meter.counters.packetsExpected += 1000;
  meter.counters.packetsLost += lost;
  for (let i = 0; i < 100; i++) {
    meter.trend("lateness").record(latenessMs * 1000);
  }
  const point = (tSec: number, ratio: number) =>
    idlePoint(tSec, {
      clients: 1,
      server: {
        cpuRatio: ratio * 2,
        maxProcessRatio: ratio,
        rssBytes: 0,
        fds: null,
        udpDrops: 0,
      },
    });
  return judgeWindow({
    joining,
    steady,
    end: look(3000),
    timeline: server === undefined
      ? []
      : [point(1, 0), point(2, server), point(3, server)],
    thresholds: LOSS,
    clients: missing,
    machine: busy === undefined ? null : { busy, cores: 2, hasServer },
  });
}

Deno.test.each([
  { of: {}, kind: undefined, text: undefined },
  { of: { lost: 9 }, kind: undefined, text: undefined },
  {
    of: { lost: 20 },
    kind: "threshold",
    text: '"loss < 1%" failed',
  },
  {
    of: { lost: 20, server: 0.95, generator: 0.95 },
    kind: "server CPU",
    text:
      '"loss < 1%" failed, with the server\'s busiest process at 95 % of a core',
  },
  {
    of: { lost: 20, server: 0.5, generator: 0.95 },
    kind: "generator",
    text: '"loss < 1%" failed, with the generator at 95 % of its CPU',
  },
  {
    of: { lost: 0, latenessMs: 30 },
    kind: "generator",
    text: "the generator sent 5 % of its packets 30.0 ms late or more",
  },
  {
    of: { lost: 20, server: 0.7, generator: 0.3, busy: 1.75 },
    kind: "this machine",
    text: '"loss < 1%" failed, with this machine\'s cores 88 % busy',
  },
  {
    of: { latenessMs: 30, server: 0.5, generator: 0.3, busy: 2 },
    kind: "this machine",
    text:
      "the generator sent 5 % of its packets 30.0 ms late or more, with this machine's cores 100 % busy, 35 % by other programs",
  },
  {
    of: { missing: 3 },
    kind: "threshold",
    text: "only 0 of 3 clients connected",
  },
  {
    of: { lost: 20, server: 0.4, generator: 0.3, busy: 1.2 },
    kind: "threshold",
    text: '"loss < 1%" failed',
  },
])("a window with $of is limited by $kind", ({ of, kind, text }) => {
  const { limit } = judge(of);
  assertEquals([limit?.kind as string | undefined, limit?.text], [kind, text]);
});

Deno.test("the figures are those of the steady time alone", () => {
  const { lossRatio, serverCpuRatio, generatorCpuRatio } = judge({
    lost: 5,
    server: 0.4,
  });
  assertEquals([lossRatio, serverCpuRatio, generatorCpuRatio], [
    0.005,
    0.8,
    0.1,
  ]);
});

Deno.test("other programs are to blame where they use more than a tenth of the machine, and something was not kept", () => {
  const used = { lost: 20, server: 0.4, generator: 0.1 };
  assertEquals(isDisturbed(judge({ ...used, busy: 1 })), false);
  assertEquals(isDisturbed(judge({ ...used, busy: 1.2 })), true);
  assertEquals(isDisturbed(judge({ ...used, lost: 0, busy: 1.2 })), false);
  // A server on another machine uses nothing of this one.
  const elsewhere = { ...used, hasServer: false };
  assertEquals(isDisturbed(judge({ ...elsewhere, busy: 0.2 })), false);
  assertEquals(isDisturbed(judge({ ...elsewhere, busy: 0.4 })), true);
  // A server that is not watched may be any of them.
  assertEquals(
    judge({ ...used, server: undefined, busy: 2 }).othersCpuRatio,
    null,
  );
});

Deno.test("what was not measured is not judged", () => {
  const { thresholds, limit } = judgeWindow({
    joining: EMPTY_SNAPSHOT,
    steady: EMPTY_SNAPSHOT,
    end: EMPTY_SNAPSHOT,
    timeline: [],
    thresholds: [parseThreshold("join p(95) < 1ms"), ...LOSS],
    clients: 0,
    machine: null,
  });
  assertEquals([thresholds, limit], [[], null]);
});
