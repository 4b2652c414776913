/** Who asks for a look is answered by one that began afterwards. */

import { assertEquals } from "@std/assert";
import { Pace } from "../../../lib/monitor/pace.ts";

/** Who of several has been answered by now. */
function answers(pace: Pace) {
  const answered: string[] = [];
  return {
    ask: (name: string) => pace.ask().then(() => answered.push(name)),
    async heard() {
      await Promise.resolve();
      await Promise.resolve();
      return [...answered];
    },
  };
}

Deno.test("a look that had begun answers nobody who asked meanwhile; the next one does, and all of them", async () => {
  const pace = new Pace();
  const { ask, heard } = answers(pace);
  const taken = pace.begin();
  ask("a");
  ask("b");
  taken();
  assertEquals(await heard(), []);
  const next = pace.begin();
  ask("c");
  assertEquals(await heard(), [], "it has only begun");
  next();
  assertEquals(await heard(), ["a", "b"]);
  pace.begin()();
  assertEquals(await heard(), ["a", "b", "c"]);
});

Deno.test("whoever asks makes it hurry, until a look begins", () => {
  const pace = new Pace();
  const waiting = pace.hurry;
  assertEquals(waiting.aborted, false);
  pace.ask();
  assertEquals(waiting.aborted, true);
  assertEquals(pace.hurry.aborted, true, "who looks only now hears it, too");
  pace.begin();
  assertEquals(pace.hurry.aborted, false);
});
