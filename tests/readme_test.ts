/** What README tells people to type is there. */

import { assert, assertEquals } from "@std/assert";
import { AGENT_TABLE } from "../cli/commands/agent.ts";
import { RUN_TABLE } from "../cli/commands/options/run_options.ts";
import { SERVE_OPTIONS } from "../cli/commands/options/serve_options.ts";
import { SESSION_TABLE } from "../cli/commands/options/session_options.ts";
import { REPORT_OPTIONS } from "../cli/commands/report.ts";
// @ts-types="./yaml.d.ts"
import { parse as parseYaml } from "npm:deno-std@1.4.0/yaml/parse.js";
import { SUMMARIES } from "../cli/commands/options/help.ts";
import { parseOptions } from "../cli/commands/options/parse.ts";
import { optionName } from "../cli/commands/options/option.ts";

const readme = await Deno.readTextFile(
  new URL("../README.md", import.meta.url),
);

const OPTIONS = new Set(
  [RUN_TABLE, SERVE_OPTIONS, SESSION_TABLE, REPORT_OPTIONS, AGENT_TABLE]
    .flatMap((table) => Object.keys(table).map(optionName)),
);

const told = new Set(readme.match(/(?<![\w-])--[a-z][a-z-]*/g));

for (const option of told) {
  Deno.test(`${option}, of which README tells, is an option`, () => {
    assert(option === "--help" || OPTIONS.has(option));
  });
}

Deno.test("every command line of run in README is taken as it stands", () => {
  const lines = [...readme.matchAll(/cli\/main\.ts run ([^\n`|>#]*)/g)]
    .map(([, line]) => line.trim())
    .filter((line) => !/["'$…\\]|\b[A-Z]{3,}\b/.test(line));
  assert(lines.length > 5, `${lines.length} lines`);
  for (const line of lines) {
    const words = line.split(/\s+/);
    // What a scenario is given goes without dashes.
    const options = words.filter((word, i) =>
      words[i - 1]?.startsWith("--") || !/^\w+=/.test(word)
    );
    assertEquals([line, parseOptions(RUN_TABLE, options).mistakes], [line, []]);
  }
});

Deno.test("the Job of Kubernetes in README is one, and its agents are begun as they can be", () => {
  const [, yaml] = readme.match(/```yaml\n([^`]*)```/)!;
  // deno-lint-ignore no-explicit-any
  const job = parseYaml(yaml) as any;
  assertEquals([job.apiVersion, job.kind], ["batch/v1", "Job"]);
  const { completionMode, template: { spec } } = job.spec;
  assertEquals([completionMode, spec.restartPolicy], ["Indexed", "OnFailure"]);
  const [{ args, volumeMounts, env }] = spec.containers;
  assertEquals(args.slice(0, 4), ["run", "-A", "cli/main.ts", "agent"]);
  const typed = args.slice(4).map((arg: string) =>
    arg.replace("$(JOB_COMPLETION_INDEX)", "3")
  );
  assertEquals(parseOptions(AGENT_TABLE, typed).mistakes, []);
  assertEquals(volumeMounts[0].name, spec.volumes[0].name);
  for (const { name } of env) assert(readme.includes(`| \`${name}\``), name);
});

Deno.test("every command that README has typed exists", () => {
  const names = [...readme.matchAll(/cli\/main\.ts ([a-z]+)/g)]
    .map(([, name]) => name);
  assert(names.length > 5);
  for (const name of names) {
    assert(name === "help" || Object.hasOwn(SUMMARIES, name), name);
  }
});
