/**
 * Kinds of value that are not just numbers, words or times: bad networks and
 * thresholds, as they are written.
 *
 * @module
 */

import {
  describeImpairmentShare,
  type ImpairmentShare,
  parseImpairmentShare,
  parseThreshold,
  shareProblem,
} from "../load/mod.ts";
import type { Threshold } from "../metrics/mod.ts";
import { parsed, seriesOf, type ValueKind } from "../options/mod.ts";

/** A bad network, and for how many of the clients. */
export const IMPAIRMENT: ValueKind<ImpairmentShare> = parsed({
  placeholder: "PROFILE[:SHARE]",
  takes:
    "a network such as wifi-lossy, 3g:30%, 3g:1-per-room or loss=5%,delay=50ms:0.5",
  parse: parseImpairmentShare,
  toJson: describeImpairmentShare,
});

/** Several of them, for all of the clients at most. */
export const IMPAIRMENTS: ValueKind<readonly ImpairmentShare[]> = seriesOf(
  IMPAIRMENT,
  `networks such as "wifi-lossy:30%; loss=5%,delay=50ms:10%"`,
  shareProblem,
);

/** What a run must keep to. */
export const THRESHOLDS: ValueKind<readonly Threshold[]> = seriesOf(
  parsed<Threshold>({
    placeholder: "EXPR",
    takes: `a threshold such as "join p(95) < 500ms" or "loss < 1%"`,
    parse: parseThreshold,
    toJson: ({ expression }) => expression,
  }),
  `thresholds such as "loss < 1%; join p(95) < 500ms"`,
);
