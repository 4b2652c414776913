import { assertEquals } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
import {
  AgentClaim,
  FORSAKEN_AFTER_MS,
  type Order,
  type Taken,
} from "../../../../lib/agents/protocol/mod.ts";

function claim(run = "r1", by = "me"): Order {
  return { run, number: 0, body: { type: "claim", by, version: "1" } };
}

function work(number: number, run = "r1"): Order {
  return { run, number, body: { type: "work", work: number } };
}

/** The numbers of orders that are to be begun; else the type of the answer. */
function numbers(taken: Taken): readonly number[] | string {
  return "begin" in taken
    ? taken.begin.map(({ number }) => number)
    : taken.answer.type;
}

Deno.test.each([
  { come: [0, 1, 2], begun: [[0], [1], [2]], why: "as they were sent" },
  {
    come: [0, 3, 2, 1],
    begun: [[0], [], [], [1, 2, 3]],
    why: "those before it are missing",
  },
  {
    come: [0, 1, 1, 0, 1],
    begun: [[0], [1], [], [], []],
    why: "each is begun once",
  },
  {
    come: [0, 64, 65],
    begun: [[0], [], "failed"],
    why: "one is too far ahead",
  },
  { come: [2, 1], begun: ["gone", "gone"], why: "nobody claimed it" },
])("orders $come begin $begun: $why", ({ come, begun }) => {
  const agent = new AgentClaim();
  const taken = come.map((number) =>
    numbers(agent.take(number === 0 ? claim() : work(number), 0))
  );
  assertEquals<readonly unknown[]>(taken, begun);
});

Deno.test("an order that was done is answered again, and the oldest of very many no more", () => {
  const agent = new AgentClaim();
  agent.take(claim(), 0);
  for (let number = 1; number <= 100; number++) {
    agent.take(work(number), 0);
    agent.done("r1", number, { type: "done", value: number });
  }
  assertEquals(agent.take(work(100), 0), {
    answer: { type: "done", value: 100 },
  });
  assertEquals(numbers(agent.take(work(1), 0)), "failed");
});

Deno.test("the first claim wins, and the second hears whose it is", () => {
  const agent = new AgentClaim();
  agent.take(claim("r1", "me@laptop"), 1_000);
  assertEquals(agent.take(claim("r2"), 61_000), {
    answer: { type: "busy", by: "me@laptop", sinceMs: 60_000 },
  });
  assertEquals(numbers(agent.take(work(1, "r2"), 61_000)), "busy");
});

Deno.test("a run that was left is not entered again, however late its claim comes a second time", () => {
  const agent = new AgentClaim();
  agent.take(claim(), 0);
  agent.leave("it was released");
  assertEquals(agent.take(claim(), 0), {
    answer: { type: "gone", reason: "it was released" },
  });
  assertEquals(numbers(agent.take(claim("r2"), 0)), [0]);
});

Deno.test.each([
  { heardMs: 0, nowMs: FORSAKEN_AFTER_MS - 1, forsaken: false },
  { heardMs: 0, nowMs: FORSAKEN_AFTER_MS, forsaken: true },
  { heardMs: 5_000, nowMs: FORSAKEN_AFTER_MS, forsaken: false },
  { heardMs: 5_000, nowMs: FORSAKEN_AFTER_MS + 5_000, forsaken: true },
])("heard at $heardMs, forsaken at $nowMs: $forsaken", (row) => {
  const agent = new AgentClaim();
  assertEquals(agent.forsaken(row.nowMs), undefined);
  agent.take(claim(), 0);
  agent.hear(row.heardMs);
  assertEquals(agent.forsaken(row.nowMs) !== undefined, row.forsaken);
});

Deno.test("an agent for whose coordinator nobody answers leaves sooner, unless that is back at once", () => {
  const agent = new AgentClaim();
  agent.take(claim(), 0);
  agent.miss(1_000);
  agent.miss(3_000);
  assertEquals(agent.forsaken(5_999), undefined);
  assertEquals(agent.forsaken(6_000), "the coordinator is not there any more");
  agent.hear(6_000);
  assertEquals(agent.forsaken(6_001), undefined);
});

