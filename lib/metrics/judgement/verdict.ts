/**
 * What a run came to: the verdict and the exit code that says the same.
 *
 * @module
 */

import type { BandMetric } from "./bands.ts";
import type { ClientTally } from "../figures.ts";
import { briefly, saidOf } from "./judgement_text.ts";
import type {
  Judgement,
  ThresholdResult,
  Verdict,
} from "../summary/summary.ts";

/** How a run ended. */
export type Ending =
  | { readonly kind: "finished" }
  | {
    readonly kind: "interrupted";
    /** It was not: this is what it came to so far. @default {false} */
    readonly goesOn?: boolean | undefined;
    /** What did. @default {whoever ran it} */
    readonly reason?: string | undefined;
  }
  /** A threshold that may end a run did. */
  | { readonly kind: "aborted"; readonly expression: string }
  /** The server went away and was not there again at the end; the reason says when, and how that is known. */
  | { readonly kind: "gone"; readonly reason: string }
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
  /** What its users had, which decides when no threshold was asked. */
  readonly judgement: readonly Judgement[];
  /** What was to be watched of the server and was not seen, in words. @default {nothing} */
  readonly unwatched?: string | undefined;
  /** Nodes that were lost and may be, in words. @default {none} */
  readonly lost?: readonly string[] | undefined;
}

/** Smaller than one client's of all that a run can have. */
const MIN_SHARE = 1e-9;

/** The reason of what is no verdict yet. */
export const SO_FAR = "so far: it goes on";

/**
 * Reaches the verdict: a run that broke, was interrupted or is invalid is
 * none to be judged; then the thresholds decide, or, where none were given,
 * the bands. Where nothing at all was sent, or received, that should have
 * been, or nobody has media at the end, no threshold makes that a pass.
 */
export function verdictOf(findings: Findings): Verdict {
  const { ending, tally, commonCause, saturation, thresholds } = findings;
  if (ending.kind === "broke" || ending.kind === "gone") {
    return { status: ending.kind, reason: ending.reason };
  }
  if (ending.kind === "interrupted") {
    return {
      status: "interrupted",
      reason: ending.goesOn === true
        ? SO_FAR
        : ending.reason ?? "the run was stopped before its end",
    };
  }
  // Without a cause that is known, it may be the generator's.
  const isUnknown = commonCause === null && saturation !== null;
  if (tally.reached === 0 && tally.failed > 0 && !isUnknown) {
    const cause = commonCause === null ? "" : `: ${commonCause}`;
    return { status: "broke", reason: `no client got connected${cause}` };
  }
  if (ending.kind === "aborted") {
    return {
      status: "failed",
      reason: `"${ending.expression}" failed, which ended the run`,
    };
  }
  if (saturation !== null) return { status: "invalid", reason: saturation };
  const nothing = nothingAtAll(findings.judgement);
  if (nothing !== undefined) return { status: "failed", reason: nothing };
  return thresholds.length === 0 || isNobodyLeft(findings.judgement)
    ? byBands(findings)
    : byThresholds(findings);
}

function byThresholds(findings: Findings): Verdict {
  const { thresholds, judgement } = findings;
  const failed = thresholds.filter(({ passed }) => !passed);
  if (failed.length === 0) {
    const all = thresholds.length === 1
      ? "the threshold"
      : `all ${thresholds.length} thresholds`;
    const critical = saidOf(judgement, "critical");
    const warnings = [
      ...briefly(judgement, "warning"),
      ...unseen(findings),
    ];
    const though = critical === undefined
      ? warnings.length === 0 ? "" : `, with warnings: ${warnings.join("; ")}`
      : `; without ${
        thresholds.length === 1 ? "it" : "them"
      } the run would have failed: ${critical}`;
    return { status: "passed", reason: `${all} passed${though}` };
  }
  const others = failed.length - 1;
  const further = others === 0 ? "" : `, and so did ${others} more`;
  return {
    status: "failed",
    reason: `"${failed[0].expression}" failed${further}`,
  };
}

/** Everyone that should have sent, or received, did not. */
function nothingAtAll(judgement: readonly Judgement[]): string | undefined {
  const all: readonly BandMetric[] = ["neverSent", "neverReceived"];
  return judgement.find(({ figure, value }) =>
    all.includes(figure) && value === 1
  )?.says;
}

/** Whether each one that should have media has none at the end: it never had any, or lost it for good. */
function isNobodyLeft(judgement: readonly Judgement[]): boolean {
  const without: readonly BandMetric[] = ["neverReceived", "lostForGood"];
  // Shares of the same clients, none of which is in both.
  const share = judgement.filter(({ figure }) => without.includes(figure))
    .reduce((sum, { value }) => sum + value, 0);
  return share > 1 - MIN_SHARE;
}

function byBands(findings: Findings): Verdict {
  const { judgement } = findings;
  const critical = saidOf(judgement, "critical");
  if (critical !== undefined) {
    return { status: "failed", reason: `critical: ${critical}` };
  }
  const warned = saidOf(judgement, "warning");
  const warnings = [
    ...(warned === undefined ? [] : [warned]),
    ...unseen(findings),
  ];
  return {
    status: "passed",
    reason: warnings.length === 0
      ? "everything watched was healthy"
      : `with a warning: ${warnings.join("; ")}`,
  };
}

/** What of the run itself is not as it was to be. */
function unseen({ unwatched, lost = [] }: Findings): string[] {
  return [...(unwatched === undefined ? [] : [unwatched]), ...lost];
}
