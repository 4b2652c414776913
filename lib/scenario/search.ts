/**
 * The search for the largest number that is still healthy: it grows by half
 * each time until something breaks, then halves what is left between the
 * largest healthy number and the smallest broken one, and in the end tries
 * that one once more: what broke only once has not broken.
 *
 * @module
 */

/** A number that was tried. */
export interface Trial {
  /** The number. */
  readonly clients: number;
  /** Whether everything was kept with it. */
  readonly healthy: boolean;
}

/** Where to search. */
export interface SearchBounds {
  /** The first number. */
  readonly start: number;
  /** The largest that is tried. */
  readonly most: number;
  /** How near the answer must be, as a share of it. */
  readonly precision: number;
}

const GROWTH = 1.5;

/** The next number to try; `undefined` when the answer is near enough, and sure. */
export function nextTrial(
  trials: readonly Trial[],
  { start, most, precision }: SearchBounds,
): number | undefined {
  if (trials.length === 0) return Math.min(start, most);
  const { largest, smallestBroken } = bracketOf(trials);
  if (smallestBroken === undefined) {
    if (largest >= most) return undefined;
    return Math.min(most, Math.max(largest + 1, Math.round(largest * GROWTH)));
  }
  const gap = smallestBroken - largest;
  if (gap > Math.max(1, largest * precision)) {
    return largest + Math.floor(gap / 2);
  }
  const tries = trials.filter(({ clients }) => clients === smallestBroken);
  return tries.length > 1 ? undefined : smallestBroken;
}

/**
 * The largest healthy number below the smallest broken one, as they were when
 * they were last tried; 0 and `undefined` where there is none.
 */
export function bracketOf(trials: readonly Trial[]): {
  readonly largest: number;
  readonly smallestBroken: number | undefined;
} {
  const last = new Map(
    trials.map(({ clients, healthy }) => [clients, healthy]),
  );
  const broken = [...last].flatMap(([clients, healthy]) =>
    healthy ? [] : [clients]
  );
  const smallestBroken = broken.length === 0 ? undefined : Math.min(...broken);
  const healthy = [...last].flatMap(([clients, healthy]) =>
    healthy && clients < (smallestBroken ?? Infinity) ? [clients] : []
  );
  return { largest: Math.max(0, ...healthy), smallestBroken };
}
