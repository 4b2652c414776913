/**
 * `adapter check`: what works by an adapter, and what it lacks, a line each.
 *
 * @module
 */

import {
  checkAdapter,
  mediaPlanOf,
  toggle,
  USUAL_SERVER,
  withDefault,
  yesOrNo,
} from "../../tool.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { safeValue } from "../../lib/text/mod.ts";
import { ACCESS_OPTIONS, readAccess } from "./options/access.ts";
import { findingLines } from "./doctor.ts";
import { commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import { openInterrupts, printJson, printOut, usage } from "./shell.ts";
import { serverUrl } from "./options/value_kind.ts";

const NOTES: readonly string[] = [
  "Two clients meet by the adapter in a room of their own, send, receive, mute, go",
  "on and leave, while a third one listens.",
  ...exitCodeLines({
    passed: "clients can use it",
    broke: "they cannot",
    usage: "wrong usage",
    interrupted: "interrupted",
  }),
];

const { signaling: _signaling, ...ACCESS } = ACCESS_OPTIONS;

const ADAPTER_OPTIONS = {
  server: withDefault(serverUrl, {
    short: "s",
    help: "the server",
    default: USUAL_SERVER,
  }),
  ...ACCESS,
  json: toggle(yesOrNo, { help: "print the findings as JSON", default: false }),
} as const;

/** Carries `adapter check` out; resolves with the exit code. */
export async function adapterCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(ADAPTER_OPTIONS, args, /^[^-]/);
  if (parsed.help) {
    printOut(
      commandHelp({
        name: "adapter",
        usage: "check FILE [options]",
        notes: NOTES,
      }, ADAPTER_OPTIONS),
    );
    return EXIT_CODES.passed;
  }
  const { values, operands: [verb, signaling, ...more], mistakes } = parsed;
  if (verb !== "check" || signaling === undefined || more.length > 0) {
    return usage([
      ...mistakes,
      "adapter: it takes check and one adapter, such as check ./my_adapter.ts.",
    ]);
  }
  const way = await readAccess({ ...values, signaling });
  if (mistakes.length > 0 || "mistakes" in way) {
    return usage([...mistakes, ...("mistakes" in way ? way.mistakes : [])]);
  }
  using interrupts = openInterrupts({});
  const { signal } = interrupts;
  const findings = await checkAdapter({
    server: { ...way.access, url: values.server },
    media: mediaPlanOf({}),
    signal,
  });
  if (signal.aborted) return EXIT_CODES.interrupted;
  if (values.json) printJson(findings);
  else {
    const lines = findingLines(safeValue(findings));
    printOut(lines.map((line) => `${line}\n`).join(""));
  }
  return findings.some(({ level }) => level === "problem")
    ? EXIT_CODES.broke
    : EXIT_CODES.passed;
}
