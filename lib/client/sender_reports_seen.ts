/**
 * The sender reports that came of the tracks that a client receives: its own
 * reports repeat their times (RFC 3550 section 6.4.1).
 *
 * @module
 */

import type { ReportBlock } from "../media/mod.ts";

/** A report block has 16 bits for the seconds since the last sender report. */
const MAX_REPORT_AGE_MS = 65_535_000;

interface Seen {
  readonly middleNtp: number;
  /** When it came, in milliseconds since 1970. */
  readonly wallMs: number;
  /** How many of the track have come. */
  readonly count: number;
}

/** The last sender report of each track, by SSRC. */
export class SenderReportsSeen {
  readonly #last = new Map<number, Seen>();

  /** One came at `wallMs` since 1970. */
  note(ssrc: number, middleNtp: number, wallMs: number): void {
    // It has no clock: there is nothing to repeat.
    if (middleNtp === 0) return this.forget(ssrc);
    this.#last.set(ssrc, { middleNtp, wallMs, count: this.count(ssrc) + 1 });
  }

  /** What came of this SSRC counts no more. */
  forget(ssrc: number): void {
    this.#last.delete(ssrc);
  }

  /** How many have come, one after another. */
  count(ssrc: number): number {
    return this.#last.get(ssrc)?.count ?? 0;
  }

  /** What a report block says at `wallMs` of the last one; zeros where there is none, or none so recent that the field can hold it. */
  repeated(
    ssrc: number,
    wallMs: number,
  ): Pick<ReportBlock, "lastSenderReport" | "delaySinceLastSenderReport"> {
    const seen = this.#last.get(ssrc);
    if (seen === undefined || wallMs - seen.wallMs >= MAX_REPORT_AGE_MS) {
      return { lastSenderReport: 0, delaySinceLastSenderReport: 0 };
    }
    return {
      lastSenderReport: seen.middleNtp,
      delaySinceLastSenderReport: Math.round(
        (wallMs - seen.wallMs) / 1000 * 65536,
      ),
    };
  }
}
