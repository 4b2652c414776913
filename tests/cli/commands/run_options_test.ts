import { assert, assertEquals } from "@std/assert";
import { commandHelp } from "../../../cli/commands/help.ts";
import { optionName } from "../../../cli/commands/option.ts";
import { parseOptions } from "../../../cli/commands/parse.ts";
import {
  configOf,
  contradictions,
  planOf,
  RUN_OPTIONS,
  type RunValues,
  workersOf,
} from "../../../cli/commands/run_options.ts";
import { parseImpairment } from "../../../mod.ts";

Deno.test("without options, a run is the one that the documentation describes", () => {
  const { values, mistakes } = parse();
  assertEquals(mistakes, []);
  const plan = planOf(values);
  assertEquals(plan.clients.length, 5);
  assertEquals(plan.endAtMs, 35_000);
  assertEquals(plan.clients[0].roomId, "load-test-room");
  assert(plan.clients.every(({ role }) => role === "publisher"));
  assertEquals(plan.media, {
    audio: true,
    video: true,
    quality: "480p",
    fps: 30,
    maxAudio: 4,
    maxVideo: 4,
  });
  assertEquals(values.server, "ws://localhost:3000/ws");
  assertEquals(values.embedded, undefined);
});

const SPELLINGS: readonly [string, keyof RunValues, unknown][] = [
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
];

for (const [line, key, value] of SPELLINGS) {
  Deno.test(`"${line}" sets ${key}`, () => {
    const { values, mistakes } = parse(...line.split(" "));
    assertEquals(mistakes, []);
    assertEquals<unknown>(values[key], value);
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
  Deno.test(`${args.join(" and ")} exclude each other, and both are named`, () => {
    const [mistake, ...more] = contradictions(parse(...args));
    assertEquals(more, []);
    for (const arg of args) assert(mistake.includes(arg.replace(/=.*/, "")));
    for (const arg of args) assertEquals(contradictions(parse(arg)), []);
  });
}

const WORKERS: readonly [number | "auto", number, number, number][] = [
  ["auto", 5, 8, 1],
  ["auto", 100, 8, 1],
  ["auto", 101, 8, 2],
  ["auto", 1000, 8, 8],
  [3, 5, 8, 3],
  [16, 1000, 8, 16],
];

for (const [workers, clients, cores, expected] of WORKERS) {
  Deno.test(`${workers} workers for ${clients} clients on ${cores} cores are ${expected}`, () => {
    assertEquals(workersOf({ workers, clients }, cores), expected);
  });
}

Deno.test("a mode is a ratio, and a ratio given replaces it", () => {
  const publishers = (...args: string[]) =>
    planOf(parse("-c100", ...args).values).clients
      .filter(({ role }) => role === "publisher").length;
  assertEquals(publishers("--mode=classroom"), 20);
  assertEquals(publishers("--publish-ratio=0.07"), 7);
});

Deno.test("what is sent and received follows from audio only and video only", () => {
  const audio = planOf(parse("--audio-only").values).media;
  assertEquals([audio.audio, audio.video], [true, false]);
  const video = planOf(parse("--video-only").values).media;
  assertEquals([video.audio, video.video], [false, true]);
});

Deno.test("each bad network has its share of the clients, and the record names it", () => {
  const { values, mistakes } = parse(
    "-c10",
    "--impair=3g:30%",
    "--impair",
    "in.loss=5%,out.delay=20ms:0.2",
  );
  assertEquals(mistakes, []);
  const { clients } = planOf(values);
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
  assertEquals(configOf(values, 1, {}).impair, [
    "3g:30%",
    "in.loss=5%,out.delay=20ms:0.2",
  ]);
});

Deno.test("bad networks for more than all clients are a mistake", () => {
  const given = parse("--impair=3g:60%", "--impair=4g:60%");
  assertEquals(contradictions(given), [
    "--impair: shares come to 120 %, 100 % at most.",
  ]);
  const thirds = ["3g", "4g", "cable"].map((name) =>
    `--impair=${name}:0.3333333333333333`
  );
  assertEquals(contradictions(parse(...thirds)), []);
});

Deno.test("the record of the options holds no secret", () => {
  const { values } = parse("--token=hush", "--password=sesame");
  const config = configOf(values, 1, { token: "sesame", password: "secret" });
  assertEquals([config.token, config.password], [true, true]);
  assert(!/hush|sesame/.test(JSON.stringify(config)));
});

Deno.test("help names every option and its default", () => {
  const help = commandHelp(
    { name: "run", notes: [] },
    RUN_OPTIONS,
  );
  for (const [key, { shownDefault }] of Object.entries(RUN_OPTIONS)) {
    const line = help.split("\n").find((line) =>
      line.includes(`${optionName(key)}`)
    );
    assert(line?.includes(shownDefault ?? ""), key);
  }
});

function parse(...args: string[]) {
  return parseOptions(RUN_OPTIONS, args);
}
