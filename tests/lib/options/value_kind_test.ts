import { assertEquals, assertThrows } from "@std/assert";
import {
  choice,
  decimal,
  duration,
  listOf,
  numberOfFew,
  parsed,
  seriesOf,
  text,
  typedValue,
  type ValueKind,
  whole,
  wholeOr,
  yesOrNo,
} from "../../../lib/options/mod.ts";

type Kind = Pick<ValueKind<unknown>, "read" | "takes">;

const GOOD: readonly [string, Kind, unknown][] = [
  ["30", duration(), 30_000],
  ["0", duration(), 0],
  ["1.5", duration(), 1500],
  [".5s", duration(), 500],
  ["500ms", duration(), 500],
  ["90s", duration(), 90_000],
  ["5m", duration(), 300_000],
  ["1h", duration(), 3_600_000],
  ["480h", duration(), 1_728_000_000],
  ["7", whole(1), 7],
  ["65535", whole(0, 65_535), 65_535],
  ["0.25", decimal("F", 0, 1), 0.25],
  ["1.", decimal("F", 0, 1), 1],
  ["b", choice(["a", "b"]), "b"],
  ["auto", wholeOr("auto", 1, 8), "auto"],
  ["8", wholeOr("auto", 1, 8), 8],
  ["24", numberOfFew([12, 24]), 24],
  ["on", yesOrNo, true],
  ["false", yesOrNo, false],
  ["anything at all", text("X"), "anything at all"],
];

for (const [given, kind, value] of GOOD) {
  Deno.test(`"${given}" is ${kind.takes}`, () => {
    assertEquals(kind.read(given), { value });
  });
}

const BAD: readonly [string, Kind][] = [
  ["", duration()],
  ["5 m", duration()],
  ["5d", duration()],
  ["-5", duration()],
  ["1e3", duration()],
  ["s", duration()],
  ["0", duration("1ms")],
  ["481h", duration()],
  ["abc", whole(1)],
  ["0", whole(1)],
  ["1.5", whole(1)],
  ["-1", whole(0)],
  ["0x10", whole(0)],
  ["9007199254740993", whole(0)],
  ["65536", whole(0, 65_535)],
  ["1.01", decimal("F", 0, 1)],
  ["", decimal("F", 0, 1)],
  [".", decimal("F", 0, 1)],
  ["NaN", decimal("F", 0, 1)],
  ["A", choice(["a", "b"])],
  ["25", numberOfFew([12, 24])],
  ["no", yesOrNo],
  ["", text("X")],
  ["9", wholeOr("auto", 1, 8)],
  ["Auto", wholeOr("auto", 1, 8)],
];

for (const [given, kind] of BAD) {
  Deno.test(`"${given}" is not ${kind.takes}`, () => {
    assertEquals(kind.read(given), {
      problem: `"${given}" is not ${kind.takes}`,
    });
  });
}

const HOLDS_ITSELF: unknown[] = [];
HOLDS_ITSELF.push(HOLDS_ITSELF);

Deno.test.each<{ kind: Kind; given: unknown; value: unknown }>([
  { kind: whole(1, 8), given: 8, value: 8 },
  { kind: whole(0), given: Number.MAX_SAFE_INTEGER, value: 2 ** 53 - 1 },
  { kind: whole(0), given: "007", value: 7 },
  { kind: decimal("F", 0, 1), given: 0.5, value: 0.5 },
  { kind: decimal("F", 0, 1), given: 1, value: 1 },
  { kind: numberOfFew([12, 24]), given: 12, value: 12 },
  { kind: yesOrNo, given: false, value: false },
  { kind: wholeOr("auto", 1, 8), given: 3, value: 3 },
])(
  "a script may give $given where it takes $kind.takes",
  ({ kind, given, value }) => {
    assertEquals(kind.read(given), { value });
  },
);

Deno.test.each([30, 0, 1.5])(
  "a duration that is the number %d is refused, for want of a unit",
  (given) => {
    assertEquals(duration().read(given), {
      problem: `${given} is of no unit, write "${given}s" or "${given}ms"`,
    });
  },
);

