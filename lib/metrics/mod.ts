/**
 * Numbers: counters, gauges, histograms, snapshots that add up, thresholds
 * and the summary. It knows what a run measures and how that is put
 * together; it knows no clock, no socket, no file, and not how a number came
 * to be or how it is shown.
 *
 * @module
 */

export * from "./across_machines.ts";
export * from "./badness.ts";
export * from "./bands.ts";
export * from "./candidates.ts";
export * from "./catalog.ts";
export * from "./client_rates.ts";
export * from "./client_record.ts";
export * from "./client_seconds.ts";
export * from "./clock_health.ts";
export * from "./comparison.ts";
export * from "./counts.ts";
export * from "./course.ts";
export * from "./departed_record.ts";
export * from "./evaluate.ts";
export * from "./figures.ts";
export * from "./incidents.ts";
export * from "./incident_text.ts";
export * from "./judgement.ts";
export * from "./judgement_text.ts";
export * from "./loss_origin.ts";
export * from "./merge_courses.ts";
export type * from "./metric_values.ts";
export * from "./node_meter.ts";
export * from "./other_tracks.ts";
export * from "./record_table.ts";
export type * from "./run_basis.ts";
export * from "./run_seconds.ts";
export * from "./saturation.ts";
export * from "./server_log.ts";
export type { BusiestProcess } from "./server_stretches.ts";
export * from "./server_threads.ts";
export * from "./silence.ts";
export * from "./snapshot.ts";
export * from "./snapshot_book.ts";
export * from "./snapshot_report.ts";
export * from "./stats.ts";
export * from "./stories.ts";
export * from "./stopped_tracks.ts";
export * from "./summarize.ts";
export * from "./summarize_groups.ts";
export * from "./summarize_nodes.ts";
export * from "./summary.ts";
export * from "./threshold.ts";
export * from "./timeline.ts";
export * from "./timeline_window.ts";
export {
  type ChartPoint,
  type Durations,
  MAX_MOMENTS,
  type Percentiles,
  type SeriesName,
  type StretchRates,
} from "./chart_point.ts";
export * from "./track_stories.ts";
export * from "./trend.ts";
export * from "./trend_growth.ts";
export * from "./verdict.ts";
export * from "./window.ts";
export * from "./worst.ts";
