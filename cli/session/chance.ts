/**
 * The session's dice: a state that goes into the model, so that what is drawn
 * is as pure as the rest.
 *
 * @module
 */

/** The next state: a linear congruence (Numerical Recipes), plenty for drawing people. */
export function nextChance(chance: number): number {
  return (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
}

/** What a state shows, from 0 to below 1. */
export function unitOf(chance: number): number {
  return chance / 2 ** 32;
}

/** `count` of these, each as likely as any other, in their order; and the next state. */
export function drawn<T>(
  values: readonly T[],
  count: number,
  chance: number,
): { readonly chosen: readonly T[]; readonly chance: number } {
  const chosen: T[] = [];
  let next = chance;
  for (const [i, value] of values.entries()) {
    const wanted = count - chosen.length;
    next = nextChance(next);
    if (unitOf(next) * (values.length - i) < wanted) chosen.push(value);
  }
  return { chosen, chance: next };
}
