/**
 * Numbers: counters, gauges, histograms, snapshots that add up, thresholds
 * and the summary. It knows what a run measures and how that is put
 * together; it knows no clock, no socket, no file, and not how a number came
 * to be or how it is shown.
 *
 * @module
 */

export * from "./client_record.ts";
export * from "./node_meter.ts";
export * from "./registry.ts";
export * from "./snapshot.ts";
export * from "./stats.ts";
export * from "./trend.ts";
