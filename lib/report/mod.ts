/**
 * Reports: a summary as JSON, text and CSV. It knows how numbers are shown
 * and what the files of a run look like; it knows no terminal, prints
 * nothing and writes no file.
 *
 * @module
 */

export { type BandRow, bandRows, figureText } from "./document/bands_text.ts";
export { type Block, type Figure, metricDuration } from "./document/blocks.ts";
export * from "./clients.ts";
export * from "./csv.ts";
export { type ReportDocument, reportDocument } from "./document/document.ts";
export { mergeRuns, type NamedSavedRun } from "./files/merge_runs.ts";
export { metricsLines } from "./metrics_page.ts";
export * from "./files/results.ts";
export * from "./runs.ts";
export * from "./files/saved_run.ts";
export { storyCsv, storyLines } from "./story.ts";
export * from "./text.ts";
