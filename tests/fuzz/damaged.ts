/**
 * Inputs that are nearly right: samples of the real thing, damaged. Pure
 * noise is refused at the first byte; these get further in.
 *
 * @module
 */

import { fc } from "./deps.ts";

/** What is done to bytes. */
type Edit =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "drop"; readonly at: number; readonly count: number }
  | {
    readonly kind: "insert";
    readonly at: number;
    readonly count: number;
    readonly byte: number;
  }
  | {
    readonly kind: "number";
    readonly at: number;
    readonly size: number;
    readonly value: number;
  };

/** Where in an input; taken modulo its length. */
const place = () => fc.nat(0xffff);
/** Numbers at which lengths and counters break. */
const EDGES = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  0x7f,
  0x80,
  0xff,
  0x100,
  0x7fff,
  0x8000,
  0xffff,
  0x10000,
  0x7fffffff,
  0x80000000,
  0xfffffffe,
  0xffffffff,
];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("set"), at: place(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("flip"), at: place(), bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("cut"), at: place() }),
  fc.record({ kind: fc.constant("drop"), at: place(), count: fc.nat(64) }),
  fc.record({
    kind: fc.constant("insert"),
    at: place(),
    count: fc.nat(64),
    byte: fc.nat(255),
  }),
  fc.record({
    kind: fc.constant("number"),
    at: place(),
    size: fc.constantFrom(1, 2, 4),
    value: fc.constantFrom(...EDGES),
  }),
) as fc.Arbitrary<Edit>;

/** Bytes: mostly one of `samples` with a few edits, sometimes noise. */
export function damagedBytes(
  samples: readonly Uint8Array[],
): fc.Arbitrary<Uint8Array> {
  const damaged = fc.tuple(
    fc.nat(samples.length - 1),
    fc.array(edit, { maxLength: 6 }),
  ).map(([which, edits]) => edits.reduce(applied, samples[which].slice()));
  return fc.oneof(
    { weight: 19, arbitrary: damaged },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1500 }) },
  );
}

function applied(bytes: Uint8Array, edit: Edit): Uint8Array {
  const at = bytes.length === 0 ? 0 : edit.at % bytes.length;
  switch (edit.kind) {
    case "set":
      if (at < bytes.length) bytes[at] = edit.byte;
      return bytes;
    case "flip":
      if (at < bytes.length) bytes[at] ^= 1 << edit.bit;
      return bytes;
    case "cut":
      return bytes.slice(0, at);
    case "drop": {
      const end = Math.min(bytes.length, at + edit.count);
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    }
    case "insert": {
      const more = new Uint8Array(edit.count).fill(edit.byte);
      return joined(bytes.subarray(0, at), more, bytes.subarray(at));
    }
    case "number": {
      for (let i = 0; i < edit.size && at + i < bytes.length; i++) {
        bytes[at + i] = edit.value >>> (8 * (edit.size - 1 - i));
      }
      return bytes;
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Values that somebody may put where another belongs. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    "",
    [],
    {},
    0,
    -1,
    0.5,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER,
    4294967296,
    65536,
    "1",
    "NaN",
    "__proto__",
    "constructor",
    "\u0000",
    "\u202e\u001b]0;x\u0007\u001b[2J",
    "\ud800",
  ),
  fc.nat(5000).map((length) => "a".repeat(length)),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.double(),
  fc.nat(300).map((depth) => {
    let value: unknown = [];
    for (let i = 0; i < depth; i++) value = [value];
    return value;
  }),
  fc.nat(2000).map((length) => new Array(length).fill(0)),
  fc.jsonValue({ maxDepth: 2 }),
);

/** What is done to one place in a JSON value. */
interface Change {
  /** Which place, modulo how many there are. */
  readonly at: number;
  readonly how: "replace" | "remove" | "rename" | "double";
  readonly value: unknown;
  readonly name: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(9999),
  how: fc.constantFrom("replace", "replace", "remove", "rename", "double"),
  value: strange,
  name: fc.constantFrom("type", "id", "__proto__", "toString", "x", ""),
});

/** Damage that can be done to any JSON value. */
export const damage: fc.Arbitrary<(value: unknown) => unknown> = fc.array(
  change,
  { minLength: 1, maxLength: 3 },
).map((changes) =>
  Object.assign(
    (value: unknown) => changes.reduce(changed, structuredClone(value)),
    { toString: () => JSON.stringify(changes).slice(0, 300) },
  )
);

/** JSON values: one of `samples` with a few places changed. */
export function damagedValue<T>(samples: readonly T[]): fc.Arbitrary<unknown> {
  return fc.tuple(
    fc.nat(samples.length - 1),
    fc.array(change, { maxLength: 4 }),
  ).map(([which, changes]) =>
    changes.reduce(changed, structuredClone(samples[which]) as unknown)
  );
}

/** Texts: mostly the JSON of a damaged sample, sometimes damaged text, sometimes noise. */
export function damagedJson<T>(samples: readonly T[]): fc.Arbitrary<string> {
  const whole = damagedValue(samples).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    {
      weight: 2,
      arbitrary: fc.tuple(whole, fc.nat(9999), fc.string({ maxLength: 4 })).map(
        ([text, at, more]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + more + text.slice(place + 1);
        },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, fc.nat(9999)).map(([text, at]) =>
        text.slice(0, at % (text.length + 1))
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  );
}

function changed(root: unknown, { at, how, value, name }: Change): unknown {
  const places: [holder: Record<string, unknown>, key: string][] = [];
  collect(root, places);
  if (places.length === 0) return value;
  const [holder, key] = places[at % places.length];
  switch (how) {
    case "replace":
      set(holder, key, value);
      return root;
    case "remove":
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      return root;
    case "rename": {
      const old = holder[key];
      if (!Array.isArray(holder)) delete holder[key];
      set(holder, Array.isArray(holder) ? key : name, old);
      return root;
    }
    case "double":
      if (Array.isArray(holder)) holder.push(holder[Number(key)]);
      else set(holder, name, structuredClone(holder[key]));
      return root;
  }
}

/** As JSON.parse does: `__proto__` is a key like others. */
function set(
  holder: Record<string, unknown>,
  key: string,
  value: unknown,
): void {
  Object.defineProperty(holder, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function collect(
  value: unknown,
  places: [Record<string, unknown>, string][],
): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    places.push([value as Record<string, unknown>, key]);
    if (places.length < 2000) {
      collect((value as Record<string, unknown>)[key], places);
    }
  }
}
