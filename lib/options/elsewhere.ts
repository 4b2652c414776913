/**
 * Options by the names that other load generators give them.
 *
 * @module
 */

/** The options' keys, by what they are called elsewhere: in full, and by one letter. */
const ELSEWHERE: ReadonlyMap<string, readonly string[]> = new Map([
  ["address", ["server"]],
  ["endpoint", ["server"]],
  ["host", ["server"]],
  ["target", ["server"]],
  ["url", ["server"]],
  // A URL for some, so many users for others.
  ["u", ["server", "clients"]],
  ["concurrency", ["clients"]],
  ["connections", ["clients"]],
  ["users", ["clients"]],
  ["vus", ["clients"]],
  ["length", ["duration"]],
  ["time", ["duration"]],
  ["z", ["duration"]],
  ["ramp", ["rampUp"]],
  ["output", ["out"]],
  ["o", ["out"]],
  ["H", ["header"]],
  ["k", ["insecure"]],
]);

/** Which of these keys somebody probably means by a name from elsewhere; none where it is no such name. */
export function namedElsewhere(
  name: string,
  keys: readonly string[],
): readonly string[] {
  return ELSEWHERE.get(name)?.filter((key) => keys.includes(key)) ?? [];
}
