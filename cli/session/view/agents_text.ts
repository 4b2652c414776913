/**
 * Who drives the clients, where agents do.
 *
 * @module
 */

import {
  formatClock,
  formatCounted,
  isAtNode,
  type Snapshot,
} from "../../../tool.ts";
import { sanitize } from "../../terminal/mod.ts";
import type { Live } from "../model.ts";

/** A line an agent: its name, where it is, its clients, and when it was last heard of, or how it was lost. */
export function agentLines({ snapshot }: Pick<Live, "snapshot">): string[] {
  const agents = (snapshot.parts ?? [])
    .filter(({ machine }) => machine !== undefined);
  if (agents.length === 0) {
    return ["no agents: clients are in this process (--agents has others)"];
  }
  const columns = Math.max(...agents.map(({ node }) => node.length));
  return agents.map(({ node, machine, atMs }) => {
    const where = machine?.host == null ? "" : `at ${sanitize(machine.host)}, `;
    return `${sanitize(node).padEnd(columns)}  ${where}${
      clientsText(snapshot, node)
    }, ${stateText(snapshot, node, atMs)}`;
  });
}

function clientsText({ clients }: Snapshot, node: string): string {
  const own = clients.filter((client) =>
    isAtNode(client, node) && client.state !== "left"
  );
  const connected = own.filter(({ state }) => state === "connected").length;
  return `${connected} of ${formatCounted(own.length, "client")} connected`;
}

/** What is lost may be one thread of an agent, which goes on with the others. */
function stateText(
  { atMs, generator: { lost = [] } }: Snapshot,
  node: string,
  heardMs: number,
): string {
  const own = lost.filter((one) => isAtNode(one, node));
  const whole = own.find((one) => one.node === node);
  const losses = (whole === undefined ? own : [whole]).map((one) =>
    `${one === whole ? "" : `${sanitize(one.node)} `}lost at ${
      formatClock(one.atMs)
    }: ${sanitize(one.reason)}${one.isAllowed ? " (--allow-lost)" : ""}`
  );
  const silentSec = Math.max(0, Math.round((atMs - heardMs) / 1000));
  const heard = `last heard ${silentSec} s ago`;
  return [...(whole === undefined ? [heard] : []), ...losses].join(", ");
}
