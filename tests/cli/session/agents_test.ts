/** What a session says of the agents that drive its clients, and how it ends where one is lost. */

import { assertEquals } from "@std/assert";
import type { Snapshot } from "../../../tool.ts";
import type { Audience, Model } from "../../../cli/session/model.ts";
import { after, liveModel, logOf, snapshotAt, typed } from "./fixtures.ts";

const LOSS = {
  ...{ node: "agent-1", atMs: 12_000, knownMs: 11_000, clients: 2 },
  reason: "no word in 16 s",
};

const THREAD = { ...LOSS, node: "agent-1/worker-2", reason: "out of memory" };

type Losses = Snapshot["generator"]["lost"];

/** A session over two agents, of which the second was heard of at 28 s last. */
function overAgents(lost: Losses, audience: Audience = "session"): Model {
  const model = liveModel({ audience, thresholds: [] });
  const plain = snapshotAt(31, model.load.members);
  const part = (node: string, atMs: number) => ({
    ...{ ...plain, node, atMs },
    machine: { host: `host-${node.at(-1)}`, cores: 2, isSynchronised: true },
  });
  const snapshot: Snapshot = {
    ...plain,
    generator: { ...plain.generator, lost },
    clients: plain.clients.map((client, i) => ({
      ...client,
      ...(i % 3 === 0
        ? { node: "agent-0/worker-0" }
        : { node: "agent-1/worker-1" }),
      ...(i === 5 && { state: "away" as const }),
    })),
    parts: [part("agent-0", 31_000), part("agent-1", 28_000)],
  };
  return after(model, [{
    ...{ type: "measured", snapshot, use: undefined },
  }], 31_000).model;
}

Deno.test.each<{ why: string; lost: Losses; second: string }>([
  { why: "one is late", lost: undefined, second: "last heard 3 s ago" },
  {
    why: "one is lost",
    lost: [LOSS],
    second: "lost at 0:12: no word in 16 s",
  },
  {
    why: "one is lost and may be",
    lost: [{ ...LOSS, isAllowed: true }],
    second: "lost at 0:12: no word in 16 s (--allow-lost)",
  },
  {
    why: "one goes on with fewer threads",
    lost: [THREAD],
    second: "last heard 3 s ago, agent-1/worker-2 lost at 0:12: out of memory",
  },
])("agents has a line each: $why", ({ lost, second }) => {
  const { model } = after(overAgents(lost), typed("agents"));
  assertEquals(model.page?.lines ?? logOf(model).slice(-2), [
    "agent-0  at host-0, 2 of 2 clients connected, last heard 0 s ago",
    `agent-1  at host-1, 3 of 4 clients connected, ${second}`,
  ]);
});

Deno.test("without agents that is said", () => {
  const { model } = after(liveModel(), typed("agents"));
  assertEquals(
    logOf(model).at(-1),
    "no agents: clients are in this process (--agents has others)",
  );
});

const WHY =
  "Invalid: agent-1 was lost at 0:12 with 2 clients: no word in 16 s.";

Deno.test.each<
  { audience: Audience; lost: Losses; code: number; reason: string | null }
>([
  { audience: "session", lost: [LOSS], code: 98, reason: null },
  { audience: "plain", lost: [LOSS], code: 98, reason: WHY },
  {
    ...{ audience: "plain", code: 0, reason: null },
    lost: [{ ...LOSS, isAllowed: true }],
  },
  { audience: "plain", lost: undefined, code: 0, reason: null },
])(
  "a session that lost an agent ends with 98 unless it may: $audience, $code",
  ({ audience, lost, code, reason }) => {
    const { effects } = after(overAgents(lost, audience), [
      { type: "inputEnded" },
      { type: "tick" },
    ]);
    assertEquals(effects.at(-1), {
      ...{ type: "end", code, reason },
      summary: audience === "session",
    });
  },
);
