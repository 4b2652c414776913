import { assertEquals } from "@std/assert";
import { Allowance } from "../../../lib/client/allowance.ts";
import {
  type OfferedProducer,
  SubscriptionQuota,
  WORTH,
  type Worth,
} from "../../../lib/client/subscription_quota.ts";

const MAX = { maxAudio: 2, maxVideo: 1 };

function open(consumers = Infinity) {
  const worths = new Map<string, Worth>();
  const allowance = new Allowance();
  allowance.learn(consumers);
  const subscriptions = new SubscriptionQuota({
    ...MAX,
    allowance,
    worthOf: ({ producerId }) => worths.get(producerId) ?? WORTH.good,
  });
  return { subscriptions, allowance, worths };
}

function producer(producerId: string): OfferedProducer {
  const kind = producerId[0] === "a" ? "audio" : "video";
  return { participantId: "p", producerId, kind };
}

/**
 * What each step takes after offers (`+a1`), ends (`-a1`), refusals (`!a1`),
 * gifts back (`<a1`), refusals of one more than `n` (`n#a1`) and changes of
 * worth (`a1=own`); whose places were freed for it stands before a slash.
 */
Deno.test.each<
  { why: string; steps: string[]; takes: string[]; consumers?: number }
>([
  {
    why: "the first of each kind are taken, up to its limit",
    steps: ["+a1 +a2 +a3 +v1 +v2"],
    takes: ["a1 a2 v1"],
  },
  {
    why: "nothing is taken twice",
    steps: ["+a1", "+a1", ""],
    takes: ["a1", "", ""],
  },
  {
    why: "a free place goes to who has waited longest",
    steps: ["+a1 +a2 +a3 +a4", "-a2", "-a1"],
    takes: ["a1 a2", "a3", "a4"],
  },
  {
    why: "the place of one kind is no use to the other",
    steps: ["+v1 +v2 +a1", "-a1"],
    takes: ["v1 a1", ""],
  },
  {
    why: "who goes before its turn is not taken",
    steps: ["+a1 +a2 +a3", "-a3 -a1"],
    takes: ["a1 a2", ""],
  },
  {
    why: "a stay has as many consumers as the server grants, closed ones too",
    consumers: 5,
    steps: ["+a1", "-a1 +a2", "-a2 +a3", "-a3 +a4", "-a4 +a5", "-a5 +a6"],
    takes: ["a1", "a2", "a3", "a4", "a5", ""],
  },
  {
    why: "what the server refused was never made, so it does not count",
    consumers: 5,
    steps: ["+a1", "!a1 +a2", "-a2 +a3", "-a3 +a4", "-a4 +a5", "-a5 +a6"],
    takes: ["a1", "a2", "a3", "a4", "a5", "a6"],
  },
  {
    why: "what is given back is on offer again, behind the others",
    steps: ["+a1 +a2 +a3", "<a1"],
    takes: ["a1 a2", "a3"],
  },
  {
    why: "what is given back counts, as the server may have made it",
    consumers: 5,
    steps: ["+v1", "<v1", "<v1", "<v1", "<v1", "<v1"],
    takes: ["v1", "v1", "v1", "v1", "v1", ""],
  },
  {
    why: "once the server has refused one more, nothing is taken",
    steps: ["+a1 +a2", "1#a2", "-a1 +a3"],
    takes: ["a1 a2", "", ""],
  },
  {
    why: "the allowance that one client learnt holds for the next stay",
    consumers: 2,
    steps: ["+a1 +a2 +v1"],
    takes: ["a1 a2"],
  },
  {
    why:
      "a client's own are taken before those that others send, whoever came first",
    steps: ["+a1 a3=own +a2 +a3 +a4"],
    takes: ["a3 a1"],
  },
  {
    why: "who is gone is not taken, though there is a place",
    steps: ["a1=nothing +a1", "a1=own +a2"],
    takes: ["", "a1 a2"],
  },
  {
    why: "one that turns out to be silent makes way, for the next in turn",
    steps: ["+a1 +a2 +a3 +a4", "a1=silent", "a2=silent", "a3=silent"],
    takes: ["a1 a2", "a1/a3", "a2/a4", ""],
  },
  {
    why: "who is gone makes way before who is silent",
    steps: ["+a1 +a2 +a3", "a1=silent a2=nothing"],
    takes: ["a1 a2", "a2/a3"],
  },
  {
    why: "one that flows makes way for nobody, not for a client's own either",
    steps: ["+a1 +a2", "a3=own +a3"],
    takes: ["a1 a2", ""],
  },
  {
    why: "a silent one keeps its place while there is another free one",
    steps: ["+a1", "a1=silent +a2", "+a3"],
    takes: ["a1", "a2", "a1/a3"],
  },
  {
    why: "a silent one makes way for none of the other kind",
    steps: ["+a1 +a2 +v1 +v2", "a1=silent a2=silent"],
    takes: ["a1 a2 v1", ""],
  },
  {
    why: "a silent one that made way comes back when a place is free",
    steps: ["+a1 +a2 a1=silent +a3", "-a2"],
    takes: ["a2 a3", "a1"],
  },
  {
    why: "nobody makes way where the server grants no more",
    consumers: 2,
    steps: ["+a1 +a2", "a1=silent +a3"],
    takes: ["a1 a2", ""],
  },
])("$why", ({ steps, takes, consumers }) => {
  const { subscriptions, allowance, worths } = open(consumers);
  const apply = (word: string) => {
    const id = word.slice(1);
    switch (word[0]) {
      case "+":
        return subscriptions.offer(producer(id));
      case "-":
        return subscriptions.withdraw(id);
      case "!":
        return subscriptions.refuse(id);
      case "<":
        return subscriptions.giveBack(producer(id));
      case "1":
        allowance.learn(1);
        return subscriptions.deny(producer(word.slice(2)));
      default: {
        const [of, worth] = word.split("=");
        worths.set(of, WORTH[worth as keyof typeof WORTH]);
      }
    }
  };
  const names = (producers: readonly OfferedProducer[]) =>
    producers.map(({ producerId }) => producerId).join(" ");
  const taken = steps.map((step) => {
    for (const word of step.split(" ")) if (word !== "") apply(word);
    const freed = names(subscriptions.makeWay());
    const took = names(subscriptions.take());
    return freed === "" ? took : `${freed}/${took}`;
  });
  assertEquals(taken, takes);
});

Deno.test("what there is a place and no allowance for is told, once a track", () => {
  const { subscriptions } = open(1);
  const denied: string[] = [];
  const take = () =>
    subscriptions.take(({ producerId }) => denied.push(producerId));
  for (const id of ["a1", "a2", "a3", "v1"]) subscriptions.offer(producer(id));
  take();
  take();
  // There is a place for two of sound and one of video.
  assertEquals(denied, ["a2", "v1"]);
  subscriptions.withdraw("a2");
  take();
  assertEquals(denied, ["a2", "v1", "a3"]);
});

Deno.test("a place is taken from the taking to the end of the track", () => {
  const { subscriptions } = open();
  subscriptions.offer(producer("a1"));
  const seen = [subscriptions.has("a1")];
  subscriptions.take();
  seen.push(subscriptions.has("a1"));
  subscriptions.withdraw("a1");
  seen.push(subscriptions.has("a1"));
  assertEquals(seen, [false, true, false]);
});
