/** What agents left of one run, as one: sums of random parts, whatever the order, and no part of another run. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type AgentName,
  ClientRecorder,
  CourseBook,
  EMPTY_COURSE,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  NodeMeter,
  type RunBasis,
  type Snapshot,
  summarize,
  Timeline,
  Trend,
} from "../../../../lib/metrics/mod.ts";
import {
  mergeRuns,
  type NamedSavedRun,
  packRun,
  type SavedRun,
  unpackRun,
} from "../../../../lib/report/mod.ts";
import { fc } from "../../../fuzz/deps.ts";
import { noMedia } from "../../metrics/seconds/incident.ts";
import { storiesOf } from "../../output/made_up_pages.ts";

const STARTED_AT = "2026-11-28T16:00:00.000Z";
const NODES = ["agent-0", "agent-1", "agent-2"];
const MACHINE = { host: "h", cores: 2, isSynchronised: true };

const BASIS: RunBasis = {
  ...{ run: "r1", nodes: NODES, agent: null, thresholds: [], streams: null },
  ...{ isDisrupted: false, unwatched: null, machineCpuRatio: null },
  ending: { kind: "interrupted" },
};

/** What one agent counted in each of its seconds. */
interface Counted {
  readonly sent: number;
  readonly latenciesUs: readonly number[];
}

/** What an agent, of two clients, reported second by second. */
function secondsOf(node: string, counted: readonly Counted[]): Snapshot[] {
  const meter = new NodeMeter(node);
  const at = NODES.indexOf(node);
  const clients = [2 * at, 2 * at + 1].map((index) =>
    new ClientRecorder({
      ...{ clientId: `client-${index}`, index, roomId: "room-0" },
      ...{ role: "publisher", node } as const,
    })
  );
  return counted.map(({ sent, latenciesUs }, i) => {
    meter.counters.packetsSent += sent;
    clients[0].figures.packetsSent += sent;
    for (const us of latenciesUs) meter.trend("mediaLatency").record(us);
    return {
      ...EMPTY_SNAPSHOT,
      ...{ node, sequence: i + 1, second: i + 1, atMs: (i + 1) * 1000 },
      counters: { packetsSent: meter.counters.packetsSent },
      trends: { mediaLatency: meter.trend("mediaLatency").toJSON() },
      clients: clients.map((client) => client.toRecord()),
      candidates: [],
      generator: { ...EMPTY_SNAPSHOT.generator, kernelDrops: null, workers: 1 },
    };
  });
}

function saved(
  seconds: readonly Snapshot[],
  basis: Partial<RunBasis>,
  startedAt = STARTED_AT,
): SavedRun {
  const timeline = new Timeline();
  const book = new CourseBook();
  for (const snapshot of seconds) {
    const point = timeline.mark(snapshot, snapshot.second * 1000);
    book.take({ phase: "media", point, snapshot });
  }
  const snapshot = seconds.at(-1)!;
  return {
    ...{ found: [], snapshot, course: book.course(), stories: [] },
    basis: { ...BASIS, ...basis },
    summary: summarize({
      ...{ version: "0.1.0", startedAt, seed: 1, config: {}, snapshot },
      ...{ thresholds: [], ending: BASIS.ending, timeline: timeline.points() },
      server: {
        ...{ url: "ws://sfu.example/", engine: null, notes: [] },
        ...{ load: null, reported: null },
      },
    }),
  };
}

function agent(node: string, more: Partial<AgentName> = {}): AgentName {
  const reason = "no word of the coordinator in 12 s";
  return {
    id: node,
    epoch: "e",
    node,
    machine: MACHINE,
    reason,
    ...more,
  };
}

function left(node: string, seconds: readonly Snapshot[]): NamedSavedRun {
  return { name: node, saved: saved(seconds, { agent: agent(node) }) };
}

/** What the coordinator had written when so many seconds were over. */
function written(
  parts: readonly (readonly Snapshot[])[],
  second: number,
): NamedSavedRun {
  const seconds = Array.from({ length: second }, (_, i) => {
    const all = mergeSnapshots(
      parts.flatMap((part) => part.slice(0, i + 1).at(-1) ?? []),
      true,
    );
    return {
      ...all,
      parts: all.parts?.map((part) => ({ ...part, machine: MACHINE })),
    };
  });
  return { name: "coordinator", saved: saved(seconds, {}) };
}

