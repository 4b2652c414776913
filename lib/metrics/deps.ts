/** What lib/metrics takes from others: one library, pinned. */

// HDR histograms: constant memory, no allocation per record, percentiles to a known error.
export { Float64Histogram } from "npm:hdr-histogram-js@3.0.1";
