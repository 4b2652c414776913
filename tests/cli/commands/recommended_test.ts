import { assert, assertEquals } from "@std/assert";
import { ACCESS_OPTIONS } from "../../../cli/commands/options/access.ts";
import { AGENT_TABLE } from "../../../cli/commands/agent.ts";
import { REPORT_OPTIONS } from "../../../cli/commands/report.ts";
import { RUN_TABLE } from "../../../cli/commands/options/run_options.ts";
import { SERVE_OPTIONS } from "../../../cli/commands/options/serve_options.ts";
import { SESSION_TABLE } from "../../../cli/commands/options/session_options.ts";
import type { Option, OptionTable } from "../../../tool.ts";

const TABLES: readonly (readonly [string, OptionTable])[] = [
  ["run", RUN_TABLE],
  ["session", SESSION_TABLE],
  ["serve", SERVE_OPTIONS],
  ["agent", AGENT_TABLE],
  ["report", REPORT_OPTIONS],
  ["access", ACCESS_OPTIONS],
];

/** What a text tells people to write: in quotes, or behind "such as". */
function spellings(text: string): string[] {
  const [, ...examples] = text.split(/such as /);
  const told = examples.join(", such as ");
  const quoted = [...told.matchAll(/"([^"]+)"/g)].map(([, one]) => one);
  if (quoted.length > 0) return quoted;
  return told.replace(/\(.*\)/, "").split(/, such as |, or | or |, /)
    .map((one) => one.replace(/^up to /, "").trim())
    .filter((one) => one !== "" && !one.includes(" "));
}

function read(
  option: Pick<Option<unknown, unknown>, "arity" | "read">,
  text: string,
): unknown {
  const reading = option.read(option.arity === "many" ? [text] : text);
  return "problem" in reading ? reading.problem : undefined;
}

Deno.test("what an option is said to take is taken as it is written there", () => {
  let told = 0;
  for (const [command, table] of TABLES) {
    for (const [name, option] of Object.entries(table)) {
      const refusal = option.read(
        Symbol("nothing that anybody types").description,
      );
      const texts = [
        option.takes,
        ..."problem" in refusal ? [refusal.problem] : [],
      ];
      for (const text of new Set(texts.flatMap(spellings))) {
        told++;
        assertEquals(
          read(option, text),
          undefined,
          `${command} ${name} ${text}`,
        );
      }
    }
  }
  assert(told >= 20, `${told} spellings`);
});

Deno.test("what help and README call a threshold is one", async () => {
  const readme = await Deno.readTextFile(
    new URL("../../../README.md", import.meta.url),
  );
  const texts = [
    ...Object.values(RUN_TABLE).map(({ help }) => help),
    ...[...readme.matchAll(/--threshold ("[^"\n]+")/g)].map(([, one]) => one),
  ];
  const all = texts.flatMap((text) =>
    [...text.matchAll(/"([^"]*[<>=][^"]*)"/g)].map(([, one]) => one)
  );
  assert(all.length >= 4);
  for (const one of all) {
    assertEquals(read(RUN_TABLE.threshold, one), undefined);
  }
});
