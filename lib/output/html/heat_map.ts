/**
 * Clients against time: a row a client, a cell a stretch, as dark as it was
 * bad. Who had it worst, when, and whether it were all of a room at once, is
 * seen before anything is read.
 *
 * @module
 */

import type { ClientStory, StoryBin } from "../../metrics/mod.ts";
import { formatClock } from "../../text/mod.ts";
import { type Child, html } from "./markup.ts";

/** What of a client is shown. */
interface Layer {
  readonly id: string;
  readonly title: string;
  /** From 0 to 1; `null` where there was nothing to have. */
  readonly of: (bin: StoryBin) => number | null;
}

const LAYERS: readonly Layer[] = [
  {
    id: "missing",
    title: "packets that did not come",
    of: ({ packetsDue, packetsCame }) =>
      packetsDue === 0 ? null : share(packetsDue - packetsCame, packetsDue),
  },
  {
    id: "absent",
    title: "time that tracks were missing",
    of: ({ dueMs, silentMs }) => dueMs === 0 ? null : share(silentMs, dueMs),
  },
  {
    id: "frozen",
    title: "time that pictures stood still",
    of: ({ playedMs, frozenMs }) =>
      playedMs === 0 ? null : share(frozenMs, playedMs),
  },
];

/** What the page's script draws. */
export interface HeatMap {
  /** Seconds of one column. */
  readonly columnSec: number;
  readonly columns: number;
  /** A row a client: its id and its room. */
  readonly rows: readonly (readonly [clientId: string, roomId: string])[];
  readonly layers: readonly {
    readonly id: string;
    readonly title: string;
    /** Row by row, a byte a cell, in base64: from 0 to {@linkcode WORST}, {@linkcode NOTHING} for nothing. */
    readonly cells: string;
  }[];
}

/** A cell that could not be worse. */
export const WORST = 254;
/** A cell without anything to show. */
export const NOTHING = 255;
/** Rows are pixels: of more clients the worst are shown. */
const MAX_ROWS = 1000;
const MAX_COLUMNS = 360;
/** Fewer cells are no picture. */
const MIN_COLUMNS = 3;

/** The map of these stories, grouped by room; `undefined` where there is too little to see. */
export function heatMap(stories: readonly ClientStory[]): HeatMap | undefined {
  const bins = stories.flatMap(({ bins }) => bins);
  if (bins.length === 0) return undefined;
  const endSec = bins.reduce((most, { toSec }) => Math.max(most, toSec), 0);
  const shortest = bins.reduce(
    (least, { fromSec, toSec }) => Math.min(least, toSec - fromSec),
    endSec,
  );
  const columnSec = Math.max(1, Math.round(shortest), endSec / MAX_COLUMNS);
  // What a division is off by is no column.
  const columns = Math.min(MAX_COLUMNS, Math.ceil(endSec / columnSec));
  if (columns < MIN_COLUMNS) return undefined;
  const shown = worst(stories).toSorted((a, b) =>
    a.roomId.localeCompare(b.roomId, "en", { numeric: true }) ||
    a.index - b.index
  );
  return {
    columnSec,
    columns,
    rows: shown.map(({ clientId, roomId }) => [clientId, roomId]),
    layers: LAYERS.map(({ id, title, of }) => ({
      id,
      title,
      cells: cellsOf(shown, of, columnSec, columns).toBase64(),
    })),
  };
}

/** The section around it; what it shows is put in by the script. */
export function heatSection(
  map: HeatMap | undefined,
  clients: number,
): Child {
  if (map === undefined) return "";
  const { rows, layers, columns, columnSec } = map;
  const some = rows.length < clients
    ? ` The ${rows.length} of ${clients} that had it worst.`
    : "";
  return html`
    <section class="wide">
      <h2>Every client, all the time</h2>
      <p
        class="hint">A row a client, rooms together; the redder, the worse.${some} Click a cell, or move with the arrow keys, to read it.</p>
      <p class="choices" role="group" aria-label="What is shown">${layers.map(
        ({ id, title }, i) =>
          html`
            <button type="button" data-layer="${id}"
              aria-pressed="${i === 0 ? "true" : "false"}">${title}</button>
          `,
      )}</p>
      <canvas id="heat" role="img" tabindex="0" aria-label="Clients against time"
        aria-describedby="heat-cell"></canvas>
      <p class="ends hint"
        aria-hidden="true"><span>0:00</span><span>${formatClock(
          columns * columnSec * 1000,
        )}</span></p>
      <p id="heat-cell" class="hint" aria-live="polite"></p>
    </section>
  `;
}

function share(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / whole));
}

function worst(stories: readonly ClientStory[]): readonly ClientStory[] {
  if (stories.length <= MAX_ROWS) return stories;
  const badness = ({ bins }: ClientStory) =>
    bins.reduce(
      (sum, bin) =>
        sum + LAYERS.reduce((all, { of }) => all + (of(bin) ?? 0), 0) *
          (bin.toSec - bin.fromSec),
      0,
    );
  return stories.map((story) => ({ story, bad: badness(story) }))
    .toSorted((a, b) => b.bad - a.bad)
    .slice(0, MAX_ROWS)
    .map(({ story }) => story);
}

function cellsOf(
  stories: readonly ClientStory[],
  of: Layer["of"],
  columnSec: number,
  columns: number,
): Uint8Array {
  const cells = new Uint8Array(stories.length * columns).fill(NOTHING);
  for (const [row, { bins }] of stories.entries()) {
    for (const bin of bins) {
      const value = of(bin);
      if (value === null) continue;
      const byte = Math.round(value * WORST);
      const first = Math.min(
        columns - 1,
        Math.floor(bin.fromSec / columnSec + 0.5),
      );
      const last = Math.max(
        first,
        Math.floor(bin.toSec / columnSec + 0.5) - 1,
      );
      for (let i = first; i <= Math.min(last, columns - 1); i++) {
        const at = row * columns + i;
        // Where stretches meet in a column, the worse one shows.
        if (cells[at] === NOTHING || cells[at] < byte) cells[at] = byte;
      }
    }
  }
  return cells;
}
