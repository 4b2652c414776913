import { assertEquals } from "@std/assert";
import {
  type ServerStretch,
  ServerStretches,
} from "../../../../lib/metrics/server/server_stretches.ts";

const PLAIN: ServerStretch = {
  fromMs: 0,
  toMs: 1000,
  cpuRatio: 0.5,
  busiest: { name: "sfu (7)", cpuRatio: 0.25 },
  maxThreadRatio: 0.125,
  busyThreads: [],
  rssBytes: 123_456_789_012,
  fds: 20,
  threads: 8,
  udpDrops: 0,
  hostUdpErrors: 0,
};

function kept(most = 10): ServerStretches {
  return new ServerStretches(
    most,
    (a, b) => ({ ...a, toMs: b.toMs, udpDrops: a.udpDrops + b.udpDrops }),
  );
}

Deno.test.each<{ why: string; change: Partial<ServerStretch> }>([
  { why: "as it mostly is", change: {} },
  { why: "began before the run", change: { fromMs: -12.5, toMs: 0.001 } },
  { why: "a day later", change: { fromMs: 86_400_000.123, toMs: 86_401_000 } },
  { why: "all idle", change: { cpuRatio: 0, maxThreadRatio: 0 } },
  { why: "eight cores", change: { cpuRatio: 7.999999 } },
  { why: "may not be counted", change: { fds: null, hostUdpErrors: null } },
  { why: "none is not unknown", change: { fds: 0, hostUdpErrors: 3 } },
  { why: "no name", change: { busiest: { name: "", cpuRatio: 0 } } },
  {
    why: "busy threads of one name",
    change: {
      busyThreads: [
        { id: 4_194_304, name: "worker", cpuRatio: 0.98 },
        { id: 9, name: "worker", cpuRatio: 0 },
      ],
    },
  },
])("a stretch comes out as it went in: $why", ({ change }) => {
  const stretches = kept();
  const stretch = { ...PLAIN, ...change };
  stretches.push(PLAIN);
  stretches.push(stretch);
  assertEquals([...stretches], [PLAIN, stretch]);
});

Deno.test("of more than there is room for each two become one, whoever was busiest in them", () => {
  const stretches = kept(4);
  for (let i = 0; i < 5; i++) {
    stretches.push({
      ...PLAIN,
      fromMs: i * 1000,
      toMs: i * 1000 + 1000,
      busiest: { name: `child (${i})`, cpuRatio: 0.5 },
      udpDrops: 1,
    });
  }
  assertEquals(
    [...stretches].map(({ toMs, busiest, udpDrops }) => [
      toMs,
      busiest.name,
      udpDrops,
    ]),
    [[2000, "child (0)", 2], [4000, "child (2)", 2], [5000, "child (4)", 1]],
  );
  assertEquals(
    [0, 1999, 2000, 4999, 5000].map((ms) => stretches.firstAfter(ms)),
    [0, 0, 1, 2, 3],
  );
});

Deno.test("the last one can be taken out, and another put in its place", () => {
  const stretches = kept();
  stretches.push(PLAIN);
  stretches.push({ ...PLAIN, udpDrops: 1 });
  stretches.pop();
  stretches.push({ ...PLAIN, udpDrops: 2 });
  assertEquals([...stretches].map(({ udpDrops }) => udpDrops), [0, 2]);
});
