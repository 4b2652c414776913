/**
 * The tables of rooms and of clients.
 *
 * @module
 */

import { formatMs, formatRatio } from "../../../tool.ts";
import {
  type Line,
  quantity,
  span,
  table,
  type TableCell,
} from "../../terminal/mod.ts";
import type { Model } from "../model.ts";
import { type ClientRow, clientRows, roomRows } from "../rows.ts";

/** A row a room; the titles first. */
export function roomTable(
  { load, live }: Pick<Model, "load" | "live">,
  width: number,
): Line[] {
  return table({
    width,
    columns: [
      { title: "ROOM", priority: 9 },
      { title: "CLIENTS", alignment: "right", priority: 8 },
      { title: "PUBLISH", alignment: "right", priority: 1 },
      { title: "SENT/S", alignment: "right", priority: 6 },
      { title: "RECEIVED/S", alignment: "right", priority: 7 },
      { title: "LOSS", alignment: "right", priority: 5 },
      { title: "ERRORS", alignment: "right", priority: 4 },
    ],
    rows: roomRows(load.members, live).map((room): TableCell[] => [
      room.roomId,
      span(
        `${room.connected}/${room.wanted}`,
        room.connected === room.wanted ? "good" : "warning",
      ),
      `${room.publishers}`,
      quantity(Math.round(room.sentPerSec)),
      quantity(Math.round(room.receivedPerSec)),
      formatRatio(room.lossRatio),
      errorCell(room.errors),
    ]),
  });
}

/** A row a client; the titles first. Networks are shown where any is a bad one. */
export function clientTable(
  { load, live, panel }: Pick<Model, "load" | "live" | "panel">,
  width: number,
): Line[] {
  const rows = clientRows(load.members, live, panel.by);
  const isAnyImpaired = rows.some(({ network }) => network !== null);
  return table({
    width,
    columns: [
      { title: "ID", alignment: "right", priority: 9 },
      { title: "STATE", priority: 8 },
      { title: "ROOM", priority: 4 },
      { title: "ROLE", priority: 1 },
      ...(isAnyImpaired ? [{ title: "NETWORK", priority: 5 }] : []),
      { title: "SENT/S", alignment: "right", priority: 6 },
      { title: "RECEIVED/S", alignment: "right", priority: 7 },
      { title: "LOSS", alignment: "right", priority: 5 },
      { title: "CONNECTED IN", alignment: "right", priority: 2 },
      { title: "ERRORS", alignment: "right", priority: 3 },
    ],
    rows: rows.map((client): TableCell[] => [
      `${client.index}`,
      stateCell(client),
      client.roomId,
      client.role,
      ...(isAnyImpaired ? [span(client.network ?? "", "warning")] : []),
      quantity(Math.round(client.sentPerSec)),
      quantity(Math.round(client.receivedPerSec)),
      formatRatio(client.lossRatio),
      client.connectionMs === null ? "–" : formatMs(client.connectionMs),
      errorCell(client.errors),
    ]),
  });
}

function stateCell({ state, silent }: ClientRow): TableCell {
  const without = silent.length === 0 ? "" : `, no ${silent.join("/")}`;
  switch (state) {
    case "planned":
    case "left":
      return span(state, "dim");
    case "joining":
    case "away":
      return span(state, "warning");
    case "connected":
      return span(state + without, "good");
    case "failed":
    case "lost":
      return span(state, "critical");
  }
}

function errorCell(errors: number): TableCell {
  return errors === 0 ? "0" : span(`${errors}`, "warning");
}
