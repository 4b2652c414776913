import { assert, assertEquals, assertMatch } from "@std/assert";
import { errorsOf, World } from "./world.ts";

const VIEWER = { publish: undefined } as const;

Deno.test.each<{ lateMs: number; why: string }>([
  { lateMs: 400, why: "a distant server" },
  { lateMs: 2500, why: "a busy one" },
  { lateMs: 4200, why: "one that answers just before nobody waits any more" },
])(
  "media is due from when the server answered, $lateMs ms late: $why",
  async ({ lateMs }) => {
    const world = new World({ lateMs });
    const sender = world.client("B");
    const joining = sender.client.join();
    await world.clock.run(lateMs * 10);
    await joining;
    const viewer = world.client("A", VIEWER);
    const coming = viewer.client.join();
    let silent = 0;
    for (let ms = 0; ms < lateMs * 10; ms += 100) {
      await world.clock.run(100);
      const { due, flowing } = viewer.client.flow();
      silent += due - flowing;
    }
    await coming;
    const { packetsDeliverable, packetsReceived } = viewer.client.totals();
    assertEquals([silent, viewer.client.flow().flowing], [0, 2]);
    assert(packetsReceived > 100);
    assert(packetsDeliverable <= packetsReceived + 2, `${packetsDeliverable}`);
    assertEquals(errorsOf(viewer.events), []);
  },
);

Deno.test.each<{ lateMs: number; leftMs: number }>([
  { lateMs: 1600, leftMs: 1500 },
  { lateMs: 2500, leftMs: 2300 },
  { lateMs: 2500, leftMs: 9000 },
])(
  "who leaves $leftMs ms after coming has met no error at a server that answers all $lateMs ms late",
  async ({ lateMs, leftMs }) => {
    const world = new World({ lateMs });
    const first = world.client("B");
    const joining = first.client.join();
    await world.clock.run(lateMs * 10);
    await joining;
    const second = world.client("A");
    const coming = second.client.join();
    await world.clock.run(leftMs);
    const left = second.client.leave();
    const gone = first.client.leave();
    await world.clock.run(lateMs);
    await Promise.all([left, gone, coming]);
    assertEquals(errorsOf([...first.events, ...second.events]), []);
  },
);

Deno.test.each<{ type: "consume" | "resumeConsumer" | "produce" }>([
  { type: "consume" },
  { type: "resumeConsumer" },
  { type: "produce" },
])(
  "a server that answers at once, and to $type not at all, has left it unanswered",
  async ({ type }) => {
    const world = new World({
      intercept: (message, participant) =>
        message.type === type && participant?.name === "A" ? [] : undefined,
    });
    await world.joined("B");
    const { client, events } = world.client("A");
    const joining = client.join();
    await world.clock.run(1500);
    await client.leave();
    await joining;
    assertMatch(String(errorsOf(events)), /no reply within \d+ ms, when/);
  },
);

Deno.test("a track that is asked for in vain is due once nobody waits for the answer", async () => {
  const world = new World({
    intercept: (message, participant) =>
      message.type === "consume" && participant?.name === "A" ? [] : undefined,
  });
  await world.joined("B");
  const { client } = world.client("A", VIEWER);
  const joining = client.join();
  await world.clock.run(3000);
  assertEquals(client.flow().due, 0);
  await world.clock.run(12_000);
  assertEquals([client.flow().due, client.flow().flowing], [2, 0]);
  // All that its sender sent since it was asked for is missing.
  assert(client.totals().packetsDeliverable > 14 * 50 * 0.9);
  await client.leave();
  await joining;
});

Deno.test("who waits for leave to send is not to send before it has it", async () => {
  const world = new World({ lateMs: 2500 });
  const { client } = world.client("A");
  const joining = client.join();
  const isToSend: boolean[] = [];
  let sentBefore = 0;
  for (let s = 0; s < 30; s++) {
    await world.clock.run(1000);
    if (client.state === "connected" && client.isToSend) {
      isToSend.push(client.totals().packetsSent > sentBefore);
    }
    sentBefore = client.totals().packetsSent;
  }
  await joining;
  assert(isToSend.length > 3);
  assertEquals(isToSend.filter((sends) => !sends), []);
});
