/**
 * The records of clients that have left, which a long run with churn has no
 * end of, in a fraction of the room: their numbers and latencies as few
 * bytes, those left out that are what a client begins with. They are read as
 * any other record, and are plain data again when they are copied.
 *
 * @module
 */

import {
  type ClientError,
  type ClientFigures,
  type ClientRecord,
  type OperationRecord,
  wholeMicros,
} from "./client_record.ts";
import { BLANK, type NumberName, NUMBERS, TEXTS } from "./record_numbers.ts";
import { RecordRow } from "./record_table.ts";
import {
  type Packable,
  PackedNumbers,
  PackedReader,
  type Place,
} from "./packed_numbers.ts";

const NO_ERRORS: readonly ClientError[] = [];

/** Texts that many records have in common, each kept once; beyond so many, as they come. */
const MAX_TEXTS = 10_000;

/** What many records are the same in. */
const KIND = [
  "roomId",
  "role",
  "node",
  ...TEXTS,
] as const satisfies readonly (keyof ClientRecord)[];

/** That, and the operations of which there are latencies. */
type Kind = Readonly<Pick<ClientRecord, typeof KIND[number]>> & {
  readonly operations: readonly string[];
};

/** What the records of a node share: texts and kinds, each kept once, and where their numbers are. */
export class DepartedShare {
  readonly numbers: PackedNumbers = new PackedNumbers();
  readonly #texts = new Map<string, string>();
  readonly #kinds = new Map<string, Kind>();

  text<Text extends string | null>(text: Text): Text {
    if (text === null) return text;
    return shared(this.#texts, text, text) as Text;
  }

  kind(record: ClientRecord): Kind {
    const kind = {
      ...Object.fromEntries(KIND.map((name) => [name, record[name]])),
      operations: Object.keys(record.signaling),
    };
    return shared(this.#kinds, JSON.stringify(kind), kind as unknown as Kind);
  }
}

function shared<Value>(
  known: Map<string, Value>,
  key: string,
  value: Value,
): Value {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size < MAX_TEXTS) known.set(key, value);
  return value;
}

/** One such record. */
export class DepartedRecord {
  readonly clientId: string;
  readonly index: number;
  readonly errors: readonly ClientError[];
  readonly #kind: Kind;
  /** Where its numbers are, and of each operation {@linkcode latenciesOf}. */
  readonly #bytes: Place["bytes"];
  readonly #at: number;

  /** Packs a record; `texts` is what those of its node share. */
  constructor(record: ClientRecord, texts: DepartedShare) {
    this.clientId = record.clientId;
    this.index = record.index;
    this.errors = record.errors.length === 0
      ? NO_ERRORS
      : record.errors.map(({ kind, message, atMs }) => ({
        kind: texts.text(kind),
        message: texts.text(message),
        atMs,
      }));
    this.#kind = texts.kind(record);
    const { bytes, at } = texts.numbers.keep([
      ...NUMBERS.map((name) => {
        const value = record[name];
        return value === BLANK[name] ? undefined : Number(value);
      }),
      record.errorCount === 0 ? undefined : record.errorCount,
      ...Object.values(record.signaling).flatMap(latenciesOf),
    ]);
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Latencies by operation. */
  get signaling(): ClientRecord["signaling"] {
    const reader = this.#reader();
    reader.take(NUMBERS.length + 1);
    return Object.fromEntries(
      this.#kind.operations.map((name) => [name, operationFrom(reader)]),
    );
  }

  /** Errors counted, of which not all need be kept. */
  get errorCount(): number {
    return this.#number(NUMBERS.length) ?? 0;
  }

  #number(column: number): Packable {
    const reader = this.#reader();
    for (let i = 0; i < column; i++) reader.next();
    return reader.next();
  }

  #reader(): PackedReader {
    return new PackedReader({ bytes: this.#bytes, at: this.#at });
  }

  /** The same as plain data. */
  toJSON(): ClientRecord {
    const { clientId, index, roomId, role, node, signaling } = this;
    const { errors, errorCount } = this;
    const reader = this.#reader();
    const numbers = NUMBERS.map((
      name,
    ) => [name, figureOf(name, reader.next())]);
    const texts = TEXTS.map((name) => [name, this[name]]);
    const figures: ClientFigures = {
      ...BLANK,
      ...Object.fromEntries([...numbers, ...texts]),
    };
    return {
      ...{ clientId, index, roomId, role, node },
      ...figures,
      ...{ errors, errorCount, signaling },
    };
  }

  static {
    NUMBERS.forEach((name, column) => {
      Object.defineProperty(DepartedRecord.prototype, name, {
        enumerable: true,
        get(this: DepartedRecord) {
          return figureOf(name, this.#number(column));
        },
      });
    });
    for (const name of KIND) {
      Object.defineProperty(DepartedRecord.prototype, name, {
        enumerable: true,
        get(this: DepartedRecord) {
          return this.#kind[name];
        },
      });
    }
  }
}

/** Its figures are there by names that are listed once, in `ClientFigures`. */
export interface DepartedRecord
  extends
    Readonly<Pick<ClientFigures, NumberName>>,
    Readonly<Pick<ClientRecord, typeof KIND[number]>> {}

/** A record as plain data, which can be spread and sent. */
export function plainRecord(record: ClientRecord): ClientRecord {
  return record instanceof DepartedRecord || record instanceof RecordRow
    ? record.toJSON()
    : record;
}

function figureOf<Name extends NumberName>(
  name: Name,
  kept: Packable,
): ClientFigures[Name] {
  const blank = BLANK[name];
  if (kept === undefined) return blank;
  return (typeof blank === "boolean" ? true : kept) as ClientFigures[Name];
}

/** How many there were; where it was one, only that, where all are kept, a blank and these, else least, most, sum, how many are kept, and these. */
function latenciesOf(operation: OperationRecord): Packable[] {
  const { count, minMs, maxMs, sumMs, valuesMs } = operation;
  if (count === 1) return [count, minMs];
  const all = operationOf(valuesMs);
  const saysAll = all.count === count && all.minMs === minMs &&
    all.maxMs === maxMs && all.sumMs === sumMs;
  return saysAll
    ? [count, undefined, ...valuesMs]
    : [count, minMs, maxMs, sumMs, valuesMs.length, ...valuesMs];
}

function operationFrom(reader: PackedReader): OperationRecord {
  const next = () => reader.next() ?? 0;
  const values = (length: number) => Array.from({ length }, next);
  const count = next();
  const minMs = reader.next();
  if (minMs === undefined) return operationOf(values(count));
  if (count === 1) return operationOf([minMs]);
  const [maxMs, sumMs] = [next(), next()];
  return { count, minMs, maxMs, sumMs, valuesMs: values(next()) };
}

/** What these latencies come to, added up as they came. */
function operationOf(valuesMs: readonly number[]): OperationRecord {
  return {
    count: valuesMs.length,
    minMs: Math.min(...valuesMs),
    maxMs: Math.max(...valuesMs),
    sumMs: valuesMs.reduce((sum, ms) => wholeMicros(sum + ms), 0),
    valuesMs,
  };
}
