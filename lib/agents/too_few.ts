/**
 * Why there are not as many agents at a broker as a run asks for, and what to
 * do about it.
 *
 * @module
 */

import type { Card } from "./protocol/mod.ts";
import { formatCounted } from "../text/mod.ts";

/** What was asked for, and who is there. */
export interface TooFewOptions {
  /** So many agents. */
  readonly count: number;
  /** Those that answered. */
  readonly cards: readonly Pick<Card, "id" | "version" | "by" | "sinceMs">[];
  /** Of this group. */
  readonly group: string;
  /** The broker, as it may be shown. */
  readonly broker: string;
  /** The version of whoever asks. */
  readonly version: string;
}

/** Who is missing, why others are not free, and the next step, in one line. */
export function tooFew(options: TooFewOptions): string {
  const { count, cards, group, broker, version } = options;
  const others = cards.flatMap(({ id, version: theirs, by, sinceMs }) =>
    theirs !== version
      ? [`${id} has ${theirs} and this is ${version}`]
      : by === null
      ? []
      : [`${id} has been of ${by} for ${Math.round((sinceMs ?? 0) / 1000)} s`]
  );
  const free = cards.length - others.length;
  return `Cannot use ${
    formatCounted(count, "agent")
  } of group ${group} at ${broker}: ${
    [`${free === 1 ? "1 is" : `${free} are`} free`, ...others].join(", ")
  }. ${nextStep(options)}`;
}

function nextStep({ count, cards, version }: TooFewOptions): string {
  const steps = [
    ...updates(cards, version),
    // With others of one version, there would be enough.
    ...(cards.filter(({ by }) => by === null).length < count
      ? ["start more with the command agent"]
      : []),
    "ask for fewer",
  ];
  const text = steps.length === 1
    ? steps[0]
    : `${steps.slice(0, -1).join(", ")}, or ${steps.at(-1)}`;
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** Whoever is behind is to be updated: agents, or who asks. */
function updates(
  cards: TooFewOptions["cards"],
  version: string,
): readonly string[] {
  const older = cards.filter((one) => isBefore(one.version, version));
  const [newer] = cards.filter((one) => isBefore(version, one.version));
  return [
    ...(older.length === 0
      ? []
      : [`update ${older.map(({ id }) => id).join(", ")} to ${version}`]),
    ...(newer === undefined
      ? []
      : [`update this one to ${newer.version}, which ${newer.id} has`]),
  ];
}

function isBefore(one: string, other: string): boolean {
  return one.localeCompare(other, "en", { numeric: true }) < 0;
}
