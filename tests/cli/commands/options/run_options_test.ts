import { assert, assertEquals } from "@std/assert";
import { commandHelp } from "../../../../cli/commands/options/help.ts";
import { optionName } from "../../../../cli/commands/options/option.ts";
import { parseOptions } from "../../../../cli/commands/options/parse.ts";
import {
  generatorRecord,
  RUN_TABLE,
  workersOf,
} from "../../../../cli/commands/options/run_options.ts";
import { chooseJob } from "../../../../cli/commands/run_scenario.ts";
import {
  type OptionTable,
  parseImpairment,
  type RunPlan,
  typedValue,
} from "../../../../tool.ts";

Deno.test("without options, a run is the one that the documentation describes", async () => {
  const { values, mistakes } = parse();
  assertEquals(mistakes, []);
  const plan = await planOf();
  assertEquals(plan.clients.length, 5);
  assertEquals(plan.endAtMs, 35_000);
  assertEquals(plan.clients[0].roomId, "load-test-room");
  assert(plan.clients.every(({ role }) => role === "publisher"));
  assertEquals(plan.clients[0].media, {
    audio: true,
    video: true,
    quality: "480p",
    fps: 30,
    simulcast: false,
    audioBitrate: 128,
    profile: "browser",
    maxAudio: 4,
    maxVideo: 4,
  });
  assertEquals(values.server, "ws://localhost:3000/ws");
  assertEquals(values.embedded, undefined);
});

/** What plain runs did when they had a planner of their own: how many clients, and the hash of who does what and when, with the seed 7. */
const PLANS: readonly (readonly [string, number, string])[] = [
  ["", 5, "272ea5b5dc736e97"],
  ["-c 40 -q 720p", 40, "f94c2ceb20068b5b"],
  ["-c 7 -d 90s -r 0", 7, "efc28874a89fb6a5"],
  ["--rooms 3 --room hall -c 10", 10, "bf9abf8701858c37"],
  ["--audio-only --max-audio 9", 5, "272ea5b5dc736e97"],
  ["--video-only --fps 60 --max-video 0", 5, "272ea5b5dc736e97"],
  ["-c 100 --mode webinar", 100, "3062be4befb2d0db"],
  ["-c 100 --publish-ratio 0.07", 100, "117f85387e2a9e98"],
  ["-c 20 --churn-rate 2.5 -d 1m", 170, "e550a893842169a5"],
  [
    "-c 30 --impair 3g:30% --impair wifi-lossy:0.2 --churn-rate 1",
    60,
    "4ac8e1422343aa8a",
  ],
  ["--simulcast --patience 20s", 5, "243184dee08efb46"],
  ["--media builtin -c 2", 2, "d40190d8908cae28"],
];

for (const [line, clients, hash] of PLANS) {
  Deno.test(`run ${line} brings the same clients at the same moments as ever`, async () => {
    const plan = await planOf(...words(line), "--seed=7");
    assertEquals(plan.clients.length, clients);
    const bytes = await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode(
        JSON.stringify(plan.clients.map(({ media: _, ...client }) => client)),
      ),
    );
    assertEquals(new Uint8Array(bytes).toHex().slice(0, 16), hash);
  });
}

const SPELLINGS: readonly [string, string, unknown][] = [
  ["-c 7", "clients", 7],
  ["-d 90s", "duration", 90_000],
  ["-r 0", "rampUp", 0],
  ["-s wss://h/ws", "server", "wss://h/ws"],
  ["--embedded", "embedded", "werift"],
  ["--embedded=mediasoup", "embedded", "mediasoup"],
  ["--room x", "room", "x"],
  ["--rooms 3", "rooms", 3],
  ["--audio-only", "audioOnly", true],
  ["--video-only", "videoOnly", true],
  ["-q 1080p", "quality", "1080p"],
  ["--fps 60", "fps", 60],
  ["--mode panel", "mode", "panel"],
  ["--publish-ratio 0.5", "publishRatio", 0.5],
  ["--churn-rate 0.2", "churnRate", 0.2],
  ["--patience 20s", "patience", 20_000],
  ["--max-audio 0", "maxAudio", 0],
  ["--audio-bitrate 24", "audioBitrate", 24],
  ["--max-video 16", "maxVideo", 16],
  ["--workers auto", "workers", "auto"],
  ["--workers 3", "workers", 3],
  ["--seed 99", "seed", 99],
  ["--out there", "out", "there"],
  ["--json", "json", true],
  ["--quiet", "quiet", true],
  ["--token t", "token", "t"],
  ["--password p", "password", "p"],
  ["--lane portable", "lane", "portable"],
  ["--cipher openssl", "cipher", "openssl"],
  ["--dtls portable", "dtls", "portable"],
];

for (const [line, key, value] of SPELLINGS) {
  Deno.test(`"${line}" sets ${key}`, () => {
    const { values, mistakes } = parse(...line.split(" "));
    assertEquals(mistakes, []);
    assertEquals<unknown>((values as Record<string, unknown>)[key], value);
  });
}

