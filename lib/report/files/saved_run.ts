/**
 * A run in one file, `load_test_snapshot.json.gz`: what it came to, all that
 * was counted, with its distributions and clients, its seconds, and each
 * client's story. Whatever can be said of a run is said from it later, and
 * nothing in it is a mean or a percentile, so that what several machines left
 * of one run can be put together.
 *
 * @module
 */

import {
  type Course,
  COURSE_COLUMNS,
  courseRow,
  type RunBasis,
  type Snapshot,
  type Summary,
  TREND_COLUMNS,
  type WholeStory,
} from "../../metrics/mod.ts";
import { asWritten } from "./as_written.ts";
import {
  checkedJsonOf,
  JsonBounds,
  TOO_LARGE,
  unreadable,
} from "./bounded_json.ts";
import { toFirstMistakes } from "./first_mistakes.ts";
import { SAVED_FORMAT } from "./saved_format.ts";
import { storiesOf, STORY_COLUMNS, storyRecord } from "../story.ts";

/** All that is kept of a run. */
export interface SavedRun {
  /** What it came to. */
  readonly summary: Summary;
  /** What its scenario found besides, in lines. */
  readonly found: readonly string[];
  /** Everything measured, clients included. */
  readonly snapshot: Snapshot;
  /** What each second came to, and what was told. */
  readonly course: Course;
  /** What became of each client, bin by bin. */
  readonly stories: readonly WholeStory[];
  /** What its summary rests on besides; `undefined` in what earlier versions wrote. */
  readonly basis?: RunBasis | undefined;
}

/** As errors name it. */
const WHAT = "snapshot";

/** Of the compressed file, taken at a time. */
const SLICE_BYTES = 16_384;

/** The file of a run. */
export async function packRun(
  run: SavedRun,
): Promise<Uint8Array<ArrayBuffer>> {
  // By the line, so that there is no string of all of it.
  const text = ReadableStream.from(linesOf(run))
    .pipeThrough(new TextEncoderStream())
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(text).arrayBuffer());
}

/** The run of a file. Throws a `SyntaxError` in one line where it is none, or cut off. */
export async function unpackRun(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<SavedRun> {
  const json = checkedJsonOf(await textOf(bytes), WHAT);
  if (formatOf(json) > SAVED_FORMAT) {
    throw unreadable(WHAT, "a later version wrote it. Read it with that one");
  }
  // Who only writes needs no schemas.
  const { courseOf, savedRunSchema } = await import("./saved_run_schema.ts");
  const { success, data, error } = toFirstMistakes(savedRunSchema)
    .safeParse(json);
  if (!success) {
    const { path, message } = error.issues[0];
    const where = path.length === 0 ? "" : `${path.map(String).join(".")}: `;
    throw unreadable(WHAT, `${where}${message}`);
  }
  const { summary } = json as { readonly summary: unknown };
  return {
    summary: asWritten(data.summary, summary),
    found: data.found,
    snapshot: { ...data.snapshot, clients: data.clients },
    course: courseOf(data),
    stories: storiesOf(data.stories),
    ...(data.basis !== undefined && { basis: data.basis }),
  };
}

/** The text of the file: parts of one JSON object, the long ones a line each. */
function* linesOf(
  { summary, found, snapshot, course, stories, basis }: SavedRun,
): Iterable<string> {
  const { clients, ...totals } = snapshot;
  const columns = (names: readonly string[]) => JSON.stringify(names);
  yield `{"format":${SAVED_FORMAT},\n`;
  yield `"summary":${JSON.stringify(summary)},\n`;
  yield `"found":${JSON.stringify(found)},\n`;
  if (basis !== undefined) yield `"basis":${JSON.stringify(basis)},\n`;
  yield `"snapshot":${JSON.stringify(totals)},\n`;
  yield* list(`"clients":`, clients, ",\n");
  yield `"seconds":{"columns":${columns(COURSE_COLUMNS)},`;
  yield `"trends":${columns(TREND_COLUMNS)},`;
  yield* list(
    `"rows":`,
    course.seconds.values().map((second) => [
      courseRow(second),
      TREND_COLUMNS.map((name) => second.trends[name]),
    ]),
    "},\n",
  );
  yield* list(`"notes":`, course.notes, ",\n");
  yield `"notesLeftOut":${course.notesLeftOut},\n`;
  yield `"stories":{"columns":${columns(STORY_COLUMNS)},`;
  yield* list(`"clients":`, stories.values().map(storyRecord), "}}\n");
}

function* list(
  name: string,
  items: Iterable<unknown>,
  end: string,
): Iterable<string> {
  yield `${name}[`;
  let before = "\n";
  for (const item of items) {
    yield before + JSON.stringify(item);
    before = ",\n";
  }
  yield `]${end}`;
}

async function textOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const text: string[] = [];
  const bounds = new JsonBounds();
  const parts = ReadableStream.from(slicesOf(bytes))
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream());
  let isWithin = true;
  try {
    for await (const part of parts) {
      isWithin = bounds.take(part);
      if (!isWithin) break;
      text.push(part);
    }
  } catch {
    throw unreadable(
      WHAT,
      text.length === 0 ? "it is not gzip" : "it was cut off",
    );
  }
  if (!isWithin) throw unreadable(WHAT, TOO_LARGE);
  return text.join("");
}

/** Whatever comes of one is in memory as a whole: up to a thousand times as much. */
function* slicesOf(
  bytes: Uint8Array<ArrayBuffer>,
): Iterable<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    yield bytes.subarray(at, at + SLICE_BYTES);
  }
}

function formatOf(json: unknown): number {
  return typeof json === "object" && json !== null && "format" in json
    ? Number(json.format)
    : 0;
}
