/**
 * How each machine did on which clients of a run were, where there were
 * several: one that did not keep up is not seen in what all did together.
 *
 * @module
 */

import type { TrendName } from "../catalog.ts";
import { isAtNode } from "../client_rates.ts";
import { counterOf, ratio, tallyClients, trendOf } from "../figures.ts";
import { troubleOf } from "./saturation.ts";
import type { NodePart, Snapshot } from "../snapshot.ts";
import { usToMs } from "../stats.ts";
import type { NodeSummary } from "./summary.ts";

/** A row a machine, by name, in the words that the whole run has for its clients; `undefined` where clients were on one. */
export function summarizeNodes(
  all: Pick<Snapshot, "clients" | "generator" | "parts">,
  runIsOver: boolean,
): NodeSummary[] | undefined {
  const { parts = [] } = all;
  const machines = parts.filter(({ machine }) => machine !== undefined);
  return machines.length === 0
    ? undefined
    : machines.map((part) => summarizeNode(part, all, runIsOver));
}

function summarizeNode(
  part: NodePart,
  all: Pick<Snapshot, "clients" | "generator">,
  runIsOver: boolean,
): NodeSummary {
  const { node, generator, machine, offset } = part;
  const clients = all.clients.filter((client) => isAtNode(client, node));
  const { reached, failed, connected, unknown } = tallyClients(
    clients,
    runIsOver,
  );
  const p95Ms = (name: TrendName) => usToMs(trendOf(part, name).percentile(95));
  const sent = counterOf(part, "packetsSent");
  const due = counterOf(part, "packetsPlanned") -
    counterOf(part, "packetsWithoutPath");
  return {
    name: node,
    host: machine?.host ?? null,
    cores: machine?.cores ?? null,
    clockSynchronised: machine?.isSynchronised ?? null,
    clockAheadMs: offset?.aheadMs ?? null,
    clockBoundMs: offset?.boundMs ?? null,
    linkRoundTripP95Ms: trendOf(part, "linkRoundTrip").count === 0
      ? null
      : p95Ms("linkRoundTrip"),
    workers: generator.workers,
    clients: clients.length,
    successfulConnections: reached,
    failedConnections: failed,
    connectedAtEnd: connected,
    unknownAtEnd: unknown,
    packetsSent: sent,
    packetsReceived: counterOf(part, "packetsReceived"),
    achievedRatio: ratio(sent, due),
    latenessP95Ms: p95Ms("lateness"),
    loopLagP95Ms: p95Ms("loopLag"),
    cpuRatio: ratio(generator.cpuUs, generator.threadUs),
    kernelDrops: generator.kernelDrops,
    heldBackJoins: generator.heldBackJoins,
    trouble: troubleOf(part, all),
  };
}
