/**
 * `serve`: the embedded server by itself, until a signal ends it.
 *
 * @module
 */

import { type LocalSfu, type Refusals, startSfu } from "../../tool.ts";
import { commandHelp } from "./options/help.ts";
import { PROGRAM } from "./options/program_name.ts";
import { parseOptions } from "./options/parse.ts";
import { SecretReader, SYSTEM_SECRETS } from "./options/secrets.ts";
import {
  SERVE_OPTIONS,
  serveContradictions,
  type ServeValues,
  sfuOptionsOf,
} from "./options/serve_options.ts";
import {
  errorLine,
  openInterrupts,
  printError,
  printOut,
  usage,
} from "./shell.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

const NOTES: readonly string[] = [
  "It ends on Ctrl+C or SIGTERM. Its CPU is best spent elsewhere than on the",
  "cores that drive the load.",
];

/** Between two lines about what was refused. */
const REFUSALS_MS = 10_000;

/** Carries `serve` out; resolves with the exit code. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(SERVE_OPTIONS, args);
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "serve", notes: NOTES },
        SERVE_OPTIONS,
      ),
    );
    return 0;
  }
  const mistakes = [...parsed.mistakes, ...serveContradictions(parsed)];
  if (mistakes.length > 0) {
    return usage(mistakes);
  }
  const secrets = await readSecrets(parsed.values);
  if ("mistakes" in secrets) return usage(secrets.mistakes);

  using interrupts = openInterrupts({});
  const { signal } = interrupts;
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  await using sfu = await startSfu(sfuOptionsOf(parsed.values, secrets));
  const { url, engine, pids } = sfu;
  const signaling = parsed.values.protocol === "simplestchat"
    ? ""
    : "--signaling protoo ";
  printOut(
    `Serving ${url} with ${engine}, ${pids.length === 1 ? "pid" : "pids"} ${
      pids.join(", ")
    }. Load it with: ${PROGRAM} run ${signaling}--server ${url}\n`,
  );
  using _refusals = tellRefusals(sfu);
  const failure = await Promise.race([stopped, sfu.failed]);
  if (failure === undefined) return 0;
  printError(errorLine(failure));
  return EXIT_CODES.broke;
}

/** Tells what the server refused, whenever that grew, and once more at the end. */
function tellRefusals(sfu: LocalSfu): Disposable {
  let told = 0;
  const tell = () => {
    const refusals = sfu.refusals();
    const all = Object.values(refusals).reduce((sum, count) => sum + count, 0);
    if (all > told) printOut(`${refusalsLine(refusals)}\n`);
    told = all;
  };
  const timer = setInterval(tell, REFUSALS_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      tell();
    },
  };
}

/** What of each is told; of several the first word has an s. */
const REFUSED = [
  ["connections", "connection"],
  ["transports", "transport"],
  ["consumers", "consumer"],
  ["messages", "message over 100 a second"],
  ["frames", "frame too long or broken"],
  ["unsent", "message to who does not read"],
] as const satisfies readonly (readonly [keyof Refusals, string])[];

/** What was refused, in one line. */
export function refusalsLine(refusals: Refusals): string {
  const told = REFUSED.filter(([name]) => refusals[name] > 0).map((
    [name, what],
  ) =>
    `${refusals[name]} ${
      refusals[name] === 1 ? what : what.replace(/^\w+/, "$&s")
    }`
  );
  return `Refused so far, over the limits: ${told.join(", ")}.`;
}

/** The secrets of the server, which may be in files or the environment, as SimplestChat's are. */
async function readSecrets(values: ServeValues): Promise<
  | { readonly mistakes: readonly string[] }
  | {
    readonly jwtSecret: string | undefined;
    readonly metricsToken: string | undefined;
  }
> {
  const reader = new SecretReader(SYSTEM_SECRETS);
  const [jwtSecret, metricsToken] = await Promise.all([
    reader.secret(
      "jwt-secret",
      values.jwtSecret,
      values.jwtSecretFile,
      "JWT_SECRET",
    ),
    reader.secret(
      "metrics-token",
      values.metricsToken,
      values.metricsTokenFile,
      "METRICS_TOKEN",
    ),
  ]);
  const { mistakes } = reader;
  return mistakes.length > 0 ? { mistakes } : { jwtSecret, metricsToken };
}
