/**
 * A mode: one way in which a server, or what answers in its place, misbehaves.
 *
 * @module
 */

/** What a run against it has to come to. */
export type Outcome =
  /** The run is impossible: exit 1, one line that says why. */
  | "unreachable"
  /** Nobody, or too few, have media: exit 1, 98 or 99, with both files. */
  | "fails"
  /** What misbehaves harms nobody. */
  | "passes"
  /** It depends on how fast machine and server are. */
  | "either";

/** One mode. */
export interface Mode {
  /** As `--mode` takes it. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly does: string;
  /** What a run against it has to come to. */
  readonly outcome: Outcome;
  /** Begins to listen. */
  open(): Promise<Hostile>;
}

/** A listening server of one mode; nothing of it is left when it is disposed of. */
export interface Hostile extends AsyncDisposable {
  /** Where clients connect to. */
  readonly url: string;
}

/** What no terminal, log or spreadsheet may get to see as it is. */
export const ESCAPES =
  "\x1b]0;PWNED\x07\x1b[2J\x1b[31mRED\u202e\r\nSECOND LINE\x9b5n";
