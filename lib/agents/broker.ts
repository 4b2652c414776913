/**
 * Agents at a broker: being one, and seeing who is there.
 *
 * @module
 */

import { AgentHost } from "./agent_host.ts";
import { stateDir, writeKept } from "./kept_files.ts";
import {
  type BrokerAccess,
  brokerAddress,
  hasCredentials,
  NatsLink,
} from "./link/mod.ts";
import { machineClock } from "./machine_clock.ts";
import { type Card, readCard, subjectsOf } from "./protocol/mod.ts";
import { openThreads, reachServer } from "../load/mod.ts";
import { readMachineFacts } from "../machine/mod.ts";
import { messageOf, shownUrl } from "../text/mod.ts";

/** Where agents meet. */
export interface Meeting {
  /** How it is reached. */
  readonly broker: BrokerAccess;
  /** Agents of other groups are not seen: `[a-z0-9-]{1,32}`. */
  readonly group: string;
}

/** What an agent at a broker is made of. */
export interface ServeAgentOptions extends Meeting {
  /** Its name, unique in the group: `[a-z0-9-]{1,32}`. */
  readonly name: string;
  /** Threads that drive clients; `auto` is one a core. */
  readonly threads: number | "auto";
  /** It takes part against servers of these URLs alone. @default {any} */
  readonly onlyServer?: ((url: string) => boolean) | undefined;
  /** Where it leaves its part of a run whose coordinator is gone. @default {in the user's state} */
  readonly out?: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told that it is there, and when it left a run and why. */
  readonly onNote: (line: string) => void;
}

const SURVEY_MS = 2_000;

/** Is an agent until it is ended, or the connection is for good. Throws an `Error` in one line when it cannot be one. */
export async function serveAgent(options: ServeAgentOptions): Promise<void> {
  const { broker, group, name, onlyServer, signal, onNote } = options;
  const { out = stateDir() } = options;
  const { shown, isHere } = brokerAddress(broker);
  if (!isHere && !hasCredentials(broker) && !broker.isInsecure) {
    throw new Error(
      `Cannot be an agent at ${shown}: anybody could have it load a server. Set RTCROWD_BROKER_TOKEN, _NKEY or _CREDS, or add --insecure-broker.`,
    );
  }
  await using link = await NatsLink.connect(
    broker,
    `rtcrowd agent ${name}`,
    `agent.${name}`,
  );
  const subjects = subjectsOf(group);
  if (await isTaken(link, subjects.agent(name))) {
    throw new Error(
      `Cannot be an agent: ${name} is there already. Take another --name.`,
    );
  }
  const { cores, memoryBytes } = readMachineFacts();
  let kept: string | undefined;
  const threads = options.threads === "auto" ? cores : options.threads;
  await using _host = new AgentHost({
    link,
    group,
    id: name,
    epoch: crypto.randomUUID().replaceAll("-", ""),
    machine: { host: Deno.hostname(), cores, memoryBytes },
    clock: machineClock,
    openNode: (node, handlers) => openThreads(node, threads, handlers),
    async reach(server) {
      if (onlyServer?.(server.url) === false) {
        throw new Error(`it may not load ${shownUrl(server.url)}`);
      }
      await reachServer(server, undefined);
    },
    async keep(part) {
      kept = await writeKept(out, part).catch((error) => {
        onNote(messageOf(error));
        return undefined;
      });
    },
    onLeft({ reason }) {
      onNote(
        `left its run: ${reason}${
          kept === undefined ? "" : `; its part of it is in ${kept}`
        }`,
      );
      kept = undefined;
    },
  });
  await link.settle();
  if (link.forbidden !== undefined) throw forbidden(shown, link.forbidden);
  onNote(`${name} of group ${group} is at ${shown}`);
  link.watch(onNote);
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
    if (signal.aborted) resolve();
  });
  const closed = link.closed.then((reason) => {
    if (!signal.aborted) {
      throw new Error(`Cannot be an agent at ${shown}: ${reason}.`);
    }
  });
  await Promise.race([ended, closed]);
}

/** Who is there, by name. Throws an `Error` in one line where that cannot be found out. */
export async function listAgents(
  { broker, group }: Meeting,
): Promise<Card[]> {
  await using link = await NatsLink.connect(broker, "rtcrowd agents");
  return await cardsAt(link, broker, group);
}

/** The cards of all agents of a group, by name. */
export async function cardsAt(
  link: NatsLink,
  broker: BrokerAccess,
  group: string,
): Promise<Card[]> {
  const { shown } = brokerAddress(broker);
  const answers = await link.survey(subjectsOf(group).hello, SURVEY_MS)
    .catch((error) => {
      throw link.forbidden === undefined
        ? new Error(`Cannot use the broker ${shown}: ${messageOf(error)}.`)
        : forbidden(shown, link.forbidden);
    });
  const cards = answers.flatMap((json) => readCard(json) ?? []);
  // Whoever answers may call itself anything, but a name is one agent's.
  return [...new Map(cards.map((card) => [card.id, card])).values()]
    .sort((a, b) => a.id < b.id ? -1 : 1);
}

function forbidden(shown: string, what: string): Error {
  return new Error(
    `Cannot use the broker ${shown}: it does not allow ${what}. Give its user that permission.`,
  );
}

async function isTaken(link: NatsLink, subject: string): Promise<boolean> {
  try {
    // No order: an agent gives no answer to it, but it is there.
    await link.request(subject, "", 500);
    return true;
  } catch (error) {
    return (error as { failure?: string }).failure === "silent" &&
      link.forbidden === undefined;
  }
}