Deno.test("thresholds add up", () => {
  const { values } = parse("--threshold", "loss < 1%", "--threshold=errors==0");
  assertEquals(
    values.threshold.map(({ expression }) => expression),
    ["loss < 1%", "errors==0"],
  );
});

const CONTRADICTORY: readonly (readonly string[])[] = [
  ["--audio-only", "--video-only"],
  ["--embedded", "--server=ws://localhost:3000/ws"],
  ["--mode=panel", "--publish-ratio=1"],
  ["--simulcast", "--audio-only"],
  ["--simulcast", "--embedded=werift"],
  ["--transport=tcp", "--embedded=werift"],
];

for (const args of CONTRADICTORY) {
  Deno.test(`${args.join(" and ")} exclude each other, and both are named`, async () => {
    const [mistake, ...more] = await mistakesOf(...args);
    assertEquals(more, []);
    for (const arg of args) assert(mistake.includes(arg.replace(/=.*/, "")));
    for (const arg of args) assertEquals(await mistakesOf(arg), []);
  });
}

Deno.test("so many threads as were asked for, none without a client, or one for each hundred", () => {
  const auto = { workers: "auto", embedded: undefined } as const;
  assertEquals(workersOf(auto, 100), 1);
  assertEquals(workersOf({ ...auto, workers: 16 }, 500), 16);
  assertEquals(workersOf({ ...auto, workers: 999 }, 2), 2);
  assertEquals(workersOf({ ...auto, workers: 7 }, 0), 1);
});

Deno.test("a mode is a ratio, and a ratio given replaces it", async () => {
  const publishers = async (...args: string[]) =>
    (await planOf("-c100", ...args)).clients
      .filter(({ role }) => role === "publisher").length;
  assertEquals(await publishers("--mode=classroom"), 20);
  assertEquals(await publishers("--publish-ratio=0.07"), 7);
});

Deno.test("what is sent and received follows from audio only and video only", async () => {
  const audio = (await planOf("--audio-only")).clients[0].media;
  assertEquals([audio.audio, audio.video], [true, false]);
  const video = (await planOf("--video-only")).clients[0].media;
  assertEquals([video.audio, video.video], [false, true]);
});

Deno.test("each bad network has its share of the clients, and the record names it", async () => {
  const { job } = await chosen(
    "-c10",
    "--impair=3g:30%",
    "--impair",
    "in.loss=5%,out.delay=20ms:0.2",
  );
  const { clients } = job.plan!(1);
  const count = (impairment: unknown) =>
    clients.filter((one) =>
      JSON.stringify(one.impairment) === JSON.stringify(impairment)
    ).length;
  assertEquals(count(parseImpairment("3g")), 3);
  assertEquals(
    count({ inbound: { lossRatio: 0.05 }, outbound: { delayMs: 20 } }),
    2,
  );
  assertEquals(count(undefined), 5);
  assertEquals(job.config.impair, ["3g:30%", "in.loss=5%,out.delay=20ms:20%"]);
});

Deno.test("bad networks for more than all clients are a mistake", async () => {
  assertEquals(await mistakesOf("--impair=3g:60%", "--impair=4g:60%"), [
    "--impair: shares come to 120 %, 100 % at most.",
  ]);
  const thirds = ["3g", "4g", "cable"].map((name) =>
    `--impair=${name}:0.3333333333333333`
  );
  assertEquals(await mistakesOf(...thirds), []);
});

Deno.test("the record of the options holds no secret", () => {
  const { values } = parse("--token=hush", "--password=sesame");
  const access = { token: "sesame", password: "secret" };
  const config = generatorRecord(values, 1, access);
  assertEquals([config.token, config.password], [true, true]);
  assert(!/hush|sesame/.test(JSON.stringify(config)));
});

Deno.test("help names every option and its default", () => {
  const table: OptionTable = RUN_TABLE;
  const help = commandHelp({ name: "run", notes: [] }, table);
  for (const [key, { arity, default: initial }] of Object.entries(table)) {
    const line = help.split("\n").find((line) =>
      line.includes(`${optionName(key)}`)
    );
    const shown = arity === "once" && initial !== undefined
      ? `[${typedValue(initial)}]`
      : "";
    assert(line?.includes(shown), key);
  }
});

function parse(...args: string[]) {
  return parseOptions(RUN_TABLE, args);
}

async function chosen(...args: string[]) {
  const parsed = parse(...args);
  assertEquals(parsed.mistakes, []);
  const job = await chooseJob(parsed);
  assert("job" in job);
  return job;
}

async function planOf(...args: string[]): Promise<RunPlan> {
  const { job } = await chosen(...args);
  return job.plan!(parse(...args).values.seed);
}

async function mistakesOf(...args: string[]): Promise<readonly string[]> {
  const parsed = parse(...args);
  const job = await chooseJob(parsed);
  return [...parsed.mistakes, ..."mistakes" in job ? job.mistakes : []];
}

function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}
