/**
 * Numbers as people read them, with their units.
 *
 * @module
 */

/** A whole number with thousands separated: `12,345`. */
export function formatCount(value: number): string {
  // By hand: to write its first one the runtime loads what it knows of languages.
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** So many of a thing, whose plural ends in s: `1 frame`, `1,204 frames`. */
export function formatCounted(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** A time since something began, in whole seconds that are over: `0:18`, `1:02:03`. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** A duration with three digits or so: `1.25 ms`, `480 ms`, `12.3 s`. */
export function formatMs(ms: number): string {
  if (ms >= 9999.5) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 99.95) return `${ms.toFixed(0)} ms`;
  return `${ms.toFixed(ms >= 9.995 ? 1 : 2)} ms`;
}

/**
 * A ratio in percent: `66.7 %`, below ten percent `1.25 %`. Only exactly all
 * is `100 %` and only exactly nothing `0 %`.
 */
export function formatRatio(ratio: number): string {
  if (Number.isInteger(ratio)) return `${ratio * 100} %`;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return "< 0.01 %";
  if (percent > 0 && percent < 9.995) return `${percent.toFixed(2)} %`;
  const text = percent.toFixed(1);
  return percent < 100 && text === "100.0" ? "99.9 %" : `${text} %`;
}

/** CPU in cores, as a percentage of one core: `85 %`, `212 %`. */
export function formatCores(cores: number): string {
  return `${(cores * 100).toFixed(cores < 0.0995 ? 1 : 0)} %`;
}

/** An amount of bytes, decimal: `10.0 MB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);
}

/** A bit rate, decimal: `1.3 Mbps`. */
export function formatBps(bps: number): string {
  return scaled(bps, ["bps", "kbps", "Mbps", "Gbps", "Tbps"]);
}

/** What a figure counts in; `ratio` is of one, `cores` of a whole processor. */
export type Unit =
  | "ms"
  | "ratio"
  | "fps"
  | "bps"
  | "count"
  | "cores"
  | "bytes";

/** A figure in its unit, and of how few values it is; `null` was not measured. */
export function formatMeasured(
  { value, unit, samples }: {
    readonly value: number | null;
    readonly unit: Unit;
    readonly samples?: number | undefined;
  },
): string {
  if (value === null) return "not measured";
  const text = FORMATS[unit](value);
  return samples === undefined ? text : `${text} ${ofFew(samples)}`;
}

/** The mark of a percentile of fewer values than it needs. */
export function ofFew(count: number): string {
  return `(of ${formatCount(count)})`;
}

/** A figure in its unit. */
export function formatIn(unit: Unit, value: number): string {
  return FORMATS[unit](value);
}

/** A frame rate: `29.8 fps`. */
function formatFps(fps: number): string {
  return `${fps.toFixed(1)} fps`;
}

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  ms: formatMs,
  ratio: formatRatio,
  fps: formatFps,
  bps: formatBps,
  count: formatCount,
  cores: formatCores,
  bytes: formatBytes,
};

function scaled(value: number, units: readonly string[]): string {
  let power = 0;
  let shown = value;
  while (shown >= 999.95 && power < units.length - 1) {
    shown /= 1000;
    power++;
  }
  const decimals = power === 0 || shown >= 99.95 ? 0 : 1;
  return `${shown.toFixed(decimals)} ${units[power]}`;
}
