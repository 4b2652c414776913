/**
 * Numbers short enough for an axis or a legend.
 *
 * @module
 */

/**
 * `value` in about three digits with k, M, G or T, and its unit right behind:
 * `1.25Mbps`, `480ms`, `0`. Milliseconds become seconds rather than
 * thousands. What is not a number is `–`.
 */
export function quantity(value: number, unit = ""): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < SMALLEST) return `0${unit}`;
  if (unit === "ms" && size >= 999.5) return quantity(value / 1000, "s");
  // 999.6 would round to 1000: it belongs to the next prefix.
  const exponent = Math.floor(Math.log10(Number(size.toPrecision(3))) / 3);
  const step = Math.max(0, Math.min(exponent, PREFIXES.length - 1));
  const scaled = Number((value / 1_000 ** step).toPrecision(3));
  const places = Math.abs(scaled) < 1 ? 3 : 2;
  return `${Number(scaled.toFixed(places))}${PREFIXES[step]}${unit}`;
}

/** What is smaller is noise. */
const SMALLEST = 0.0005;
const PREFIXES = ["", "k", "M", "G", "T"];
