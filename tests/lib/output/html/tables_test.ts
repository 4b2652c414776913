/** The long tables: which rows, in which order, and what is not known. */

import { assert, assertEquals } from "@std/assert";
import {
  type RoomSummary,
  summarize,
  type Summary,
} from "../../../../lib/metrics/mod.ts";
import {
  clientTable,
  errorSection,
  roomTable,
  type Table,
  tableSection,
} from "../../../../lib/output/html/tables.ts";
import { type ClientResult, toResults } from "../../../../lib/report/mod.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { attributesIn, cellsIn, markupOf, readText } from "./read.ts";

const RUN = madeUpRun();
const SUMMARY = summarize(RUN);
const [ROOM] = SUMMARY.rooms;
const [CLIENT] = toResults(RUN.snapshot.clients);
const NOBODY: Summary["worstClients"] = {
  ...SUMMARY.worstClients,
  clients: [],
};

function rooms(...own: readonly Partial<RoomSummary>[]): Table {
  return roomTable({
    ...SUMMARY,
    rooms: own.map((one, i) => ({ ...ROOM, roomId: `r${i}`, ...one })),
  });
}

function clients(
  own: readonly Partial<ClientResult>[],
  worstClients = NOBODY,
): Table {
  return clientTable(
    own.map((one, index) => ({
      ...CLIENT,
      clientId: `c${index}`,
      index,
      state: "connected",
      connectedAtEnd: true,
      errorCount: 0,
      packetsExpected: 100,
      packetsLost: 0,
      ...one,
    })),
    { ...SUMMARY, worstClients },
  );
}

/** A column by its title. */
function column({ columns, rows }: Table, title: string) {
  const at = columns.findIndex(([name]) => name === title);
  return at < 0 ? undefined : rows.map((row) => row[at]);
}

Deno.test.each<{
  why: string;
  own: readonly Partial<ClientResult>[];
  order: readonly string[];
}>([
  {
    why: "who is not there before who is",
    own: [{}, { connectedAtEnd: false, state: "failed" }],
    order: ["c1", "c0"],
  },
  {
    why: "one whose end is not known is not held against it",
    own: [{ connectedAtEnd: false, state: "lost" }, { errorCount: 1 }],
    order: ["c1", "c0"],
  },
  {
    why: "more errors first",
    own: [{ errorCount: 1 }, { errorCount: 3 }, { errorCount: 2 }],
    order: ["c1", "c2", "c0"],
  },
  {
    why: "then more loss; who was to receive nothing lost nothing",
    own: [
      { packetsExpected: 0, packetsLost: 0 },
      { packetsLost: 5 },
      { packetsLost: 50 },
    ],
    order: ["c2", "c1", "c0"],
  },
  {
    why: "alike ones in the order in which they were planned",
    own: [{ index: 7 }, { index: 3 }, { index: 5 }],
    order: ["c1", "c2", "c0"],
  },
])(
  "of clients those that were hurt most come first: $why",
  ({ own, order }) => {
    assertEquals<unknown>(column(clients(own), "client"), order);
  },
);

Deno.test("those that the summary holds for the worst stand first, in its order", () => {
  const worst: Summary["worstClients"] = {
    ...NOBODY,
    clients: ["c2", "c0"].map((clientId) => ({
      ...SUMMARY.worstClients.clients[0],
      clientId,
    })),
  };
  const table = clients([{}, { errorCount: 900 }, {}, {}], worst);
  assertEquals(column(table, "client"), ["c2", "c0", "c1", "c3"]);
});

Deno.test("what is not known is not zero", () => {
  const table = clients([
    {
      packetsExpected: 0,
      frameRate: null,
      freezeCount: 3,
      longestFreezeMs: 9,
    },
    { packetsExpected: 200, packetsLost: 50, frameRate: 30, freezeCount: 0 },
  ]);
  assertEquals(column(table, "loss"), [0.25, null]);
  assertEquals(column(table, "freezes"), [0, null]);
  assertEquals(column(table, "fps"), [30, null]);
});

