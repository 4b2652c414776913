/** `report`, on files that a run has left. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath as fromFileUrl } from "node:url";
import { packRun, toResults } from "../../lib/report/mod.ts";
import {
  EMPTY_COURSE,
  summarize,
  type Summary,
} from "../../lib/metrics/mod.ts";
import { madeUpRun } from "../lib/metrics/run.ts";
import { OutDir, runProgram } from "./program.ts";

/** A directory without a summary. */
const HERE = new URL(".", import.meta.url).pathname;

/** Directories `10`, `20` with summaries, `30` without one. */
function results(): OutDir {
  const out = new OutDir();
  for (const name of ["10", "20", "30"]) Deno.mkdirSync(`${out.path}/${name}`);
  for (const name of ["10", "20"]) {
    Deno.writeTextFileSync(
      `${out.path}/${name}/load_test_summary.json`,
      JSON.stringify(runAt(Number(name))),
    );
  }
  return out;
}

/** A run that began so many seconds after another. */
function runAt(seconds: number): Summary {
  const startedAt = new Date(1.8e12 + seconds * 1000).toISOString();
  return { ...summarize(madeUpRun()), startedAt };
}

Deno.test("one run is shown as run showed it, by file or by directory", async () => {
  using out = results();
  const byFile = await runProgram([
    "report",
    `${out.path}/10/load_test_summary.json`,
  ]);
  const byDirectory = await runProgram(["report", `${out.path}/10/`]);
  assertMatch(byFile.stdout, /^FAILED {2}"loss < 1%" failed\.\n/);
  assertEquals(byDirectory, byFile);
  assertEquals(byFile.code, 0);
});

