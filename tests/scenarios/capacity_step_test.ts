/** One size that is tried, with looks whose outcome is made up. */

import { assertEquals } from "@std/assert";
import {
  type ClientRecord,
  parseThreshold,
  type Snapshot,
  type VirtualUser,
} from "../../mod.ts";
import { ClientRecorder, EMPTY_SNAPSHOT } from "../../lib/metrics/mod.ts";
import {
  CapacityProbe,
  type ProbeCrowd,
} from "../../scenarios/capacity_step.ts";

const OPTIONS = {
  roomSize: 4,
  publishRatio: 1,
  video: false,
  quality: "480p",
  fps: 30,
  joinRate: 10,
  warmUp: 1000,
  steady: 2000,
  limit: Infinity,
} as const;

/** A client that is there. */
function connected(index: number): ClientRecord {
  const recorder = new ClientRecorder({
    clientId: `client-${index}`,
    index,
    roomId: "r",
    role: "publisher",
    node: "n",
  });
  recorder.figures.state = "connected";
  return recorder.toRecord();
}

/** How a look goes: well, badly, or badly while another program is busy. */
type Look = "+" | "-" | "!";

/** A hall whose looks go as they are written, one after another. */
function hall(script: string, server = { isHere: true, cpuRatio: 0 }) {
  const looks = [...script] as Look[];
  const seats: number[] = [];
  let seated: VirtualUser[] = [];
  let [atMs, expected, lost, busyTicks] = [0, 0, 0, 0];
  const crowd: ProbeCrowd = {
    get connected() {
      return seated;
    },
    get elapsedMs() {
      return atMs;
    },
    snapshot: (): Snapshot => ({
      ...EMPTY_SNAPSHOT,
      atMs,
      counters: { packetsExpected: expected, packetsLost: lost },
      clients: seated.map((_, index) => connected(index)),
    }),
    timeline: () =>
      Array.from({ length: atMs / 1000 }, (_, i) => ({
        tSec: i + 1,
        clients: seated.length,
        packetsSentPerSec: 0,
        packetsReceivedPerSec: 0,
        sendBps: 0,
        receiveBps: 0,
        lossRatio: 0,
        tracksDue: 0,
        silentRatio: 0,
        cpuRatio: 0,
        server: {
          cpuRatio: server.cpuRatio,
          maxProcessRatio: 0,
          rssBytes: 0,
          fds: null,
          udpDrops: 0,
        },
      })),
    cpuTimes: () => ({ busyTicks, allTicks: atMs / 10, cores: 1 }),
    serverIsHere: server.isHere,
    wait(time) {
      const ms = Number(time);
      atMs += ms;
      // The crowd warms up, and is looked at.
      const look = ms === OPTIONS.steady ? looks.shift() : "+";
      expected += 100;
      if (look !== "+") lost += 50;
      if (look === "!") busyTicks += ms / 10 / 2;
      return Promise.resolve();
    },
    leave(clients) {
      seated = seated.filter((one) => !clients.includes(one));
      return Promise.resolve();
    },
    joinAll(options) {
      const newcomers = options.map(() => ({} as VirtualUser));
      seated = [...seated, ...newcomers];
      seats.push(seated.length);
      return Promise.resolve(newcomers);
    },
  };
  return {
    hall: new CapacityProbe(crowd, OPTIONS, [parseThreshold("loss < 1%")]),
    seats,
    left: looks,
  };
}

Deno.test.each([
  { script: "++", healthy: true, windows: 2, disturbed: 0 },
  { script: "+-+", healthy: true, windows: 3, disturbed: 0 },
  { script: "-+-", healthy: false, windows: 3, disturbed: 0 },
  { script: "--", healthy: false, windows: 2, disturbed: 0 },
  { script: "!++", healthy: true, windows: 3, disturbed: 1 },
  { script: "-!--", healthy: false, windows: 4, disturbed: 1 },
  { script: "!!!!!", healthy: false, windows: 5, disturbed: 3 },
])("looks that go $script", async ({ script, ...want }) => {
  const { hall: tried, left } = hall(script);
  const { healthy, windows, disturbed } = await tried.tryOut(4);
  assertEquals({ healthy, windows, disturbed }, want);
  assertEquals(left, []);
});

Deno.test("what a server elsewhere uses is not taken off what others use here", async () => {
  for (const isHere of [true, false]) {
    const { hall: tried } = hall("!!!!!", { isHere, cpuRatio: 0.5 });
    const { disturbed, othersCpuRatio } = await tried.tryOut(4);
    assertEquals(
      [disturbed, othersCpuRatio],
      isHere ? [0, 0] : [3, 0.5],
    );
  }
});

Deno.test("after a look that others spoilt, a size is approached anew from one that was healthy", async () => {
  const { hall: tried, seats } = hall("++!++");
  await tried.tryOut(4);
  await tried.tryOut(6);
  assertEquals(seats, [4, 6, 4, 6]);
});
