import { assertEquals } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
import {
  Liveness,
  MAX_EVENTS,
  ReportInbox,
  ReportOutbox,
} from "../../../../lib/agents/protocol/mod.ts";

Deno.test("each event is taken once and in order, whichever reports come, and how often", () => {
  const outbox = new ReportOutbox<string>();
  const inbox = new ReportInbox();
  outbox.add("a");
  const first = outbox.next();
  outbox.add("b");
  const second = outbox.next();
  assertEquals(inbox.take(second), ["a", "b"]);
  assertEquals(inbox.take(first), []);
  assertEquals(inbox.take(second), []);
  outbox.acknowledge(inbox.events);
  outbox.add("c");
  assertEquals(inbox.take(outbox.next()), ["c"]);
  // The acknowledgement of long ago takes nothing back.
  outbox.acknowledge(1);
  outbox.acknowledge(3);
  assertEquals(outbox.hasEvents, false);
});

Deno.test("events after a gap are not taken before those in it", () => {
  const inbox = new ReportInbox();
  assertEquals(inbox.take({ firstEvent: 2, events: ["c"] }), []);
  assertEquals(
    inbox.take({ firstEvent: 0, events: ["a", "b", "c"] }),
    ["a", "b", "c"],
  );
});

Deno.test.each([
  { silentMs: 2_999, late: undefined, lost: undefined },
  { silentMs: 3_000, late: 3_000, lost: undefined },
  { silentMs: 14_999, late: 14_999, lost: undefined },
  { silentMs: 15_000, late: 15_000, lost: "no word in 15 s" },
])("silent for $silentMs ms, an agent is late $late and lost $lost", (row) => {
  const liveness = new Liveness(1_000);
  liveness.hear(10_000);
  assertEquals(liveness.lateMs(10_000 + row.silentMs), row.late);
  assertEquals(liveness.lost(10_000 + row.silentMs), row.lost);
});

Deno.test("whom nobody answers for is lost soon, unless it is only cut off for a moment", () => {
  const liveness = new Liveness(0);
  liveness.miss(1_000);
  assertEquals(liveness.lost(3_999), undefined);
  assertEquals(liveness.lost(4_000), "it is not there any more");
  liveness.hear(4_100);
  liveness.miss(4_200);
  assertEquals(liveness.lost(6_000), undefined);
});

Deno.test("whatever is lost, repeated or comes late, each event is taken once and in its order", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant("happens") },
    { weight: 3, arbitrary: fc.constant("reports") },
    { weight: 2, arbitrary: fc.constant("arrives") },
    { weight: 1, arbitrary: fc.constant("repeats") },
    { weight: 1, arbitrary: fc.constant("lost") },
  );
  fc.assert(fc.property(fc.array(step), fc.nat(), (steps, draw) => {
    const outbox = new ReportOutbox<number>();
    const inbox = new ReportInbox();
    const under: ReturnType<typeof outbox.next>[] = [];
    const acknowledged: number[] = [];
    const taken: unknown[] = [];
    let happened = 0;
    for (const [i, what] of steps.entries()) {
      // Which of those under way, in no order.
      const at = under.length === 0 ? 0 : (draw + i * 7) % under.length;
      switch (what) {
        case "happens":
          outbox.add(happened++);
          break;
        case "reports":
          under.push(outbox.next());
          break;
        case "lost":
          under.splice(at, 1);
          acknowledged.pop();
          break;
        default: {
          const [report] = what === "repeats"
            ? under.slice(at, at + 1)
            : under.splice(at, 1);
          if (report === undefined) continue;
          taken.push(...inbox.take(report));
          acknowledged.push(inbox.events);
          // Late, as often as not.
          if (i % 2 === 0) outbox.acknowledge(acknowledged.shift()!);
        }
      }
    }
    // In the end one comes through.
    taken.push(...inbox.take(outbox.next()));
    outbox.acknowledge(inbox.events);
    assertEquals(taken, Array.from({ length: happened }, (_, i) => i));
    assertEquals(outbox.hasEvents, false);
  }));
});

Deno.test("of very many events a report has as many as it may, and the next one the others", () => {
  const outbox = new ReportOutbox<number>();
  const inbox = new ReportInbox();
  for (let i = 0; i < MAX_EVENTS + 5; i++) outbox.add(i);
  assertEquals(inbox.take(outbox.next()).length, MAX_EVENTS);
  outbox.acknowledge(inbox.events);
  const { firstEvent, events } = outbox.next();
  assertEquals([firstEvent, events.length], [MAX_EVENTS, 5]);
  assertEquals(inbox.take({ firstEvent, events }).at(-1), MAX_EVENTS + 4);
});

Deno.test("whoever acknowledges more than there was is taken by its word for what there is", () => {
  const outbox = new ReportOutbox<string>();
  outbox.add("a");
  outbox.acknowledge(1_000);
  assertEquals(outbox.hasEvents, false);
  outbox.add("b");
  assertEquals(outbox.next(), { firstEvent: 1, events: ["b"] });
});

Deno.test("silence is counted from the last word, and how long it was is told when it ends", () => {
  const liveness = new Liveness(1_000);
  assertEquals(liveness.hear(4_500), 3_500);
  assertEquals(liveness.hear(4_500), 0);
  assertEquals(liveness.lost(19_499), undefined);
  assertEquals(liveness.lost(19_500), "no word in 15 s");
  // As long as it really was, and not as long as it takes.
  assertEquals(liveness.lost(64_500), "no word in 60 s");
});
