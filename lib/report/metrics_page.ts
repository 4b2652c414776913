/**
 * Every metric with its unit, definition and source, and how thresholds name
 * them: as a page in Markdown, and as lines for a terminal. Both are made from
 * the catalog.
 *
 * @module
 */

import {
  type CountedAt,
  metric,
  METRIC_NAMES,
  THRESHOLD_GRAMMAR,
} from "../metrics/mod.ts";
import { wrapWords } from "../text/mod.ts";

/** One metric, or a family of them. */
interface Entry {
  readonly name: string;
  readonly alias?: string | undefined;
  readonly type: string;
  readonly unit: string;
  readonly better: string;
  readonly place?: string | undefined;
  readonly doc: string;
  readonly source: string;
}

/** Where counters are counted, in words. */
const SOURCES: Readonly<Record<CountedAt, string>> = {
  receiver: "sequence numbers of each received track",
  frames: "frames of each received video, put together from packets",
  rhythm: "when frames of each received video were shown",
  sound: "what each received audio track played",
  track: "each received track, and what its sender counted",
  feedback: "what each client asks the server for",
  reception: "what each client receives",
  layers: "what the server says of layers",
  asked: "what the server asks each client for",
  uplink: "what the server tells each client of the way to it",
  stay: "SRTP of each client",
  network: "the impaired network of each client",
  events: "what happens to each client",
  packets: "each packet, where it is handed to or comes from the system",
  node: "the load generator, for all clients of a thread",
};

/** Columns of lines for a terminal. */
const COLUMNS = 78;

const ABOUT: readonly string[] = [
  "Counters, trends and rates are of the whole run and all its clients, gauges",
  "of its end. A trend is a distribution: load_test_summary.json has its count,",
  "min, max, avg, med, p(5), p(95) and p(99). A percentile of fewer values than",
  "it needs (20 for the 95th, 100 for the 99th) is shown with their number. What",
  "is of now, stretch by stretch, is in the timeline, the charts and the lines of",
  "progress.",
];

/** Every metric as a page in Markdown. */
export function metricsPage(): string {
  const rows = entries().map((entry) => {
    const { name, type, unit, better, doc, alias, place, source } = entry;
    const also = alias === undefined ? "" : ` (also \`${alias}\`)`;
    const where = place === undefined ? "" : `\`${place}\``;
    return `| \`${name}\`${also} | ${type} | ${unit} | ${better} | ${where} | ${doc} | ${source} |`;
  });
  return `# Metrics

What a run measures, each at \`metrics.NAME\` in \`load_test_summary.json\`, and how
thresholds name it. \`help metrics\` prints the same.

${ABOUT.join("\n")}

## Thresholds

\`\`\`text
${THRESHOLD_GRAMMAR.join("\n")}
\`\`\`

## All metrics

| name | type | unit | better | also at | meaning | source |
| ---- | ---- | ---- | ------ | ------- | ------- | ------ |
${rows.join("\n")}
`;
}

/** The same as lines for a terminal. */
export function metricsLines(): string[] {
  return [
    ...ABOUT,
    "",
    "Thresholds:",
    ...THRESHOLD_GRAMMAR.map((line) => line === "" ? "" : `  ${line}`),
    "",
    "Metrics:",
    ...entries().flatMap(({ name, alias, type, unit, doc, source }) => [
      `  ${name}${alias === undefined ? "" : `, ${alias}`}: ${type}${
        unit === "" ? "" : `, ${unit}`
      }`,
      ...wrapWords(`${doc} Source: ${source}.`, COLUMNS - 6)
        .map((line) => `      ${line}`),
    ]),
  ];
}

function entries(): Entry[] {
  return [
    ...METRIC_NAMES.map((name): Entry => {
      const { at, ...row } = metric(name);
      return {
        ...row,
        name,
        source: row.source ?? (at === undefined ? "" : SOURCES[at]),
      };
    }),
    {
      name: "signaling.OPERATION",
      type: "trend",
      unit: "ms",
      better: "lower",
      place: "signalingLatencies.operations",
      doc:
        "From when a request was scheduled to its reply, one message's: signaling.join_room, signaling.produce_video, and so on.",
      source: "each request of each client",
    },
    {
      name: "errors",
      type: "counter",
      unit: "count",
      better: "lower",
      place: "totalErrors",
      doc: "Errors that clients met, of every kind.",
      source: SOURCES.events,
    },
  ];
}
