import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  IMPAIRMENT,
  IMPAIRMENTS,
  THRESHOLDS,
} from "../../../lib/scenario/mod.ts";

Deno.test("a bad network is for all clients, or for the share behind it", () => {
  const shareOf = (given: string) => {
    const reading = IMPAIRMENT.read(given);
    return "value" in reading ? reading.value.share : reading.problem;
  };
  assertEquals(shareOf("3g"), 1);
  assertEquals(shareOf("3g:25%"), 0.25);
  assertEquals(shareOf("loss=5%,delay=50ms:.5"), 0.5);
  assertStringIncludes(`${shareOf("3g:150%")}`, "share");
  assertStringIncludes(`${shareOf("3g:0")}`, "share");
  assertStringIncludes(`${shareOf("5g:10%")}`, '"5g"');
  assertStringIncludes(`${shareOf("loss=200%")}`, '"200%" is not a share');
  assertStringIncludes(`${shareOf("3g:x")}`, "wifi-lossy");
});

Deno.test("a threshold is read, or says what is wrong with it", () => {
  const good = THRESHOLDS.read(["loss < 1%"]);
  assert("value" in good);
  assertEquals(good.value[0].bound, 0.01);
  const bad = THRESHOLDS.read(["los < 1%"]);
  assert("problem" in bad);
  assertStringIncludes(bad.problem, 'did you mean "loss"?');
});

Deno.test.each([
  {
    kind: THRESHOLDS,
    given: ["loss < 1%; join p(95) < 500ms", "errors < 3"],
    many: 3,
  },
  { kind: THRESHOLDS, given: ["loss < 1%;"], many: 1 },
  { kind: THRESHOLDS, given: "loss < 1%; errors < 3", many: 2 },
  {
    kind: IMPAIRMENTS,
    given: ["3g:10%; loss=2%:5%", "wifi-lossy:1-per-room"],
    many: 3,
  },
])(
  "several may stand in each text with a semicolon between: $given",
  ({ kind, given, many }) => {
    const reading = kind.read(given);
    assert("value" in reading);
    assertEquals(reading.value.length, many);
  },
);

Deno.test("a text of several that holds none is refused", () => {
  for (const given of [[" ; "], ["loss < 1%", ""]]) {
    assert("problem" in THRESHOLDS.read(given));
  }
});
