import { assertEquals } from "@std/assert";
import { tooFew } from "../../../lib/agents/too_few.ts";

const free = (id: string, version: string) => ({
  ...{ id, version, by: null, sinceMs: null },
});
const busy = { ...free("b1", "0.9.0"), by: "there, process 7", sinceMs: 8_200 };

Deno.test.each([
  {
    why: "nobody is there",
    count: 2,
    cards: [],
    want: "0 are free. Start more with the command agent, or ask for fewer.",
  },
  {
    why: "an older one has to be updated, and then there are enough",
    count: 1,
    cards: [free("a1", "0.8.9")],
    want:
      "0 are free, a1 has 0.8.9 and this is 0.9.0. Update a1 to 0.9.0, or ask for fewer.",
  },
  {
    why: "older ones are all named, and numbers are compared as numbers",
    count: 3,
    cards: [free("a1", "0.0.10"), free("a2", "0.9.0"), free("a3", "0.8.0")],
    want:
      "1 is free, a1 has 0.0.10 and this is 0.9.0, a3 has 0.8.0 and this is 0.9.0. Update a1, a3 to 0.9.0, or ask for fewer.",
  },
  {
    why: "where theirs is newer, whoever asks is behind",
    count: 1,
    cards: [free("a1", "0.10.0")],
    want:
      "0 are free, a1 has 0.10.0 and this is 0.9.0. Update this one to 0.10.0, which a1 has, or ask for fewer.",
  },
  {
    why: "updating alone does not do where others are busy",
    count: 2,
    cards: [free("a1", "0.8.0"), busy],
    want:
      "0 are free, a1 has 0.8.0 and this is 0.9.0, b1 has been of there, process 7 for 8 s. Update a1 to 0.9.0, start more with the command agent, or ask for fewer.",
  },
])("too few agents: $why", ({ count, cards, want }) => {
  const text = tooFew({
    ...{ count, cards, group: "g", broker: "nats://there", version: "0.9.0" },
  });
  const agents = count === 1 ? "1 agent" : `${count} agents`;
  assertEquals(
    text,
    `Cannot use ${agents} of group g at nats://there: ${want}`,
  );
});
