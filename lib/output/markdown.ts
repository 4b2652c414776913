/**
 * A run as GitHub-flavoured Markdown, for the summary of a step or a comment:
 * the verdict, thresholds and what is not good at once, all else folded away.
 *
 * @module
 */

import type { Summary } from "../metrics/mod.ts";
import {
  type Block,
  type Figure,
  type ReportDocument,
  reportDocument,
} from "../report/mod.ts";
import {
  formatBps,
  formatCount,
  formatMeasured,
  formatRatio,
  sanitize,
} from "../text/mod.ts";
import { sparkline } from "./sparkline.ts";

/** What a comment takes, less some room; a step's summary takes more. */
const MAX_BYTES = 60_000;
/** Of one text of somebody else's. */
const MAX_CHARACTERS = 300;

const MARKS: Readonly<Record<ReportDocument["status"], string>> = {
  passed: "✅",
  failed: "❌",
  invalid: "⚠️",
  interrupted: "⏹️",
  gone: "💀",
  broke: "💥",
};

/** The summary as Markdown of at most 60 kB, ended by an empty line. */
export function renderMarkdown(summary: Summary): string {
  const { status, reason, about, sections } = reportDocument(summary);
  const name = summary.scenario?.name ?? "run";
  const first = [
    `### ${MARKS[status]} rtcrowd ${inline(name)}: ${status}`,
    inline(reason),
    about.map(inline).join("<br>"),
    thresholdTable(summary),
    findings(summary),
    chartTable(summary),
  ];
  const folded = sections.map((blocks) =>
    joined(blocks.map((block) => blockText(block)))
  );
  const open = "<details><summary>All figures</summary>";
  const close = "</details>";
  return `${
    [...fitting([...first, open, ...folded], MAX_BYTES), close].join("\n\n")
  }\n\n`;
}

/** Texts from the first on as long as they fit, and a word where they do not. */
function fitting(texts: readonly string[], maxBytes: number): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    if (text === "") continue;
    bytes += new TextEncoder().encode(text).length + 2;
    if (bytes > maxBytes - 200) {
      return [...kept, "The rest is in the files of the run: it is too long."];
    }
    kept.push(text);
  }
  return kept;
}

function thresholdTable({ thresholds }: Summary): string {
  return thresholds.length === 0 ? "" : tableText(
    ["Threshold", "", "was", "worst"],
    thresholds.map((result) => [
      result.expression,
      result.passed ? "✅ passed" : "❌ failed",
      formatMeasured(result),
      result.worst === undefined
        ? ""
        : `${result.worst.id}: ${
          formatMeasured({ value: result.worst.value, unit: result.unit })
        }`,
    ]),
  );
}

/** What is not good, a line each. */
function findings({ judgement }: Summary): string {
  return judgement.filter(({ band }) => band !== "good")
    .map(({ band, says }) => `- **${band}**: ${inline(says)}`).join("\n");
}

/** The run from its begin to its end, in a row a figure. */
function chartTable({ timeline }: Summary): string {
  if (timeline.length < 2) return "";
  const rows = [
    ["clients", timeline.map(({ clients }) => clients), formatCount],
    ["received", timeline.map(({ receiveBps }) => receiveBps), formatBps],
    ["loss", timeline.map(({ lossRatio }) => lossRatio), formatRatio],
    [
      "missing tracks",
      timeline.map(({ silentRatio }) => silentRatio),
      formatRatio,
    ],
  ] as const;
  return tableText(
    ["Over time", "", "most"],
    rows.map(([name, values, show]) => [
      name,
      sparkline(values),
      show(values.reduce((most, value) => Math.max(most, value), 0)),
    ]),
  );
}

/** A block of the report; rows of figures are a list. */
function blockText(block: Block): string {
  switch (block.kind) {
    case "sentence":
      return inline(block.text);
    case "table":
      return tableText(
        block.columns.map((column) =>
          typeof column === "string" ? column : column[0]
        ),
        block.rows.map(({ cells }) => cells),
      );
    case "figures":
      return block.rows.map((row, i) => {
        const label = i === 0 && block.label !== ""
          ? `**${inline(block.label)}** `
          : "";
        return `- ${label}${row.map(figureText).join(" · ")}`;
      }).join("\n");
  }
}

/** Lists that follow each other are one; a table needs an empty line before it. */
function joined(texts: readonly string[]): string {
  return texts.reduce((all, text) => {
    const isOneList = all !== "" && text.startsWith("- ") &&
      all.split("\n").at(-1)!.startsWith("- ");
    return `${all}${all === "" ? "" : isOneList ? "\n" : "\n\n"}${text}`;
  }, "");
}

function figureText(figure: Figure): string {
  if (typeof figure === "string") return inline(figure);
  const { text, band } = figure;
  return `${inline(text)}${band === undefined ? "" : ` (${band})`}`;
}

function tableText(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(inline).join(" | ")} |`;
  return [
    line(columns),
    `|${columns.map(() => " --- |").join("")}`,
    ...rows.map(line),
  ].join("\n");
}

/** A text that means nothing to Markdown or HTML, mentions nobody and links nowhere. */
function inline(text: string): string {
  const safe = sanitize(text.slice(0, 4 * MAX_CHARACTERS));
  const short = safe.length > MAX_CHARACTERS
    ? `${safe.slice(0, MAX_CHARACTERS).toWellFormed()}…`
    : safe;
  return short
    .replaceAll(
      /[&<>`*_~[\]\\|#$]|:(?=\/\/)|(?<=www)\./gi,
      (one) => `&#${one.charCodeAt(0)};`,
    )
    // An entity would still name somebody once it is read.
    .replaceAll("@", "@<!-- -->");
}
