/** Runs whose clients are elsewhere: in processes of this machine, and through ssh. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { AgentProcess } from "../../lib/agents/agent_process.ts";
import { rampAndHold } from "../../lib/load/mod.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { run, type RunOptions, type RunOutcome } from "../../lib/run/mod.ts";
import { type Sfu, spawnSfu } from "../../lib/sfu/mod.ts";
import { OutDir, Program, runProgram } from "../e2e/program.ts";
import { descendants } from "../e2e/processes.ts";
import { noSshd, startBox } from "./ssh_box.ts";
import { planOf } from "../plans.ts";
import { TempFolder } from "../temp_folder.ts";

const RAMP_MS = 500;
const CLIENTS = 8;

function runAt(
  url: string,
  room: string,
  over: Partial<RunOptions> = {},
): Promise<RunOutcome> {
  return run({
    server: { url },
    engine: null,
    plan: planOf(CLIENTS, {
      ...mediaPlanOf({ video: false }),
      stages: rampAndHold(CLIENTS, RAMP_MS, 2500),
      room,
      rooms: 3,
    }),
    ...{ rampUpMs: RAMP_MS, config: {}, thresholds: [] },
    ...over,
  });
}

/** What is the same wherever clients run. */
function countsOf({ summary, snapshot }: RunOutcome): unknown {
  return {
    clients: snapshot.clients.map(({ index, clientId, role, state }) => (
      { index, clientId, role, state }
    )),
    joins: snapshot.trends.join.count,
    connected: summary.successfulConnections,
    producers: summary.totalProducersCreated,
    consumers: summary.totalConsumersCreated,
    errors: summary.errors,
  };
}

/** Every packet of the whole is one of a part, and of a client. */
function assertAddsUp(
  { snapshot: { counters, trends, parts, clients } }: RunOutcome,
): void {
  for (const name of ["packetsSent", "packetsReceived"] as const) {
    const sum = (amounts: readonly number[]) =>
      amounts.reduce((total, amount) => total + amount, 0);
    assertEquals(
      sum(parts!.map((part) => part.counters[name])),
      counters[name],
    );
    assertEquals(sum(clients.map((client) => client[name])), counters[name]);
  }
  const lateness = parts!.map((part) => part.trends.lateness);
  assertEquals(
    lateness.reduce((count, trend) => count + trend.count, 0),
    trends.lateness.count,
  );
  assertEquals(
    Math.max(...lateness.map(({ max }) => max)),
    trends.lateness.max,
  );
}

async function assertNobodyIsLeft(sfu: Sfu): Promise<void> {
  const response = await fetch(`${sfu.httpUrl}/health`);
  const { participants, rooms } = await response.json();
  assertEquals({ participants, rooms }, { participants: 0, rooms: 0 });
  const own = [
    sfu.pids[0],
    ...(await descendants(sfu.pids[0])).map(({ pid }) => pid),
  ];
  const others = (await descendants(Deno.pid)).filter(({ pid }) =>
    !own.includes(pid)
  );
  assertEquals(others, []);
}

Deno.test("three processes come to what one comes to, and the whole is the sum of its parts", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const [one, three] = await Promise.all([
    runAt(sfu.url, "one"),
    runAt(sfu.url, "three", {
      agents: { choice: { kind: "local", count: 3 }, threads: "auto" },
    }),
  ]);
  assertEquals(countsOf(three), countsOf(one));
  assertEquals(
    three.snapshot.parts!.map(({ node }) => node),
    ["agent-0", "agent-1", "agent-2"],
  );
  assertAddsUp(three);
  assert(three.snapshot.trends.mediaLatency.count > 0);
  await assertNobodyIsLeft(sfu);
});

Deno.test("where one agent cannot reach the server, none begins, and it is named", async () => {
  await assertRejects(
    () =>
      runAt("ws://127.0.0.1:1/ws", "none", {
        agents: { choice: { kind: "local", count: 2 }, threads: 1 },
      }),
    Error,
    `(${Deno.hostname()}): Cannot reach ws://127.0.0.1:1/ws: connection refused.`,
  );
  assertEquals(await descendants(Deno.pid), []);
});

Deno.test.each([
  { says: "Timeout, server h1 not responding.", code: 255 },
  { says: "Connection to h1 closed by remote host.", code: 255 },
  { says: "", code: 143 },
])(
  "of ssh that ends while it carries an agent its end is told, and its last words: $says",
  async ({ says, code }) => {
    await using process = new AgentProcess({
      ...{ name: "ssh me@h1", command: "sh" },
      args: [
        "-c",
        `echo "rtcrowd-frames 1"; echo "${says}" >&2; exit ${code}`,
      ],
    });
    assertEquals(
      await process.closed,
      `ssh me@h1 ended with code ${code}${says === "" ? "" : `: ${says}`}`,
    );
  },
);

