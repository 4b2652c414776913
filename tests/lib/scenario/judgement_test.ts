/** What runs without thresholds are judged to be, from the first packet to the sentence, in virtual time. */

import { assertEquals, assertMatch } from "@std/assert";
import { type Crowd, defineScenario } from "../../../lib/scenario/mod.ts";
import {
  type FakeCrowd,
  fakeCrowd,
  type FakeCrowdOptions,
} from "../../../lib/testing/mod.ts";

interface Case {
  readonly why: string;
  /** Seconds of media, if nothing else is done. @default {12} */
  readonly seconds?: number;
  /** Who comes. @default {4} */
  readonly clients?: number;
  readonly publish?: (index: number) => boolean;
  readonly thresholds?: readonly string[];
  readonly disrupts?: boolean;
  readonly differences?: FakeCrowdOptions;
  /** What the server throws away of what it should forward, by the seconds since its start. */
  readonly drops?: (sec: number, call: number) => boolean;
  /** What is done once all are there. @default {they stay} */
  readonly act?: (crowd: Crowd, fake: FakeCrowd) => Promise<void>;
  readonly want: readonly [status: string, reason: RegExp];
}

const HEALTHY = ["passed", /^everything watched was healthy$/] as const;

Deno.test.each(
  [
    { why: "a meeting in which all is well passes", want: HEALTHY },
    {
      why: "a lone client has nobody to hear, and passes",
      clients: 1,
      want: HEALTHY,
    },
    {
      why: "one who sends to many passes",
      clients: 6,
      publish: (index) => index === 0,
      want: HEALTHY,
    },
    {
      why: "viewers of nobody pass",
      publish: () => false,
      want: HEALTHY,
    },
    {
      why: "no consumer ever comes to be",
      differences: ignoring("consume"),
      want: [
        "failed",
        /^4 of 4 clients never received anything, although there was/,
      ],
    },
    {
      why: "not in three seconds either",
      differences: ignoring("consume"),
      seconds: 2.5,
      want: ["failed", /^4 of 4 clients never received anything/],
    },
    {
      why: "nor is it a pass because thresholds are kept",
      differences: ignoring("consume"),
      thresholds: ["loss < 1%", "connected == 100%"],
      want: ["failed", /^4 of 4 clients never received anything/],
    },
    {
      why: "nor because a few packets came before everything fell silent",
      drops: (sec) => sec >= 2,
      thresholds: ["loss < 100%", "connected == 100%"],
      want: [
        "failed",
        /^critical: from 0:0\d on, 100 % of.*; 4 of 4 clients lost media for/,
      ],
    },
    {
      why: "nor because some had media for a while, and the others never",
      drops: (sec) => sec >= 4,
      differences: ignoring("consume", 2),
      thresholds: ["connected == 100%"],
      want: [
        "failed",
        /^critical: from 0:0\d on, .* were missing: .*no reply.*; 2 of 4 clients never received/,
      ],
    },
    {
      why: "thresholds that are kept decide, and what else is wrong is told",
      drops: (_, call) => call % 3 === 0,
      thresholds: ["connected == 100%"],
      want: [
        "passed",
        /^the threshold passed; without it the run would have failed: from 0:0\d on, 3\d\.\d % of the tracks/,
      ],
    },
    {
      why: "nobody may send",
      differences: ignoring("produce"),
      want: ["failed", /^4 of 4 clients never sent/],
    },
    {
      why: "nor may a lone one",
      clients: 1,
      differences: ignoring("produce"),
      want: ["failed", /^1 of 1 client never sent/],
    },
    {
      why: "every consumer is refused",
      differences: {
        intercept: ({ type }) =>
          type === "consume" ? [{ type: "error", message: "no" }] : undefined,
      },
      want: ["failed", /^4 of 4 clients never received anything/],
    },
    {
      why: "media ends in the middle, and the time and the share are told",
      seconds: 20,
      drops: (sec) => sec >= 10,
      want: [
        "failed",
        /^critical: from 0:(09|10|11) on, 100 % of the tracks that should flow were missing; 4 of 4 clients lost media for good/,
      ],
    },
    {
      why: "it ends late in a long run",
      seconds: 300,
      drops: (sec) => sec >= 295,
      want: ["failed", /^critical: from 4:5\d on, 100 % of the tracks/],
    },
    {
      why: "it is away for six seconds of thirty",
      seconds: 30,
      drops: (sec) => sec >= 10 && sec < 16,
      want: [
        "failed",
        /^critical: from 0:(10|11) to 0:(15|16|17), 100 % of the tracks.*; [78]\d\.\d % of what clients/,
      ],
    },
    {
      why: "one track of three is silent all the time",
      drops: (_, call) => call % 3 === 0,
      want: [
        "failed",
        /^critical: from 0:0\d on, 3\d\.\d % of the tracks.*; 6\d\.\d % of what clients/,
      ],
    },
    {
      why: "one track of twelve is silent all the time, which is told",
      drops: (_, call) => call % 12 === 0,
      want: [
        "passed",
        /^with a warning: from 0:0\d on, 8\.\d % of the tracks that should flow were missing; 9\d\.\d % of what/,
      ],
    },
    {
      why:
        "thresholds that are kept decide, and what is warned of is told with them",
      drops: (_, call) => call % 12 === 0,
      thresholds: ["connected == 100%", "loss < 100%"],
      want: [
        "passed",
        /^all 2 thresholds passed, with warnings: still missing 8\.\d %; silent 8\.\d %; delivered 9\d\.\d %$/,
      ],
    },
    {
      why: "whoever is mute on purpose is not silent",
      seconds: 0,
      act: async (crowd) => {
        await crowd.wait(3000);
        await crowd.mute(crowd.connected);
        await crowd.wait(15_000);
        await crowd.unmute(crowd.connected);
        await crowd.wait(5000);
      },
      want: HEALTHY,
    },
    {
      why: "nor is whoever is mute to the end, to those who come later",
      seconds: 0,
      act: async (crowd) => {
        await crowd.mute(crowd.connected);
        await crowd.join({ video: false, publish: false });
        await crowd.wait(10_000);
      },
      want: HEALTHY,
    },
    {
      why: "people who come and go lose nothing",
      seconds: 0,
      act: async (crowd) => {
        for (let round = 0; round < 5; round++) {
          await crowd.wait(2000);
          await crowd.leave([crowd.connected[0]]);
          await crowd.join({ video: false });
        }
      },
      want: HEALTHY,
    },
    {
      why: "who is cut off on purpose and is back does not fail a run",
      seconds: 0,
      act: async (crowd) => {
        await crowd.wait(5000);
        await crowd.cut(crowd.connected);
        await crowd.wait(60_000);
      },
      want: ["passed", /healthy|^with a warning: .*cut off on purpose/],
    },
    {
      why: "packets that we dropped ourselves are a warning that says so",
      seconds: 0,
      act: async (crowd) => {
        for (const client of crowd.connected) await client.impair("loss=12%");
        await crowd.wait(20_000);
      },
      want: [
        "passed",
        /^with a warning: .*was delivered \(impaired networks dropped 2\d\.\d % of the packets\)/,
      ],
    },
    {
      why: "but they are no excuse for a server that sends nothing any more",
      seconds: 0,
      drops: (sec) => sec >= 12,
      act: async (crowd) => {
        for (const client of crowd.connected) await client.impair("loss=5%");
        await crowd.wait(25_000);
      },
      want: ["failed", /^critical: from 0:1\d on, 100 % of the tracks/],
    },
    {
      why: "nor for networks that never come back",
      seconds: 0,
      act: async (crowd) => {
        await crowd.wait(3000);
        for (const client of crowd.connected) await client.impair("loss=100%");
        await crowd.wait(40_000);
      },
      want: ["failed", /4 of 4 clients lost media for good/],
    },
    {
      why:
        "a server that was taken away on purpose is excused, once it is back",
      seconds: 0,
      disrupts: true,
      drops: (sec) => sec >= 5 && sec < 15,
      act: async (crowd) => await crowd.wait(25_000),
      want: [
        "passed",
        /^with a warning: from 0:0\d to 0:1\d.*the server was taken away on purpose/,
      ],
    },
    {
      why: "and not while it is not",
      seconds: 0,
      disrupts: true,
      drops: (sec) => sec >= 5,
      act: async (crowd) => await crowd.wait(25_000),
      want: ["failed", /^critical: from 0:0\d on, 100 % of the tracks/],
    },
    {
      why: "a request that is open when the client leaves is an error",
      seconds: 3,
      differences: ignoring("resumeConsumer"),
      want: [
        "failed",
        /^critical: .*answered nothing.*4 of 4 clients met errors$/,
      ],
    },
  ] satisfies Case[],
)("$why", async (one) => {
  const {
    seconds = 12,
    clients = 4,
    publish = () => true,
    thresholds = [],
    disrupts = false,
    differences = {},
    drops,
    act,
    want,
  } = one as Case;
  let call = 0;
  const fake = fakeCrowd({
    ...differences,
    ...(drops !== undefined && {
      drops: () => drops(fake.clock.nowMs() / 1000, call++),
    }),
  });
  const scenario = defineScenario({
    name: "judged",
    description: "People who talk.",
    options: {},
    disrupts,
    async run(crowd) {
      await crowd.joinAll(
        Array.from({ length: clients }, (_, index) => ({
          video: false,
          publish: publish(index),
        })),
      );
      await act?.(crowd, fake);
      await crowd.wait(seconds * 1000);
    },
  });
  const { verdict, judgement } = await scenario(fake, { thresholds });
  assertMatch(verdict.reason, want[1]);
  assertEquals(verdict.status, want[0]);
  // What is critical is told: no run passes over it.
  for (const { band, says } of judgement) {
    if (verdict.status === "passed" && thresholds.length === 0) {
      assertEquals(band !== "critical", true, says);
    }
  }
});

/** A server that answers so many of these requests, and no more. */
function ignoring(request: string, answered = 0): FakeCrowdOptions {
  let asked = 0;
  return {
    intercept: ({ type }) =>
      type === request && asked++ >= answered ? [] : undefined,
  };
}
