/**
 * A run's timeline as CSV (RFC 4180): a header, then a row a stretch.
 *
 * @module
 */

import type { Summary, TimelinePoint } from "../metrics/mod.ts";

const COLUMNS: readonly (keyof TimelinePoint)[] = [
  "tSec",
  "clients",
  "packetsSentPerSec",
  "packetsReceivedPerSec",
  "sendBps",
  "receiveBps",
  "lossRatio",
  "cpuRatio",
];

/** The timeline as CSV text; all values are plain numbers. */
export function renderCsv({ timeline }: Summary): string {
  const rows = timeline.map((point) => COLUMNS.map((name) => point[name]));
  return [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
