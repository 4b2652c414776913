/**
 * Objects that have a value for each of some names.
 *
 * @module
 */

/** A value for each of these names. */
export function record<Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<
    Name,
    Value
  >;
}
