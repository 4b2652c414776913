/**
 * Which clients a line means.
 *
 * ```text
 * selection = "all" | part {"," part}
 * part      = N | "#" N | "client-" N | N "-" N
 * ```
 *
 * @module
 */

import type { Member } from "../../tool.ts";
import type { Problem } from "./parse.ts";

/** How a selection is written. */
export const SELECTION = "all, 3, 3-5 or 1,4-6";

/** The numbers of the members that `text` means; never none. */
export function selected(
  text: string,
  members: readonly Member[],
): readonly number[] | Problem {
  if (members.length === 0) {
    return { problem: `There are no clients: "spawn 3" adds some.` };
  }
  if (text === "all") return members.map(({ index }) => index);
  const wanted = new Set<number>();
  for (const part of text.split(",")) {
    const range = PART.exec(part);
    if (range === null) {
      return { problem: `"${text}" names no clients: write ${SELECTION}.` };
    }
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    const found = members.filter(({ index }) =>
      index >= first && index <= last
    );
    if (found.length === 0) {
      return {
        problem: `There is no client ${part}: there are ${rangesOf(members)}.`,
      };
    }
    for (const { index } of found) wanted.add(index);
  }
  return [...wanted].sort((a, b) => a - b);
}

/** Numbers as people write them: `0-4,7`. */
export function rangesOf(members: readonly Pick<Member, "index">[]): string {
  const ranges: [number, number][] = [];
  for (const index of members.map(({ index }) => index).sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  const shown = ranges.slice(0, MAX_RANGES)
    .map(([first, last]) => first === last ? `${first}` : `${first}-${last}`);
  return [...shown, ...ranges.length > MAX_RANGES ? ["…"] : []].join(",");
}

/** Further ones would only fill the line. */
const MAX_RANGES = 8;

const PART = /^(?:#|client-)?(\d{1,9})(?:-(\d{1,9}))?$/;