const counted: fc.Arbitrary<Counted> = fc.record({
  sent: fc.nat(1000),
  latenciesUs: fc.array(fc.integer({ min: 1, max: 5_000_000 }), {
    maxLength: 20,
  }),
});
const machines = fc.tuple(
  ...NODES.map(() => fc.array(counted, { minLength: 1, maxLength: 8 })),
);

Deno.test("of random parts the whole is the sum, its distribution that of all values, and its seconds those of the run", () => {
  fc.assert(
    fc.property(
      machines,
      fc.nat(8),
      fc.array(fc.nat(2), { maxLength: 3 }),
      fc.boolean(),
      (all, known, lost, isShuffled) => {
        const parts = NODES.map((node, i) => secondsOf(node, all[i]));
        const hasCoordinator = known > 0;
        // Of an agent that left nothing there is what it had told.
        const isLost = (i: number) => lost.includes(i) && lost.length < 3;
        const files = [
          ...NODES.flatMap((node, i) =>
            isLost(i) ? [] : [left(node, parts[i])]
          ),
          // An older one of the same agent, and the same again, add nothing.
          ...NODES.flatMap((node, i) =>
            isLost(i) ? [] : [
              left(node, parts[i].slice(0, 1)),
              left(node, parts[i]),
            ]
          ),
          ...(hasCoordinator ? [written(parts, known)] : []),
        ];
        fc.pre(files.length > 0);
        const counting = parts.flatMap((part, i) =>
          !isLost(i)
            ? [all[i]]
            : hasCoordinator
            ? [all[i].slice(0, Math.min(known, part.length))]
            : []
        );
        const run = mergeRuns(isShuffled ? files.toReversed() : files);
        if (files.length === 1 && hasCoordinator) return;
        const values = new Trend();
        let sent = 0;
        for (const one of counting.flat()) {
          sent += one.sent;
          for (const us of one.latenciesUs) values.record(us);
        }
        assertEquals(run.summary.totalPacketsSent, sent);
        assertEquals(
          Trend.fromJSON(run.snapshot.trends.mediaLatency).toJSON(),
          values.toJSON(),
        );
        const latency = Trend.fromJSON(run.snapshot.trends.mediaLatency);
        for (const p of [50, 95, 99, 100]) {
          assertEquals(latency.percentile(p), values.percentile(p));
        }
        if (lost.length > 0 && lost.length < 3) return;
        const { seconds } = run.course;
        const most = Math.max(...all.map((one) => one.length));
        assertEquals(
          seconds.map(({ fromSec, point, grown, trends }) => [
            ...[fromSec, point.tSec, grown.packetsSent],
            trends.mediaLatency.count,
          ]),
          Array.from({ length: most }, (_, i) => {
            const now = all.flatMap((one) => one[i] ?? []);
            return [
              ...[i, i + 1, now.reduce((sum, one) => sum + one.sent, 0)],
              now.reduce((sum, one) => sum + one.latenciesUs.length, 0),
            ];
          }),
        );
      },
    ),
    { numRuns: 60, seed: 21 },
  );
});

const PART = secondsOf("agent-0", [{ sent: 5, latenciesUs: [1000, 2000] }]);
const OTHER = secondsOf("agent-1", [{ sent: 7, latenciesUs: [3000] }]);

Deno.test("what is put together can be packed, read and put together once more", async () => {
  const files = [
    {
      name: "a",
      saved: {
        ...saved(PART, { agent: agent("agent-0") }),
        stories: storiesOf(1, 3).map((story) => ({
          ...story,
          freezes: [],
          layers: [],
        })),
      },
    },
    left("agent-1", OTHER),
    written([PART, OTHER], 1),
  ];
  const once = mergeRuns(files);
  const read = await unpackRun(await packRun(once));
  assertEquals(read, JSON.parse(JSON.stringify(once)));
  const twice = mergeRuns([...files.slice(0, 2), { name: "all", saved: read }]);
  assertEquals(twice.summary.totalPacketsSent, 12);
  assertEquals(twice.summary.verdict, once.summary.verdict);
  assertEquals(twice.stories.length, 1);
});

Deno.test("it says of whom nothing is there, of whom how much, and that the coordinator was lost", () => {
  const { summary } = mergeRuns([
    left("agent-0", PART),
    written([PART, OTHER], 1),
  ]);
  assertEquals(summary.partial, true);
  assertEquals(summary.verdict, {
    status: "interrupted",
    reason: "its coordinator was lost after 0:01",
  });
  assertEquals(
    summary.generator.nodes?.map(({ name, clients, cores }) => [
      ...[name, clients, cores],
    ]),
    [["agent-0", 2, 2], ["agent-1", 2, 2]],
  );
  const notes = summary.generator.notes.join("\n");
  assert(notes.includes("of agent-1 there is what it had told by 0:01"), notes);
  assert(notes.includes("of agent-2 there is nothing"), notes);
});