Deno.test("a column of nothing is left out, with its title", () => {
  const table = clients([{ failureCause: null }, { failureCause: null }]);
  assertEquals(column(table, "why it failed"), undefined);
  assert(table.rows.every((row) => row.length === table.columns.length));
  const failed = clients([{ failureCause: null }, { failureCause: "no" }]);
  assertEquals(column(failed, "why it failed"), [null, "no"]);
});

Deno.test("figures of a room that received nothing are not known, those of one that did are its own", () => {
  const table = rooms(
    { totalPacketsReceived: 0, lossRatio: 0, residualLossRatio: 0 },
    {
      totalPacketsReceived: 1,
      lossRatio: 0.5,
      residualLossRatio: 0.25,
      frameRate: null,
      longestFreezeMs: 100,
    },
  );
  const at = (title: string) =>
    Object.fromEntries(
      column(table, "room")!.map((room, i) => [
        room,
        column(table, title)![i],
      ]),
    );
  assertEquals(at("loss"), { r0: null, r1: 0.5 });
  assertEquals(at("left lost"), { r0: null, r1: 0.25 });
  assertEquals(at("longest freeze").r1, null);
});

Deno.test("what is counted is told exactly, what is measured in five digits", () => {
  const table = clients([{ errorCount: 1_234_567, joinMs: 1_234.5678 }]);
  assertEquals(column(table, "errors"), [1_234_567]);
  assertEquals(column(table, "join"), [1234.6]);
});

Deno.test("of very many rows the best are left out, and the table says how many", () => {
  const table = clients(
    Array.from({ length: 5003 }, (_, i) => ({ errorCount: i })),
  );
  assertEquals([table.rows.length, table.leftOut], [5000, 3]);
  assertEquals(column(table, "errors")!.at(-1), 3);
  const text = readText(tableSection(table));
  assert(
    text.startsWith("Clients 5,003 The 3 best of them are left out."),
    text,
  );
  const [few] = [rooms({})];
  assertEquals(few.leftOut, 0);
  assert(!markupOf(tableSection(few)).includes("left out"));
  const one = readText(tableSection({ ...table, leftOut: 1 }));
  assert(one.includes("The best of them is left out."), one);
});

Deno.test("the place of a table has what the page's script looks for", () => {
  const section = tableSection(rooms({}));
  for (const name of ["table", "filter", "count", "more"]) {
    assertEquals(attributesIn(section, `data-${name}`), ["rooms"], name);
  }
});

Deno.test("errors are told by kind, each with one of them, and messages that nobody knows by their number", () => {
  const section = errorSection({
    ...SUMMARY,
    totalErrors: 1002,
    errors: {
      dtls: { count: 1000, example: "a <b> & c" },
      "<i>": { count: 2, example: null },
    } as unknown as Summary["errors"],
    unknownMessages: 1,
    malformedMessages: 0,
  });
  assertEquals(cellsIn(section).slice(1), [
    ["1,000", "dtls", "a <b> & c"],
    ["2", "<i>", ""],
  ]);
  const text = readText(section);
  assert(text.startsWith("Errors 1,002 "), text);
  assert(text.endsWith(" 1 message of unknown type"), text);
});

Deno.test.each([
  { unknown: 0, malformed: 0, is: "", why: "nothing went wrong" },
  {
    unknown: 0,
    malformed: 3,
    is: "Errors 0 Times Kind One of them 3 malformed messages",
    why: "messages alone were wrong",
  },
])("without errors the section says: $is, where $why", ({
  unknown,
  malformed,
  is,
}) => {
  assertEquals(
    readText(errorSection({
      ...SUMMARY,
      errors: {},
      totalErrors: 0,
      unknownMessages: unknown,
      malformedMessages: malformed,
    })),
    is,
  );
});
