/** A generator that is too slow must blame itself, never the server. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { OutDir, Program } from "./program.ts";

/** Longer than the lateness that a valid run allows, and about half of the time. */
const PAUSE_MS = 150;

Deno.test("a generator that is held up half of the time makes its run invalid", async () => {
  using out = new OutDir();
  const args = ["--embedded", "-c", "3", "-d", "4", "-r", "0"];
  await using program = new Program(["run", ...args, "--out", out.path]);
  await program.printed("stderr", /^media .* 3 of 3 connected/m);
  const stop = pauseAgainAndAgain(program);
  const { code, stdout } = await program.ended();
  await stop();
  assertEquals(code, 98);
  assert(stdout.startsWith("INVALID"), stdout);
  const { summary } = out.read();
  assertStringIncludes(summary.invalid?.reason ?? "", "the generator");
  assertEquals(summary.verdict.status, "invalid");
  assertEquals(summary.partial, false);
});

/** Stops and continues the process; returns the way to end that. */
function pauseAgainAndAgain(program: Program): () => Promise<void> {
  let going = true;
  const pause = () =>
    new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS));
  const done = (async () => {
    while (going) {
      program.kill("SIGSTOP");
      await pause();
      program.kill("SIGCONT");
      await pause();
    }
  })();
  return () => {
    going = false;
    return done;
  };
}