Deno.test.each<{ kind: Kind; given: unknown; shown: string }>([
  { kind: whole(1), given: 0, shown: "0" },
  { kind: whole(1), given: 1.5, shown: "1.5" },
  { kind: whole(1), given: NaN, shown: "NaN" },
  { kind: whole(1), given: Infinity, shown: "Infinity" },
  { kind: whole(1), given: 2 ** 53, shown: "9007199254740992" },
  { kind: whole(1), given: 5n, shown: "5" },
  { kind: whole(1), given: [5n], shown: "[object Array]" },
  { kind: whole(1), given: undefined, shown: "undefined" },
  { kind: whole(1), given: null, shown: "null" },
  { kind: whole(1), given: true, shown: "true" },
  { kind: whole(1), given: [7], shown: "[7]" },
  { kind: whole(1), given: HOLDS_ITSELF, shown: "[object Array]" },
  { kind: whole(1), given: () => 1, shown: "function" },
  { kind: decimal("F", 0, 1), given: -0.1, shown: "-0.1" },
  { kind: choice(["a", "b"]), given: { a: 1 }, shown: '{"a":1}' },
  { kind: yesOrNo, given: 1, shown: "1" },
  { kind: text("X"), given: 7, shown: "7" },
])(
  "a script that gives what is none is told so in one line, whatever it is: $shown",
  ({ kind, given, shown }) => {
    assertEquals(kind.read(given), {
      problem: `"${shown}" is not ${kind.takes}`,
    });
  },
);

const NUMBERS = listOf(
  whole(1, 9),
  "numbers",
  (all) => all.length > 3 ? "they are too many" : undefined,
);
const TEXTS = seriesOf(text("X"), "texts");

Deno.test.each<{ why: string; kind: Kind; given: unknown; is: unknown }>([
  { why: "a list", kind: NUMBERS, given: [1, "2"], is: { value: [1, 2] } },
  { why: "a text", kind: NUMBERS, given: "1; 2;3", is: { value: [1, 2, 3] } },
  { why: "none in a list", kind: NUMBERS, given: [], is: { value: [] } },
  { why: "none in a text", kind: NUMBERS, given: " ; ", is: { value: [] } },
  {
    why: "one that is wrong",
    kind: NUMBERS,
    given: "1; x",
    is: { problem: '"x" is not a whole number from 1 to 9' },
  },
  {
    why: "all together",
    kind: NUMBERS,
    given: [1, 2, 3, 4],
    is: { problem: "they are too many" },
  },
  {
    why: "no list",
    kind: NUMBERS,
    given: 5,
    is: { problem: '"5" is not numbers' },
  },
  {
    why: "several in one text of a list",
    kind: TEXTS,
    given: ["a; b", "c"],
    is: { value: ["a", "b", "c"] },
  },
  {
    why: "a text of a list that holds none",
    kind: TEXTS,
    given: ["a", " ; "],
    is: { problem: '" ; " is not texts' },
  },
])("several of a kind: $why", ({ kind, given, is }) => {
  assertEquals<unknown>(kind.read(given), is);
});

function throwing(error: Error): Kind {
  return parsed<string>({
    placeholder: "X",
    takes: "anything",
    parse: () => {
      throw error;
    },
    toJson: (value) => value,
  });
}

Deno.test("what a parser says is wrong is told without the point at its end, and what it did not mean to say is thrown", () => {
  for (const kind of [SyntaxError, RangeError, TypeError]) {
    assertEquals(throwing(new kind("Cannot read it.")).read("x"), {
      problem: "Cannot read it",
    });
  }
  assertThrows(() => throwing(new Error("a bug")).read("x"), Error, "a bug");
});

Deno.test("help names bounds and words as people do", () => {
  assertEquals(
    [
      whole(1).takes,
      whole(1, 8).takes,
      choice(["a"]).takes,
      choice(["a", "b", "c"]).takes,
      choice(["a", "b", "c"]).placeholder,
      numberOfFew([12, 24]).takes,
      wholeOr("auto", 1, 8).takes,
    ],
    [
      "a whole number of at least 1",
      "a whole number from 1 to 8",
      "a",
      "a, b or c",
      "a|b|c",
      "12 or 24",
      "a whole number from 1 to 8, or auto",
    ],
  );
  assertEquals(numberOfFew([12, 24]).words, ["12", "24"]);
});

Deno.test.each([
  { value: "a b", is: "a b" },
  { value: true, is: "on" },
  { value: false, is: "off" },
  { value: 1.5, is: "1.5" },
  { value: ["a", "b"], is: "a; b" },
  { value: [], is: "" },
  { value: [{ to: 5, at: "3s" }, { to: 9, at: "9s" }], is: "5:3s,9:9s" },
])("a value as it could be typed: $is", ({ value, is }) => {
  assertEquals(typedValue(value), is);
});
