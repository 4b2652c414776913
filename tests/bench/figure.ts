/**
 * What a bench prints: one JSON line a figure.
 *
 * ```json
 * {"bench":"packet_path","figure":"native.both","value":4.1,"unit":"us","baseline":"werift.both","ratio":0.05}
 * ```
 *
 * @module
 */

/** One number of a bench. */
export interface Figure {
  /** The bench's name. */
  readonly bench: string;
  /** What was measured. */
  readonly figure: string;
  /** The number; `null` when it could not be measured. */
  readonly value: number | null;
  /** `us`, `ms`, `s`, `bytes`, `packets`, `clients`, `ratio`, … */
  readonly unit: string;
  /** The figure of the same run that this one is compared with. */
  readonly baseline?: string;
  /** This value divided by the baseline's. */
  readonly ratio?: number;
}

/** Prints a figure, its numbers cut to what is worth reading. */
export function printFigure(figure: Figure): void {
  console.log(JSON.stringify(
    figure,
    (_key, value) =>
      typeof value === "number" && !Number.isInteger(value)
        ? Number(value.toPrecision(4))
        : value,
  ));
}
