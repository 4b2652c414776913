/**
 * What was read, in the order in which it was written.
 *
 * @module
 */

/** `read`, which a schema has checked and put into its own order, with its keys as `json` has them; those that are not there come last. */
export function asWritten<T>(read: T, json: unknown): T {
  if (Array.isArray(read) && Array.isArray(json)) {
    return read.map((item, i) => asWritten(item, json[i])) as T & unknown[];
  }
  if (!isRecord(read) || !isRecord(json)) return read;
  const names = new Set([...Object.keys(json), ...Object.keys(read)]);
  return Object.fromEntries(
    [...names].filter((name) => Object.hasOwn(read, name))
      .map((name) => [name, asWritten(read[name], json[name])]),
  ) as T & object;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
