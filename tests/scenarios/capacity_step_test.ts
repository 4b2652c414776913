/** One size that is tried, with looks whose outcome is made up. */

import { assertEquals } from "@std/assert";
import {
  type ClientRecord,
  parseThreshold,
  type Snapshot,
  type VirtualUser,
} from "../../mod.ts";
import { idlePoint } from "../lib/metrics/seconds/timeline_point.ts";
import { ClientRecorder, EMPTY_SNAPSHOT } from "../../lib/metrics/mod.ts";
import {
  brokenOf,
  CapacityProbe,
  type ProbeCrowd,
  type StepOptions,
} from "../../scenarios/capacity_step.ts";

const OPTIONS = {
  fill: "spread",
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
function hall(
  script: string,
  server = { isHere: true, cpuRatio: 0 },
  change: Partial<StepOptions> = {},
) {
  const looks = [...script] as Look[];
  const seats: number[] = [];
  const rooms: string[] = [];
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
      Array.from({ length: atMs / 1000 }, (_, i) =>
        idlePoint(i + 1, {
          clients: seated.length,
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
    serverLoad: () => null,
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
      rooms.push(...options.map(({ room = "" }) => room));
      const newcomers = options.map(() => ({} as VirtualUser));
      seated = [...seated, ...newcomers];
      seats.push(seated.length);
      return Promise.resolve(newcomers);
    },
  };
  return {
    hall: new CapacityProbe(
      crowd,
      { ...OPTIONS, ...change },
      [parseThreshold("loss < 1%")],
    ),
    seats,
    rooms,
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

Deno.test("what one look of three lost is neither averaged away nor that of the last", async () => {
  const { hall: tried } = hall("+-+");
  const { healthy, lossRatio, looks } = await tried.tryOut(4);
  assertEquals([healthy, lossRatio], [true, 0.5]);
  assertEquals(
    looks.map(({ passed, lossRatio, says }) => [passed, lossRatio, says]),
    [
      [true, 0, null],
      [false, 0.5, '"loss < 1%" failed'],
      [true, 0, null],
    ],
  );
});

Deno.test.each(
  [
    { fill: "spread", order: "0123012301230123" },
    { fill: "rooms", order: "0000111122223333" },
  ] as const,
)("rooms fill as $order, by fill=$fill", async ({ fill, order }) => {
  const { hall: tried, rooms } = hall("++", undefined, { fill });
  await tried.tryOut(16);
  assertEquals(rooms.join(""), order.replaceAll(/\d/g, "capacity-$&"));
});

Deno.test("the other way, rooms are filled from empty ones on, under names of their own", async () => {
  const { hall: tried, rooms, seats } = hall("++--");
  await tried.tryOut(8);
  const { fill, healthy } = await tried.tryOtherFill(8);
  assertEquals([fill, healthy, seats], ["rooms", false, [8, 0, 8]]);
  assertEquals(
    rooms.slice(8).join(" "),
    "0000 1111".replaceAll(/\d/g, "capacity-rooms-$& ").replaceAll("  ", " ")
      .trim(),
  );
});

Deno.test.each([
  { limit: 2900, script: "-", looks: [false], why: "one look was all" },
  { limit: 900, script: "", looks: [true], why: "it had just been filled" },
])(
  "what time cut off is a step that is not finished: $why",
  async ({ limit, script, looks }) => {
    const { hall: tried } = hall(script, undefined, { limit });
    const step = await tried.tryOut(4);
    assertEquals([step.isFinished, step.healthy], [false, false]);
    assertEquals(step.looks.map(({ passed }) => passed), [...looks]);
  },
);

Deno.test.each([
  { script: "-", broke: true, why: "it failed by itself" },
  { script: "!", broke: false, why: "other programs may be to blame" },
])(
  "a step that time cut off after $script broke: $broke, for $why",
  async ({ script, broke }) => {
    const { hall: tried } = hall(script, undefined, { limit: 2900 });
    const step = await tried.tryOut(4);
    assertEquals([step.isFinished, step.looks.length], [false, 1]);
    assertEquals(brokenOf([step]), broke ? step : undefined);
  },
);

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
