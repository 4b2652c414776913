/**
 * The way into a server, in one table for every command that goes to one: who
 * one is, which headers are sent, whom to trust. Secrets may come from the
 * environment or a file, where nobody sees them in the list of processes.
 *
 * @module
 */

import {
  asSentence,
  certificatesProblem,
  isAdapted,
  listOf,
  many,
  optional,
  type OptionValues,
  type ServerTarget,
  shownUrl,
  type SignalingChoice,
  signalingProblem,
  systemProxies,
  text,
  toggle,
  USUAL_SIGNALING,
  withDefault,
  yesOrNo,
} from "../../../tool.ts";
import { isFileName } from "../../session/mod.ts";
import { type SecretPorts, SecretReader, SYSTEM_SECRETS } from "./secrets.ts";
import { optionName } from "./option.ts";
import { HEADERS, SIGNALING_OPTIONS } from "./value_kind.ts";

/** An embedded server is on this machine, asks nobody who he is, and speaks its own protocol. */
const OF_A_SERVER = { excludes: ["embedded"] } as const;

/** The options of the way in. */
export const ACCESS_OPTIONS = {
  signaling: withDefault(text("NAME|FILE"), {
    help: "how the server is spoken to; a file is an adapter of your own",
    default: USUAL_SIGNALING,
    ...OF_A_SERVER,
  }),
  signalingOption: many(SIGNALING_OPTIONS, {
    help: "key=value for the adapter",
    ...OF_A_SERVER,
  }),
  token: optional<string, string>(text("JWT"), {
    help: "a token for the server; or RTCROWD_TOKEN, or",
    ...OF_A_SERVER,
  }),
  tokenFile: optional<string, string>(text("FILE"), {
    help: "a file that holds it",
    ...OF_A_SERVER,
  }),
  password: optional<string, string>(text("P"), {
    help: "the password of the rooms; or RTCROWD_PASSWORD, or",
    ...OF_A_SERVER,
  }),
  passwordFile: optional<string, string>(text("FILE"), {
    help: "a file that holds it",
    ...OF_A_SERVER,
  }),
  header: many(HEADERS, {
    help:
      "a header for the server, such as an Origin or a Cookie; NAME:@FILE reads it from a file",
    ...OF_A_SERVER,
  }),
  ca: many(listOf(text("FILE"), "files"), {
    help: "certificates (PEM) to trust besides the system's",
    ...OF_A_SERVER,
  }),
  insecure: toggle(yesOrNo, {
    help: "take any certificate, also a wrong one",
    default: false,
    ...OF_A_SERVER,
  }),
} as const;

/** What these options come to. */
export type AccessValues = OptionValues<typeof ACCESS_OPTIONS>;

/** The way into a server. */
export type Access = Omit<ServerTarget, "url">;

/** The way in, or everything that is wrong with it, a line each. */
export async function readAccess(
  values: AccessValues & { readonly server?: string | undefined },
  ports: SecretPorts = SYSTEM_SECRETS,
): Promise<{ readonly access: Access } | { readonly mistakes: string[] }> {
  const reader = new SecretReader(ports);
  const { mistakes } = reader;
  const certificates = async (path: string) => {
    const pem = await reader.text("--ca", path);
    if (pem === undefined) return "";
    const problem = certificatesProblem(pem);
    if (problem !== undefined) mistakes.push(`--ca: "${path}" ${problem}.`);
    return pem;
  };
  // What could not be read has been told of, and is left out.
  const { ca: files = [], header: given = [] } = values;
  const signaling = signalingOf(values);
  mistakes.push(
    ...withoutServer(values),
    ...await signalingMistakes(signaling),
  );
  const [token, password, ca, headers] = await Promise.all([
    reader.secret("token", values.token, values.tokenFile, "RTCROWD_TOKEN"),
    reader.secret(
      "password",
      values.password,
      values.passwordFile,
      "RTCROWD_PASSWORD",
    ),
    Promise.all(files.map(certificates)),
    Promise.all(given.map(async ({ name, value, file }) =>
      [
        name,
        file === undefined
          ? value
          : await reader.inFile("--header", file) ?? "",
      ] as const
    )),
  ]);
  if (mistakes.length > 0) return { mistakes };
  return {
    access: {
      ...(isAdapted(signaling) && { signaling }),
      token,
      password,
      connection: {
        ca: ca.length === 0 ? undefined : ca.join("\n"),
        insecure: values.insecure,
        headers,
        proxies: systemProxies(ports.env),
      },
    },
  };
}

/** How the server is spoken to: a path counts from where we are. */
function signalingOf(
  { signaling = USUAL_SIGNALING, signalingOption = [] }: AccessValues,
): SignalingChoice {
  const base = `file://${Deno.cwd()}/`;
  const isFile = isFileName(signaling) && URL.canParse(signaling, base);
  return {
    module: isFile ? new URL(signaling, base).href : signaling,
    options: Object.fromEntries(signalingOption),
  };
}

/** What is of no use where no server is named, a line each. */
function withoutServer(
  values: AccessValues & { readonly server?: string | undefined },
): string[] {
  if (values.server !== undefined) return [];
  return Object.entries(ACCESS_OPTIONS).flatMap(([key, option]) => {
    const value = values[key as keyof AccessValues];
    const isGiven = Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== option.default;
    return isGiven
      ? [`${optionName(key)}: it needs a server, give it with --server URL.`]
      : [];
  });
}

/** What speaks against how the server is to be spoken to, a line each. */
async function signalingMistakes(choice: SignalingChoice): Promise<string[]> {
  const problem = await signalingProblem(choice);
  return problem === undefined ? [] : [`--signaling: ${asSentence(problem)}`];
}

/** The way in for the record; secrets only as given or not. */
export function accessRecord(
  { signaling, token, password, connection = {} }: Access,
): {
  readonly signaling?: string;
  readonly token: boolean;
  readonly password: boolean;
  readonly headers: readonly string[];
  readonly insecure: boolean;
} {
  const { headers = [], insecure = false } = connection;
  return {
    ...(signaling !== undefined && { signaling: shownUrl(signaling.module) }),
    token: token !== undefined,
    password: password !== undefined,
    headers: headers.map(([name]) => name),
    insecure,
  };
}
