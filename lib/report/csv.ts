/**
 * A run's timeline as CSV: a header, then a row a stretch.
 *
 * @module
 */

import { csvRow } from "./csv_row.ts";
import type { ServerPoint, Summary, TimelinePoint } from "../metrics/mod.ts";

const COLUMNS = [
  "tSec",
  "clients",
  "packetsSentPerSec",
  "packetsReceivedPerSec",
  "sendBps",
  "receiveBps",
  "lossRatio",
  "cpuRatio",
  "tracksDue",
  "silentRatio",
] as const satisfies readonly (keyof TimelinePoint)[];

const SERVER_COLUMNS = [
  ["serverCpuRatio", "cpuRatio"],
  ["serverMaxProcessRatio", "maxProcessRatio"],
  ["serverRssBytes", "rssBytes"],
  ["serverFds", "fds"],
  ["serverUdpDrops", "udpDrops"],
] as const satisfies readonly (readonly [string, keyof ServerPoint])[];

/** The timeline as CSV text; all values are plain numbers, those of a server that was not watched are empty. */
export function renderCsv({ timeline }: Summary): string {
  const header = [...COLUMNS, ...SERVER_COLUMNS.map(([name]) => name)];
  const rows = timeline.map((point) => [
    ...COLUMNS.map((name) => point[name]),
    ...SERVER_COLUMNS.map(([, key]) => point.server?.[key] ?? null),
  ]);
  return [header, ...rows].map(csvRow).join("");
}
