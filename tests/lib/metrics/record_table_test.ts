import { assert, assertEquals } from "@std/assert";
import {
  type ClientFigures,
  type ClientRecorder,
  plainRecord,
  RecordTable,
} from "../../../lib/metrics/mod.ts";
import { recorderOf } from "./client.ts";

function recorder(index: number): ClientRecorder {
  return recorderOf(index, {
    roomId: "hall",
    role: "viewer",
    node: "worker-1",
  });
}

/** Everything has happened to it, each figure with a value of its own. */
function busy(index: number): ClientRecorder {
  const record = recorder(index);
  const figures = record.figures as unknown as Record<string, unknown>;
  Object.entries(figures).forEach(([name, before], at) => {
    figures[name] = typeof before === "boolean"
      ? !before
      : Array.isArray(before)
      ? ["audio"]
      : typeof before === "string" || /impairment|Cause/.test(name)
      ? "left"
      : index * 1000 + at / 7;
  });
  record.addOperation("join_room", 1.25);
  record.addError("timeout", "no answer", 7);
  return record;
}

Deno.test.each<{ why: string; make: (index: number) => ClientRecorder }>([
  { why: "nothing has happened to", make: recorder },
  { why: "everything has happened to", make: busy },
])(
  "a row says of a client that $why the same as its plain record",
  ({ make }) => {
    const table = new RecordTable();
    for (let index = 0; index < 200; index++) {
      const record = make(index);
      const plain = record.toRecord();
      const row = table.keep(record);
      for (const name of Object.keys(plain) as (keyof ClientFigures)[]) {
        assertEquals(row[name], plain[name], name);
      }
      assertEquals(JSON.parse(JSON.stringify(row)), plain);
      assertEquals(structuredClone(plainRecord(row)), plain);
    }
  },
);

Deno.test("what happens later does not reach a row", () => {
  const table = new RecordTable();
  const record = busy(1);
  const row = table.keep(record);
  const before = plainRecord(row);
  record.figures.packetsReceived++;
  record.figures.isAway = false;
  record.figures.sends = [];
  record.addError("timeout", "again", 8);
  record.addOperation("join_room", 2);
  record.addOperation("produce", 2);
  assertEquals(plainRecord(row), before);
  const after = plainRecord(table.keep(record));
  assertEquals(after.packetsReceived, before.packetsReceived + 1);
  assertEquals([after.errors.length, before.errors.length], [2, 1]);
});

Deno.test("an operation may have any name that a server gives it", () => {
  const record = recorder(1);
  for (const name of ["__proto__", "constructor", "__proto__"]) {
    record.addOperation(name, 3);
  }
  const { signaling } = record;
  assertEquals(Object.keys(signaling).sort(), ["__proto__", "constructor"]);
  assert(Object.getPrototypeOf(signaling) === Object.prototype);
  assertEquals(
    Object.entries(signaling).map(([name, { count }]) => [name, count]).sort(),
    [["__proto__", 2], ["constructor", 1]],
  );
});
