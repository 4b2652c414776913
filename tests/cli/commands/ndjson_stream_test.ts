import { assertEquals } from "@std/assert";
import {
  type ByteSink,
  NdjsonStream,
} from "../../../cli/commands/ndjson_stream.ts";
import { EMPTY_SNAPSHOT, summarize } from "../../../lib/metrics/mod.ts";
import { secondFigures } from "../../../lib/output/mod.ts";
import type { RunProgress } from "../../../tool.ts";
import { madeUpRun } from "../../lib/metrics/run.ts";

const RUN = madeUpRun();
const SUMMARY = summarize(RUN);

function second(tSec: number): RunProgress {
  const [point] = SUMMARY.timeline;
  return {
    phase: "media",
    elapsedMs: tSec * 1000,
    rampUpMs: 0,
    endMs: 30_000,
    point: { ...point, tSec },
    snapshot: { ...RUN.snapshot, atMs: tSec * 1000 },
    incidents: [],
    summarize: () => SUMMARY,
  };
}

/** Takes so many bytes at a time, until it is full. */
class Disk implements ByteSink {
  text = "";
  closed = false;
  #held = Promise.resolve();
  constructor(
    readonly atOnce = Infinity,
    readonly room = Infinity,
    readonly error: () => Error = () =>
      new Error("No space left on device (os error 28)"),
  ) {}
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }
  async write(bytes: Uint8Array): Promise<number> {
    await this.#held;
    if (this.text.length >= this.room) throw this.error();
    const taken = bytes.subarray(0, Math.min(this.atOnce, bytes.length));
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }
  close(): void {
    this.closed = true;
  }
  lines(): Record<string, unknown>[] {
    return this.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  }
}

function streamTo(disk: Disk, said: string[] = [], flushMs = 5000) {
  return new NdjsonStream(
    disk,
    secondFigures,
    (why) => said.push(why),
    flushMs,
  );
}

Deno.test("a run is a line when it starts, one a second, one a note, and one with the summary", async () => {
  const disk = new Disk(7);
  {
    await using stream = streamTo(disk);
    stream.start("ws://host/ws?token=geheim");
    for (const tSec of [1, 2, 3]) stream.onProgress(second(tSec));
    stream.onNote({
      atMs: 3500,
      clientId: null,
      level: "info",
      text: "a\nb\u202e",
    });
    stream.end(SUMMARY);
  }
  const lines = disk.lines();
  assertEquals(lines.map(({ type }) => type), [
    "start",
    "second",
    "second",
    "second",
    "note",
    "end",
  ]);
  assertEquals(lines.flatMap(({ tSec }) => tSec ?? []), [1, 2, 3, 3.5]);
  assertEquals(disk.text.includes("geheim"), false);
  assertEquals(disk.text.includes("\u202e"), false);
  assertEquals(lines.at(-1)?.secondsDropped, 0);
  assertEquals(disk.closed, true);
});

Deno.test("percentiles are those of the second alone", () => {
  const first = secondFigures(EMPTY_SNAPSHOT, second(1));
  const next = secondFigures(second(1).snapshot, second(2));
  assertEquals(first.mediaLatency.p50Ms !== null, true);
  assertEquals(next.mediaLatency, { p50Ms: null, p95Ms: null, p99Ms: null });
});

Deno.test("a full disk is told of once, and what comes after is left out", async () => {
  const said: string[] = [];
  const disk = new Disk(Infinity, 2000);
  {
    await using stream = streamTo(disk, said);
    for (let tSec = 1; tSec < 50; tSec++) {
      stream.onProgress(second(tSec));
      await Promise.resolve();
    }
    stream.end(SUMMARY);
  }
  assertEquals(said, ["No space left on device"]);
});

Deno.test("a reader that has had enough, as head has, is no failure", async () => {
  const said: string[] = [];
  const disk = new Disk(Infinity, 1, () => new Deno.errors.BrokenPipe("x"));
  {
    await using stream = streamTo(disk, said);
    stream.onProgress(second(1));
    stream.onProgress(second(2));
    stream.end(SUMMARY);
  }
  assertEquals(said, []);
});

Deno.test("a reader that stops for a while misses seconds, which are counted, and still gets the summary", async () => {
  const disk = new Disk();
  const goOn = disk.hold();
  {
    await using stream = streamTo(disk);
    for (let tSec = 1; tSec <= 100; tSec++) stream.onProgress(second(tSec));
    stream.end(SUMMARY);
    goOn();
  }
  const lines = disk.lines();
  const dropped = lines.at(-1)?.secondsDropped as number;
  assertEquals(lines.length - 1 + dropped, 100);
  assertEquals(dropped > 0, true);
});

Deno.test("a reader that takes nothing any more does not keep the run from ending", async () => {
  const disk = new Disk();
  const goOn = disk.hold();
  {
    await using stream = streamTo(disk, [], 1);
    stream.onProgress(second(1));
  }
  assertEquals(disk.closed, true);
  goOn();
});
