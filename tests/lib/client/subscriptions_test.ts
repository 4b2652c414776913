import { assertEquals } from "@std/assert";
import { Subscriptions } from "../../../lib/client/subscriptions.ts";

const WHO = { participantId: "p" };
const LIMITS = { maxAudio: 2, maxVideo: 1, perStay: 5 };

/** What each step takes, after offers (`+a1`), ends (`-a1`), refusals (`!a1`), gifts back (`<a1`) and exhaustion (`x`). */
Deno.test.each<{ why: string; steps: string[]; takes: string[] }>([
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
    why: "a stay has so many consumers, closed ones too",
    steps: ["+a1", "-a1 +a2", "-a2 +a3", "-a3 +a4", "-a4 +a5", "-a5 +a6"],
    takes: ["a1", "a2", "a3", "a4", "a5", ""],
  },
  {
    why: "what the server refused was never made, so it does not count",
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
    steps: ["+v1", "<v1", "<v1", "<v1", "<v1", "<v1"],
    takes: ["v1", "v1", "v1", "v1", "v1", ""],
  },
  {
    why: "once the server has said no more, nothing is taken",
    steps: ["+a1", "x -a1 +a2", "!a2 +a3"],
    takes: ["a1", "", ""],
  },
])("$why", ({ steps, takes }) => {
  const subscriptions = new Subscriptions(LIMITS);
  const apply = (word: string) => {
    const producerId = word.slice(1);
    const kind = producerId[0] === "a" ? "audio" : "video";
    switch (word[0]) {
      case "+":
        return subscriptions.offer({ ...WHO, producerId, kind });
      case "-":
        return subscriptions.withdraw(producerId);
      case "!":
        return subscriptions.refuse(producerId);
      case "<":
        return subscriptions.giveBack({ ...WHO, producerId, kind });
      case "x":
        return subscriptions.exhaust();
    }
  };
  const taken = steps.map((step) => {
    for (const word of step.split(" ")) apply(word);
    return subscriptions.take().map(({ producerId }) => producerId).join(" ");
  });
  assertEquals(taken, takes);
});

Deno.test("a place is taken from the taking to the end of the track", () => {
  const subscriptions = new Subscriptions(LIMITS);
  subscriptions.offer({ ...WHO, producerId: "a1", kind: "audio" });
  const seen = [subscriptions.has("a1")];
  subscriptions.take();
  seen.push(subscriptions.has("a1"));
  subscriptions.withdraw("a1");
  seen.push(subscriptions.has("a1"));
  assertEquals(seen, [false, true, false]);
});
