import { assertEquals } from "@std/assert";
import { type MonitorEvent, parseTarget } from "../../../lib/monitor/mod.ts";
import { startMonitorWith } from "../../../lib/monitor/monitor.ts";
import type { Pace } from "../../../lib/monitor/pace.ts";
import type { Reading } from "../../../lib/monitor/watcher.ts";
import { rawProcess, treeReading } from "./readings.ts";

/** A look, or a failure of the way to the server. */
type Step = Reading | Error;

/**
 * Runs a monitor over looks prepared in advance: each inner list is what one
 * opening of the way to the server gives; the monitor ends with the last.
 */
async function story(openings: readonly (readonly Step[])[]) {
  const events: MonitorEvent[] = [];
  const waits: number[] = [];
  const over = Promise.withResolvers<void>();
  let opened = 0;
  let clockMs = 0;
  const monitor = startMonitorWith(
    [parseTarget("port:3000")],
    {
      onEvent: (event) => events.push(event),
      now: () => clockMs += 1_000,
    },
    {
      async wait(ms, signal) {
        waits.push(ms);
        if (opened < openings.length) return;
        over.resolve();
        await ended(signal);
      },
      async *open() {
        for (const step of openings[opened++] ?? []) {
          if (step instanceof Error) throw step;
          yield await Promise.resolve(step);
        }
      },
    },
  );
  await over.promise;
  await monitor[Symbol.asyncDispose]();
  return { events, waits };
}

/** Resolves once a signal has aborted. */
function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

function told(events: readonly MonitorEvent[]): readonly string[] {
  return events.map((event) =>
    event.kind === "sample" ? "sample" : `${event.kind}: ${event.message}`
  );
}

const look = (uptimeSeconds: number, cpuTicks: number) =>
  treeReading({ uptimeSeconds, processes: [rawProcess({ cpuTicks })] });

const restarted = (uptimeSeconds: number) =>
  treeReading({
    uptimeSeconds,
    rootPid: 500,
    processes: [rawProcess({ pid: 500, startTicks: 10_200, cpuTicks: 1 })],
  });

const absent: Reading = {
  kind: "absent",
  reason: "No process listens on TCP port 3000",
};

Deno.test("the first look finds the server, the second gives a sample", async () => {
  const { events } = await story([[look(100, 0), look(101, 50)]]);
  assertEquals(told(events), [
    "found: port:3000 is process 400 (server)",
    "sample",
  ]);
});

Deno.test("a server that dies and is restarted is told once each, and measured again", async () => {
  const { events } = await story([[
    look(100, 900),
    absent,
    absent,
    restarted(103),
    restarted(104),
  ]]);
  assertEquals(told(events), [
    "found: port:3000 is process 400 (server)",
    "gone: Server gone: No process listens on TCP port 3000",
    "found: port:3000 is process 500 (server)",
    "sample",
  ]);
});

Deno.test("a restart between two looks is noticed by its process", async () => {
  const { events } = await story([[look(100, 900), restarted(103)]]);
  assertEquals(told(events), [
    "found: port:3000 is process 400 (server)",
    "gone: Server gone: port:3000 was process 400",
    "found: port:3000 is process 500 (server)",
  ]);
});

Deno.test("a server that was never there is gone, not lost", async () => {
  const { events } = await story([[absent, absent]]);
  assertEquals(told(events), ["gone: No process listens on TCP port 3000"]);
});

Deno.test("a failing sampler warns once and is retried ever more slowly", async () => {
  const denied = new Error("Cannot sample ssh:box:3000: Permission denied");
  const { events, waits } = await story(
    Array.from({ length: 7 }, () => [denied]),
  );
  assertEquals(told(events), [
    "warning: Cannot sample ssh:box:3000: Permission denied",
  ]);
  assertEquals(waits, [1, 2, 4, 8, 16, 30, 30].map((s) => s * 1_000));
});

Deno.test("a sampler that works again is told, and a new failure warns anew", async () => {
  const cut = new Error("Cannot sample ssh:box:3000: Connection reset");
  const { events, waits } = await story([
    [look(100, 0), look(101, 0), cut],
    [cut],
    [look(105, 0), cut],
  ]);
  assertEquals(told(events), [
    "found: port:3000 is process 400 (server)",
    "sample",
    "warning: Cannot sample ssh:box:3000: Connection reset",
    "found: port:3000 is process 400 (server)",
    "warning: Cannot sample ssh:box:3000: Connection reset",
  ]);
  assertEquals(waits, [1_000, 2_000, 1_000]);
});

