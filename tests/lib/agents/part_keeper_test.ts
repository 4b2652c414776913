/** What an agent keeps of its part of a run, second by second. */

import { assertEquals } from "@std/assert";
import { PartKeeper } from "../../../lib/agents/part_keeper.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../../lib/metrics/mod.ts";
import { ABOUT, PLAN } from "./world.ts";

const STARTED_MS = Date.UTC(2030, 0, 2, 3, 4, 5, 678);
const AGENT = {
  ...{ id: "a1", epoch: "e1", reason: "nobody was heard of" },
  machine: { host: "there", cores: 2, isSynchronised: null },
};

function second(second: number, own: Partial<Snapshot> = {}): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    ...{ node: "agent-0", sequence: second, second, atMs: second * 1000 },
    counters: { ...EMPTY_SNAPSHOT.counters, packetsSent: second * 10 },
    ...own,
  };
}

function keeper(own: Partial<typeof PLAN> = {}): PartKeeper {
  return new PartKeeper({ ...PLAN, ...own }, ABOUT);
}

Deno.test("there is no part before a run has begun, and before a second of it is over", () => {
  const kept = keeper();
  assertEquals(kept.part(AGENT), undefined);
  kept.begin(STARTED_MS);
  assertEquals(kept.part(AGENT), undefined);
  const early = keeper();
  early.take(second(1));
  assertEquals(early.part(AGENT), undefined);
});

Deno.test("a part is of the run that it was told of, from its beginning to the last second that was counted", () => {
  const kept = keeper();
  kept.begin(STARTED_MS + 0.4);
  for (const sec of [1, 2, 3]) kept.take(second(sec));
  const { summary, snapshot, course, basis } = kept.part(AGENT)!;
  assertEquals(summary.startedAt, "2030-01-02T03:04:05.678Z");
  assertEquals(
    [summary.seed, summary.config, summary.totalPacketsSent],
    [PLAN.seed, ABOUT.config, 30],
  );
  assertEquals(summary.verdict.status, "interrupted");
  assertEquals([summary.partial, summary.scenario], [true, undefined]);
  assertEquals(snapshot, second(3));
  assertEquals(course.seconds.map(({ point }) => point.tSec), [1, 2, 3]);
  assertEquals(
    course.seconds.map(({ grown }) => grown.packetsSent),
    [10, 10, 10],
  );
  assertEquals(basis?.agent, { ...AGENT, node: PLAN.node });
  assertEquals(basis?.ending, {
    kind: "interrupted",
    reason: AGENT.reason,
  });
});

Deno.test("a second that comes twice, or late, counts once", () => {
  const kept = keeper();
  kept.begin(STARTED_MS);
  for (const sec of [1, 3, 3, 2]) kept.take(second(sec));
  const { snapshot, course } = kept.part(AGENT)!;
  assertEquals(snapshot.second, 3);
  assertEquals(course.seconds.length, 2);
});

Deno.test("the last numbers stand where they were taken, not at the end of a second", () => {
  const kept = keeper();
  kept.begin(STARTED_MS);
  kept.take(second(1));
  kept.take(second(2, { final: true, atMs: 1_450 }));
  const { course, snapshot } = kept.part(AGENT)!;
  assertEquals(course.seconds.map(({ point }) => point.tSec), [1, 1.45]);
  assertEquals(snapshot.final, true);
});

Deno.test("what was told is in its course, and of a client in its story too", () => {
  const kept = keeper();
  kept.begin(STARTED_MS);
  kept.note({ atMs: 400, clientId: null, level: "info", text: "of all" });
  kept.note({ atMs: 500.4, clientId: "c", level: "error", text: "of one" });
  kept.take(second(1));
  const { course: { notes }, stories } = kept.part(AGENT)!;
  assertEquals(
    notes.map(({ text, level }) => [text, level]),
    [["of all", "info"], ["of one", "error"]],
  );
  assertEquals(
    stories.flatMap(({ events }) => events).every(({ text }) =>
      text === "of one"
    ),
    true,
  );
});

Deno.test("the address of a server is kept without its secrets", () => {
  const kept = keeper({
    server: { url: "wss://me:word@h.example/ws?token=t" },
  });
  kept.begin(STARTED_MS);
  kept.take(second(1));
  const { summary } = kept.part(AGENT)!;
  assertEquals(summary.server.url, "wss://h.example/ws?token=***");
  assertEquals(JSON.stringify(summary).includes("word"), false);
});
