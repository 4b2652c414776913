/**
 * What the threads of a server tell together: a total of half of two cores
 * may be two workers that are half busy, or one that is stuck beside one that
 * does nothing.
 *
 * @module
 */

import type { ServerThreadLoad } from "./summary.ts";

/** From so much of a core on, a thread is busy. */
const BUSY = 0.9;
/** On average it must have been as busy as this: one busy second is no overload. */
const BUSY_MEAN = 0.6;
/** Below, it does next to nothing. */
const IDLE = 0.2;

/** Whether a thread can do no more. */
export function isBusy(
  { maxCpuRatio, meanCpuRatio }: ServerThreadLoad,
): boolean {
  return maxCpuRatio >= BUSY && meanCpuRatio >= BUSY_MEAN;
}

/**
 * Which threads can do no more, and what the others of their kind do:
 * `one of two mediasoup-worke at 100 %, the other idle`; `undefined` where
 * none is busy.
 */
export function busyThreadsText(
  threads: readonly ServerThreadLoad[],
): string | undefined {
  const kinds = Map.groupBy(threads, ({ name }) => kindOf(name));
  const texts = [...kinds].flatMap(([kind, all]) => {
    const busy = all.filter(isBusy);
    if (busy.length === 0) return [];
    const others = all.filter((one) => !isBusy(one));
    const at = percent(Math.max(...busy.map(maxOf)));
    if (all.length === 1) return [`${busy[0].name} at ${at}`];
    const who = busy.length === 1 ? ` (${idOf(busy[0].name)})` : "";
    return [
      `${inWords(busy.length)} of ${
        inWords(all.length)
      } ${kind}${who} at ${at}${othersText(others)}`,
    ];
  });
  return texts.length === 0 ? undefined : texts.join("; ");
}

function othersText(others: readonly ServerThreadLoad[]): string {
  if (others.length === 0) return "";
  const who = others.length === 1 ? "the other" : "the others";
  const most = Math.max(...others.map(maxOf));
  return most < IDLE
    ? `, ${who} idle`
    : `, ${who} at ${others.length === 1 ? "" : "most "}${percent(most)}`;
}

function maxOf({ maxCpuRatio }: ServerThreadLoad): number {
  return maxCpuRatio;
}

/** Ticks of a clock may make a little more than all of it. */
function percent(ratio: number): string {
  return `${Math.round(Math.min(1, ratio) * 100)} %`;
}

/** A name without its id: `worker (12)` is a `worker`. */
function kindOf(name: string): string {
  return name.replace(/ \(\d+\)$/, "");
}

function idOf(name: string): string {
  return /\((\d+)\)$/.exec(name)?.[1] ?? name;
}

const WORDS = ["no", "one", "two", "three", "four", "five", "six"] as const;

function inWords(count: number): string {
  return WORDS[count] ?? String(count);
}
