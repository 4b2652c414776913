/** What runs leave, which somebody may hand us from anywhere: all of a run in one file, its summary, its clients. */

import {
  packRun,
  parseResults,
  parseSummary,
  toResults,
  unpackRun,
} from "../../../lib/report/mod.ts";
import { saved } from "../../lib/report/made_up_saved_run.ts";
import { damagedBytes, damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

/** Of which there could be no end, in a few bytes of gzip. */
const WITHOUT_END = ["[", "{}", `{"a":`, "[],", "0,", `"",`, " "];
const MAX_TIMES = 200_000;

type Bytes = Uint8Array<ArrayBuffer>;

/** A run in one file: its JSON damaged, its bytes damaged, or something without end in its place. */
export const savedRuns: Door = {
  name: "saved_runs",
  kind: "stateful",
  takes: 10,
  async open() {
    const bytes = await packRun(saved());
    const text = await new Response(
      new Response(bytes).body!.pipeThrough(new DecompressionStream("gzip")),
    ).text();
    const files: fc.Arbitrary<string | Bytes> = fc.oneof(
      { weight: 10, arbitrary: damagedJson([JSON.parse(text)]) },
      {
        weight: 4,
        arbitrary: damagedBytes([bytes]) as fc.Arbitrary<Bytes>,
      },
      {
        weight: 1,
        arbitrary: fc.tuple(
          fc.constantFrom(...WITHOUT_END),
          fc.nat(MAX_TIMES),
          fc.nat(text.length),
        ).map(([unit, times, at]) =>
          text.slice(0, at) + unit.repeat(times) + text.slice(at)
        ),
      },
    );
    return {
      property: fc.asyncProperty(files, async (file) => {
        const packed = typeof file === "string" ? await gzip(file) : file;
        const run = await refusing(() => unpackRun(packed));
        // What is taken in can be given out, and is the same again.
        if (run === undefined) return;
        const again = await unpackRun(await packRun(run));
        if (JSON.stringify(again) !== JSON.stringify(run)) {
          throw new Error("it is another run when it is read again");
        }
      }),
    };
  },
};

/** The files that are plain JSON. */
export const summaries: Door = {
  name: "summaries",
  kind: "pure",
  takes: 5,
  open() {
    const { summary, snapshot } = saved();
    const samples: unknown[] = [summary, toResults(snapshot.clients)];
    return {
      property: fc.asyncProperty(damagedJson(samples), async (text) => {
        await refusing(() => parseSummary(text));
        await refusing(() => parseResults(text));
      }),
    };
  },
};

async function gzip(text: string): Promise<Bytes> {
  const { body } = new Response(text);
  return await new Response(
    body!.pipeThrough(new CompressionStream("gzip")),
  ).bytes();
}

/** What is no such file is refused in one line, and by nothing else. */
async function refusing<T>(
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (
      error instanceof SyntaxError &&
      /^Cannot read (snapshot|summary|results): [^\n]*$/.test(error.message)
    ) return undefined;
    throw error;
  }
}
