import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  assignment,
  choice,
  decimal,
  duration,
  impairmentShare,
  serverUrl,
  text,
  threshold,
  type ValueKind,
  whole,
  wholeOr,
} from "../../../cli/commands/value_kind.ts";

const GOOD: readonly [string, ValueKind<unknown>, unknown][] = [
  ["30", duration(0), 30_000],
  ["0", duration(0), 0],
  ["1.5", duration(0), 1500],
  [".5s", duration(0), 500],
  ["500ms", duration(0), 500],
  ["90s", duration(0), 90_000],
  ["5m", duration(0), 300_000],
  ["1h", duration(0), 3_600_000],
  ["480h", duration(0), 1_728_000_000],
  ["7", whole(1), 7],
  ["65535", whole(0, 65_535), 65_535],
  ["0.25", decimal("F", 0, 1), 0.25],
  ["1.", decimal("F", 0, 1), 1],
  ["b", choice(["a", "b"]), "b"],
  ["auto", wholeOr("auto", 1, 8), "auto"],
  ["8", wholeOr("auto", 1, 8), 8],
  ["r=p=q", assignment, ["r", "p=q"]],
  ["anything at all", text("X"), "anything at all"],
  ["wss://example.org/ws", serverUrl, "wss://example.org/ws"],
];

for (const [given, kind, value] of GOOD) {
  Deno.test(`"${given}" is ${kind.takes}`, () => {
    assertEquals(kind.read(given), { value });
  });
}

const BAD: readonly [string, ValueKind<unknown>][] = [
  ["", duration(0)],
  ["5 m", duration(0)],
  ["5d", duration(0)],
  ["-5", duration(0)],
  ["1e3", duration(0)],
  ["s", duration(0)],
  ["0", duration(1)],
  ["481h", duration(0)],
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
  ["9", wholeOr("auto", 1, 8)],
  ["Auto", wholeOr("auto", 1, 8)],
  ["http://example.org/ws", serverUrl],
  ["ws://", serverUrl],
  ["example.org", serverUrl],
];

for (const [given, kind] of BAD) {
  Deno.test(`"${given}" is not ${kind.takes}`, () => {
    assertEquals(kind.read(given), {
      problem: `"${given}" is not ${kind.takes}`,
    });
  });
}

for (const given of ["r", "=p", "r="]) {
  Deno.test(`"${given}" is no password of a room, and is not repeated`, () => {
    assertEquals(assignment.read(given), {
      problem: "it takes ROOM=PASSWORD",
    });
  });
}

Deno.test("a URL that is none of a server is shown without its password", () => {
  assertEquals(serverUrl.read("http://me:secret@h/ws?k=secret"), {
    problem: `"http://h/ws?k=***" is not a ws:// or wss:// URL`,
  });
});

Deno.test("a bad network is for all clients, or for the share behind it", () => {
  const shareOf = (given: string) => {
    const reading = impairmentShare.read(given);
    return "value" in reading ? reading.value.share : reading.problem;
  };
  assertEquals(shareOf("3g"), 1);
  assertEquals(shareOf("3g:25%"), 0.25);
  assertEquals(shareOf("loss=5%,delay=50ms:.5"), 0.5);
  assertStringIncludes(`${shareOf("3g:150%")}`, "share");
  assertStringIncludes(`${shareOf("3g:0")}`, "share");
  assertStringIncludes(`${shareOf("5g:10%")}`, '"5g"');
  assertStringIncludes(`${shareOf("loss=200%")}`, "lossRatio 2");
  assertStringIncludes(`${shareOf("3g:x")}`, "wifi-lossy");
});

Deno.test("a threshold is read, or says what is wrong with it", () => {
  const good = threshold.read("loss < 1%");
  assert("value" in good);
  assertEquals(good.value.bound, 0.01);
  const bad = threshold.read("los < 1%");
  assert("problem" in bad);
  assertStringIncludes(bad.problem, 'did you mean "loss"?');
});
