/**
 * The lines of a run, written while it goes on. Whoever takes them slowly
 * misses seconds, whoever takes no more is left alone, and what cannot be
 * written ends the lines, never the run.
 *
 * @module
 */

import {
  type NodeNote,
  type RunProgress,
  shownUrl,
  type Summary,
  VERSION,
} from "../../../tool.ts";
import type { NdjsonLine } from "../../../lib/output/mod.ts";
import { writeWhole } from "../../write_whole.ts";
import { STDOUT } from "../options/output_options.ts";
import { reasonOf } from "../../../lib/text/mod.ts";
import { openToWrite } from "./paths.ts";

/** Takes bytes, not always all of them. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** How its lines are made. */
type NdjsonFormat = Pick<
  typeof import("../../../lib/output/mod.ts"),
  "ndjsonText" | "secondFigures"
>;

/** Lines that wait for a slow reader. */
const MAX_WAITING = 60;
/** How long a reader has to take the last ones. */
const FLUSH_MS = 5_000;

/** Opens the file, or standard output. Throws when that cannot be. */
export async function openNdjson(
  path: string,
  tell: (line: string) => void,
  withinMs?: number,
): Promise<NdjsonStream> {
  const format = await import("../../../lib/output/mod.ts");
  const sink = path === STDOUT
    ? {
      write: (bytes: Uint8Array) => Deno.stdout.write(bytes),
      close: () => {},
    }
    : await openToWrite(path, withinMs).catch((error) => {
      throw new Error(
        `Cannot write --ndjson to ${path}: ${
          reasonOf(error)
        }. Name another file.`,
      );
    });
  return new NdjsonStream(sink, format, (reason) =>
    tell(
      `Cannot write --ndjson to ${
        path === STDOUT ? "standard output" : path
      }: ${reason}. The run goes on without it.`,
    ));
}

/** Lines on their way to a sink. */
export class NdjsonStream implements AsyncDisposable {
  readonly #sink: ByteSink;
  readonly #format: NdjsonFormat;
  readonly #onFailure: (reason: string) => void;
  readonly #flushMs: number;
  readonly #waiting: string[] = [];
  #secondsDropped = 0;
  #isBroken = false;
  #writing: Promise<void> | undefined;

  /** `onFailure` hears once why no more is written. */
  constructor(
    sink: ByteSink,
    format: NdjsonFormat,
    onFailure: (reason: string) => void,
    flushMs: number = FLUSH_MS,
  ) {
    this.#sink = sink;
    this.#format = format;
    this.#onFailure = onFailure;
    this.#flushMs = flushMs;
  }

  /** The run begins. */
  start(url: string): void {
    this.#put({
      type: "start",
      version: VERSION,
      server: shownUrl(url),
      at: new Date().toISOString(),
    });
  }

  /** A second is over. */
  onProgress({ second }: Pick<RunProgress, "second">): void {
    if (this.#waiting.length >= MAX_WAITING) this.#secondsDropped++;
    else this.#put(this.#format.secondFigures(second));
  }

  /** Something happened. */
  onNote({ atMs, level, text }: NodeNote): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#put({ type: "note", tSec: atMs / 1000, level, text });
  }

  /** The run is over. */
  end(summary: Summary): void {
    this.#put({
      type: "end",
      secondsDropped: this.#secondsDropped,
      summary,
    });
  }

  /** Waits a while for the last lines to be taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      this.#writing,
      new Promise((resolve) => timer = setTimeout(resolve, this.#flushMs)),
    ]);
    clearTimeout(timer);
    this.#isBroken = true;
    this.#sink.close();
  }

  #put(line: NdjsonLine): void {
    if (this.#isBroken) return;
    this.#waiting.push(this.#format.ndjsonText(line));
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const bytes = new TextEncoder().encode(this.#waiting.shift());
        await writeWhole(this.#sink, bytes);
      }
    } catch (error) {
      if (this.#isBroken) return;
      this.#isBroken = true;
      this.#waiting.length = 0;
      // Whoever reads us has had enough, as `head` does.
      if (error instanceof Deno.errors.BrokenPipe) return;
      this.#onFailure(reasonOf(error));
    } finally {
      this.#writing = undefined;
    }
  }
}