Deno.test("in whatever order and however often they come, orders are begun once each, by their numbers", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 12 })),
    (come) => {
      const agent = new AgentClaim();
      agent.take(claim(), 0);
      const begun = come.flatMap((number) => {
        const taken = agent.take(work(number), 0);
        return "begin" in taken ? taken.begin.map(({ number }) => number) : [];
      });
      // As far as there is no gap.
      let next = 1;
      while (come.includes(next)) next++;
      assertEquals(begun, Array.from({ length: next - 1 }, (_, i) => i + 1));
    },
  ));
});

Deno.test.each([
  { number: 1, body: "claim", why: "a claim is the first order" },
  { number: 0, body: "work", why: "the first order is a claim" },
  { number: 0, body: "release", why: "who was not claimed is not let go" },
])("a free agent does nothing of an order: $why", ({ number, body }) => {
  const order = {
    ...(body === "claim" ? claim() : work(0)),
    number,
    ...(body === "release" && { body: { type: "release" } }),
  } as Order;
  const agent = new AgentClaim();
  assertEquals(agent.take(order, 0), {
    answer: { type: "gone", reason: "it knows nothing of this run" },
  });
  assertEquals([agent.run, agent.claimedBy(0)], [undefined, undefined]);
});

Deno.test("an order that is under way is begun no second time, and not answered before it is done", () => {
  const agent = new AgentClaim();
  agent.take(claim(), 0);
  agent.take(work(1), 0);
  assertEquals(numbers(agent.take(work(1), 0)), []);
  assertEquals(agent.answerOf(1), undefined);
  agent.done("r1", 1, { type: "failed", message: "no" });
  assertEquals(agent.answerOf(1), { type: "failed", message: "no" });
  assertEquals(numbers(agent.take(work(1), 0)), "failed");
});

Deno.test("what is still under way is not forgotten, however many were done since", () => {
  const agent = new AgentClaim();
  agent.take(claim(), 0);
  agent.take(work(1), 0);
  for (let number = 2; number <= 200; number++) {
    agent.take(work(number), 0);
    agent.done("r1", number, { type: "done", value: null });
  }
  assertEquals(numbers(agent.take(work(1), 0)), []);
  agent.done("r1", 1, { type: "done", value: "late" });
  assertEquals(agent.take(work(1), 0), {
    answer: { type: "done", value: "late" },
  });
});

Deno.test("what comes of another run's order is not taken for this one's", () => {
  const agent = new AgentClaim();
  agent.take(claim("r1"), 0);
  agent.leave("over");
  agent.take(claim("r2"), 0);
  agent.done("r1", 0, { type: "done", value: "of r1" });
  assertEquals(agent.answerOf(0), undefined);
});

Deno.test("a word of another run, or of one that is over, does not keep an agent from being forsaken", () => {
  const agent = new AgentClaim();
  agent.take(claim("r0"), 0);
  agent.leave("over");
  agent.take(claim("r1"), 0);
  agent.take(work(1, "r2"), FORSAKEN_AFTER_MS - 1);
  agent.take(work(1, "r0"), FORSAKEN_AFTER_MS - 1);
  assertEquals(
    agent.forsaken(FORSAKEN_AFTER_MS),
    "no word of the coordinator in 12 s",
  );
});

Deno.test("an agent that is free is forsaken by nobody, and leaves nothing", () => {
  const agent = new AgentClaim();
  agent.miss(0);
  agent.leave("in vain");
  assertEquals(agent.forsaken(1e9), undefined);
  assertEquals(numbers(agent.take(claim(), 0)), [0]);
});

Deno.test("of runs that it left the latest are known", () => {
  const agent = new AgentClaim();
  for (let i = 0; i <= 17; i++) {
    agent.take(claim(`r${i}`), 0);
    agent.leave(`left ${i}`);
  }
  const reason = (run: string) => {
    const taken = agent.take(work(5, run), 0);
    return "answer" in taken && taken.answer.type === "gone" &&
      taken.answer.reason;
  };
  assertEquals(reason("r17"), "left 17");
  assertEquals(reason("r2"), "left 2");
  assertEquals(reason("r1"), "it knows nothing of this run");
});
