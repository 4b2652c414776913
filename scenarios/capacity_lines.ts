/**
 * A capacity as text: the answer, and a table of every step.
 *
 * @module
 */

import { formatCount, formatMs, formatRatio } from "../kit.ts";
import type { CapacityFindings, CapacityStep } from "./capacity_step.ts";

const HEAD = [
  "Clients",
  "",
  "loss",
  "latency p95",
  "server CPU",
  "busiest",
  "drops",
  "generator",
  "machine",
  "looks",
  "limited by",
];

/** What was found, as lines. */
export function capacityLines(found: CapacityFindings): string[] {
  const { largest, limitedBy, clientsPerServerCore } = found;
  const rows = [HEAD, ...found.steps.map(rowOf)];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  return [
    `Largest healthy number of clients: ${largest}`,
    `Limited by ${limitedBy.kind}: ${limitedBy.text}`,
    ...(clientsPerServerCore === null
      ? []
      : [`Clients a server core: ${clientsPerServerCore}`]),
    "",
    ...rows.map((row) =>
      row.map((cell, column) =>
        column === row.length - 1 || column === 1
          ? cell.padEnd(widths[column])
          : cell.padStart(widths[column])
      ).join("  ").trimEnd()
    ),
  ];
}

function rowOf(step: CapacityStep): string[] {
  return [
    String(step.clients),
    step.healthy ? "passed" : "failed",
    shown(step.lossRatio, formatRatio),
    shown(step.latencyP95Ms, formatMs),
    shown(step.serverCpuRatio, formatRatio),
    shown(step.busiestProcessRatio, formatRatio),
    shown(step.serverUdpDrops, formatCount),
    shown(step.generatorCpuRatio, formatRatio),
    shown(step.machineCpuRatio, formatRatio),
    String(step.windows),
    step.limit?.text ?? "",
  ];
}

function shown(
  value: number | null,
  format: (value: number) => string,
): string {
  return value === null ? "–" : format(value);
}
