/**
 * What a run came to: the verdict and the exit code that says the same.
 *
 * @module
 */

import { band, type BandMetric } from "./bands.ts";
import type { ThresholdResult } from "./evaluate.ts";
import type { ClientTally } from "./figures.ts";
import type { Verdict } from "./summary.ts";

/** How a run ended. */
export type Ending =
  | { readonly kind: "finished" }
  | { readonly kind: "interrupted" }
  /** A threshold that may end a run did. */
  | { readonly kind: "aborted"; readonly expression: string }
  | { readonly kind: "broke"; readonly reason: string };

/** What a verdict is reached from. */
export interface Findings {
  /** How the run ended. */
  readonly ending: Ending;
  /** How its clients fared. */
  readonly tally: ClientTally;
  /** The cause that most failures had, if it is known. */
  readonly commonCause: string | null;
  /** Why the generator invalidates it. */
  readonly saturation: string | null;
  /** What was asked of it. */
  readonly thresholds: readonly ThresholdResult[];
  /** Figures that are judged by their bands when no threshold was asked. */
  readonly banded: Readonly<Partial<Record<BandMetric, number>>>;
}

/** What the process exits with, by verdict; 2 is for a wrong command line. */
export const EXIT_CODES: Readonly<Record<Verdict["status"], number>> = {
  passed: 0,
  broke: 1,
  invalid: 98,
  failed: 99,
  interrupted: 130,
};

const BAND_NAMES: Readonly<Record<BandMetric, string>> = {
  connected: "the share of clients that connected",
  errors: "the number of errors",
  receiveSendRatio: "the ratio of packets received to packets sent",
  serverCpu: "the server's CPU",
  serverRss: "the server's memory",
};

/**
 * Reaches the verdict: a run that broke, was interrupted or is invalid is
 * none to be judged; then the thresholds decide, or, where none were given,
 * the bands.
 */
export function verdictOf(findings: Findings): Verdict {
  const { ending, tally, commonCause, saturation, thresholds } = findings;
  if (ending.kind === "broke") {
    return { status: "broke", reason: ending.reason };
  }
  if (ending.kind === "interrupted") {
    return {
      status: "interrupted",
      reason: "the run was stopped before its end",
    };
  }
  if (tally.reached === 0 && tally.failed > 0) {
    const cause = commonCause === null ? "" : `: ${commonCause}`;
    return { status: "broke", reason: `no client got connected${cause}` };
  }
  if (ending.kind === "aborted") {
    return {
      status: "failed",
      reason: `"${ending.expression}" was not kept, which ended the run`,
    };
  }
  if (saturation !== null) return { status: "invalid", reason: saturation };
  return thresholds.length > 0
    ? byThresholds(thresholds)
    : byBands(findings.banded);
}

function byThresholds(thresholds: readonly ThresholdResult[]): Verdict {
  const failed = thresholds.filter(({ ok }) => !ok);
  if (failed.length === 0) {
    const all = thresholds.length === 1
      ? "the threshold was"
      : `all ${thresholds.length} thresholds were`;
    return { status: "passed", reason: `${all} kept` };
  }
  const others = failed.length - 1;
  const further = others === 0
    ? ""
    : `, nor ${others === 1 ? "was" : "were"} ${others} more`;
  return {
    status: "failed",
    reason: `"${failed[0].expression}" was not kept${further}`,
  };
}

function byBands(figures: Findings["banded"]): Verdict {
  const named = (wanted: "critical" | "warning") =>
    (Object.entries(figures) as [BandMetric, number][])
      .filter(([metric, value]) => band(metric, value) === wanted)
      .map(([metric]) => BAND_NAMES[metric]);
  const critical = named("critical");
  if (critical.length > 0) {
    return { status: "failed", reason: `critical: ${critical.join(", ")}` };
  }
  const warning = named("warning");
  return {
    status: "passed",
    reason: warning.length > 0
      ? `with a warning: ${warning.join(", ")}`
      : "everything watched was healthy",
  };
}
