/**
 * The slope of a line through points, by least squares; and of points that go
 * up and down by turns the least of each turn.
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

/**
 * The least point of each whole turn of so many minutes: what is there only
 * while something is under way is no growth, and what stays is in all of them.
 */
export function leastOfEach(
  points: readonly Point[],
  minutes: number,
): Point[] {
  const fromMin = points[0]?.minutes ?? 0;
  const turnOf = (point: Point) =>
    Math.floor((point.minutes - fromMin) / minutes);
  const turns = Map.groupBy(points, turnOf);
  // The last one is not over.
  turns.delete(turnOf(points.at(-1) ?? { minutes: 0, value: 0 }));
  return [...turns.values()].map((turn) =>
    turn.reduce((a, b) => b.value < a.value ? b : a)
  );
}
