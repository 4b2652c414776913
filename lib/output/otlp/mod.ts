/**
 * The totals of a run for an OpenTelemetry collector, by OTLP over HTTP. It
 * loads that protocol's library, and nothing loads it until it is asked for.
 *
 * @module
 */

export { otlpData } from "./data.ts";
export { openOtlp, type OtlpConnection } from "./connection.ts";
