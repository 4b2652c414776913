/**
 * Gets agents for a run: all of them, or none.
 *
 * @module
 */

import {
  type AgentCommand,
  AgentProcess,
  GROUP,
  localCommand,
} from "./agent_process.ts";
import { cardsAt, type Meeting } from "./broker.ts";
import { ClaimedAgent } from "./claimed_agent.ts";
import { brokerAddress, type Link, NatsLink } from "./link/mod.ts";
import { machineClock } from "./machine_clock.ts";
import type { Card } from "./protocol/mod.ts";
import { RemoteNode } from "./remote_node.ts";
import type { RunAbout } from "./run_about.ts";
import { sshCommand } from "./ssh_agent.ts";
import { tooFew } from "./too_few.ts";
import { VERSION } from "../../version.ts";
import type { Elsewhere } from "../load/mod.ts";
import { messageOf } from "../text/mod.ts";
import { delay } from "../time/mod.ts";

/** Which agents are wanted. */
export type AgentsChoice =
  /** So many processes of this machine. */
  | {
    readonly kind: "local";
    readonly count: number;
    /** Where each leaves its part of a run whose coordinator is gone. @default {as one on another machine, in the user's state} */
    readonly out?: string | undefined;
  }
  /** One on each of these machines, as ssh knows them: `host` or `user@host`. */
  | { readonly kind: "ssh"; readonly destinations: readonly string[] }
  /** So many of those that meet at a broker, as soon as they are there. */
  | Meeting & {
    readonly kind: "broker";
    readonly count: number;
    /** How long to wait for them, in milliseconds. */
    readonly waitMs: number;
  };

/** How agents are opened. */
export interface OpenAgentsOptions {
  readonly choice: AgentsChoice;
  /** Threads that each drives clients with; `auto` is one a core of its machine. Agents at a broker decide by themselves. */
  readonly threads: number | "auto";
  /** So many of them may be lost, and the run goes by the others. @default {0} */
  readonly allowLost?: number | undefined;
  /** Whether they are told what others must not know: a token, a password. */
  readonly isSecret: boolean;
  /** Why one of this host cannot take part; asked when they are there. */
  readonly objection?: ((card: Card) => string | undefined) | undefined;
  /** What they are told of the run. @default {nothing: they keep no part of it} */
  readonly about?: Omit<RunAbout, "nodes" | "run"> | undefined;
  /** Calls it off. */
  readonly signal?: AbortSignal | undefined;
}

/** The agents of one run. */
export interface Agents extends AsyncDisposable {
  /** The run's name. */
  readonly run: string;
  /** Who they are. */
  readonly members: readonly AgentMember[];
  /** For a fleet, whose nodes they are. */
  readonly elsewhere: Elsewhere;
}

/** An agent of a run. */
export interface AgentMember {
  /** Its node's name. */
  readonly node: string;
  /** What it says of itself. */
  readonly card: Card;
  /** How long a message and its answer took, in milliseconds. */
  readonly roundTripMs: number;
}

/** All agents have heard that a run begins in so long and ten round trips. */
const LEAD_MS = 1_000;
/** Between two looks at who is at a broker. */
const LOOK_AGAIN_MS = 1_000;

/** An agent that is to be claimed. */
interface Candidate {
  /** Where it is, in words. */
  readonly where: string;
  /** Its name there. */
  readonly id: string;
  /** The way to it, made when it is needed. */
  readonly open: () => Promise<Link>;
}

interface Candidates extends AsyncDisposable {
  readonly group: string;
  /** Whether others may want them, too: of two who claim one after the other, in the same order, one gets all. */
  readonly areShared: boolean;
  readonly all: readonly Candidate[];
  /** Tells how the way to all of them is. */
  readonly watch?: Elsewhere["watch"];
}

