/**
 * The clients of a `load_test_results.json`, a row each, the worst first: as
 * a table for a screen, and as CSV.
 *
 * @module
 */

import { byBadness, ratio } from "../metrics/mod.ts";
import {
  formatCount,
  formatMs,
  formatRatio,
  sanitize,
  type Span,
  span,
} from "../text/mod.ts";
import { type CsvCell, csvRow } from "./csv_row.ts";
import type { ClientResult } from "./files/results.ts";
import type { TextOptions } from "./text.ts";
import { wideTable } from "./wide_table.ts";

/** A column. */
interface Column {
  /** Its name in CSV. */
  readonly key: string;
  /** Its heading on a screen. */
  readonly heading: string;
  readonly value: (client: ClientResult) => CsvCell;
  /** How a number is shown. @default {as a count} */
  readonly show?: (value: number) => string;
}

const COLUMNS: readonly Column[] = [
  { key: "clientId", heading: "client", value: ({ clientId }) => clientId },
  { key: "roomId", heading: "room", value: ({ roomId }) => roomId },
  { key: "role", heading: "role", value: ({ role }) => role },
  { key: "state", heading: "state", value: ({ state }) => state },
  {
    key: "joinMs",
    heading: "join",
    value: ({ joinMs }) => joinMs,
    show: formatMs,
  },
  {
    key: "firstMediaMs",
    heading: "first media",
    value: ({ firstMediaMs }) => firstMediaMs,
    show: formatMs,
  },
  {
    key: "missingRatio",
    heading: "missing",
    value: (client) => ratio(client.tracksSilentMs, client.tracksDueMs),
    show: formatRatio,
  },
  {
    key: "lossRatio",
    heading: "loss",
    value: (client) => ratio(client.packetsLost, client.packetsExpected),
    show: formatRatio,
  },
  {
    key: "frameRate",
    heading: "fps",
    value: ({ frameRate }) => frameRate,
    show: (fps) => fps.toFixed(1),
  },
  {
    key: "frozenRatio",
    heading: "frozen",
    value: (client) => ratio(client.totalFreezesDurationMs, client.playedMs),
    show: formatRatio,
  },
  {
    key: "errorCount",
    heading: "errors",
    value: ({ errorCount }) => errorCount,
  },
  {
    key: "why",
    heading: "why",
    value: ({ failureCause, errors }) => failureCause ?? errors.at(-1) ?? null,
  },
];

/** The clients as a table, the worst first. */
export function renderClients(
  clients: readonly ClientResult[],
  options: TextOptions,
): string {
  return wideTable(
    COLUMNS.map(({ heading }) => heading),
    worstFirst(clients).map((client) => COLUMNS.map(cellOf(client))),
    options,
  );
}

/** The clients as CSV (RFC 4180), the worst first; what is not known is empty. */
export function renderClientsCsv(clients: readonly ClientResult[]): string {
  return [
    COLUMNS.map(({ key }) => key),
    ...worstFirst(clients).map((client) =>
      COLUMNS.map(({ value }) => value(client))
    ),
  ].map(csvRow).join("");
}

function cellOf(client: ClientResult): (column: Column) => Span {
  return ({ value, show = formatCount }) => {
    const cell = value(client);
    if (cell === null) return span("-", "dim");
    return span(typeof cell === "number" ? show(cell) : sanitize(cell));
  };
}

function worstFirst(clients: readonly ClientResult[]): ClientResult[] {
  return clients.toSorted(byBadness(badnessOf, ({ clientId }) => clientId));
}

/** Shares that add up, as in the summary's worst clients. */
function badnessOf(client: ClientResult): number {
  return (client.connectedAtEnd || client.state === "lost" ? 0 : 1) +
    (ratio(client.tracksSilentMs, client.tracksDueMs) ?? 0) +
    (ratio(client.packetsLost, client.packetsExpected) ?? 0) +
    (ratio(client.totalFreezesDurationMs, client.playedMs) ?? 0) +
    Math.min(1, client.errorCount);
}
