/**
 * The comparisons that limits are written with.
 *
 * @module
 */

/** How a value is compared with a bound. */
export type Operator = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** Whether `value` stands to `bound` as the operator says. */
export function holds(
  value: number,
  operator: Operator,
  bound: number,
): boolean {
  switch (operator) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    case "==":
      return value === bound;
    case "!=":
      return value !== bound;
  }
}
