/**
 * The judgement: every figure that has bands, with its value, its band and a
 * sentence. A run's verdict, its report and the light of a live session rest
 * on this one.
 *
 * @module
 */

import { band, BAND_METRICS, type BandMetric, limitsOf } from "./bands.ts";
import type { RateName } from "../catalog.ts";
import { excuseOf } from "./excuses.ts";
import { counterOf, rateOf, ratio, tracksSent } from "../figures.ts";
import { type JudgedRun, sentenceOf } from "./judgement_text.ts";
import { endingSilence } from "./silence.ts";
import type { Judgement } from "../summary/summary.ts";

/** What is judged. */
export interface Judged extends JudgedRun {
  /** CPU of the server's busiest thread in cores; `null` when it was not watched. */
  readonly serverCpu: number | null;
  /** Its memory in bytes; `null` when it was not watched. */
  readonly serverRss: number | null;
  /** Whether the server was taken away on purpose. @default {false} */
  readonly isDisrupted?: boolean | undefined;
}

/** Judges every figure that there is, in the order of the bands. */
export function judge(judged: Judged): Judgement[] {
  const { snapshot, isDisrupted = false } = judged;
  return BAND_METRICS.flatMap((figure) => {
    const value = valueOf(figure, judged);
    if (value === null) return [];
    const { reason } = limitsOf(figure);
    const raw = band(figure, value);
    const says = sentenceOf(figure, value, judged);
    const excuse = raw === "good"
      ? undefined
      : excuseOf(figure, value, snapshot, isDisrupted);
    if (excuse === undefined) {
      return [{ figure, value, band: raw, says, reason }];
    }
    const rest = band(figure, excuse.without);
    return [{
      figure,
      value,
      band: rest === "critical" ? raw : "warning",
      says: `${says} (${excuse.says})`,
      reason,
    }];
  });
}

const RATES = {
  unpublished: "unpublished",
  neverSent: "neverSent",
  neverReceived: "neverReceived",
  lostForGood: "lostForGood",
  lostMedia: "lostMedia",
  connected: "connected",
  silent: "silent",
  away: "away",
  deliveryRatio: "deliveryRatio",
  signalingSilent: "signalingSilent",
  frozen: "frozen",
  errors: "clientsWithErrors",
  receiveSendRatio: "receiveSendRatio",
} as const satisfies Partial<Record<BandMetric, RateName>>;

function valueOf(figure: BandMetric, judged: Judged): number | null {
  const { snapshot, tally } = judged;
  switch (figure) {
    case "serverCpu":
      return judged.serverCpu;
    case "serverRss":
      return judged.serverRss;
    case "silentAtEnd":
      return counterOf(snapshot, "tracksDueMs") === 0
        ? null
        : endingSilence(judged.timeline)?.share ?? 0;
    case "stopped":
      // A server that stops nothing needs no line.
      return (snapshot.stopped?.length ?? 0) === 0
        ? null
        : ratio(snapshot.stopped!.length, tracksSent(snapshot));
    case "withheld":
      return counterOf(snapshot, "tracksWithheldMs") === 0
        ? null
        : rateOf(snapshot, figure, tally);
    case "receiveSendRatio":
      // Where nobody can receive, nothing received is no fault.
      return counterOf(snapshot, "packetsDeliverable") === 0
        ? null
        : rateOf(snapshot, figure, tally);
    default:
      return rateOf(snapshot, RATES[figure], tally);
  }
}