Deno.test("what its agents saw after the coordinator was lost is among its incidents, and said to be theirs", () => {
  const at = (fromSec: number) => {
    const times = { fromSec, untilSec: fromSec + 1 };
    const wall = { from: STARTED_AT, until: STARTED_AT };
    return { ...noMedia(times), ...wall, clients: 1, of: 2 };
  };
  const with_ = (
    { name, saved }: NamedSavedRun,
    ...incidents: SavedRun["summary"]["incidents"]
  ) => ({
    name,
    saved: { ...saved, summary: { ...saved.summary, incidents } },
  });
  const agents = [left("agent-0", PART), left("agent-1", OTHER)].map((one) =>
    with_(one, at(0), at(9))
  );
  for (
    const [files, told] of [
      [agents, [[0, 2, 4], [9, 2, 4]]],
      [[...agents, with_(written([PART, OTHER], 1), at(0))], [
        [0, 1, 2],
        [9, 2, 4],
      ]],
    ] as const
  ) {
    const { incidents, generator } = mergeRuns(files).summary;
    assertEquals<unknown>(
      incidents.map(({ fromSec, clients, of }) => [fromSec, clients, of]),
      told,
    );
    const notes = generator.notes.join("\n");
    assert(
      notes.includes("are those that each agent saw among its own"),
      notes,
    );
  }
});

Deno.test("a run that ended by itself keeps its ending, and its losses", () => {
  const { name, saved } = written([PART, OTHER], 1);
  const { snapshot } = saved;
  const loss = { node: "agent-1", atMs: 1000, clients: 2, reason: "gone" };
  const parts = snapshot.parts!.map((part) =>
    part.node !== "agent-1" ? part : {
      ...part,
      generator: { ...part.generator, lost: [loss] },
    }
  );
  const ended = {
    ...saved,
    snapshot: { ...snapshot, final: true, parts },
    basis: { ...BASIS, ending: { kind: "finished" as const } },
  };
  const { summary } = mergeRuns([
    { name, saved: ended },
    left(
      "agent-1",
      secondsOf("agent-1", [
        { sent: 7, latenciesUs: [3000] },
        { sent: 3, latenciesUs: [] },
      ]),
    ),
  ]);
  assertEquals(summary.totalPacketsSent, 15);
  assertEquals(summary.verdict, {
    status: "invalid",
    reason: "agent-1 was lost at 0:01 with 2 clients: gone",
  });
});

Deno.test.each<{
  readonly why: string;
  readonly files: () => readonly NamedSavedRun[];
  readonly says: string;
}>([
  {
    why: "another run's name",
    files: () => [
      left("agent-0", PART),
      {
        name: "x",
        saved: saved(OTHER, { run: "r2", agent: agent("agent-1") }),
      },
    ],
    says: "Cannot merge agent-0 and x: they are of different runs",
  },
  {
    why: "another begin",
    files: () => [
      left("agent-0", PART),
      {
        name: "x",
        saved: saved(
          OTHER,
          { agent: agent("agent-1") },
          "2026-11-28T17:00:00.000Z",
        ),
      },
    ],
    says: "which began at 2026-11-28T16:00:00.000Z and 2026-11-28T17",
  },
  {
    why: "two agents that had the same clients",
    files: () => [
      left("agent-0", PART),
      {
        name: "x",
        saved: saved(PART, { agent: agent("agent-0", { epoch: "other" }) }),
      },
    ],
    says: "Cannot merge agent-0 and x: client-0 is in both",
  },
  {
    why: "a file of an earlier version",
    files: () => [
      {
        name: "old",
        saved: { ...left("agent-0", PART).saved, basis: undefined },
      },
    ],
    says: "Cannot merge old: it does not say what it is a part of",
  },
  { why: "nothing", files: () => [], says: "Cannot merge: there is nothing." },
])("$why is refused in one line", ({ files, says }) => {
  const { message } = assertThrows(() => mergeRuns(files()), Error);
  assert(message.includes(says) && !message.includes("\n"), message);
});

Deno.test("a run without agents is itself", () => {
  const run = { ...saved(PART, { run: null }), course: EMPTY_COURSE };
  assertEquals(mergeRuns([{ name: "a", saved: run }]), run);
});
