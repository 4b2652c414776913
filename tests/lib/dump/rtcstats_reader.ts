/** Reads an rtcstats dump as its viewers do: whole lines, times summed up, properties that are left out kept. */

import { assert, assertEquals } from "@std/assert";

/** A dump as a viewer has it. */
export interface ReadDump {
  readonly clientId: string;
  readonly events: readonly {
    readonly name: string;
    readonly connection: string | null;
    readonly value: unknown;
    readonly atMs: number;
  }[];
  /** The last statistics of each connection. */
  readonly stats: ReadonlyMap<
    string,
    Readonly<Record<string, Readonly<Record<string, unknown>>>>
  >;
}

/** Throws where a viewer would. */
export function readRtcStats(text: string): ReadDump {
  const [first, head, ...lines] = text.split("\n");
  assertEquals(first, "RTCStatsDump");
  const { fileFormat, clientId } = JSON.parse(head);
  assertEquals(fileFormat, 3);
  assertEquals(lines.pop(), "", "whole lines");
  let atMs = 0;
  const created = new Set<string>();
  const stats = new Map<string, Record<string, Record<string, unknown>>>();
  const events = lines.map((line) => {
    const [name, connection, value, deltaMs] = JSON.parse(line);
    atMs += deltaMs;
    if (name === "create") {
      assert(!created.has(connection), "created once");
      created.add(connection);
    } else if (connection !== null) assert(created.has(connection), line);
    if (name === "getStats") {
      const all = { ...stats.get(connection) };
      for (const [id, object] of Object.entries(value)) {
        if (object === null) delete all[id];
        else all[id] = { ...all[id], ...object as Record<string, unknown> };
      }
      for (const object of Object.values(all)) {
        assertEquals(typeof object.type, "string");
        assertEquals(typeof object.timestamp, "number");
      }
      stats.set(connection, all);
    }
    return { name, connection, value, atMs };
  });
  return { clientId, events, stats };
}