/** Has what is run through ssh see a home of its own, and programs of this path alone. */
async function withSsh(
  path: string,
  use: (home: string) => Promise<void>,
): Promise<void> {
  using temp = new TempFolder();
  const home = temp.path;
  await using box = await startBox({
    HOME: home,
    PATH: path,
    DENO_DIR: await denoDir(),
  });
  Deno.env.set("RTCROWD_SSH_OPTIONS", `-F ${box.config}`);
  try {
    await use(home);
  } finally {
    Deno.env.delete("RTCROWD_SSH_OPTIONS");
  }
}

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

const SYSTEM_PATH = "/usr/bin:/bin";

Deno.test({
  name:
    "two machines with nothing but ssh and Deno share a run, and nothing of it is left there but the sources",
  ignore: await noSshd(),
  async fn() {
    using temp = new TempFolder();
    const bin = temp.path;
    await Deno.symlink(Deno.execPath(), `${bin}/deno`);
    await using sfu = await spawnSfu({ engine: "werift" });
    await withSsh(`${bin}:${SYSTEM_PATH}`, async (home) => {
      const outcome = await runAt(sfu.url, "ssh", {
        agents: {
          choice: { kind: "ssh", destinations: ["box", "box"] },
          threads: 1,
        },
      });
      assertEquals(outcome.summary.successfulConnections, CLIENTS);
      assertAddsUp(outcome);
      const [cache, ...others] = [
        ...Deno.readDirSync(`${home}/.cache/rtcrowd`),
      ];
      assert(/^[0-9a-f]{32}$/.test(cache.name));
      assertEquals(others, []);
    });
    await assertNobodyIsLeft(sfu);
  },
});

Deno.test({
  name:
    "a coordinator that is killed leaves on a machine of ssh its part of the run, which merge reads, and nothing that goes on",
  ignore: await noSshd(),
  async fn() {
    using temp = new TempFolder();
    const bin = temp.path;
    await Deno.symlink(Deno.execPath(), `${bin}/deno`);
    await using sfu = await spawnSfu({ engine: "werift" });
    using out = new OutDir();
    await withSsh(`${bin}:${SYSTEM_PATH}`, async (home) => {
      await using program = new Program([
        ...["run", `--server=${sfu.url}`, "--agents=ssh:box"],
        ...["--clients=2", "--audio-only", "--duration=60s"],
        ...["--ramp-up=200ms", "--workers=1", `--out=${out.path}`],
      ]);
      await program.printed("stderr", /\b2 of 2 connected/);
      program.kill("SIGKILL");
      const dir = `${home}/.local/state/rtcrowd`;
      const left = await until(() => {
        const all = namesIn(dir).filter((name) => name.endsWith(".gz"));
        return all.length === 1 ? all : undefined;
      });
      assert(left[0].startsWith("agent-0-"), left[0]);
      // What they keep before everyone has left is kept once more when all have.
      await until(async () => {
        const { participants } = await (await fetch(`${sfu.httpUrl}/health`))
          .json();
        return participants === 0 || undefined;
      });
      const { code, stdout } = await runProgram(["merge", dir, "--json"]);
      const { successfulConnections, generator } = JSON.parse(stdout);
      assertEquals([code, successfulConnections], [0, 2]);
      assertEquals(generator.nodes.length, 1);
    });
    await assertNobodyIsLeft(sfu);
  },
});

function namesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  } catch {
    // It is made with the first file.
    return [];
  }
}

/** Asks until there is an answer. */
async function until<Value>(
  ask: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((next) => setTimeout(next, 50));
  }
}

Deno.test({
  name:
    "a machine with neither Deno nor Node gives one line, and so does one that is not there",
  ignore: await noSshd(),
  async fn() {
    using temp = new TempFolder();
    const bin = temp.path;
    for (const name of ["sh", "mkdir", "tar"]) {
      await Deno.symlink(`/usr/bin/${name}`, `${bin}/${name}`);
    }
    await withSsh(bin, async () => {
      const using = (destination: string) => () =>
        runAt("ws://sfu.example/ws", "ssh", {
          agents: {
            choice: { kind: "ssh", destinations: [destination] },
            threads: 1,
          },
        });
      await assertRejects(
        using("box"),
        Error,
        "Cannot use box as an agent: there is neither Deno nor Node. Install one of them.",
      );
      await assertRejects(
        using("nowhere.invalid"),
        Error,
        "Cannot use nowhere.invalid as an agent: ssh: Could not resolve hostname",
      );
    });
  },
});
