/**
 * Where clients run, in one table for every command that has clients; and who
 * one is at a broker, for all that go to one.
 *
 * @module
 */

import {
  type AgentsOptions,
  type BrokerAccess,
  duration,
  optional,
  type OptionValues,
  toggle,
  whole,
  withDefault,
  yesOrNo,
} from "../../../tool.ts";
import { type SecretPorts, SecretReader, SYSTEM_SECRETS } from "./secrets.ts";
import { agentName, AGENTS, brokerUrl } from "./value_kind.ts";

const GROUP = "default";
const WAIT_MS = 60_000;

/** The options of a broker. */
export const BROKER_OPTIONS = {
  broker: optional<string, string>(brokerUrl, {
    help:
      "the NATS broker where agents meet; or RTCROWD_BROKER, and RTCROWD_BROKER_TOKEN, _NKEY, _CREDS, _CA",
  }),
  group: withDefault(agentName, {
    help: "the group of agents that is meant; others are not seen",
    default: GROUP,
  }),
  insecureBroker: toggle(yesOrNo, {
    help: "use a broker elsewhere without TLS, or without credentials",
    default: false,
  }),
} as const;

/** The options of agents. */
export const AGENT_OPTIONS = {
  agents: optional(AGENTS, {
    help:
      "where clients run: local:3 (processes here), ssh:me@h1,ssh:me@h2 (machines with Deno or Node), 4 (of those at the broker)",
  }),
  allowLost: withDefault(whole(0, 10_000), {
    help: "so many agents may be lost, and the run goes by the others",
    default: 0,
  }),
  agentWait: withDefault(duration(), {
    help: "how long to wait for agents at the broker",
    default: `${WAIT_MS / 1000}s`,
  }),
  ...BROKER_OPTIONS,
} as const;

/** How a broker is reached, or everything that is wrong with that, a line each; `undefined` where none was named. */
async function readBroker(
  values: OptionValues<typeof BROKER_OPTIONS>,
  ports: SecretPorts = SYSTEM_SECRETS,
): Promise<
  { readonly broker: BrokerAccess | undefined } | {
    readonly mistakes: string[];
  }
> {
  const reader = new SecretReader(ports);
  const inEnv = (name: string) => ports.env(name) || undefined;
  const inFile = async (name: string) => {
    const path = inEnv(name);
    return path === undefined ? undefined : await reader.inFile(name, path);
  };
  const named = inEnv("RTCROWD_BROKER");
  const url = values.broker ?? named;
  const { mistakes } = reader;
  if (url === undefined) return { broker: undefined };
  if (values.broker !== undefined && new URL(values.broker).username !== "") {
    mistakes.push(
      "--broker: everybody here sees its user and password. Give the URL in RTCROWD_BROKER.",
    );
  }
  if (values.broker === undefined && "problem" in brokerUrl.read(url)) {
    mistakes.push(`RTCROWD_BROKER: it takes ${brokerUrl.takes}.`);
  }
  const [nkey, creds, ca] = await Promise.all([
    inFile("RTCROWD_BROKER_NKEY"),
    inFile("RTCROWD_BROKER_CREDS"),
    inFile("RTCROWD_BROKER_CA"),
  ]);
  if (mistakes.length > 0) return { mistakes };
  return {
    broker: {
      url,
      token: inEnv("RTCROWD_BROKER_TOKEN"),
      nkey,
      creds,
      ca,
      isInsecure: values.insecureBroker,
    },
  };
}

/** The same for who cannot do without one. */
export async function needBroker(
  values: OptionValues<typeof BROKER_OPTIONS>,
): Promise<
  { readonly broker: BrokerAccess } | { readonly mistakes: string[] }
> {
  const read = await readBroker(values);
  if ("mistakes" in read) return read;
  const { broker } = read;
  return broker === undefined
    ? { mistakes: ["--broker: say where it is, such as nats://HOST:4222."] }
    : { broker };
}

/** Where clients run, or everything that is wrong with that, a line each; `workers` are those of each agent. */
export async function readAgents(
  values: OptionValues<typeof AGENT_OPTIONS> & {
    readonly workers: number | "auto";
    /** Where agents of this machine keep what nobody took. @default {where those of others do} */
    readonly out?: string | undefined;
  },
): Promise<
  { readonly agents: AgentsOptions | undefined } | {
    readonly mistakes: string[];
  }
> {
  const { agents, agentWait: waitMs, allowLost, group, workers } = values;
  if (agents === undefined && allowLost > 0) {
    return {
      mistakes: [
        "--allow-lost: it is about agents. Say with --agents where they are.",
      ],
    };
  }
  if (agents?.kind !== "broker") {
    const idle = idleOf(values);
    return idle.length === 0
      ? {
        agents: agents && {
          choice: agents.kind === "local"
            ? { ...agents, out: values.out }
            : agents,
          ...{ threads: workers, allowLost },
        },
      }
      : {
        mistakes: idle.map((name) =>
          `${name}: it is about agents at a broker. Say with --agents how many of those.`
        ),
      };
  }
  const read = await readBroker(values);
  if ("mistakes" in read) return read;
  const { broker } = read;
  if (broker === undefined) {
    return {
      mistakes: [
        `--agents ${agents.text}: it needs a broker, give it with --broker nats://HOST:4222.`,
      ],
    };
  }
  const { kind, count } = agents;
  return {
    agents: {
      choice: { kind, count, broker, group, waitMs },
      ...{ threads: workers, allowLost },
    },
  };
}

/** The options given that only agents at a broker look at. */
function idleOf(values: OptionValues<typeof AGENT_OPTIONS>): string[] {
  const given = {
    "--broker": values.broker !== undefined,
    "--group": values.group !== GROUP,
    "--agent-wait": values.agentWait !== WAIT_MS,
    "--insecure-broker": values.insecureBroker,
  };
  return Object.entries(given).flatMap(([name, isGiven]) =>
    isGiven ? [name] : []
  );
}

/** Where clients run, in words. */
export function drivenBy(
  agents: { readonly text: string } | undefined,
  here: string,
): string {
  return agents === undefined ? here : `agents ${agents.text}`;
}
