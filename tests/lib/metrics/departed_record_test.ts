import { assert, assertEquals } from "@std/assert";
import {
  type ClientFigures,
  type ClientRecorder,
  DepartedRecord,
  DepartedShare,
  MAX_OPERATION_VALUES,
  plainRecord,
} from "../../../lib/metrics/mod.ts";
import { recorderOf } from "./client.ts";
import { generator } from "./generate.ts";

function recorder(index = 3): ClientRecorder {
  return recorderOf(index, { roomId: "hall", node: "worker-1" });
}

/** A value that a figure does not begin with. */
function other(before: unknown, at: number): unknown {
  if (typeof before === "boolean") return !before;
  if (typeof before === "string") return "left";
  return Array.isArray(before) ? ["audio", "video"] : 2 ** 33 + at / 4;
}

/** Clients of which these figures are not as in the beginning. */
function withFigures(
  isOther: (at: number) => boolean,
): ClientRecorder {
  const record = recorder();
  const figures = record.figures as unknown as Record<string, unknown>;
  Object.keys(figures).forEach((name, at) => {
    if (!isOther(at)) return;
    figures[name] = name === "impairment" || name === "failureCause"
      ? "loss 5%"
      : other(figures[name], at);
  });
  return record;
}

const COUNT = Object.keys(recorder().figures).length;

Deno.test.each<{ why: string; isOther: (at: number) => boolean }>([
  { why: "nothing", isOther: () => false },
  { why: "everything", isOther: () => true },
  { why: "every other figure", isOther: (at) => at % 2 === 0 },
  { why: "the last third", isOther: (at) => at > COUNT * 2 / 3 },
])("a packed record says the same as it did: $why happened", ({ isOther }) => {
  const record = withFigures(isOther);
  record.addOperation("join_room", 1.25);
  for (let ms = 0; ms < MAX_OPERATION_VALUES + 5; ms++) {
    record.addOperation("consume", ms + 0.5);
  }
  record.addOperation("produce", 0);
  record.addOperation("resume_consumer", 12.3456789);
  record.addOperation("resume_consumer", 0.1);
  record.addOperation("resume_consumer", 0.2);
  record.addError("timeout", "no answer", 7);
  const plain = record.toRecord();
  const packed = new DepartedRecord(plain, new DepartedShare());
  assertEquals(packed.toJSON(), plain);
  assertEquals(JSON.parse(JSON.stringify(packed)), plain);
  assertEquals(structuredClone(plainRecord(packed)), plain);
});

Deno.test("each figure alone is read back as it was, and no other with it", () => {
  for (let only = 0; only < COUNT; only++) {
    const plain = withFigures((at) => at === only).toRecord();
    const packed = new DepartedRecord(plain, new DepartedShare());
    for (const name of Object.keys(plain) as (keyof ClientFigures)[]) {
      assertEquals(packed[name], plain[name], name);
    }
  }
});

Deno.test("what many records say is kept once", () => {
  const texts = new DepartedShare();
  const kept = Array.from({ length: 2 }, (_, i) => {
    const record = recorder(i);
    record.figures.sends = ["audio"];
    return new DepartedRecord(record.toRecord(), texts);
  });
  assert(kept[0].sends === kept[1].sends);
  assert(kept[0].errors === kept[1].errors);
});

Deno.test("whatever a client went through is read as it was", () => {
  const { below, duration } = generator(13);
  for (let i = 0; i < 300; i++) {
    const record = withFigures(() => below(3) === 0);
    for (let op = below(5); op > 0; op--) {
      // More than are kept of some.
      for (let n = below(below(4) === 0 ? 90 : 8); n > 0; n--) {
        record.addOperation(`operation ${op}`, duration() / 1000);
      }
    }
    for (let n = below(30); n > 20; n--) record.addError("timeout", `${n}`, n);
    const plain = record.toRecord();
    assertEquals(
      new DepartedRecord(plain, new DepartedShare()).toJSON(),
      plain,
    );
  }
});

Deno.test.each([
  { why: "all that it begins with", latencies: 0, most: 8 },
  { why: "one latency of each of four", latencies: 1, most: 24 },
  { why: "sixteen latencies of each of four", latencies: 16, most: 208 },
])("$why takes at most $most bytes of a record", ({ latencies, most }) => {
  const record = recorder();
  for (const operation of ["join", "consume", "resume", "produce"]) {
    for (let i = 0; i < latencies; i++) {
      record.addOperation(operation, 9 + i / 8);
    }
  }
  const share = new DepartedShare();
  new DepartedRecord(record.toRecord(), share);
  assert(share.numbers.keep([]).at <= most, `${share.numbers.keep([]).at}`);
});
