/**
 * The slope of a line through points, by least squares.
 *
 * @module
 */

/** One value at one time. */
export interface Point {
  readonly minutes: number;
  readonly value: number;
}

/** How much the value grows a minute; 0 for fewer than two points. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ minutes }) => minutes), mean(({ value }) => value)];
  const spread = points.reduce((sum, p) => sum + (p.minutes - x) ** 2, 0);
  if (points.length < 2 || spread === 0) return 0;
  return points.reduce((sum, p) => sum + (p.minutes - x) * (p.value - y), 0) /
    spread;
}
