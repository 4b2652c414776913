/**
 * What the threads of a server tell together: a total of half of two cores
 * may be two workers that are half busy, or one that is stuck beside one that
 * does nothing.
 *
 * @module
 */

import type { ServerThreadLoad } from "../summary/summary.ts";

/** From so much of a core on, a thread is busy. */
const BUSY = 0.9;
/** On average it must have been as busy as this: one busy second is no overload. */
const BUSY_MEAN = 0.6;
/** Below, it does next to nothing. */
const IDLE = 0.2;

/** Whether a thread can do no more. */
function isBusy(
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

/** Of less there is nothing to tell. */
const WORTH_MEAN = 0.02;
/** Whoever does less than this part of what another one does has next to nothing of it. */
const UNEVEN = 1 / 4;

/**
 * Which threads do nearly all of what a kind of them does, though none is
 * busy yet: `one of two mediasoup-worke (12) does 97 %`; `undefined` where
 * none does, or where one can do no more, which is told otherwise.
 */
export function unevenThreadsText(
  threads: readonly ServerThreadLoad[],
): string | undefined {
  const kinds = Map.groupBy(threads, ({ name }) => kindOf(name));
  const texts = [...kinds].flatMap(([kind, all]) => {
    const [first, ...others] = all.toSorted((a, b) =>
      b.meanCpuRatio - a.meanCpuRatio
    );
    const isWorth = others.length > 0 && first.meanCpuRatio >= WORTH_MEAN;
    if (!isWorth || all.some(isBusy)) return [];
    const bound = first.meanCpuRatio * UNEVEN;
    const idle = others.filter(({ meanCpuRatio }) => meanCpuRatio < bound);
    if (idle.length === 0) return [];
    const working = all.filter((one) => !idle.includes(one));
    const share = sumOf(working) / sumOf(all);
    const who = working.length === 1 ? ` (${idOf(first.name)})` : "";
    const does = working.length === 1 ? "does" : "do";
    return [
      `${inWords(working.length)} of ${
        inWords(all.length)
      } ${kind}${who} ${does} ${percent(share)} of the work`,
    ];
  });
  return texts.length === 0 ? undefined : texts.join("; ");
}

function sumOf(threads: readonly ServerThreadLoad[]): number {
  return threads.reduce((sum, { meanCpuRatio }) => sum + meanCpuRatio, 0);
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
