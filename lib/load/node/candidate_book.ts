/**
 * How the server's addresses for media fared with the clients of a node: each
 * client counts once, whichever of its transports took or tried it.
 *
 * @module
 */

import {
  type CandidateCount,
  candidateKey,
  sortedCandidates,
} from "../../metrics/mod.ts";
import type { CandidateOutcome } from "../../rtc/mod.ts";

type Tried = Pick<
  CandidateOutcome,
  "address" | "isTaken" | "problem" | "protocol"
>;

/** An address of a port of its own for each transport would fill the memory. */
const MAX_KEPT = 1000;

/** The book of one node. */
export class CandidateBook {
  readonly #counts = new Map<string, CandidateCount>();
  readonly #noted = new WeakMap<object, Set<string>>();

  /** All of them. */
  get candidates(): readonly CandidateCount[] {
    return sortedCandidates([...this.#counts.values()]);
  }

  /** A transport of a client took one of these, or none; others it had no time to try. */
  note(client: object, tried: readonly Tried[]): void {
    let noted = this.#noted.get(client);
    if (noted === undefined) this.#noted.set(client, noted = new Set());
    for (const { protocol, address, isTaken, problem } of tried) {
      if (!isTaken && problem === undefined) continue;
      const one = { protocol, address, problem: isTaken ? null : problem! };
      const key = candidateKey(one);
      const before = this.#counts.get(key);
      const isFull = before === undefined && this.#counts.size >= MAX_KEPT;
      if (isFull || noted.has(key)) continue;
      noted.add(key);
      this.#counts.set(key, {
        ...one,
        family: familyOf(address),
        clients: (before?.clients ?? 0) + 1,
      });
    }
  }
}

function familyOf(address: string): CandidateCount["family"] {
  if (address.includes(":")) return "IPv6";
  return /^[\d.]+$/.test(address) ? "IPv4" : "name";
}
