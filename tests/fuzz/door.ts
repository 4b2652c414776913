/**
 * A door: one place at which bytes or texts come in that others wrote. The
 * suite draws inputs for each and hands them over; whatever throws, takes
 * over a second or keeps memory is a finding.
 *
 * @module
 */

import type { fc } from "./deps.ts";

/** One door. */
export interface Door {
  /** As `--door` takes it. */
  readonly name: string;
  /** A parser takes an input at a time; what has a state lives through many. */
  readonly kind: "pure" | "stateful";
  /** Large inputs take as long as so many of others: of it so much fewer are enough. @default 1 */
  readonly takes?: number;
  /** Opens it. What it needs is there until it is disposed of. */
  open(): Promise<OpenDoor> | OpenDoor;
}

/** A door that can be attacked. */
export interface OpenDoor extends Partial<AsyncDisposable> {
  /** An input, and what must hold of it; it throws when that does not. */
  readonly property:
    | fc.IProperty<[unknown]>
    | fc.IAsyncProperty<[unknown]>;
  /** How many inputs came through: one a run, unless a run is a whole life of many. */
  readonly inputs?: () => number;
}
