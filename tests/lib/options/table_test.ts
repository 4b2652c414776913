/** Tables of options: reading all at once, what excludes what, and the record. */

import { assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
import {
  choice,
  decimal,
  duration,
  exclusions,
  listOf,
  liveOptions,
  many,
  numberOfFew,
  optional,
  type OptionTable,
  parsed,
  readTable,
  recordOf,
  secretKind,
  text,
  toggle,
  typedValue,
  verifyTable,
  whole,
  withDefault,
  withDefaults,
  yesOrNo,
} from "../../../lib/options/mod.ts";

const TABLE = {
  clients: withDefault(whole(1, 100), { help: "", default: 5, live: true }),
  quality: withDefault(choice(["480p", "720p"]), { help: "", default: "480p" }),
  fps: withDefault(numberOfFew([15, 30]), { help: "", default: 30 }),
  hold: withDefault(duration(), { help: "", default: "30s" }),
  ratio: optional(decimal("F", 0, 1), { help: "", excludes: ["quality"] }),
  audioOnly: toggle(yesOrNo, { help: "", default: false, excludes: ["fps"] }),
  names: many(listOf(text("NAME"), "names"), { help: "" }),
} satisfies OptionTable;

Deno.test("what is not given is its default, and null is as good as not given", () => {
  const values = {
    clients: 5,
    quality: "480p",
    fps: 30,
    hold: 30_000,
    ratio: undefined,
    audioOnly: false,
    names: [],
  };
  assertEquals(readTable(TABLE, {}), { values, mistakes: [] });
  assertEquals(readTable(TABLE, { clients: null, names: null }).values, values);
});

Deno.test("everything that is wrong is said at once, a line each, and the rest is read", () => {
  const { values, mistakes } = readTable(TABLE, {
    clients: 0,
    quality: "4k",
    fps: "15",
    hold: "soon",
  });
  assertEquals(mistakes.map((line) => line.split(":")[0]), [
    "clients",
    "quality",
    "hold",
  ]);
  assertEquals(
    mistakes[0],
    'clients: "0" is not a whole number from 1 to 100.',
  );
  assertEquals([values.fps, "clients" in values], [15, false]);
});

Deno.test("what asks whether something else was meant ends with its question", () => {
  const guess = parsed({
    ...{ placeholder: "X", takes: "a word", toJson: String },
    parse() {
      throw new SyntaxError("did you mean loss?");
    },
  });
  const table = { limit: optional(guess, { help: "" }) };
  assertEquals(readTable(table, { limit: "los" }).mistakes, [
    "limit: did you mean loss?",
  ]);
});

Deno.test.each([
  { given: { ratio: 0.5, quality: "720p" }, are: 1, why: "both are given" },
  {
    given: { ratio: 0.5, quality: "480p" },
    are: 1,
    why: "one is given its default",
  },
  { given: { ratio: 0.5 }, are: 0, why: "one is left out" },
  { given: { ratio: 0.5, quality: null }, are: 0, why: "one is null" },
  { given: { audioOnly: false, fps: 15 }, are: 0, why: "one has its default" },
  { given: { audioOnly: true, fps: 15 }, are: 1, why: "a flag is set" },
])("two exclude each other, or do not: $why", ({ given, are }) => {
  const lines = exclusions(TABLE, given, (key) => `--${key}`);
  assertEquals(lines.length, are);
  assertEquals(readTable(TABLE, given).mistakes.length, are);
  for (const line of lines) {
    assertEquals(/^--\w+, --\w+: they exclude each other/.test(line), true);
  }
});

const GIVEN = fc.record({
  clients: fc.integer({ min: 1, max: 100 }),
  quality: fc.constantFrom("480p", "720p"),
  fps: fc.constantFrom(15, 30),
  hold: fc.integer({ min: 0, max: 480 * 3600 }).map((sec) => `${sec}s`),
  ratio: fc.option(fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000)),
  audioOnly: fc.boolean(),
  names: fc.array(fc.stringMatching(/^\w+( \w+)?$/)),
}, { requiredKeys: [] });

Deno.test("what the record has can be given again, and comes to the same", () => {
  fc.assert(fc.property(GIVEN, (given) => {
    const { values } = readTable(TABLE, given);
    const record = JSON.parse(JSON.stringify(recordOf(TABLE, values)));
    assertEquals(readTable(TABLE, record).values, values);
  }));
});

Deno.test("a value as it could be typed is read as the same value", () => {
  fc.assert(fc.property(GIVEN, (given) => {
    const { values } = readTable(TABLE, given);
    for (const [key, recorded] of Object.entries(recordOf(TABLE, values))) {
      if (recorded === null) continue;
      const { [key as keyof typeof TABLE]: option } = TABLE;
      const typed = option.read(typedValue(recorded));
      assertEquals<unknown>(typed, { value: values[key] });
    }
  }));
});

Deno.test("a secret is in no record, and not repeated where it is refused", () => {
  const token = secretKind(
    "JWT",
    "a token",
    (given) => given.startsWith("ey") ? given : undefined,
  );
  const table = { token: optional<string, string>(token, { help: "" }) };
  const { values } = readTable(table, { token: "ey.secret" });
  assertEquals(recordOf(table, values), { token: true });
  assertEquals(readTable(table, { token: "hunter2" }).mistakes, [
    "token: it takes a token.",
  ]);
});

Deno.test("what speaks against values here and now is asked with all of them", async () => {
  const table = {
    clip: optional<string, string>(text("FILE"), {
      help: "",
      verify: (value, { clients }) =>
        Promise.resolve(
          value === undefined ? undefined : `${value}: not for ${clients}`,
        ),
    }),
    clients: TABLE.clients,
  };
  const lines = (given: object) =>
    verifyTable(table, readTable(table, given as never).values);
  assertEquals(await lines({ clip: "a.webm", clients: 7 }), [
    "a.webm: not for 7",
  ]);
  assertEquals(await lines({}), []);
});

Deno.test("a table with other defaults is another one, and options that may change are marked", () => {
  const other = withDefaults(TABLE, { clients: 50 });
  assertEquals(readTable(other, {}).values.clients, 50);
  assertEquals(readTable(TABLE, {}).values.clients, 5);
  assertEquals(Object.keys(liveOptions(other)), ["clients"]);
});
