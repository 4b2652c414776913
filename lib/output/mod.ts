/**
 * What a run leaves for other programs: each file is a function from a
 * summary, or from a second of a run, to text. It knows formats; it writes no
 * file and opens no port. Nothing loads it until one is asked for.
 *
 * @module
 */

export { renderJunit } from "./junit.ts";
export { renderMarkdown } from "./markdown.ts";
export { renderHtml } from "./html/page.ts";
export { type ComparedRun, renderComparison } from "./html/comparison_page.ts";
export {
  type NdjsonLine,
  ndjsonText,
  renderNdjson,
  secondFigures,
} from "./ndjson.ts";
export { PROMETHEUS_TYPE, renderPrometheus } from "./prometheus.ts";
export { type Family, type TotalsInput, totalsOf } from "./families.ts";
export { compareRuns, comparisonRows } from "./compare.ts";
export { MAX_RUNS } from "./permutation.ts";
