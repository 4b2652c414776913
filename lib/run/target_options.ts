/**
 * What a target is opened with, and what is wrong with it: scripts are run
 * without a check of types, and what is passed over in silence is a run of
 * something else.
 *
 * @module
 */

import {
  certificatesProblem,
  type ConnectionSettings,
} from "../connection/mod.ts";
import {
  type DatapathChoice,
  type NodeNote,
  type SignalingChoice,
  USUAL_SERVER,
} from "../load/mod.ts";
import { choice, type ValueKind, whole } from "../options/mod.ts";
import type { EngineKind } from "../sfu/mod.ts";
import { nearest } from "../text/mod.ts";

/** What {@linkcode openTarget} takes. */
export interface TargetOptions {
  /** A `ws:` or `wss:` URL, in place of `embedded`. */
  readonly server?: string | undefined;
  /** How the server is spoken to; see `signaling/adapter`. @default {SimplestChat's} */
  readonly signaling?: SignalingChoice | undefined;
  /** Starts a server for it, in place of `server`. */
  readonly embedded?: EngineKind | undefined;
  /** Threads that drive clients. @default {by the number of clients} */
  readonly workers?: number | undefined;
  /** Of everything drawn: the same seed gives the same run; a whole number from 0 on. @default {1} */
  readonly seed?: number | undefined;
  /** A JWT for the server. */
  readonly token?: string | undefined;
  /** The password of the rooms. */
  readonly password?: string | undefined;
  /** How connections to the server are made: certificates, headers, proxies. @default {the proxies of `HTTPS_PROXY` and the like} */
  readonly connection?: ConnectionSettings | undefined;
  /** How packets are sent and encrypted. @default {the fastest there is} */
  readonly datapath?: DatapathChoice | undefined;
  /** Servers to watch, such as `pid:4242`; an embedded one is watched by itself. @default {[]} */
  readonly monitor?: readonly string[] | undefined;
  /** Stops what goes on; it ends as interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Told of what happens to clients and nodes, as it happens. */
  readonly onNote?: ((note: NodeNote) => void) | undefined;
}

/** What is wrong with each of some settings, to go behind its name; `undefined` where nothing is. */
type Checks<Settings> = {
  readonly [Key in keyof Settings]-?: (given: unknown) => string | undefined;
};

const isText = (given: unknown) =>
  typeof given === "string" ? undefined : "takes a text";
const isWhatever = () => undefined;

const DATAPATH: Checks<DatapathChoice> = {
  lane: asKind(choice(["auto", "native", "portable"])),
  cipher: asKind(choice(["auto", "openssl", "portable"])),
  dtls: asKind(choice(["auto", "openssl", "portable"])),
  transport: asKind(choice(["auto", "udp", "tcp"])),
  wallAheadMs: isWhatever,
};

const CONNECTION: Checks<ConnectionSettings> = {
  ca(given) {
    const problem = isText(given);
    return problem ?? certificatesProblem(given as string);
  },
  insecure: (given) =>
    typeof given === "boolean" ? undefined : "takes true or false",
  headers: (given) =>
    Array.isArray(given) && given.every(isHeader)
      ? undefined
      : 'takes pairs of a name and a value, such as [["Cookie", "sid=1"]]',
  proxies: isWhatever,
};

const TARGET: Checks<TargetOptions> = {
  server: isText,
  embedded: asKind(choice(["werift", "mediasoup"])),
  signaling: (given) =>
    isObject(given) && typeof given.module === "string"
      ? undefined
      : 'takes { module: "protoo" }, or the URL of an adapter there',
  workers: asKind(whole(1, 1024)),
  seed: asKind(whole(0)),
  token: isText,
  password: isText,
  connection: (given) => problemIn(CONNECTION, given),
  datapath: (given) => problemIn(DATAPATH, given),
  monitor: (given) =>
    Array.isArray(given) ? undefined : 'takes a list, such as ["pid:4242"]',
  signal: isWhatever,
  onNote: isWhatever,
};

/** The first thing that is wrong with what a target is to be opened with, in one line without a full stop. */
export function targetProblem(options: TargetOptions): string | undefined {
  const problem = problemIn(TARGET, options);
  if (problem !== undefined) return problem;
  const { server, embedded } = options;
  return (server === undefined) === (embedded === undefined)
    ? `give it either a server, such as "${USUAL_SERVER}", or embedded`
    : undefined;
}

function problemIn<Settings>(
  checks: Checks<Settings>,
  given: unknown,
): string | undefined {
  if (!isObject(given)) return "takes an object";
  const names = Object.keys(checks);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!names.includes(name)) {
      const guess = nearest(name, names);
      return `there is no ${name}, ` +
        (guess ? `did you mean ${guess}?` : `only ${names.join(", ")}`);
    }
    const problem = checks[name as keyof Settings](value);
    if (problem !== undefined) return `${name} ${problem}`;
  }
}

function asKind<Value>(
  one: ValueKind<Value>,
): (given: unknown) => string | undefined {
  return (given) => {
    const reading = one.read(given);
    return "problem" in reading ? reading.problem : undefined;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHeader(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 &&
    value.every((text) => typeof text === "string");
}