Deno.test("what the server tells becomes samples with rates", async () => {
  const http = (errors: number): Reading => ({
    kind: "http",
    health: { status: "ok", participants: 2, rooms: 1 },
    values: new Map([["errors_total", errors]]),
    problems: [],
  });
  const { events } = await story([[http(5), http(8)]]);
  assertEquals(told(events), ["found: port:3000 answers", "sample", "sample"]);
  const last = events.at(-1);
  // The clock of the story moves a second at each event: two between the samples.
  assertEquals(
    last?.kind === "sample" && last.sample.kind === "http" &&
      last.sample.metrics?.rates?.errorsHz,
    (8 - 5) / 2,
  );
});

Deno.test("half an answer is a warning, said once, and a sample all the same", async () => {
  const half: Reading = {
    kind: "http",
    problems: ["http://h/metrics wants a token (401)"],
  };
  const { events } = await story([[half, half]]);
  assertEquals(told(events), [
    "found: port:3000 answers",
    "warning: http://h/metrics wants a token (401)",
    "sample",
    "sample",
  ]);
});

Deno.test("whoever asks for a look is answered by one that began afterwards", async () => {
  const inTurn = Promise.withResolvers<void>();
  const begun: Pace[] = [];
  let samples = 0;
  const onEvent = ({ kind }: MonitorEvent) => {
    if (kind === "sample") samples++;
  };
  const target = parseTarget("port:3000");
  await using monitor = startMonitorWith([target], { onEvent }, {
    async wait() {
      await inTurn.promise;
    },
    async *open(_target, signal, pace) {
      for (let i = 0; !signal.aborted; i++) {
        const taken = pace.begin();
        begun.push(pace);
        yield await Promise.resolve(look(100 + i, 50 * i));
        taken();
        if (!pace.hurry.aborted) {
          await new Promise<void>((resolve) => {
            for (const one of [signal, pace.hurry]) {
              one.addEventListener("abort", () => resolve());
            }
          });
        }
      }
    },
  });
  const never = new AbortController().signal;
  // The first look began before this, so a second answers it.
  await monitor.look(never);
  assertEquals(samples, 1);
  await monitor.look(never);
  assertEquals(samples, 2);
  assertEquals(begun.length, 3);
  inTurn.resolve();
});

Deno.test("a look at what does not answer ends with its signal", async () => {
  await using monitor = startMonitorWith([parseTarget("port:3000")], {}, {
    wait: () => Promise.resolve(),
    async *open(_target, signal) {
      await ended(signal);
      yield absent;
    },
  });
  const patience = new AbortController();
  const looked = monitor.look(patience.signal);
  patience.abort();
  await looked;
});

Deno.test("one target that cannot be looked at keeps nobody from the others", async () => {
  const events: MonitorEvent[] = [];
  const sampled = Promise.withResolvers<void>();
  const onEvent = (event: MonitorEvent) => {
    events.push(event);
    if (event.kind === "sample") sampled.resolve();
  };
  const targets = ["ssh:box:3000", "port:3000"].map(parseTarget);
  await using _ = startMonitorWith(targets, { onEvent }, {
    wait: (_ms, signal) => ended(signal),
    async *open({ kind }) {
      if (kind === "ssh") throw new Error("Cannot sample ssh:box:3000: no");
      yield await Promise.resolve(look(100, 0));
      yield look(101, 50);
    },
  });
  await sampled.promise;
  assertEquals(told(events), [
    "warning: Cannot sample ssh:box:3000: no",
    "found: port:3000 is process 400 (server)",
    "sample",
  ]);
});

Deno.test("nothing is told any more once a monitor is ended", async () => {
  let events = 0;
  const monitor = startMonitorWith([parseTarget("port:3000")], {
    onEvent: () => events++,
  }, {
    wait: () => Promise.resolve(),
    async *open(_target, signal) {
      await ended(signal);
      // This was on its way.
      yield look(100, 0);
      throw new Error("cut");
    },
  });
  await monitor[Symbol.asyncDispose]();
  assertEquals(events, 0);
});

Deno.test("of nothing to watch a look is over at once, and what is given up before is not waited for", async () => {
  const doors = {
    wait: () => Promise.resolve(),
    async *open(_target: unknown, signal: AbortSignal) {
      await ended(signal);
      yield absent;
    },
  };
  await using none = startMonitorWith([], {}, doors);
  await none.look(new AbortController().signal);
  await using silent = startMonitorWith([parseTarget("pid:1")], {}, doors);
  await silent.look(AbortSignal.abort());
});
