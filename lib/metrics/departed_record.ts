/**
 * The records of clients that have left, which a long run with churn has no
 * end of, in a fraction of the room: of their numbers only those that are not
 * what a client begins with, and latencies as a text. They are read as any
 * other record, and are plain data again when they are copied.
 *
 * @module
 */

import {
  type ClientError,
  type ClientFigures,
  type ClientRecord,
  type ClientRole,
  type ClientState,
  noFigures,
  type OperationRecord,
} from "./client_record.ts";

/** What is kept as it is. */
const TEXTS = [
  "state",
  "impairment",
  "sends",
  "receives",
  "failureCause",
] as const satisfies readonly (keyof ClientFigures)[];

type TextName = (typeof TEXTS)[number];
type NumberName = Exclude<keyof ClientFigures, TextName>;

const BLANK: Readonly<ClientFigures> = noFigures();

/** Numbers, and what is `null` or a boolean instead. */
const NUMBERS = (Object.keys(BLANK) as (keyof ClientFigures)[]).filter((
  name,
): name is NumberName => !(TEXTS as readonly string[]).includes(name));

/** Of so many numbers, each a bit, a small integer says which are kept. */
const BITS = 30;
const MASKS = Math.ceil(NUMBERS.length / BITS);
const NO_ERRORS: readonly ClientError[] = [];

/** Texts that many records have in common, each kept once; beyond so many, as they come. */
const MAX_TEXTS = 10_000;

/** Keeps each text and list of texts once. */
export class SharedTexts {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  text<Text extends string | null>(text: Text): Text {
    if (text === null) return text;
    return shared(this.#texts, text, text) as Text;
  }

  list<Text extends string>(list: readonly Text[]): readonly Text[] {
    return shared(this.#lists, list.join(), list) as readonly Text[];
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
  readonly roomId: string;
  readonly role: ClientRole;
  readonly node: string;
  readonly state: ClientState;
  readonly impairment: string | null;
  readonly sends: ClientRecord["sends"];
  readonly receives: ClientRecord["receives"];
  readonly failureCause: string | null;
  readonly errors: readonly ClientError[];
  readonly errorCount: number;
  /** Which numbers are kept, and these numbers. */
  readonly #numbers: readonly number[];
  readonly #operations: readonly string[];
  /** Of each operation {@linkcode latenciesOf}, with blanks between. */
  readonly #latencies: string;

  /** Packs a record; `texts` are those of its node. */
  constructor(record: ClientRecord, texts: SharedTexts) {
    this.clientId = record.clientId;
    this.index = record.index;
    this.roomId = texts.text(record.roomId);
    this.role = record.role;
    this.node = texts.text(record.node);
    this.state = record.state;
    this.impairment = texts.text(record.impairment);
    this.sends = texts.list(record.sends);
    this.receives = texts.list(record.receives);
    this.failureCause = texts.text(record.failureCause);
    this.errors = record.errors.length === 0
      ? NO_ERRORS
      : record.errors.map(({ kind, message, atMs }) => ({
        kind: texts.text(kind),
        message: texts.text(message),
        atMs,
      }));
    this.errorCount = record.errorCount;
    this.#operations = texts.list(Object.keys(record.signaling));
    this.#latencies = Object.values(record.signaling).map(latenciesOf)
      .join(" ");
    // A list that has grown has room to spare; its copy has none.
    this.#numbers = packed(record).slice();
  }

  /** Latencies by operation. */
  get signaling(): ClientRecord["signaling"] {
    const latencies = this.#latencies.split(" ");
    return Object.fromEntries(
      this.#operations.map((name, i) => [name, operationOf(latencies[i])]),
    );
  }

  /** The same as plain data. */
  toJSON(): ClientRecord {
    const { clientId, index, roomId, role, node, signaling } = this;
    const { errors, errorCount } = this;
    const record = this as unknown as ClientRecord;
    const figures = Object.fromEntries(
      Object.keys(BLANK).map((name) => [name, record[name as NumberName]]),
    ) as unknown as ClientFigures;
    return {
      ...{ clientId, index, roomId, role, node },
      ...figures,
      ...{ errors, errorCount, signaling },
    };
  }

  static {
    NUMBERS.forEach((name, column) => {
      const blank = BLANK[name];
      const mask = Math.floor(column / BITS);
      const bit = 1 << (column % BITS);
      Object.defineProperty(DepartedRecord.prototype, name, {
        enumerable: true,
        get(this: DepartedRecord) {
          const numbers = this.#numbers;
          if ((numbers[mask] & bit) === 0) return blank;
          let at = MASKS + onesIn(numbers[mask] & (bit - 1));
          for (let i = 0; i < mask; i++) at += onesIn(numbers[i]);
          return typeof blank === "boolean" ? true : numbers[at];
        },
      });
    });
  }
}

/** Its figures are there by names that are listed once, in `ClientFigures`. */
export interface DepartedRecord
  extends Readonly<Pick<ClientFigures, NumberName>> {}

/** A record as plain data, which can be spread and sent. */
export function plainRecord(record: ClientRecord): ClientRecord {
  return record instanceof DepartedRecord ? record.toJSON() : record;
}

function packed(record: ClientRecord): number[] {
  const numbers: number[] = new Array(MASKS).fill(0);
  NUMBERS.forEach((name, column) => {
    const value = record[name];
    if (value === BLANK[name]) return;
    numbers[Math.floor(column / BITS)] |= 1 << (column % BITS);
    numbers.push(Number(value));
  });
  return numbers;
}

/** In base 36: count, least, most, sum and the values, all in microseconds; where there was one, only that. */
function latenciesOf(
  { count, minMs, maxMs, sumMs, valuesMs }: OperationRecord,
): string {
  const micros = (count === 1 ? valuesMs : [minMs, maxMs, sumMs, ...valuesMs])
    .map((ms) => Math.round(ms * 1000));
  return (count === 1 ? micros : [count, ...micros])
    .map((number) => number.toString(36)).join();
}

function operationOf(latencies: string): OperationRecord {
  const [first, ...micros] = latencies.split(",")
    .map((text) => parseInt(text, 36));
  if (micros.length === 0) {
    const ms = first / 1000;
    return { count: 1, minMs: ms, maxMs: ms, sumMs: ms, valuesMs: [ms] };
  }
  const [minMs, maxMs, sumMs, ...valuesMs] = micros.map((one) => one / 1000);
  return { count: first, minMs, maxMs, sumMs, valuesMs };
}

/** Of 30 bits. */
function onesIn(bits: number): number {
  let left = bits - ((bits >> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >> 2) & 0x33333333);
  return ((left + (left >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24;
}
