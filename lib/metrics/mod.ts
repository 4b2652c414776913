/**
 * Numbers: counters, gauges, histograms, snapshots that add up, thresholds
 * and the summary. It knows what a run measures and how that is put
 * together; it knows no clock, no socket, no file, and not how a number came
 * to be or how it is shown.
 *
 * @module
 */

export * from "./summary/across_machines.ts";
export * from "./judgement/badness.ts";
export * from "./judgement/bands.ts";
export * from "./candidates.ts";
export * from "./catalog.ts";
export * from "./client_rates.ts";
export * from "./client_record.ts";
export * from "./seconds/client_seconds.ts";
export * from "./clock_health.ts";
export * from "./judgement/comparison.ts";
export * from "./counts.ts";
export * from "./seconds/course.ts";
export * from "./departed_record.ts";
export * from "./judgement/evaluate.ts";
export * from "./figures.ts";
export * from "./seconds/incidents.ts";
export * from "./seconds/incident_text.ts";
export * from "./judgement/judgement.ts";
export * from "./judgement/judgement_text.ts";
export * from "./summary/loss_origin.ts";
export * from "./seconds/merge_courses.ts";
export type * from "./summary/metric_values.ts";
export * from "./node_meter.ts";
export * from "./other_tracks.ts";
export * from "./record_table.ts";
export type * from "./summary/run_basis.ts";
export * from "./seconds/run_seconds.ts";
export * from "./summary/saturation.ts";
export * from "./server/server_log.ts";
export type { BusiestProcess } from "./server/server_stretches.ts";
export * from "./server/server_threads.ts";
export * from "./judgement/silence.ts";
export * from "./snapshot.ts";
export * from "./snapshot_book.ts";
export * from "./snapshot_report.ts";
export * from "./stats.ts";
export * from "./seconds/stories.ts";
export * from "./stopped_tracks.ts";
export * from "./summary/summarize.ts";
export * from "./summary/summarize_groups.ts";
export * from "./summary/summarize_nodes.ts";
export * from "./summary/summary.ts";
export * from "./judgement/threshold.ts";
export * from "./seconds/timeline.ts";
export * from "./seconds/timeline_window.ts";
export {
  type ChartPoint,
  type Durations,
  MAX_MOMENTS,
  type Percentiles,
  type SeriesName,
  type StretchRates,
} from "./seconds/chart_point.ts";
export * from "./seconds/track_stories.ts";
export * from "./trend.ts";
export * from "./trend_growth.ts";
export * from "./judgement/verdict.ts";
export * from "./window.ts";
export * from "./judgement/worst.ts";
