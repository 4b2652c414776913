/** Readings in, events out: the stories of one server. */

import { assertEquals } from "@std/assert";
import type {
  HttpSample,
  MonitorEvent,
  ProcessSample,
} from "../../../lib/monitor/mod.ts";
import {
  createWatcher,
  type Reading,
  type Watcher,
} from "../../../lib/monitor/watcher.ts";
import { rawProcess, treeReading } from "./readings.ts";

/** A watcher, what it told, and its wall clock. */
class Watched {
  nowMs = 1_000;
  readonly events: MonitorEvent[] = [];
  readonly #watcher: Watcher = createWatcher(
    "t",
    () => this.nowMs,
    (event) => this.events.push(event),
  );

  /** Takes readings and failures, a second apart. */
  take(...steps: readonly (Reading | Error)[]): void {
    for (const step of steps) {
      if (step instanceof Error) this.#watcher.fail(step);
      else this.#watcher.take(step);
      this.nowMs += 1_000;
    }
  }

  /** What it told, a line each. */
  get lines(): string[] {
    return this.events.map((event) =>
      event.kind === "sample"
        ? `sample of ${event.sample.intervalMs} ms`
        : `${event.kind}: ${event.message}`
    );
  }

  get httpSamples(): HttpSample[] {
    return this.events.flatMap((event) =>
      event.kind === "sample" && event.sample.kind === "http"
        ? [event.sample]
        : []
    );
  }
}

const tree = (uptimeSeconds: number, startTicks = 1_000): Reading =>
  treeReading({ uptimeSeconds, processes: [rawProcess({ startTicks })] });

const http = (errors: number, ...problems: string[]): Reading => ({
  kind: "http",
  values: new Map([["errors_total", errors]]),
  problems,
});

const absent: Reading = { kind: "absent", reason: "nobody is there" };
const FOUND = "found: t is process 400 (server)";

Deno.test.each<{
  why: string;
  steps: readonly (Reading | Error)[];
  lines: readonly string[];
}>([
  {
    why: "a server between two looks is a sample",
    steps: [tree(100), tree(102.5)],
    lines: [FOUND, "sample of 2500 ms"],
  },
  {
    why: "the time that nobody could look is in no sample",
    steps: [tree(100), new Error("cut"), tree(160), tree(161)],
    lines: [FOUND, "warning: cut", FOUND, "sample of 1000 ms"],
  },
  {
    why: "another process with the same number is another server",
    steps: [tree(100), tree(101, 5_000), tree(102, 5_000)],
    lines: [
      FOUND,
      "gone: Server gone: t was process 400",
      FOUND,
      "sample of 1000 ms",
    ],
  },
  {
    why:
      "a server that goes while nobody can look is told without a word of its loss",
    steps: [tree(100), new Error("cut"), absent],
    lines: [FOUND, "warning: cut", "gone: nobody is there"],
  },
  {
    why: "each reason is a warning, the same one only after another",
    steps: ["a", "a", "b", "a"].map((text) => new Error(text)),
    lines: ["warning: a", "warning: b", "warning: a"],
  },
  {
    why: "after a look that went well the same warning is news",
    steps: [new Error("a"), absent, new Error("a"), tree(100), new Error("a")],
    lines: [
      "warning: a",
      "gone: nobody is there",
      "warning: a",
      FOUND,
      "warning: a",
    ],
  },
  {
    why: "a root that ended while it was looked at has no name",
    steps: [treeReading({ processes: [] })],
    lines: ["found: t is process 400 (?)"],
  },
  {
    why: "a server that answers, goes, and answers again",
    steps: [http(1), absent, absent, http(1)],
    lines: [
      "found: t answers",
      "sample of 0 ms",
      "gone: Server gone: nobody is there",
      "found: t answers",
      "sample of 0 ms",
    ],
  },
  {
    why:
      "what is wrong with an answer is told once, and again after a good one",
    steps: [
      http(1, "odd", "old"),
      http(1, "odd", "old"),
      http(1),
      http(1, "odd"),
    ],
    lines: [
      "found: t answers",
      "warning: odd; old",
      "sample of 0 ms",
      "sample of 1000 ms",
      "sample of 1000 ms",
      "warning: odd",
      "sample of 1000 ms",
    ],
  },
])("a watcher tells: $why", ({ steps, lines }) => {
  const watched = new Watched();
  watched.take(...steps);
  assertEquals<readonly string[]>(watched.lines, lines);
});

Deno.test("everything is told with the target and the time", () => {
  const watched = new Watched();
  watched.take(tree(100), tree(101), new Error("cut"), absent);
  assertEquals(
    watched.events.map((event) =>
      event.kind === "sample"
        ? [event.sample.target, event.sample.atMs]
        : [event.target, event.atMs]
    ),
    [["t", 1_000], ["t", 2_000], ["t", 3_000], ["t", 4_000]],
  );
});

Deno.test("a wall clock that is set back makes no time negative, and spoils only the sample across it", () => {
  const watched = new Watched();
  watched.take(http(10));
  watched.nowMs -= 60_000;
  watched.take(http(12), http(15));
  assertEquals(
    watched.httpSamples.map(({ intervalMs, metrics }) => [
      intervalMs,
      metrics?.rates?.errorsHz,
    ]),
    [[0, undefined], [0, undefined], [1_000, 3]],
  );
});

Deno.test("a server that was gone counts anew: nothing is compared with the one before", () => {
  const watched = new Watched();
  watched.take(http(100), absent, http(7), http(9));
  assertEquals(
    watched.httpSamples.map(({ metrics }) => metrics?.rates?.errorsHz),
    [undefined, undefined, 2],
  );
});

Deno.test("a sample has what the server told, and lacks what it did not", () => {
  const watched = new Watched();
  watched.take({ kind: "http", problems: [] }, {
    kind: "http",
    health: { status: "ok", participants: 1, rooms: null },
    problems: [],
  });
  const [nothing, health] = watched.httpSamples;
  assertEquals(Object.keys(nothing).sort(), [
    "atMs",
    "intervalMs",
    "kind",
    "target",
  ]);
  assertEquals(health.health?.participants, 1);
  assertEquals("metrics" in health, false);
});

Deno.test("CPU is over the time by the watched machine's own clock, whatever this one's says", () => {
  const watched = new Watched();
  const look = (uptimeSeconds: number, cpuTicks: number) =>
    treeReading({ uptimeSeconds, processes: [rawProcess({ cpuTicks })] });
  watched.take(look(100, 0));
  watched.nowMs += 3_600_000;
  watched.take(look(102, 100));
  const { sample } = watched.events[1] as { readonly sample: ProcessSample };
  assertEquals([sample.intervalMs, sample.cpuRatio], [2_000, 0.5]);
});
