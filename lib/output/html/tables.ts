/**
 * The long tables of the page, as data: its script shows a hundred rows at a
 * time, sorts and filters them.
 *
 * @module
 */

import {
  byBadness,
  roomBadness,
  type RoomSummary,
  type Summary,
} from "../../metrics/mod.ts";
import type { ClientResult } from "../../report/mod.ts";
import { formatCount, formatCounted } from "../../text/mod.ts";
import { type Child, html } from "./markup.ts";

/** How the script writes a value. */
type Show = "text" | "count" | "ms" | "bps" | "ratio" | "fps";

/** A table, the worst row first. */
export interface Table {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly (readonly [title: string, show: Show])[];
  /** By column; `null` is not known. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Rows that there was no room for, all of them better. */
  readonly leftOut: number;
}

/** Rows of a table: more make the page too large to be sent. */
const MAX_ROWS = 5000;

/** Every room. */
export function roomTable({ rooms }: Summary): Table {
  const worst = rooms.toSorted(byBadness(roomBadness, ({ roomId }) => roomId));
  return tableOf("rooms", "Rooms", worst, [
    ["room", "text", ({ roomId }) => roomId],
    ["clients", "count", ({ totalClients }) => totalClients],
    ["connected", "count", ({ connectedAtEnd }) => connectedAtEnd],
    ["missing", "ratio", ({ silentRatio }) => silentRatio],
    ["loss", "ratio", (room) => heard(room, room.lossRatio)],
    ["left lost", "ratio", (room) => heard(room, room.residualLossRatio)],
    ["received a client", "bps", (room) => room.receiveBpsPerClient],
    ["fps", "fps", ({ frameRate }) => frameRate],
    ["frozen", "ratio", ({ frozenRatio }) => frozenRatio],
    [
      "longest freeze",
      "ms",
      (room) => room.frameRate === null ? null : room.longestFreezeMs,
    ],
    ["errors", "count", ({ totalErrors }) => totalErrors],
  ]);
}

/** Every client; those that were hurt most first, as the summary has them. */
export function clientTable(
  clients: readonly ClientResult[],
  { worstClients }: Summary,
): Table {
  const places = new Map(
    worstClients.clients.map(({ clientId }, i) => [clientId, i]),
  );
  const place = ({ clientId }: ClientResult) =>
    places.get(clientId) ?? Infinity;
  const hurt = (client: ClientResult) =>
    (client.connectedAtEnd || client.state === "lost" ? 0 : 1000) +
    client.errorCount +
    (lossOf(client) ?? 0);
  const worst = clients.toSorted((a, b) =>
    place(a) === place(b)
      ? hurt(b) - hurt(a) || a.index - b.index
      : place(a) - place(b)
  );
  return tableOf("clients", "Clients", worst, [
    ["client", "text", ({ clientId }) => clientId],
    ["room", "text", ({ roomId }) => roomId],
    ["state", "text", ({ state }) => state],
    ["join", "ms", ({ joinMs }) => joinMs],
    ["first media", "ms", ({ firstMediaMs }) => firstMediaMs],
    ["loss", "ratio", lossOf],
    ["round trip at most", "ms", (client) => client.maxRoundTripTimeMs],
    ["received", "bps", ({ receiveBps }) => receiveBps],
    ["fps", "fps", ({ frameRate }) => frameRate],
    [
      "freezes",
      "count",
      (client) => client.frameRate === null ? null : client.freezeCount,
    ],
    [
      "longest freeze",
      "ms",
      (client) => client.frameRate === null ? null : client.longestFreezeMs,
    ],
    ["errors", "count", ({ errorCount }) => errorCount],
    ["network", "text", ({ impairment }) => impairment],
    ["why it failed", "text", ({ failureCause }) => failureCause],
  ]);
}

/** A place for a table. */
export function tableSection({ id, title, rows, leftOut }: Table): Child {
  const more = leftOut === 0
    ? ""
    : html`<p class="hint">The ${
      leftOut === 1
        ? "best of them is"
        : `${formatCount(leftOut)} best of them are`
    } left out.</p>`;
  return html`
    <section class="wide"
      id="${id}"><h2>${title} <small>${formatCount(
        rows.length + leftOut,
      )}</small></h2>${more}
    <p class="filter"><label>Find <input type="search" data-filter="${id}" autocomplete="off"></label> <span data-count="${id}"></span></p>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}"><table data-table="${id}"></table></div>
    <p><button type="button" data-more="${id}" hidden>Show more</button></p></section>
  `;
}

/** Errors by kind, each with one of them. */
export function errorSection(
  { errors, totalErrors, unknownMessages, malformedMessages }: Summary,
): Child {
  const kinds = Object.entries(errors);
  const messages = [
    [unknownMessages, "message", " of unknown type"],
    [malformedMessages, "malformed message", ""],
  ] as const;
  if (kinds.length === 0 && messages.every(([count]) => count === 0)) return "";
  return html`<section><h2>Errors <small>${
    formatCount(totalErrors)
  }</small></h2>
<div class="scroll"><table><thead><tr><th scope="col" class="number">Times</th><th scope="col">Kind</th><th scope="col">One of them</th></tr></thead>
<tbody>${
    kinds.slice(0, MAX_ROWS).map(([kind, { count, example }]) =>
      html`
        <tr>
          <td class="number">${formatCount(count)}</td>
          <th scope="row">${kind}</th>
          <td>${example ?? ""}</td>
        </tr>
      `
    )
  }</tbody></table></div>${
    messages.map(([count, name, which]) =>
      count === 0 ? "" : html`<p>${formatCounted(count, name)}${which}</p>`
    )
  }</section>`;
}

type Column<Row> = readonly [
  title: string,
  show: Show,
  value: (row: Row) => string | number | null,
];

function tableOf<Row>(
  id: string,
  title: string,
  all: readonly Row[],
  columns: readonly Column<Row>[],
): Table {
  const rows = all.slice(0, MAX_ROWS).map((row) =>
    columns.map(([, show, value]) => rounded(value(row), show))
  );
  // A column of nothing, as where nobody failed, is left out.
  const said = columns.map((_, i) => rows.some((row) => row[i] !== null));
  return {
    id,
    title,
    columns: columns.filter((_, i) => said[i])
      .map(([title, show]) => [title, show]),
    rows: rows.map((row) => row.filter((_, i) => said[i])),
    leftOut: all.length - rows.length,
  };
}

function lossOf(
  { packetsExpected, packetsLost }: ClientResult,
): number | null {
  return packetsExpected === 0 ? null : packetsLost / packetsExpected;
}

function heard(room: RoomSummary, ratio: number): number | null {
  return room.totalPacketsReceived === 0 ? null : ratio;
}

/** What is counted is exact. */
function rounded(
  value: string | number | null,
  show: Show,
): string | number | null {
  return typeof value === "number" && show !== "count"
    ? Number(value.toPrecision(5))
    : value;
}
