/** What lib/metrics takes from others: one library, pinned, and the runtime's. */

// HDR histograms: constant memory, no allocation per record, percentiles to a
// known error. Of the library only these: its whole, with its encodings, takes
// four times as long to load, in each thread.
import histogram from "npm:hdr-histogram-js@3.0.1/dist/Float64Histogram.js";

/** A histogram whose buckets count in 64-bit floats. */
export const { default: Float64Histogram } = histogram;

export { deflateRawSync, inflateRawSync } from "node:zlib";
