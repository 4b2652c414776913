import { assertEquals } from "@std/assert";
import {
  choice,
  decimal,
  duration,
  numberOfFew,
  text,
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