/** Opens and claims them. Throws an `Error` in one line when one cannot be had; then all others are free again. */
export async function openAgents(options: OpenAgentsOptions): Promise<Agents> {
  const { signal = new AbortController().signal } = options;
  const candidates = await candidatesFor(options, signal);
  const run = crypto.randomUUID().replaceAll("-", "");
  const opened = await claimAll(
    candidates,
    (one) => claim(one, candidates.group, run, signal),
  );
  const agents = opened.flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : []
  );
  const close = async () => {
    await Promise.all(agents.map((agent) => agent[Symbol.asyncDispose]()));
    await candidates[Symbol.asyncDispose]();
  };
  const failed = opened.find((one) => one.status === "rejected");
  const objection = failed === undefined
    ? agents.map(({ card }) => options.objection?.(card)).find(Boolean)
    : undefined;
  if (failed !== undefined || objection !== undefined) {
    await close();
    signal.throwIfAborted();
    throw failed?.reason ?? new Error(objection);
  }
  const mostMs = Math.max(...agents.map(({ roundTripMs }) => roundTripMs));
  // Who meets at a broker has a name there.
  const nodes = agents.map(({ card }, i) =>
    candidates.areShared ? card.id : `agent-${i}`
  );
  const about = options.about && { ...options.about, run, nodes };
  return {
    run,
    members: agents.map(({ card, roundTripMs }, i) => ({
      ...{ node: nodes[i], card, roundTripMs },
    })),
    elsewhere: {
      nodes,
      allowLost: options.allowLost,
      openNode: (name, handlers) =>
        new RemoteNode(
          name,
          agents[nodes.indexOf(name)].claimed,
          handlers,
          machineClock,
          about,
        ),
      watch: candidates.watch,
      leadMs: () => Math.ceil(LEAD_MS + 10 * mostMs),
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Claims them, as far as it is of any use. */
async function claimAll(
  { all, areShared }: Candidates,
  claim: (one: Candidate) => Promise<OpenedAgent>,
): Promise<PromiseSettledResult<OpenedAgent>[]> {
  if (!areShared) return await Promise.allSettled(all.map(claim));
  const outcomes: PromiseSettledResult<OpenedAgent>[] = [];
  for (const one of all) {
    const [outcome] = await Promise.allSettled([claim(one)]);
    outcomes.push(outcome);
    if (outcome.status === "rejected") break;
  }
  return outcomes;
}

function candidatesFor(
  options: OpenAgentsOptions,
  signal: AbortSignal,
): Promise<Candidates> {
  const { choice, threads } = options;
  switch (choice.kind) {
    case "local": {
      const { count, out } = choice;
      const each = threadsHere(threads, count);
      return Promise.resolve(
        processes(
          Array.from({ length: count }, (_, i) => `agent ${i}`),
          (_, id) => Promise.resolve(localCommand(id, each, out)),
          signal,
        ),
      );
    }
    case "ssh":
      return Promise.resolve(
        processes(
          choice.destinations,
          (destination, id) => sshCommand(destination, id, threads, signal),
          signal,
        ),
      );
    case "broker":
      return meetingAt(choice, options.isSecret, signal);
  }
}

/** Several agents of one machine share its cores. */
function threadsHere(threads: number | "auto", agents: number): number {
  if (threads !== "auto") return threads;
  return Math.max(1, Math.floor(navigator.hardwareConcurrency / agents));
}

/** Agents in processes that are started for this run. */
function processes(
  places: readonly string[],
  commandFor: (place: string, id: string) => Promise<AgentCommand>,
  signal: AbortSignal,
): Candidates {
  const started: AgentProcess[] = [];
  return {
    group: GROUP,
    areShared: false,
    all: places.map((where, i) => ({
      where,
      id: `agent-${i}`,
      async open() {
        const process = new AgentProcess(
          await commandFor(where, `agent-${i}`),
        );
        started.push(process);
        await process.ready(signal);
        return process;
      },
    })),
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

/** The first that are free, once there are so many. */
async function meetingAt(
  { broker, group, count, waitMs }: Extract<
    AgentsChoice,
    { readonly kind: "broker" }
  >,
  isSecret: boolean,
  signal: AbortSignal,
): Promise<Candidates> {
  const { shown, isHere } = brokerAddress(broker);
  const link = await NatsLink.connect(broker, "rtcrowd");
  try {
    if (isSecret && !link.isEncrypted && !isHere && !broker.isInsecure) {
      throw new Error(
        `Cannot use the broker ${shown}: the server's token or password would go there unencrypted. Take tls:, or add --insecure-broker.`,
      );
    }
    const untilMs = machineClock.nowMs() + waitMs;
    for (;;) {
      const cards = await cardsAt(link, broker, group);
      const free = cards.filter(({ by, version }) =>
        by === null && version === VERSION
      );
      if (free.length >= count) {
        return {
          group,
          areShared: true,
          watch: (tell) => link.watch(tell),
          all: free.slice(0, count).map(({ id, host }) => ({
            ...{ where: `${id} (${host})`, id },
            open: () => Promise.resolve(link),
          })),
          [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
        };
      }
      if (machineClock.nowMs() >= untilMs) {
        throw new Error(
          tooFew({ count, cards, group, broker: shown, version: VERSION }),
        );
      }
      await delay(machineClock, LOOK_AGAIN_MS, signal);
      signal.throwIfAborted();
    }
  } catch (error) {
    await link[Symbol.asyncDispose]();
    throw error;
  }
}

interface OpenedAgent extends AsyncDisposable {
  readonly claimed: ClaimedAgent;
  readonly card: Card;
  readonly roundTripMs: number;
}

async function claim(
  { where, id, open }: Candidate,
  group: string,
  run: string,
  signal: AbortSignal,
): Promise<OpenedAgent> {
  let claimed: ClaimedAgent | undefined;
  const close = async () => {
    await claimed?.release();
    claimed?.forget();
  };
  try {
    claimed = new ClaimedAgent({
      ...{ link: await open(), group, id, run },
      by: `${Deno.hostname()}, process ${Deno.pid}`,
      clock: machineClock,
    });
    const card = await claimed.claim();
    const before = machineClock.nowMs();
    await claimed.do({ type: "ping" });
    const roundTripMs = machineClock.nowMs() - before;
    return { claimed, card, roundTripMs, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    const why = messageOf(error);
    throw why.startsWith("Cannot ") ? error : new Error(
      `Cannot use ${where} as an agent: ${why.replace(/\.$/, "")}.`,
    );
  }
}
