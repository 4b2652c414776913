import { assertEquals } from "@std/assert";
import {
  formatBps,
  formatBytes,
  formatClock,
  formatCount,
  formatMeasured,
  formatMs,
  formatRatio,
} from "../../../lib/text/mod.ts";

Deno.test.each([
  { got: formatCount(1234567), want: "1,234,567" },
  { got: formatCount(999.4), want: "999" },
  { got: formatCount(999.5), want: "1,000" },
  { got: formatCount(-123456), want: "-123,456" },
  { got: formatCount(-1234), want: "-1,234" },
  { got: formatCount(1e300), want: "1e+300" },
  { got: formatCount(Infinity), want: "Infinity" },
  { got: formatMs(0), want: "0.00 ms" },
  { got: formatMs(9.994), want: "9.99 ms" },
  { got: formatMs(9.996), want: "10.0 ms" },
  { got: formatMs(99.94), want: "99.9 ms" },
  { got: formatMs(99.96), want: "100 ms" },
  { got: formatMs(9999), want: "9999 ms" },
  { got: formatMs(9999.4), want: "9999 ms" },
  { got: formatMs(9999.6), want: "10.0 s" },
  { got: formatMs(12_345), want: "12.3 s" },
  { got: formatClock(-1), want: "0:00" },
  { got: formatClock(59_999), want: "0:59" },
  { got: formatClock(65_000), want: "1:05" },
  { got: formatClock(3_723_000), want: "1:02:03" },
  { got: formatRatio(0), want: "0 %" },
  { got: formatRatio(1), want: "100 %" },
  { got: formatRatio(0.99999), want: "99.9 %" },
  { got: formatRatio(0.00001), want: "< 0.01 %" },
  { got: formatRatio(0.0123), want: "1.23 %" },
  { got: formatRatio(0.09999), want: "10.0 %" },
  { got: formatRatio(0.667), want: "66.7 %" },
  { got: formatRatio(3.456), want: "345.6 %" },
  { got: formatBytes(999), want: "999 B" },
  { got: formatBytes(999_960), want: "1.0 MB" },
  { got: formatBytes(512e6), want: "512 MB" },
  { got: formatBps(1.25e9), want: "1.3 Gbps" },
  { got: formatBytes(5e15), want: "5000 TB" },
])("numbers are shown as people read them: $want", ({ got, want }) => {
  assertEquals<string>(got, want);
});

Deno.test.each(
  [
    { unit: "ms", value: 12_345, want: "12.3 s" },
    { unit: "ratio", value: 0.0123, want: "1.23 %" },
    { unit: "fps", value: 29.97, want: "30.0 fps" },
    { unit: "bps", value: 64_000, want: "64.0 kbps" },
    { unit: "count", value: 1234.4, want: "1,234" },
    { unit: "cores", value: 1.2, want: "120 %" },
    { unit: "bytes", value: 1e6, want: "1.0 MB" },
    { unit: "bytes", value: null, want: "not measured" },
  ] as const,
)("a figure in $unit is shown as $want", ({ unit, value, want }) => {
  assertEquals<string>(formatMeasured({ unit, value }), want);
});
