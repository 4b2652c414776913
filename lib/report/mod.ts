/**
 * Reports: a summary as JSON, text and CSV. It knows how numbers are shown
 * and what the files of a run look like; it knows no terminal, prints
 * nothing and writes no file.
 *
 * @module
 */

export { type BandRow, bandRows, figureText } from "./bands_text.ts";
export { type Block, type Figure, metricDuration } from "./blocks.ts";
export * from "./clients.ts";
export * from "./csv.ts";
export { type ReportDocument, reportDocument } from "./document.ts";
export { mergeRuns, type NamedSavedRun } from "./merge_runs.ts";
export { metricsLines } from "./metrics_page.ts";
export * from "./results.ts";
export * from "./runs.ts";
export * from "./saved_run.ts";
export { storyCsv, storyLines } from "./story.ts";
export * from "./text.ts";
