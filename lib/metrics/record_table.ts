/**
 * The records of clients that are there, as rows of tables of numbers: what
 * is made anew of each client every second would be thousands of objects,
 * which the garbage collector has to move about while packets wait. They are
 * read as any other record, and are plain data again when they are copied.
 *
 * @module
 */

import type {
  ClientError,
  ClientFigures,
  ClientIdentity,
  ClientRecord,
  ClientRecorder,
  ClientRole,
  ClientState,
} from "./client_record.ts";
import { BLANK, type NumberName, NUMBERS, TEXTS } from "./record_numbers.ts";

/** Rows of a table; what of it nobody refers to any more goes as a whole. */
const ROWS = 64;
const COLUMNS = NUMBERS.length;
/** In place of `null`. */
const NONE = NaN;
/** Of each column whether it is a duration or a time, which are kept in whole microseconds. */
const IS_TIME = NUMBERS.map((name) => name.endsWith("Ms"));

/** Where records are kept, one after the other. */
export class RecordTable {
  #numbers = new Float64Array(0);
  #used = 0;

  /** The record of a client as it is now; later changes do not reach it. */
  keep(recorder: Recorded): RecordRow {
    const at = this.#newRow();
    const { figures } = recorder;
    for (let column = 0; column < COLUMNS; column++) {
      const value = figures[NUMBERS[column]];
      this.#numbers[at + column] = value === null
        ? NONE
        : IS_TIME[column]
        ? Math.round(Number(value) * 1000) / 1000
        : Number(value);
    }
    return new RecordRow(recorder, this.#numbers, at);
  }

  /** A record of the same client that is yet as an earlier one. */
  next(before: RecordRow): RecordRow {
    const at = this.#newRow();
    return before.copiedTo(this.#numbers, at);
  }

  #newRow(): number {
    if (this.#used === this.#numbers.length) {
      this.#numbers = new Float64Array(ROWS * COLUMNS);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += COLUMNS;
    return at;
  }
}

/** What a record is made from. */
type Recorded =
  & Pick<
    ClientRecorder,
    "errorCount" | "errors" | "identity" | "signaling"
  >
  & { readonly figures: Readonly<ClientFigures> };

/** What of a record is no number. */
type Rest = Omit<Recorded, "figures"> & {
  readonly figures: Readonly<Pick<ClientFigures, typeof TEXTS[number]>>;
};

/** Where each number is. */
const COLUMN_OF: ReadonlyMap<string, number> = new Map(
  NUMBERS.map((name, column) => [name, column]),
);

/** One of them; made by {@linkcode RecordTable.keep}. */
export class RecordRow {
  readonly state: ClientState;
  readonly impairment: string | null;
  readonly sends: ClientRecord["sends"];
  readonly receives: ClientRecord["receives"];
  readonly failureCause: string | null;
  readonly errors: readonly ClientError[];
  readonly errorCount: number;
  readonly signaling: ClientRecord["signaling"];
  readonly #identity: ClientIdentity;
  readonly #numbers: Float64Array;
  readonly #at: number;

  constructor(
    { figures, identity, errors, errorCount, signaling }: Rest,
    numbers: Float64Array,
    at: number,
  ) {
    this.state = figures.state;
    this.impairment = figures.impairment;
    this.sends = figures.sends;
    this.receives = figures.receives;
    this.failureCause = figures.failureCause;
    this.errors = errors;
    this.errorCount = errorCount;
    this.signaling = signaling;
    this.#identity = identity;
    this.#numbers = numbers;
    this.#at = at;
  }

  /** The same in another place. */
  copiedTo(numbers: Float64Array, at: number): RecordRow {
    for (let column = 0; column < COLUMNS; column++) {
      numbers[at + column] = this.#numbers[this.#at + column];
    }
    const { errors, errorCount, signaling } = this;
    const rest = { errors, errorCount, signaling, identity: this.#identity };
    return new RecordRow({ ...rest, figures: this }, numbers, at);
  }

  /** Changes a record that nobody else has yet. */
  assign(name: keyof ClientRecord, value: unknown): void {
    const column = COLUMN_OF.get(name);
    if (column === undefined) {
      (this as Record<string, unknown>)[name] = value;
    } else {
      this.#numbers[this.#at + column] = value === null ? NONE : Number(value);
    }
  }

  /** Which numbers are not as in an earlier row, by their places in {@linkcode NUMBERS}. */
  changedSince(before: RecordRow): number[] {
    const changed: number[] = [];
    for (let column = 0; column < COLUMNS; column++) {
      const then = before.#numbers[before.#at + column];
      if (!Object.is(then, this.#numbers[this.#at + column])) {
        changed.push(column);
      }
    }
    return changed;
  }

  get clientId(): string {
    return this.#identity.clientId;
  }

  get index(): number {
    return this.#identity.index;
  }

  get roomId(): string {
    return this.#identity.roomId;
  }

  get role(): ClientRole {
    return this.#identity.role;
  }

  get node(): string {
    return this.#identity.node;
  }

  /** The same as plain data. */
  toJSON(): ClientRecord {
    const figures: Record<string, unknown> = { ...BLANK };
    for (const name of NUMBERS) figures[name] = this[name];
    for (const name of TEXTS) figures[name] = this[name];
    const { errors, errorCount, signaling } = this;
    return {
      ...figures as unknown as ClientFigures,
      ...this.#identity,
      errors,
      errorCount,
      signaling,
    };
  }

  static {
    NUMBERS.forEach((name, column) => {
      const isFlag = typeof BLANK[name] === "boolean";
      Object.defineProperty(RecordRow.prototype, name, {
        enumerable: true,
        get(this: RecordRow) {
          const number = this.#numbers[this.#at + column];
          if (isFlag) return number !== 0;
          return Number.isNaN(number) ? null : number;
        },
      });
    });
  }
}

/** Its figures are there by names that are listed once, in `ClientFigures`. */
export interface RecordRow extends Readonly<Pick<ClientFigures, NumberName>> {}
