/**
 * A capacity as text: the answer, and a table of every step and every look.
 *
 * @module
 */

import {
  type CapacityLimit,
  formatCount,
  formatCounted,
  formatMs,
  formatRatio,
} from "../kit.ts";
import type {
  CapacityFindings,
  CapacityLook,
  CapacityStep,
} from "./capacity_step.ts";

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
  const { largest, clientsPerServerCore, steps, anew, otherFill } = found;
  const rows = [
    HEAD,
    ...steps.flatMap((step) => rowsOf(step)),
    ...(anew === null ? [] : rowsOf(anew, "all at once")),
    ...(otherFill === null ? [] : rowsOf(otherFill, `fill=${otherFill.fill}`)),
  ];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  return [
    `Largest healthy number of clients: ${largest}`,
    `Limited by ${limitText(found)}`,
    ...heldLines(found),
    ...brokeLines(found),
    ...unfinishedLines(found),
    ...anewLines(found),
    ...otherFillLines(found),
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

/** What limits it, in the same words wherever that is told. */
export function limitText(
  { limitedBy, broke, largest, smallestBroken }: CapacityFindings,
): string {
  if (limitedBy.kind !== "time" || broke === null) return reasonOf(limitedBy);
  return `${reasonOf(broke)}, and there was no time for ${
    smallestBroken === null
      ? "more"
      : largest === 0
      ? "smaller ones"
      : "the sizes between"
  }`;
}

function reasonOf({ kind, text }: CapacityLimit): string {
  return `${kind}: ${text}`;
}

/** How a step did, in a few words. */
export function stepText(step: CapacityStep): string {
  const { healthy, isFinished, limit } = step;
  if (!isFinished) {
    return `not finished: ${looksText(step)}${
      limit === null ? "" : `; ${limit.text}`
    }`;
  }
  return healthy ? "healthy" : limit!.text;
}

function heldLines({ largest, steps }: CapacityFindings): string[] {
  const held = steps.findLast(({ clients, healthy }) =>
    healthy && clients === largest
  );
  return held === undefined ? [] : [`Held: ${largest}, ${looksText(held)}`];
}

function brokeLines(
  { smallestBroken, broke, steps }: CapacityFindings,
): string[] {
  const step = steps.findLast(({ clients }) => clients === smallestBroken);
  return broke === null || step === undefined
    ? []
    : [`Broke: ${step.clients}, ${looksText(step)}`];
}

/** What was under way when time was over; where nothing else broke, it may be what did. */
function unfinishedLines(
  { broke, smallestBroken, steps }: CapacityFindings,
): string[] {
  const how = broke !== null && smallestBroken === null
    ? "Broke, not finished"
    : "Not finished";
  return steps.filter(({ isFinished }) => !isFinished).map((step) =>
    `${how}: ${step.clients}, ${looksText(step)}`
  );
}

/** Whether a step came to nothing good. */
export function isBroken(step: CapacityStep | null): boolean {
  return step !== null && step.isFinished && !step.healthy;
}

/** Whether it matters that the crowd grew. */
function anewLines({ anew }: CapacityFindings): string[] {
  if (anew === null) return [];
  const how = `All at once into empty rooms: ${anew.clients}`;
  if (anew.healthy) return [`${how} held as well`];
  const differs = ": what it holds depends on how the crowd grew";
  return [`${how} ${otherwiseText(anew)}${isBroken(anew) ? differs : ""}`];
}

/** Whether the order in which rooms are filled decides. */
function otherFillLines({ otherFill, steps }: CapacityFindings): string[] {
  if (otherFill === null) return [];
  const { clients, fill, healthy, isFinished } = otherFill;
  const how = `Rooms filled the other way (fill=${fill}): ${clients}`;
  const same = steps.findLast((step) => step.clients === clients)!;
  if (isFinished && healthy === same.healthy) {
    return [`${how} ${healthy ? "held" : "broke"} as well`];
  }
  const differs = ": what it holds depends on the order in which rooms fill";
  return [`${how} ${otherwiseText(otherFill)}${isFinished ? differs : ""}`];
}

/** How a step did that was tried otherwise, and why. */
function otherwiseText(step: CapacityStep): string {
  const { healthy, isFinished, limit } = step;
  const how = isFinished ? healthy ? "held" : "broke" : "not finished";
  const why = limit === null ? "" : `; ${reasonOf(limit)}`;
  return `${how}, ${looksText(step)}${why}`;
}

/** How many looks it passed, and the most that was lost in one. */
function looksText({ looks, lossRatio }: CapacityStep): string {
  const passed = looks.filter((look) => look.passed).length;
  const disturbed = looks.filter((look) => look.isDisturbed).length;
  return [
    `${passed} of ${formatCounted(looks.length, "look")} passed`,
    ...(disturbed === 0 ? [] : [`${disturbed} spoilt by other programs`]),
    ...(lossRatio === null ? [] : [`loss ${formatRatio(lossRatio)} at most`]),
  ].join(", ");
}

/** A step and its looks; `how` is what was otherwise than in the search. */
function rowsOf(step: CapacityStep, how?: string): string[][] {
  return [rowOf(step, how), ...step.looks.map(lookRow)];
}

function rowOf(step: CapacityStep, how?: string): string[] {
  return [
    String(step.clients),
    step.isFinished ? step.healthy ? "passed" : "failed" : "unfinished",
    shown(step.lossRatio, formatRatio),
    shown(step.latencyP95Ms, formatMs),
    shown(step.serverCpuRatio, formatRatio),
    shown(step.busiestProcessRatio, formatRatio),
    shown(step.serverUdpDrops, formatCount),
    shown(step.generatorCpuRatio, formatRatio),
    shown(step.machineCpuRatio, formatRatio),
    String(step.windows),
    [how, step.limit && reasonOf(step.limit)].filter((text) => text)
      .join(", "),
  ];
}

/** Each look has its own figures: what one lost is not lost in those of another. */
function lookRow(look: CapacityLook, index: number): string[] {
  return [
    "",
    `look ${index + 1} ${
      look.isDisturbed ? "spoilt" : look.passed ? "passed" : "failed"
    }`,
    shown(look.lossRatio, formatRatio),
    shown(look.latencyP95Ms, formatMs),
    shown(look.serverCpuRatio, formatRatio),
    "",
    shown(look.serverUdpDrops, formatCount),
    shown(look.generatorCpuRatio, formatRatio),
    "",
    "",
    "",
  ];
}

function shown(
  value: number | null,
  format: (value: number) => string,
): string {
  return value === null ? "–" : format(value);
}
