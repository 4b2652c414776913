/**
 * Chance that repeats: everything random in a run is drawn from one seed.
 * Each purpose has a stream of its own, so that drawing more for one (a
 * packet impaired) does not shift another (who leaves when).
 *
 * The generator is mulberry32 (Tommy Ettinger, public domain): 32 bits of
 * state, passes gjrand, plenty for choosing clients and dropping packets,
 * useless for secrets.
 *
 * @module
 */

/** Draws the next number, from 0 to below 1. */
export type Random = () => number;

/** The stream of this name, which is the same for the same seed. */
export function createRandom(seed: number, stream: string): Random {
  return resumeRandom(randomState(seed, stream)).random;
}

/** Where the stream of this name begins: 32 bits that plain data can hold. */
export function randomState(seed: number, stream: string): number {
  return hash(`${seed}/${stream}`);
}

/** The stream from a state on; `state` tells where it has come to. */
export function resumeRandom(
  from: number,
): { readonly random: Random; readonly state: () => number } {
  let state = from;
  return {
    random() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    state: () => state,
  };
}

/** FNV-1a over UTF-16 code units: seeds that differ in one digit end up far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
