/**
 * Lengths of time as people write them.
 *
 * @module
 */

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest, in hours: timers cannot wait for longer than 24 days. */
export const MAX_DURATION_HOURS = 480;
const MAX_MS = MAX_DURATION_HOURS * MS_PER_UNIT.h;

/** Milliseconds of `500ms`, `30s`, `5m`, `1h` or, in seconds, `30`; `undefined` for anything else, and for over 480 hours. */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d+\.?\d*|\.\d+)(ms|s|m|h|)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const ms = Math.round(Number(digits) * MS_PER_UNIT[unit]);
  return ms <= MAX_MS ? ms : undefined;
}

/** Milliseconds as {@linkcode readDuration} reads them. */
export function formatDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A length of time as a script gives it: in milliseconds, or as text such as `500ms`, `30s`, `5m` or, in seconds, `30`. */
export type Duration = number | string;

/**
 * Milliseconds of what a script gives. Throws a `TypeError` for what is no
 * length of time; `purpose` is what it was for, such as `wait`.
 */
export function durationMs(given: Duration, purpose: string): number {
  const ms = typeof given === "string" ? readDuration(given.trim()) : given;
  if (typeof ms === "number" && ms >= 0 && ms <= MAX_MS) return ms;
  const shown = typeof given === "string" ? JSON.stringify(given) : given;
  throw new TypeError(
    `Cannot ${purpose} ${shown}: it is no length of time. Give milliseconds, or text such as "500ms", "30s" or "5m", up to ${MAX_DURATION_HOURS} hours.`,
  );
}
