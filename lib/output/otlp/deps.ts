/**
 * What OTLP takes from npm: OpenTelemetry's own exporter, which knows the
 * protocol, its variables of the environment, and when to try again. It is
 * loaded only when asked for.
 *
 * @module
 */

export { OTLPMetricExporter } from "npm:@opentelemetry/exporter-metrics-otlp-http@0.301.0";
export {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from "npm:@opentelemetry/sdk-metrics@3.1.0";
export { resourceFromAttributes } from "npm:@opentelemetry/resources@3.1.0";
export { type HrTime, ValueType } from "npm:@opentelemetry/api@1.10.0";
