/** A generator that is stopped, as a laptop or a virtual machine is: told, and in no figure. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { OutDir, Program } from "./program.ts";

const STOPPED_MS = 2000;

Deno.test.each([1, 2])(
  "a generator of %d threads that stood still says so, floods nobody, and blames nobody",
  async (workers) => {
    using out = new OutDir();
    const args = ["--embedded", "-c", "3", "-d", "6", "-r", "0"];
    await using program = new Program([
      "run",
      ...args,
      "--workers",
      String(workers),
      "--out",
      out.path,
    ]);
    await program.printed("stderr", /^media .* 3 of 3 connected/m);
    await sleep(1000);
    program.kill("SIGSTOP");
    await sleep(STOPPED_MS);
    program.kill("SIGCONT");
    const { code, stdout } = await program.ended();
    assertEquals(code, 98, "a quarter of the run");
    // On a machine that is busy it was late, too.
    assertMatch(stdout, /^INVALID /);
    assertMatch(stdout, /^\S* +The generator stood still for \d\.\d s of/m);
    assertMatch(stdout, /stood still for \d\.\d s at 0:\d\d; those seconds/);
    const { summary } = out.read();
    const { generator, media, timeline, signalingLatencies } = summary;
    const [{ ms, nodes }] = generator.standstills;
    assertEquals(nodes.length, workers);
    assert(ms > 0.9 * STOPPED_MS, `${ms}`);
    const { packetsPlanned, packetsSent, packetsSkipped } = generator;
    assert(packetsSkipped > 0);
    assertEquals(packetsPlanned, packetsSent + packetsSkipped);
    assertEquals([media.loss.lost, summary.totalErrors], [0, 0]);
    // Nothing took as long as the standstill, nor was what was due then sent in a flood.
    const longest = [
      generator.latenessMs.maxMs,
      media.latencyMs.maxMs,
      media.jitterMs.maxMs,
      media.video.longestFreezeMs,
      ...Object.values(signalingLatencies.operations).map((one) => one.maxMs),
    ];
    assert(Math.max(...longest) < STOPPED_MS, `${longest}`);
    const rates = timeline.map((point) => point.packetsSentPerSec).toSorted((
      a,
      b,
    ) => a - b);
    const usual = rates[rates.length >> 1];
    assert(rates.at(-1)! < 2 * usual, `${rates}`);
  },
);

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
