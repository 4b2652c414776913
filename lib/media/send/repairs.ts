/**
 * What a track does about packets that the server misses (RFC 4585
 * section 6.2.1): the latest ones are kept and sent again on request, each at
 * most once a round trip, and all together within a budget. They go out in a
 * stream of their own (RFC 4588), or as the same bytes once more.
 *
 * @module
 */

import type { RtpHeaderTemplate } from "../rtp/rtp_header.ts";
import { RtxBudget } from "./rtx_budget.ts";
import { type RtxOptions, RtxStream } from "./rtx_stream.ts";
import { type KeptPackets, SentHistory } from "./sent_history.ts";

/** What repairs are told of their track. */
export interface RepairsOptions {
  /** When it begins, in milliseconds. */
  readonly startMs: number;
  readonly header: RtpHeaderTemplate;
  /** The stream that repairs go to. @default {that of what they repair} */
  readonly rtx?: RtxOptions | undefined;
}

/** The repairs of one track. */
export class Repairs {
  readonly #history: SentHistory;
  readonly #budget: RtxBudget;
  readonly #rtx: RtxStream | undefined;
  readonly #header: RtpHeaderTemplate;

  constructor({ startMs, rtx, header }: RepairsOptions, kept?: KeptPackets) {
    this.#history = new SentHistory(kept);
    this.#budget = new RtxBudget(startMs);
    this.#rtx = rtx && new RtxStream(rtx);
    this.#header = header;
  }

  /** Whether packets are kept before they are encrypted: a repair of its own stream is encrypted anew. */
  get keepsPlain(): boolean {
    return this.#rtx !== undefined;
  }

  /** Keeps a packet; see {@linkcode SentHistory.keep}. */
  keep(
    sequence: number,
    source: Uint8Array,
    offset: number,
    length: number,
  ): void {
    this.#history.keep(sequence, source, offset, length);
  }

  /** The track was silent and goes on. */
  restart(nowMs: number, sentBytes: number): void {
    this.#budget.restart(nowMs, sentBytes);
  }

  /** Whether a packet is kept, and not on its way again already. */
  has(sequence: number, nowMs: number, roundTripMs: number): boolean {
    return this.#history.lengthOf(sequence) > 0 &&
      nowMs - this.#history.repeatedMs(sequence) >= roundTripMs;
  }

  /** Writes a repair of a packet that it has to the start of `out`, still to be encrypted where packets are kept plain; returns its length, 0 when they have had their share. */
  write(
    out: Uint8Array,
    sequence: number,
    nowMs: number,
    sentBytes: number,
  ): number {
    const history = this.#history;
    const length = history.lengthOf(sequence);
    if (!this.#budget.take(length, nowMs, sentBytes)) return 0;
    history.copy(sequence, out);
    history.noteRepeated(sequence, nowMs);
    return this.#rtx === undefined
      ? length
      : this.#rtx.wrap(out, this.#header, length);
  }
}
