/** What runs leave, which somebody may hand us from anywhere: all of a run in one file, its summary, its clients. */

import { gzipSync } from "node:zlib";
import {
  packRun,
  type SavedRun,
  toResults,
  unpackRun,
} from "../../../lib/report/mod.ts";
import { parseResults, parseSummary } from "../../../lib/report/reading.ts";
import type { Summary } from "../../../lib/metrics/mod.ts";
import { saved } from "../../lib/report/made_up_saved_run.ts";
import { damagedBytes, damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

/** A run of which little is twice: what is alike is damaged alike, and all of it is read each time. */
function smallRun(): SavedRun {
  const run = saved();
  const seen = new Set<string>();
  const metrics = Object.fromEntries(
    Object.entries(run.summary.metrics)
      .filter(([, { type }]) => seen.size < seen.add(type).size),
  ) as unknown as Summary["metrics"];
  return {
    ...run,
    summary: { ...run.summary, metrics },
    stories: run.stories.map((story) => ({
      ...story,
      bins: story.bins.slice(0, 2),
    })).slice(0, 2),
  };
}

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
    const bytes = await packRun(smallRun());
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
        const packed = typeof file === "string" ? gzip(file) : file;
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
    const { summary, snapshot } = smallRun();
    const results = toResults(snapshot.clients.slice(-2));
    const files = fc.oneof(
      damagedJson<unknown>([summary]).map((text) => [parseSummary, text]),
      damagedJson<unknown>([results]).map((text) => [parseResults, text]),
    ) as fc.Arbitrary<[(text: string) => unknown, string]>;
    return {
      property: fc.asyncProperty(
        files,
        ([parse, text]) => refusing(() => parse(text)).then(() => {}),
      ),
    };
  },
};

function gzip(text: string): Bytes {
  return new Uint8Array(gzipSync(text, { level: 1 }));
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
