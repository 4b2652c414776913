/**
 * What a report says of what was asked for: figures against their bounds,
 * thresholds, requests and errors.
 *
 * @module
 */

import { BANDS, isEnough, type Summary } from "../../metrics/mod.ts";
import { formatCount, formatMeasured, formatMs } from "../../text/mod.ts";
import { boundText, figureText } from "./bands_text.ts";
import {
  type Block,
  figureRows,
  figures,
  judged,
  type Sentence,
} from "./blocks.ts";

/** Every figure that is judged, with its bounds; then what is not good, in sentences. */
export function judgementBlocks({ judgement }: Summary): Block[] {
  if (judgement.length === 0) return [];
  const bad = judgement.filter(({ band }) => band !== "good");
  return [
    {
      kind: "table",
      columns: ["Key metric", "value", "judged", ["good", 1], ["critical", 2]],
      rows: judgement.map(({ figure, value, band }) => ({
        cells: [
          BANDS[figure].name,
          figureText(figure, value),
          band,
          boundText(figure, "good"),
          boundText(figure, "critical"),
        ],
        // What is good needs no colour of its own.
        style: band === "good" ? "plain" as const : band,
      })),
    },
    ...bad.map(({ band, says }) => figures(band, [says])),
  ];
}

/** The latencies of each signaling operation. */
export function signalingBlocks(summary: Summary): Block[] {
  const operations = Object.entries(summary.signalingLatencies.operations);
  if (operations.length === 0) return [];
  const isFew = operations.some(([, { count }]) => !isEnough(count, 99));
  return [
    {
      kind: "table",
      columns: [
        "Signaling",
        ["requests", 1],
        ["avg", 2],
        "p50",
        "p95",
        ["p99", 4],
        ["max", 3],
      ],
      rows: operations.map(([name, stats]) => ({
        cells: [
          name,
          formatCount(stats.count),
          formatMs(stats.avgMs),
          formatMs(stats.p50Ms),
          starred(stats.p95Ms, stats.count, 95),
          starred(stats.p99Ms, stats.count, 99),
          formatMs(stats.maxMs),
        ],
      })),
    },
    ...(isFew ? [TOO_FEW] : []),
    ...unanswered(summary),
  ];
}

/** Who got no reply has no latency: without them, percentiles are those of the lucky. */
function unanswered({ errors }: Summary): Sentence[] {
  const count = errors.timeout?.count ?? 0;
  return count === 0 ? [] : [{
    kind: "sentence",
    text: `no reply: ${formatCount(count)}, which ${
      count === 1 ? "is" : "are"
    } not in these latencies`,
    style: "warning",
  }];
}

const TOO_FEW: Sentence = {
  kind: "sentence",
  text: "* of fewer requests than such a percentile needs",
  style: "dim",
};

/** Beside the number of requests a star is mark enough. */
function starred(ms: number, count: number, p: number): string {
  return `${formatMs(ms)}${isEnough(count, p) ? "" : "*"}`;
}

/** Errors by kind, each with an example. */
export function errorBlocks(summary: Summary): Block[] {
  const { totalErrors, errors, unknownMessages, malformedMessages } = summary;
  const isRead = unknownMessages + malformedMessages === 0;
  return [
    figures("Errors", [
      { text: formatCount(totalErrors), band: judged(summary, "errors") },
    ]),
    figureRows(
      "",
      Object.entries(errors).map(([kind, { count, example }]) => [
        `${formatCount(count)} ${kind}${
          example === null ? "" : `: ${example}`
        }`,
      ]),
    ),
    figures(
      "Messages",
      isRead ? [] : [
        `${formatCount(unknownMessages)} of unknown type`,
        `${formatCount(malformedMessages)} malformed`,
      ],
    ),
  ];
}

/** Threshold by threshold. */
export function thresholdBlocks({ thresholds }: Summary): Block[] {
  const rows = thresholds.map((result) => [
    result.passed
      ? { text: "passed", style: "good" as const }
      : { text: "failed", style: "critical" as const },
    result.expression,
    `was ${formatMeasured(result)}`,
    ...(result.worst === undefined ? [] : [
      `worst ${result.worst.id}: ${
        formatMeasured({ value: result.worst.value, unit: result.unit })
      }`,
    ]),
  ]);
  return [figureRows("Thresholds", rows, 2)];
}
