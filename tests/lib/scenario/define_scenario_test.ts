import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  defineScenario,
  isScenario,
  option,
  ScenarioUsageError,
} from "../../../lib/scenario/mod.ts";
import { fakeCrowd } from "../../../lib/testing/mod.ts";

const talk = defineScenario({
  name: "talk",
  description: "One talks, one listens.",
  options: {
    clients: option.wholeNumber("how many", { default: 2, min: 1 }),
    length: option.duration("how long", { default: "5s" }),
  },
  async run(crowd, { length, clients }, { seed, say }) {
    await crowd.fill({ clients, video: false });
    say("all are here");
    await crowd.wait(length);
    return { heard: crowd.snapshot().counters.packetsReceived > 0, seed };
  },
  describe: ({ heard }) => [heard ? "heard" : "silent"],
});

Deno.test("a scenario is a function of its own name, and sums up with what it found", async () => {
  assertEquals(
    [talk.name, talk.description, isScenario(talk)],
    ["talk", "One talks, one listens.", true],
  );
  const summary = await talk(fakeCrowd({ seed: 7 }), { length: "20s" });
  assertEquals(summary.scenario, {
    name: "talk",
    result: { heard: true, seed: 7 },
  });
  assertEquals(summary.verdict.status, "passed");
  assertEquals(summary.seed, 7);
  assertEquals(summary.config, {
    scenario: "talk",
    thresholds: [],
    clients: 2,
    length: "20s",
  });
});

Deno.test("every mistake among the options is told at once, before anything starts", () => {
  const given = {
    lenght: "5s",
    length: "5 parsecs",
    clients: 0,
    zebra: 1,
    vus: 3,
  };
  const { mistakes } = assertThrows(
    () => talk.prepare(given),
    ScenarioUsageError,
  ) as ScenarioUsageError;
  assertEquals(mistakes, [
    "lenght: talk has no such option, did you mean length?",
    "zebra: talk has no such option; it has thresholds, clients, length.",
    "vus: talk has no such option, did you mean clients?",
    'clients: "0" is not a whole number from 1 to 100000.',
    'length: "5 parsecs" is not a duration such as 30, 500ms, 90s, 5m or 1h, up to 480h.',
  ]);
});

Deno.test("what only a look at the world tells is told before anything starts, too", async () => {
  const reads = defineScenario({
    name: "reads",
    description: "",
    options: {
      media: option.media(),
      audio: option.toggle("", { default: true }),
      video: option.toggle("", { default: true }),
    },
    run: () => Promise.resolve("it ran"),
  });
  const target = {
    ...fakeCrowd(),
    perform: () => Promise.reject(new Error("it began")),
  };
  const error = await assertRejects(
    () => reads(target, { media: "nowhere.webm" }),
    ScenarioUsageError,
  );
  assertMatch(error.message, /^Cannot use nowhere.webm: there is no such file/);
  assertEquals(await reads.prepare({ media: "builtin" }).verify(), []);
  assertEquals(await reads.prepare({}).verify(), []);
  const nothing = { media: "builtin", audio: false, video: false };
  assertMatch(
    (await reads.prepare(nothing).verify())[0],
    /of which nothing is sent/,
  );
});

Deno.test("layers of a video that is not sent are a mistake", async () => {
  const sends = defineScenario({
    name: "sends",
    description: "",
    options: {
      simulcast: option.simulcast(),
      video: option.toggle("", { default: true }),
    },
    run: () => Promise.resolve("it ran"),
  });
  const { length } = await sends.prepare({ simulcast: true }).verify();
  assertEquals(length, 0);
  assertMatch(
    (await sends.prepare({ simulcast: true, video: false }).verify())[0],
    /^simulcast, video=off: there is no video/,
  );
});

Deno.test("an option that leaves another one no meaning excludes it, unless it says nothing", () => {
  const reads = defineScenario({
    name: "reads",
    description: "",
    options: { media: option.media(), quality: option.quality() },
    run: () => Promise.resolve(),
  });
  assertThrows(
    () => reads.prepare({ media: "builtin", quality: "720p" }),
    ScenarioUsageError,
    "media, quality: they exclude each other, leave one out.",
  );
  reads.prepare({ media: "synthetic", quality: "720p" });
});

Deno.test("threads are chosen by the clients at the peak", () => {
  assertEquals(talk.prepare({ clients: 300 }).peak, 300);
  const other = defineScenario({
    name: "other",
    description: "",
    options: { rooms: option.wholeNumber("", { default: 3 }) },
    run: () => Promise.resolve(),
    peak: ({ rooms }) => rooms * 10,
  });
  assertEquals(other.prepare({}).peak, 30);
});

Deno.test("what a scenario judges stands above the bands, unless it was cut off", async () => {
  const gloomy = (found: unknown) =>
    defineScenario({
      name: "gloomy",
      description: "",
      options: {},
      async run(crowd) {
        await crowd.join();
        return found;
      },
      judge: (mood, { status }) => ({
        status: "failed",
        reason: `${mood}, was ${status}`,
      }),
    });
  assertEquals((await gloomy("sad")(fakeCrowd())).verdict, {
    status: "failed",
    reason: "sad, was passed",
  });
  assertEquals((await gloomy("sad")(fakeCrowd())).exitCode, 99);
  const { verdict, partial } = await defineScenario({
    name: "endless",
    description: "",
    options: {},
    async run(crowd) {
      await crowd.wait(1e9);
      return "late";
    },
    judge: () => ({ status: "passed", reason: "as always" }),
  })(fakeCrowd({ mostMs: 5000 }));
  assertEquals([verdict.status, partial], ["interrupted", true]);
});

Deno.test("a script that throws leaves a broken run, with all that was measured", async () => {
  const clumsy = defineScenario({
    name: "clumsy",
    description: "",
    options: {},
    async run(crowd) {
      await crowd.join();
      throw new Error("tripped");
    },
  });
  const { verdict, successfulConnections } = await clumsy(fakeCrowd());
  assertEquals(verdict, { status: "broke", reason: "tripped" });
  assertEquals(successfulConnections, 1);
});

Deno.test("a script that asks nobody to come is no pass", async () => {
  const lonely = defineScenario({
    name: "lonely",
    description: "",
    options: {},
    run: (crowd) => crowd.wait("1s"),
  });
  const { verdict } = await lonely(fakeCrowd());
  assertEquals(verdict, {
    status: "broke",
    reason:
      "nobody came: the scenario ended without having asked anyone to join",
  });
});

Deno.test.each<{ why: string; definition: object; says: string }>([
  {
    why: "no name",
    definition: { run() {} },
    says: "Cannot define a scenario: it has no name.",
  },
  {
    why: "nothing to run",
    definition: { name: "odd", options: {} },
    says: "Cannot define the scenario odd: its run is not a function.",
  },
  {
    why: "an option that is a number",
    definition: { name: "odd", options: { clients: 5 }, run() {} },
    says:
      'Cannot define the scenario odd: its option clients was not made with option, such as option.duration("how long", { default: "5s" }).',
  },
])("a scenario with $why is none", ({ definition, says }) => {
  const untyped = defineScenario as (definition: object) => unknown;
  assertThrows(() => untyped(definition), TypeError, says);
});

Deno.test("what is no scenario is told apart", () => {
  assertEquals([isScenario(() => {}), isScenario({}), isScenario(null)], [
    false,
    false,
    false,
  ]);
});
