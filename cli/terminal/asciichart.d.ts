/** Types of the part of `asciichart` that is used; the package carries none. */

export interface PlotConfig {
  /** The scale covers at least this range. */
  readonly min: number;
  readonly max: number;
  /** Rows less one. */
  readonly height: number;
  /** Columns up to and with the axis. */
  readonly offset: number;
  /** The label of a row. */
  readonly format: (value: number, row: number) => string;
}

/** Draws `series` as rows of text, joined by line feeds. */
export function plot(series: readonly number[], config: PlotConfig): string;
