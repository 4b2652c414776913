import { assertEquals } from "@std/assert";
import {
  type ByteSink,
  NdjsonStream,
} from "../../../../cli/commands/files/ndjson_stream.ts";
import { CourseBook, summarize } from "../../../../lib/metrics/mod.ts";
import {
  ndjsonText,
  renderNdjson,
  secondFigures,
} from "../../../../lib/output/mod.ts";
import { madeUpRun } from "../../../lib/metrics/run.ts";

const RUN = madeUpRun();
const SUMMARY = summarize(RUN);

/** Seconds of which the first has all that was measured. */
function* seconds(count: number, book = new CourseBook()) {
  const [point] = SUMMARY.timeline;
  for (let tSec = 1; tSec <= count; tSec++) {
    yield {
      second: book.take({
        phase: "media",
        point: { ...point, tSec },
        snapshot: { ...RUN.snapshot, atMs: tSec * 1000 },
      }),
    };
  }
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
    { ndjsonText, secondFigures },
    (why) => said.push(why),
    flushMs,
  );
}

Deno.test("a run is a line when it starts, one a second, one a note, and one with the summary; later the same lines", async () => {
  const disk = new Disk(7);
  const book = new CourseBook();
  const note = { atMs: 2500, level: "info", text: "a\nb\u202e" } as const;
  {
    await using stream = streamTo(disk);
    stream.start("ws://host/ws?token=geheim");
    for (const progress of seconds(3, book)) {
      stream.onProgress(progress);
      if (progress.second.point.tSec !== 2) continue;
      stream.onNote({ ...note, clientId: null });
      book.note(note);
    }
    stream.onNote({ ...note, clientId: null });
    book.note(note);
    stream.end(SUMMARY);
  }
  const lines = disk.lines();
  assertEquals(lines.map(({ type }) => type), [
    "start",
    "second",
    "second",
    "note",
    "second",
    "note",
    "end",
  ]);
  assertEquals(lines.flatMap(({ tSec }) => tSec ?? []), [1, 2, 2.5, 3, 2.5]);
  assertEquals(disk.text.includes("geheim"), false);
  assertEquals(disk.text.includes("\u202e"), false);
  assertEquals(lines.at(-1)?.secondsDropped, 0);
  assertEquals(disk.closed, true);
  const later = renderNdjson(SUMMARY, book.course());
  assertEquals(later.split("\n").slice(1), disk.text.split("\n").slice(1));
});

Deno.test("percentiles are those of the second alone", () => {
  const [first, next] = seconds(2).map(({ second }) => secondFigures(second));
  assertEquals(first.mediaLatency.p50Ms !== null, true);
  assertEquals(next.mediaLatency, { p50Ms: null, p95Ms: null, p99Ms: null });
});

Deno.test("a full disk is told of once, and what comes after is left out", async () => {
  const said: string[] = [];
  const disk = new Disk(Infinity, 2000);
  {
    await using stream = streamTo(disk, said);
    for (const progress of seconds(49)) {
      stream.onProgress(progress);
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
    for (const progress of seconds(2)) stream.onProgress(progress);
    stream.end(SUMMARY);
  }
  assertEquals(said, []);
});

Deno.test("a reader that stops for a while misses seconds, which are counted, and still gets the summary", async () => {
  const disk = new Disk();
  const goOn = disk.hold();
  {
    await using stream = streamTo(disk);
    for (const progress of seconds(100)) stream.onProgress(progress);
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
    for (const progress of seconds(1)) stream.onProgress(progress);
  }
  assertEquals(disk.closed, true);
  goOn();
});
