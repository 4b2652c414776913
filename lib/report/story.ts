/**
 * One client's story as lines, and all of them as they are kept in
 * `load_test_snapshot.json.gz`.
 *
 * @module
 */

import {
  CLIENT_STATES,
  type ClientState,
  foldedBins,
  type Incident,
  incidentName,
  incidentTime,
  type LayerChange,
  STORY_SUMS,
  type StoryBin,
  type StoryEvent,
  type TrackFreeze,
  type WholeStory,
} from "../metrics/mod.ts";
import { formatBps, formatClock, formatRatio, sanitize } from "../text/mod.ts";
import { csvRow } from "./csv_row.ts";

/** Rows that a story is shown in; longer ones are put together. */
const MAX_ROWS = 120;

const COLUMNS = ["fromSec", "toSec", "state", ...STORY_SUMS] as const;

/** Stories as they are kept. */
export type KeptStories =
  (typeof import("./files/saved_run_schema.ts"))["storiesSchema"]["_zod"][
    "output"
  ];

/** The names of a bin's numbers. */
export const STORY_COLUMNS: readonly string[] = COLUMNS;

/** A story as it is kept: a row of numbers a bin, by {@linkcode STORY_COLUMNS}. */
export function storyRecord({ bins, ...story }: WholeStory): unknown {
  return {
    ...story,
    bins: bins.map((bin) => COLUMNS.map((name) => bin[name])),
  };
}

/** Stories as they were. */
export function storiesOf({ columns, clients }: KeptStories): WholeStory[] {
  return clients.map(({ bins, ...story }) => ({
    ...story,
    bins: bins.map((row) => binOf(columns, row)),
  }));
}

/** A client's bins as CSV (RFC 4180). */
export function storyCsv({ bins }: WholeStory): string {
  return [COLUMNS, ...bins.map((bin) => COLUMNS.map((name) => bin[name]))]
    .map(csvRow).join("");
}

function binOf(
  columns: readonly string[],
  row: readonly (number | string)[],
): StoryBin {
  const known = Object.fromEntries(columns.map((name, i) => [name, row[i]]));
  const state = CLIENT_STATES.find((one) => one === known.state);
  return {
    ...Object.fromEntries(
      COLUMNS.map((name) => [name, Number(known[name] ?? 0)]),
    ),
    state: state ?? "planned" satisfies ClientState,
  } as unknown as StoryBin;
}

/** A client's story as lines: its seconds with what happened in them, and the incidents meanwhile. */
export function storyLines(
  { bins, events, freezes, layers }: Pick<
    WholeStory,
    "bins" | "events" | "freezes" | "layers"
  >,
  incidents: readonly Incident[] = [],
): string[] {
  if (bins.length === 0) return ["nothing is known of its seconds"];
  const rows = foldedBins(bins, MAX_ROWS);
  const happenings: readonly StoryEvent[] = [
    ...events,
    ...freezes.map(freezeEvent),
    ...layers.map(layerEvent),
  ].toSorted((a, b) => a.atSec - b.atSec);
  const lines = rows.map((bin, i) => ({
    bin,
    happened: [
      ...incidents.filter((one) =>
        one.fromSec < bin.toSec && one.fromSec >= startOf(rows, i)
      ).map((one) => `! ${incidentTime(one)} ${incidentName(one)}`),
      ...happenings.filter(({ atSec }) =>
        (atSec < bin.toSec || i === rows.length - 1) &&
        atSec >= startOf(rows, i)
      ).map(({ atSec, text }) => `${time(atSec)} ${sanitize(text)}`),
    ],
  }));
  return [
    ...bySender(freezes),
    HEAD,
    ...lines.flatMap(({ bin, happened }) => [
      rowText(bin),
      ...happened.map((text) => `${" ".repeat(TIME_COLUMNS)}${text}`),
    ]),
  ];
}

function freezeEvent(
  { from, fromSec, toSec, frozenMs }: TrackFreeze,
): StoryEvent {
  // Once or again and again: each may be shorter than all of it.
  const until = toSec - fromSec > frozenMs / 1000 + 0.1
    ? ` in all until ${time(toSec)}`
    : "";
  const seconds = (frozenMs / 1000).toFixed(1);
  return {
    atSec: fromSec,
    text: `${from} stood still for ${seconds} s${until}`,
  };
}

function layerEvent({ from, atSec, layer }: LayerChange): StoryEvent {
  const what = layer === null ? "no layer" : `layer ${layer}`;
  return { atSec, text: `${what} of ${from} from now on` };
}

/** Whose videos stood still for how long, of what is kept; the longest first. */
function bySender(freezes: readonly TrackFreeze[]): string[] {
  const total = new Map<string, number>();
  for (const { from, frozenMs } of freezes) {
    total.set(from, (total.get(from) ?? 0) + frozenMs);
  }
  if (total.size === 0) return [];
  const parts = [...total].sort(([, a], [, b]) => b - a).map(([from, ms]) =>
    `${sanitize(from)} ${(ms / 1000).toFixed(1)} s`
  );
  return [`frozen, by sender: ${parts.join(", ")}`];
}

function startOf(rows: readonly StoryBin[], i: number): number {
  return i === 0 ? -Infinity : rows[i - 1].toSec;
}

const TIME_COLUMNS = 14;
const HEAD = [
  "time".padEnd(TIME_COLUMNS),
  "state".padEnd(10),
  ...["out", "in", "loss", "missing", "fps", "frozen"].map((title) =>
    title.padStart(10)
  ),
].join("");

function rowText(bin: StoryBin): string {
  const seconds = bin.toSec - bin.fromSec;
  const bps = (bytes: number) =>
    formatBps(seconds > 0 ? bytes * 8 / seconds : 0);
  const share = (part: number, whole: number) =>
    whole > 0 ? formatRatio(Math.max(0, Math.min(1, part / whole))) : "-";
  const { packetsDue, packetsCame, playedMs, framesRendered } = bin;
  return [
    `${time(bin.fromSec)}-${time(bin.toSec)}`.padEnd(TIME_COLUMNS),
    bin.state.padEnd(10),
    ...[
      bps(bin.bytesSent),
      bps(bin.bytesReceived),
      share(packetsDue - packetsCame, packetsDue),
      share(bin.silentMs, bin.dueMs),
      playedMs > 0 ? (framesRendered * 1000 / playedMs).toFixed(1) : "-",
      share(bin.frozenMs, playedMs),
    ].map((text) => text.padStart(10)),
  ].join("").trimEnd();
}

/** `1:05.2`: seconds alone would be the same in two rows. */
function time(sec: number): string {
  const tenths = Math.round(sec * 10);
  return `${formatClock(tenths * 100)}.${tenths % 10}`;
}
