import { assertEquals } from "@std/assert";
import {
  Liveness,
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
