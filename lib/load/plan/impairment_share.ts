/**
 * A bad network for a share of the clients, or for so many of each room, and
 * how it is written:
 *
 * ```text
 * share = impairment [ ":" ( ratio | number "-per-room" ) ]
 * ratio = "30%" | "0.3"
 * ```
 *
 * @module
 */

import {
  describeImpairment,
  type Impairment,
  parseImpairment,
} from "../../impairment/mod.ts";

/** A bad network for a share of the clients. */
export interface ImpairmentShare {
  /** What their network does to packets. */
  readonly impairment: Impairment;
  /** How many of all, from 0 to 1; rounded, but at least one. 0 where it is so many a room. */
  readonly share: number;
  /** How many of each room, or all where fewer are in it. @default {a share of all} */
  readonly perRoom?: number | undefined;
}

/**
 * The share of this text, such as `wifi-lossy`, `3g:30%`, `3g:1-per-room` or
 * `loss=5%,delay=50ms:0.5`; without a ratio it is all. Throws a `SyntaxError`
 * or `RangeError` in one line that says what it takes.
 */
export function parseImpairmentShare(text: string): ImpairmentShare {
  const [, roomNetwork, each] = /^(.*):([^:]*)-per-room$/s.exec(text) ?? [];
  if (roomNetwork !== undefined) {
    const perRoom = Number(each);
    if (!/^\d+$/.test(each) || !(perRoom >= 1 && perRoom <= MAX_PER_ROOM)) {
      throw new RangeError(
        `"${text}" has a number per room that is not from 1 to ${MAX_PER_ROOM}`,
      );
    }
    return { impairment: parseImpairment(roomNetwork), share: 0, perRoom };
  }
  const [, network = "", amount = "100", unit = "%"] =
    /^(.*?)(?::(\d+\.?\d*|\.\d+)(%?))?$/s.exec(text) ?? [];
  if (amount === "1" && unit === "") {
    throw new RangeError(
      `"${text}" could be one client or all of them: write ${network}:100% or ${network}:1-per-room`,
    );
  }
  const share = Number(amount) / (unit === "%" ? 100 : 1);
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`"${text}" has a share that is not from 0 to 100%`);
  }
  return { impairment: parseImpairment(network), share };
}

const MAX_PER_ROOM = 10_000;

/** How many of so many clients a share is: rounded, but at least one. */
export function impairedCount(count: number, share: number): number {
  if (share === 0) return 0;
  return Math.min(count, Math.max(1, Math.round(count * share)));
}

/** The share as {@linkcode parseImpairmentShare} reads it. */
export function describeImpairmentShare(
  { impairment, share, perRoom }: ImpairmentShare,
): string {
  const network = describeImpairment(impairment);
  if (perRoom !== undefined) return `${network}:${perRoom}-per-room`;
  return share === 1
    ? network
    : `${network}:${Number((share * 100).toFixed(6))}%`;
}

/** Why these shares cannot be together, in one line; `undefined` when they can. */
export function shareProblem(
  shares: readonly ImpairmentShare[],
): string | undefined {
  const sum = shares.reduce((sum, { share }) => sum + share, 0);
  // Thirds do not add up to one exactly.
  return sum <= 1 + 1e-9
    ? undefined
    : `shares come to ${Math.round(sum * 100)} %, 100 % at most`;
}
