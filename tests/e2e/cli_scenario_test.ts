/** Scenarios from the command line: ours, anyone's, and every way to get one wrong. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startSfu } from "../../mod.ts";
import { OutDir, runProgram } from "./program.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

Deno.test("a scenario runs by its name, and its options are on record", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  const { code, stdout } = await runProgram(
    `run --scenario smoke -s ${sfu.url} --seed 9 --out ${out.path} clients=3 duration=1s`
      .split(" "),
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^PASSED {2}All 3 thresholds passed/);
  const { summary, results } = out.read();
  assertEquals(results.length, 3);
  assertEquals(summary.scenario, { name: "smoke", result: null });
  assertEquals([summary.seed, summary.config.clients], [9, 3]);
});

Deno.test("a file of one's own runs the same way, and says what it found", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  using dir = new OutDir();
  const file = `${dir.path}/my_test.ts`;
  await Deno.writeTextFile(
    file,
    `import { defineScenario, option } from "${MOD}";
export default defineScenario({
  name: "mine",
  description: "One joins.",
  options: { room: option.text("where", { default: "here" }) },
  async run(crowd, { room }, { say }) {
    const user = await crowd.join({ room });
    say("one is in");
    return user.room;
  },
  describe: (room) => ["joined " + room],
});
`,
  );
  const { code, stdout, stderr } = await runProgram(
    `run --scenario ${file} -s ${sfu.url} --out ${out.path} room=a=b`
      .split(" "),
  );
  assertEquals(code, 0);
  assertMatch(stderr, /^one is in$/m);
  assert(stdout.endsWith("\njoined a=b\n"), stdout);
  assertEquals(out.read().summary.scenario, { name: "mine", result: "a=b" });
});

Deno.test("a scenario's own file runs by itself", async () => {
  using out = new OutDir();
  const smoke = new URL("../../scenarios/smoke.ts", import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      smoke,
      "--embedded",
      "--out",
      out.path,
      "duration=1s",
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertMatch(new TextDecoder().decode(stdout), /^PASSED/);
});

const REFUSED: readonly { readonly args: string; readonly says: string }[] = [
  {
    args: "run --scenario webinarr",
    says:
      '--scenario: there is no scenario "webinarr", did you mean webinar?\n',
  },
  {
    args: "run --scenario smoke clienst=3 duration=3y",
    says: "clienst: smoke has no such option, did you mean clients?\n" +
      'duration: "3y" is not a duration of at least 1ms such as 30, 500ms, 90s, 5m or 1h, up to 480h.\n',
  },
  {
    args: "run --scenario smoke clients=1 clients=2",
    says: "clients: it was given 2 times.\n",
  },
  {
    args: "run --scenario smoke --clients 3",
    says: "--clients: with --scenario, write clients=… in its place.\n",
  },
  {
    args: "run clients=3",
    says:
      '"clients=3": it is an option of a scenario, and there is no --scenario.\n',
  },
  {
    args: "capacity",
    says:
      "capacity needs a server: give it with --server URL, or start one with --embedded.\n",
  },
  ...(Deno.build.os === "windows" ? [] : [{
    args: "run --scenario /dev/zero",
    says: "--scenario: cannot load /dev/zero: it is not a plain file.\n",
  }, {
    args: "run -s ws://127.0.0.1:9/ws --signaling /dev/zero",
    says:
      "--signaling: cannot load file:///dev/zero: it is not a plain file.\n",
  }]),
  {
    args: `run --scenario ${import.meta.resolve("./program.ts")}`,
    says: `--scenario: ${
      import.meta.resolve("./program.ts")
    } exports no scenario; make one with defineScenario.\n`,
  },
];

Deno.test.each(REFUSED)(
  "$args is refused in plain words",
  async ({ args, says }) => {
    const { code, stdout, stderr } = await runProgram(args.split(" "));
    assertEquals([code, stdout, stderr], [2, "", says]);
  },
);

Deno.test("the options of a scenario are listed with their defaults", async () => {
  const { code, stdout } = await runProgram(
    "run --scenario ramp --help".split(" "),
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^ {2}stages=… .*\[30s:20,1m:20,10s:0\]$/m);
});

Deno.test("a threshold with abort ends the run early, with 99", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  const { code } = await runProgram([
    "run",
    "--quiet",
    `-s=${sfu.url}`,
    "-c=1",
    "-d=600",
    "-r=0",
    "--audio-only",
    "--threshold=join max < 1us abort",
    `--out=${out.path}`,
  ]);
  assertEquals(code, 99);
  const { summary } = out.read();
  assertEquals(summary.partial, true);
  assertEquals(summary.thresholds[0].worst?.id, "client-0");
});

Deno.test("what a script prints is on standard error beside JSON, and what it throws in a timer breaks the run", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using out = new OutDir();
  using dir = new OutDir();
  const file = `${dir.path}/stray.js`;
  await Deno.writeTextFile(
    file,
    `import { defineScenario } from "${MOD}";
console.log("loaded");
export default defineScenario({
  name: "stray",
  description: "One joins, and a timer trips.",
  options: {},
  async run(crowd) {
    console.log("begun");
    await crowd.join({ video: false });
    setTimeout(() => { throw new Error("tripped"); });
    await crowd.wait("20s");
  },
});
`,
  );
  const { code, stdout, stderr } = await runProgram(
    `run --scenario ${file} -s ${sfu.url} --json --quiet --out ${out.path}`
      .split(" "),
  );
  assertEquals(JSON.parse(stdout).verdict, {
    status: "broke",
    reason: "the run's own code threw where nobody waits for it: tripped",
  });
  assertEquals([code, out.read().results.length], [1, 1]);
  assertMatch(stderr, /^loaded\nbegun\nCannot finish the run: /);
});
