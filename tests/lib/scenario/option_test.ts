import { assertEquals } from "@std/assert";
import type { Option } from "../../../lib/options/mod.ts";
import { option } from "../../../lib/scenario/mod.ts";

const CLIENTS = option.wholeNumber("", { default: 5, min: 1, max: 100 });
const SHARE = option.decimalNumber("", { default: 1, max: 1 });
const TIME = option.duration("", { default: "30s", min: "1s" });
const KIND = option.oneOf("", { words: ["audio", "video"], default: "audio" });
const VIDEO = option.toggle("", { default: true });
const NAME = option.text("", { default: "a" });
const STAGES = option.stages("", { default: [] });
const NETWORKS = option.impairments("", { default: [] });
const LIMITS = option.thresholds("", { default: [] });

Deno.test.each(
  [
    { kind: CLIENTS, given: 20, want: 20 },
    { kind: CLIENTS, given: "20", want: 20 },
    { kind: SHARE, given: ".5", want: 0.5 },
    { kind: TIME, given: "1500ms", want: 1500 },
    { kind: TIME, given: "90", want: 90_000 },
    { kind: TIME, given: "1.5m", want: 90_000 },
    { kind: TIME, given: "480h", want: 480 * 3_600_000 },
    { kind: KIND, given: "video", want: "video" },
    { kind: VIDEO, given: false, want: false },
    { kind: VIDEO, given: "false", want: false },
    { kind: NAME, given: "b", want: "b" },
    { kind: option.fps(), given: "60", want: 60 },
    { kind: option.quality(), given: "1080p", want: "1080p" },
    {
      kind: NETWORKS,
      given: "in.loss=5%:30%; out.delay=1s:0.5",
      want: [
        { impairment: { inbound: { lossRatio: 0.05 } }, share: 0.3 },
        { impairment: { outbound: { delayMs: 1000 } }, share: 0.5 },
      ],
    },
    {
      kind: STAGES,
      given: "30s:20, 0s:0",
      want: [{ durationMs: 30_000, target: 20 }, { durationMs: 0, target: 0 }],
    },
    {
      kind: STAGES,
      given: [{ duration: "1m", target: 3 }],
      want: [{ durationMs: 60_000, target: 3 }],
    },
  ] as const,
)("$given is $want", ({ kind, given, want }) => {
  assertEquals<unknown>(read(kind, given), want);
});

Deno.test.each(
  [
    { kind: CLIENTS, given: 0, why: '"0" is not a whole number from 1 to 100' },
    {
      kind: CLIENTS,
      given: "1.5",
      why: '"1.5" is not a whole number from 1 to 100',
    },
    {
      kind: CLIENTS,
      given: true,
      why: '"true" is not a whole number from 1 to 100',
    },
    { kind: SHARE, given: "20%", why: '"20%" is not a number from 0 to 1' },
    { kind: SHARE, given: NaN, why: '"NaN" is not a number from 0 to 1' },
    {
      kind: TIME,
      given: "5 days",
      why:
        '"5 days" is not a duration of at least 1s such as 30, 500ms, 90s, 5m or 1h, up to 480h',
    },
    {
      kind: TIME,
      given: 5000,
      why: '5000 is of no unit, write "5000s" or "5000ms"',
    },
    {
      kind: TIME,
      given: "999ms",
      why:
        '"999ms" is not a duration of at least 1s such as 30, 500ms, 90s, 5m or 1h, up to 480h',
    },
    { kind: KIND, given: "both", why: '"both" is not audio or video' },
    { kind: VIDEO, given: "no", why: '"no" is not on or off' },
    { kind: NAME, given: "", why: '"" is not a text' },
    {
      kind: STAGES,
      given: "30s",
      why: '"30s" is not stages such as 30s:20,1m:20,10s:0 (duration:clients)',
    },
    {
      kind: STAGES,
      given: [],
      why: '"[]" is not stages such as 30s:20,1m:20,10s:0 (duration:clients)',
    },
    {
      kind: STAGES,
      given: [{ duration: "1s", target: -1 }],
      why:
        '"[{"duration":"1s","target":-1}]" is not stages such as 30s:20,1m:20,10s:0 (duration:clients)',
    },
    {
      kind: LIMITS,
      given: "los < 1%",
      why:
        'Cannot read threshold "los < 1%": there is no metric "los", did you mean "loss"?',
    },
  ] as const,
)("$given is refused: $why", ({ kind, given, why }) => {
  const reading = kind.read(given);
  assertEquals<unknown>(reading, { problem: why });
});

Deno.test("thresholds are a list, or a text with semicolons between", () => {
  const expressions = (given: unknown) => {
    const reading = LIMITS.read(given);
    return "value" in reading && LIMITS.toJson(reading.value);
  };
  const both = ["loss < 1%", "join p(95) < 1s abort after 5s"];
  assertEquals<unknown>(expressions(both), both);
  assertEquals<unknown>(expressions(both.join("; ")), both);
  assertEquals<unknown>(expressions(""), []);
});

Deno.test("what is kept for the record can be given again", () => {
  assertEquals<unknown>(TIME.toJson(1500), "1500ms");
  assertEquals<unknown>(TIME.toJson(90_000), "90s");
  const json = STAGES.toJson([{ durationMs: 1000, target: 2 }]);
  assertEquals<unknown>(read(STAGES, json), [{ durationMs: 1000, target: 2 }]);
});

function read(
  kind: Pick<Option<unknown, unknown>, "read">,
  given: unknown,
): unknown {
  const reading = kind.read(given);
  return "value" in reading ? reading.value : reading;
}