Deno.test.each([
  { size: "cols 0", why: "whose size is not known" },
  { size: "cols 1 rows 1", why: "of one cell" },
  { size: "cols 65535 rows 65535", why: "without an end" },
])("a run is readable on a terminal $why", {
  ignore: Deno.build.os !== "linux",
}, async ({ size }) => {
  using out = results();
  const main = fromFileUrl(import.meta.resolve("../../cli/main.ts"));
  // script(1) makes a terminal of its own.
  const command =
    `stty ${size}; exec '${Deno.execPath()}' run -A --quiet --no-check '${main}' report '${out.path}/10'`;
  const { stdout } = await new Deno.Command("script", {
    args: ["--quiet", "--command", command, "/dev/null"],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  for (const word of ["FAILED", "delivered", "Clients", "Lateness"]) {
    assertStringIncludes(text, word);
  }
});

Deno.test("the results of a run are its clients, the worst first, and no row among runs", async () => {
  using out = results();
  const path = `${out.path}/10/load_test_results.json`;
  Deno.writeTextFileSync(
    path,
    JSON.stringify(toResults(madeUpRun().snapshot.clients)),
  );
  const table = await runProgram(["report", path]);
  assertEquals(table.code, 0);
  assertMatch(table.stdout, /^client .*\nclient-2 .* failed .*DTLS did not/);
  assertEquals(table.stdout.trimEnd().split("\n").length, 4);
  const csv = await runProgram(["report", path, "--csv"]);
  assertMatch(csv.stdout, /^clientId,roomId,.*\r\nclient-2,/);
  const both = await runProgram(["report", path, `${out.path}/20`]);
  assertEquals(both.code, 1);
  assertMatch(both.stderr, /^Cannot report \S+ as a run: .* directory\.\n$/);
  assertMatch(both.stdout, /^20 .*failed$/m);
});

Deno.test("what a run left as NDJSON is the run, unless it was cut off", async () => {
  using out = results();
  const summary = summarize(madeUpRun());
  const path = `${out.path}/run.ndjson`;
  const start = `{"type":"start","version":"1"}\n`;
  Deno.writeTextFileSync(
    path,
    `${start}${JSON.stringify({ type: "end", secondsDropped: 0, summary })}\n`,
  );
  const whole = await runProgram(["report", path]);
  assertMatch(whole.stdout, /^FAILED {2}"loss < 1%" failed\.\n/);
  Deno.writeTextFileSync(path, start);
  const cut = await runProgram(["report", path]);
  assertEquals([cut.code, cut.stdout], [1, ""]);
  assertMatch(cut.stderr, /^Cannot report .*: its last line .*cut off\n$/);
});

Deno.test("the CSV of one run is its timeline, of several it is a row each", async () => {
  using out = results();
  const one = await runProgram(["report", "--csv", `${out.path}/10`]);
  const two = await runProgram([
    "report",
    `${out.path}/10`,
    `${out.path}/30`,
    "--csv",
  ]);
  assert(one.stdout.startsWith("tSec,clients,"));
  assert(two.stdout.startsWith("run,clients,connected,"));
  assertMatch(two.stdout, /\r\n10,3,2,.*\r\n30,+no result\r\n$/);
});

Deno.test("rows of one name are told apart by their paths", async () => {
  using out = results();
  const paths = ["10", "20"].map((name) =>
    `${out.path}/${name}/load_test_summary.json`
  );
  const { stdout } = await runProgram(["report", ...paths, "--json"]);
  const rows: readonly { readonly run: string }[] = JSON.parse(stdout);
  assertEquals(rows.map(({ run }) => run), paths);
});

Deno.test("one that cannot be read is told of, and does not hide the others", async () => {
  using out = results();
  Deno.writeTextFileSync(`${out.path}/20/load_test_summary.json`, "{}");
  const { code, stdout, stderr } = await runProgram([
    "report",
    `${out.path}/10`,
    `${out.path}/20`,
  ]);
  assertEquals(code, 1);
  assertMatch(stdout, /^10 .*failed\n20 .*no result\n$/m);
  assertMatch(stderr, /^Cannot report .*\/20: Cannot read summary: .*\n$/);
});

Deno.test("what is no plain file is not waited for, and results of nobody say so", async () => {
  using out = results();
  Deno.writeTextFileSync(`${out.path}/nobody.json`, "[]");
  const nobody = await runProgram(["report", `${out.path}/nobody.json`]);
  assertEquals([nobody.code, nobody.stdout], [
    0,
    "nobody.json: no client was there before the run ended.\n",
  ]);
  const device = await runProgram(["report", "/dev/null"]);
  assertEquals([device.code, device.stderr], [
    1,
    "Cannot report /dev/null: it is not a plain file\n",
  ]);
});

Deno.test("a run that is over is written as a page, as JUnit, and as Markdown behind what a step has already said", async () => {
  using out = results();
  const summaryMd = `${out.path}/step.md`;
  Deno.writeTextFileSync(summaryMd, "before\n");
  const { code, stdout, stderr } = await runProgram([
    "report",
    "--summary-md",
    "--html",
    `${out.path}/page.html`,
    `${out.path}/10`,
    "--junit",
    `${out.path}/junit.xml`,
  ], { GITHUB_STEP_SUMMARY: summaryMd });
  assertEquals([code, stdout, stderr], [0, "", ""]);
  assertMatch(
    Deno.readTextFileSync(`${out.path}/page.html`),
    /^<!DOCTYPE html>[^]*<title>rtcrowd run: failed<\/title>/,
  );
  assertMatch(Deno.readTextFileSync(summaryMd), /^before\n### ❌ rtcrowd run/);
  assertMatch(
    Deno.readTextFileSync(`${out.path}/junit.xml`),
    /<failure message="&quot;loss &lt; 1%&quot; failed: it was /,
  );
});

Deno.test("what a run writes itself is written later from its snapshot alone, to the byte", async () => {
  using out = new OutDir();
  const into = (dir: string) => [
    `--html=${out.path}/${dir}/page.html`,
    `--junit=${out.path}/${dir}/junit.xml`,
    `--summary-md=${out.path}/${dir}/summary.md`,
    `--ndjson=${out.path}/${dir}/run.ndjson`,
  ];
  for (const dir of ["now", "later"]) Deno.mkdirSync(`${out.path}/${dir}`);
  const run = await runProgram([
    "capacity",
    "--embedded=werift",
    "--out",
    `${out.path}/now`,
    ...["start=2", "most=2", "roomSize=2", "warmUp=1s", "steady=2s"],
    ...["--threshold", "join p(95) < 5s", "--quiet"],
    ...into("now"),
  ]);
  const snapshot = `${out.path}/alone.json.gz`;
  Deno.renameSync(`${out.path}/now/load_test_snapshot.json.gz`, snapshot);
  const written = await runProgram(["report", snapshot, ...into("later")]);
  assertEquals([written.code, written.stdout, written.stderr], [0, "", ""]);
  for (const name of ["page.html", "junit.xml", "summary.md"]) {
    const [now, later] = ["now", "later"].map((dir) =>
      Deno.readTextFileSync(`${out.path}/${dir}/${name}`)
    );
    assertEquals(later, now, name);
  }
  const [now, later] = ["now", "later"].map((dir) =>
    Deno.readTextFileSync(`${out.path}/${dir}/run.ndjson`).split("\n")
  );
  assertEquals(later.slice(1), now.slice(1));
  assert(now.length > 8 && now.some((line) => line.includes(`"note"`)));
  const text = await runProgram(["report", snapshot]);
  assertEquals(text.stdout, run.stdout);
  const json = await runProgram(["report", snapshot, "--json"]);
  assertEquals(
    json.stdout,
    Deno.readTextFileSync(`${out.path}/now/load_test_summary.json`),
  );
  const client = await runProgram(["report", snapshot, "--client", "1"]);
  assertMatch(client.stdout, /^client-1 in .*\n[^]*\n0:01\.\d-0:02\.\d +/);

  const bytes = Deno.readFileSync(snapshot);
  Deno.writeFileSync(snapshot, bytes.subarray(0, bytes.length / 2));
  const cut = await runProgram(["report", snapshot, ...into("later")]);
  assertEquals([cut.code, cut.stdout], [1, ""]);
  assertMatch(cut.stderr, /^Cannot report \S+: .*: it was cut off\n$/);
  // Beside a summary that can be read it is told of, and left out.
  Deno.renameSync(snapshot, `${out.path}/now/load_test_snapshot.json.gz`);
  const beside = await runProgram(["report", `${out.path}/now`]);
  assertEquals(beside.code, 1);
  assertMatch(
    beside.stderr,
    /^Cannot read \S+gz: .* cut off\. .* left out\.\n$/,
  );
  assert(run.stdout.startsWith(beside.stdout));
});

Deno.test.each([
  { args: ["x", "--summary-md"], code: 2, says: /GITHUB_STEP_SUMMARY is not / },
  { args: ["x", "--junit", "/no/such/x"], code: 2, says: /no directory above/ },
  { args: ["x", "--junit", HERE], code: 2, says: /is a directory\.\n$/ },
  {
    args: ["x", "--junit", "/tmp/z", "--summary-md=/tmp/z"],
    code: 2,
    says: /^--summary-md: --junit is written to "\/tmp\/z", name another/,
  },
  { args: ["x", "y", "--junit", "/tmp/z"], code: 2, says: /it is of one run/ },
  {
    args: [HERE],
    code: 1,
    says: /^Cannot report e2e: it has no load_test_summary\.json\.\n$/,
  },
  {
    args: ["/no/such"],
    code: 1,
    says: /^Cannot report \/no\/such: No such file or directory\n$/,
  },
  { args: [], code: 2, says: /^Nothing to report: / },
  { args: ["x", "--json", "--csv"], code: 2, says: /exclude each other/ },
  { args: ["x", "--jsn"], code: 2, says: /did you mean --json/ },
])(
  "report $args exits with $code and says why in a line",
  async ({ args, code, says }) => {
    const ended = await runProgram(["report", ...args], {
      GITHUB_STEP_SUMMARY: "",
    });
    assertEquals([ended.code, ended.stdout], [code, ""]);
    assertMatch(ended.stderr, says);
  },
);

Deno.test("a summary that is called otherwise is read alone, not with what another run left beside it", async () => {
  using out = results();
  const [other] = madeUpRun().snapshot.clients;
  const snapshot = {
    ...madeUpRun().snapshot,
    clients: [{ ...other, clientId: "client-77" }],
  };
  const left = { found: [], snapshot, course: EMPTY_COURSE, stories: [] };
  Deno.writeFileSync(
    `${out.path}/10/load_test_snapshot.json.gz`,
    await packRun({ ...left, summary: runAt(10) }),
  );
  Deno.writeTextFileSync(
    `${out.path}/10/load_test_results.json`,
    JSON.stringify(toResults(snapshot.clients)),
  );
  Deno.writeTextFileSync(
    `${out.path}/10/yesterday.txt`,
    JSON.stringify(runAt(5)),
  );
  const page = `${out.path}/page.html`;
  for (
    const [file, isThere] of [
      ["load_test_summary.json", true],
      ["yesterday.txt", false],
    ] as const
  ) {
    const { code, stderr } = await runProgram(
      ["report", `${out.path}/10/${file}`, "--html", page],
    );
    assertEquals([code, stderr], [0, ""]);
    const html = Deno.readTextFileSync(page);
    assertEquals(html.includes("client-77"), isThere, file);
  }
});

Deno.test("one run against another cannot tell, five against the same five see no difference", async () => {
  using out = results();
  const [a, b] = [`${out.path}/10`, `${out.path}/20`];
  const page = `${out.path}/both.html`;
  const one = await runProgram(["compare", a, "--", b, `--html=${page}`]);
  assertEquals(one.code, 0);
  assertMatch(
    Deno.readTextFileSync(page),
    /<title>rtcrowd compare: cannot tell<\/title>/,
  );
  assertMatch(
    one.stdout,
    /^CANNOT TELL {2}1 runs? against 1: five a side are needed/,
  );
  const runs = Array.from({ length: 10 }, (_, i) => {
    const path = `${out.path}/${i}.json`;
    Deno.writeTextFileSync(path, JSON.stringify(runAt(i)));
    return path;
  });
  const five = await runProgram(
    ["compare", "--json", ...runs.slice(0, 5), "--", ...runs.slice(5)],
  );
  assertEquals(five.code, 0);
  assertEquals(JSON.parse(five.stdout).result, "no regression");
});

Deno.test("who names the directory of several runs is told where they are", async () => {
  using out = results();
  for (const args of [["report"], ["report", "--client", "0"], ["compare"]]) {
    const [command, ...more] = args;
    const paths = command === "compare" ? [out.path, "--", out.path] : [
      `${out.path}/`,
    ];
    const { code, stderr } = await runProgram([command, ...paths, ...more]);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      `: it has no load_test_summary.json, ${out.path}/10 to ${out.path}/20 have: name those.`,
    );
  }
});

Deno.test("a run that is named twice is no second run", async () => {
  using out = results();
  const [a, b] = [`${out.path}/10`, `${out.path}/20`];
  const file = `${b}/load_test_summary.json`;
  for (const args of [[a, a, "--", b], [a, "--", a], [a, "--", b, file]]) {
    const { code, stdout, stderr } = await runProgram(["compare", ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^Cannot compare \S+ and \S+: they are one run, /);
  }
});

Deno.test.each([
  { args: [], code: 2, says: /^Nothing to compare: / },
  { args: ["x", "y"], code: 2, says: /^Nothing to compare: / },
  { args: ["/no/such", "--", HERE], code: 1, says: /^Cannot .*\/no\/such/ },
  {
    args: [HERE, "--", HERE],
    code: 1,
    says: /: it has no load_test_summary\.json\.\n$/,
  },
  { args: ["x", "--", "y", `--html=${HERE}`], code: 2, says: /a directory/ },
  { args: [...Array(11).fill("x"), "--", "y"], code: 2, says: /^At most 10 / },
])("compare $args exits with $code and says why in a line", async (row) => {
  const ended = await runProgram(["compare", ...row.args]);
  assertEquals([ended.code, ended.stdout], [row.code, ""]);
  assertMatch(ended.stderr, row.says);
});
