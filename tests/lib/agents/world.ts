/** One agent on a network in virtual time, and all that is needed to claim it. */

import { assertEquals } from "@std/assert";
import { RemoteNode } from "../../../lib/agents/remote_node.ts";
import { ClaimedAgent } from "../../../lib/agents/claimed_agent.ts";
import { AgentHost } from "../../../lib/agents/agent_host.ts";
import type { NodeClock } from "../../../lib/load/mod.ts";
import type { SavedRun } from "../../../lib/report/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";
import { CountingNode } from "./counting_node.ts";
import { type FakeLink, FakeNet } from "./fake_net.ts";

/** An agent, and all that is needed to claim it. */
export class World implements AsyncDisposable {
  readonly fake = new FakeClock();
  readonly clock: NodeClock = {
    nowMs: () => this.fake.nowMs(),
    // The coordinator's; the agent's is an hour behind.
    wallNowMs: () => 1e12 + this.fake.nowMs(),
    setTimer: (ms, fn) => this.fake.setTimer(ms, fn),
  };
  readonly net = new FakeNet(this.clock, () => 0.5, {
    ...{ loss: 0, repeats: 0, delayMs: 10 },
  });
  readonly there: FakeLink = this.net.open();
  readonly nodes: CountingNode[] = [];
  readonly left: string[] = [];
  readonly wereForsaken: boolean[] = [];
  /** What the agent kept of runs, each time that it did. */
  readonly kept: SavedRun[] = [];
  readonly host = new AgentHost({
    link: this.there,
    ...{ group: "g", id: "a1", epoch: "e1" },
    machine: { host: "there", cores: 2, memoryBytes: null },
    clock: {
      ...this.clock,
      wallNowMs: () => 1e12 - 3_600_000 + this.fake.nowMs(),
    },
    openNode: (name, handlers) => {
      const node = new CountingNode(name, this.clock, () => 0.5, handlers);
      this.nodes.push(node);
      return node;
    },
    keep: (part) => {
      this.kept.push(part);
      return Promise.resolve();
    },
    onLeft: ({ reason, isForsaken }) => {
      this.left.push(reason);
      this.wereForsaken.push(isForsaken);
    },
  });
  readonly agents: ClaimedAgent[] = [];

  /** For how long the coordinator stood still. */
  stoodMs = 0;

  claimant(run: string, by = "me", link = this.net.open()): ClaimedAgent {
    const agent = new ClaimedAgent({
      ...{ link, group: "g", id: "a1", run, by },
      clock: {
        ...this.clock,
        nowMs: () => this.fake.nowMs() + this.stoodMs,
      },
    });
    this.agents.push(agent);
    return agent;
  }

  /** What a promise comes to within some time. */
  async within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
    promise.catch(() => {});
    await this.fake.run(ms);
    return await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const released = Promise.all(this.agents.map((agent) => agent.release()));
    await this.within(20_000, released);
    for (const agent of this.agents) agent.forget();
    await this.within(5_000, this.host[Symbol.asyncDispose]());
    assertEquals(this.fake.pendingTimers, 0);
  }
}

/** What it is told of its clients. */
export const PLAN = {
  ...{ node: "agent-0", server: { url: "ws://sfu.example/" } },
  ...{ seed: 1, datapath: {} },
};

/** What it is told of the run. */
export const ABOUT = {
  ...{ run: "r1", nodes: ["agent-0"], config: { clients: 2 } },
  ...{ thresholds: ["loss < 1%"], scenario: null, engine: null },
  isDisrupted: false,
};

/** The node of a claimed agent whose run has begun. */
export async function begun(
  world: World,
  agent: ReturnType<World["claimant"]>,
): Promise<RemoteNode> {
  const node = new RemoteNode(
    "agent-0",
    agent,
    { onSnapshot() {}, onNote() {}, onDied() {} },
    world.clock,
    ABOUT,
  );
  await world.within(5_000, node.prepare(PLAN).then(() => node.begin(1e12)));
  return node;
}
