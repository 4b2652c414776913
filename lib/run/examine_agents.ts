/**
 * Before a run on other machines: whether its agents are there, and whether
 * each can carry its share.
 *
 * @module
 */

import type { AgentMember, Agents } from "../agents/mod.ts";
import {
  type NodeFacts,
  type RunPlan,
  type ServerTarget,
  splitPlan,
} from "../load/mod.ts";
import { type Finding, findLimits, runNeed } from "../machine/mod.ts";
import { formatCounted, formatMs, messageOf, shownUrl } from "../text/mod.ts";
import { claimAgents } from "./claim_agents.ts";
import type { ExamineOptions } from "./examine.ts";
import { examineMonitors } from "./examine_monitors.ts";
import type { AgentsOptions } from "./run_options.ts";
import { runSize } from "./run_size.ts";

/** The run in question. */
export interface ExamineAgentsOptions extends
  Pick<
    ExamineOptions,
    "datapath" | "metricsToken" | "monitor" | "plan" | "server" | "signal"
  > {
  /** Where its clients are to be. */
  readonly agents: AgentsOptions;
}

/** How long agents may take to let go again. */
const STOP_MS = 5_000;

/** Everything that would limit the run at its agents. Each makes ready for it, and begins nothing. */
export async function examineAgents(
  options: ExamineAgentsOptions,
): Promise<Finding[]> {
  const { agents, server, monitor: targets = [], metricsToken } = options;
  const looks = (await Promise.all(
    asked(agents).map((some) => lookAt({ ...options, agents: some })),
  )).flat();
  const nodes = looks.flatMap(({ facts }) => facts ?? []);
  const shares = nodes.length === 0
    ? []
    : splitPlan(options.plan, nodes.map(({ threads }) => threads));
  return [
    ...looks.flatMap(({ member, facts, problem }, i) => {
      const who = member === undefined
        ? "agents"
        : agents.choice.kind === "broker"
        ? member.node
        : `agent-${i}`;
      return [
        ...(member === undefined ? [] : [cardOf(member), linkOf(member)]),
        ...(problem === undefined ? [] : [found("problem", "", problem)]),
        ...(facts === undefined
          ? []
          : factsOf(facts, server, shares[nodes.indexOf(facts)])),
      ].map((finding) => ({
        ...finding,
        about: `${who} ${finding.about}`.trim(),
      }));
    }),
    ...await examineMonitors({
      ...{ targets, mediaIsOpen: false, token: metricsToken, server },
    }),
  ];
}

/** Those that are started one by one: what one lacks is not to hide the others. */
function asked(agents: AgentsOptions): AgentsOptions[] {
  const { choice } = agents;
  return choice.kind === "ssh"
    ? choice.destinations.map((destination) => ({
      ...agents,
      choice: { kind: "ssh", destinations: [destination] },
    }))
    : [agents];
}

/** What was found of one agent, or why there is none. */
interface Look {
  readonly member?: AgentMember;
  readonly facts?: NodeFacts;
  readonly problem?: string;
}

async function lookAt(options: ExamineAgentsOptions): Promise<Look[]> {
  let agents: Agents | undefined;
  try {
    agents = await claimAgents({ ...options, engine: null });
  } catch (error) {
    return [{ problem: messageOf(error) }];
  }
  await using claimed = agents!;
  return await Promise.all(
    claimed.members.map((member) => prepare(member, claimed, options)),
  );
}

async function prepare(
  member: AgentMember,
  { elsewhere }: Agents,
  { server, datapath = {}, plan }: ExamineAgentsOptions,
): Promise<Look> {
  const node = elsewhere.openNode(member.node, {
    onSnapshot() {},
    onNote() {},
    onDied() {},
  });
  try {
    const { seed } = plan;
    const facts = await node.prepare({
      ...{ node: member.node, server, datapath, seed },
    });
    return { member, facts };
  } catch (error) {
    return { member, problem: messageOf(error) };
  } finally {
    await node.stop(STOP_MS);
  }
}

function cardOf({ card }: AgentMember): Finding {
  const { id, host, version, cores } = card;
  return found(
    "good",
    "",
    `${id} on ${host}, version ${version}, ${formatCounted(cores, "core")}`,
  );
}

function linkOf({ roundTripMs }: AgentMember): Finding {
  return found("good", "link", `${formatMs(roundTripMs)} there and back`);
}

function factsOf(
  facts: NodeFacts,
  server: ServerTarget,
  clients: RunPlan["clients"],
): Finding[] {
  const { threads, lanes, ciphers, dtls, machine } = facts;
  const isNative = !lanes.includes("portable") &&
    !ciphers.includes("portable");
  const size = runSize(
    { clients },
    threads,
    null,
    isNative ? "native" : "portable",
  );
  return [
    found("good", "server", `${shownUrl(server.url)} answers`),
    clockOf(facts),
    found(
      isNative && !dtls.includes("portable") ? "good" : "warning",
      "datapath",
      `${lanes.join("+")} lane, ${ciphers.join("+")} cipher, ${
        dtls.join("+")
      } DTLS, ${formatCounted(threads, "thread")} for ${
        formatCounted(clients.length, "client")
      }`,
    ),
    ...(machine === null ? [] : findLimits(runNeed(size), machine)),
  ];
}

/** How its wall clock stands to this machine's. */
function clockOf({ offset, clock }: NodeFacts): Finding {
  const isKept = clock === null || clock.isSynchronised;
  const { aheadMs = null, boundMs = null } = offset ?? {};
  const text = aheadMs === null || boundMs === null
    ? "it could not be compared"
    : `${formatMs(Math.abs(aheadMs))} ${aheadMs < 0 ? "behind" : "ahead"}, ±${
      formatMs(boundMs)
    }`;
  return found(
    isKept && aheadMs !== null ? "good" : "warning",
    "wall clock",
    isKept ? text : `${text}; nothing keeps it in time`,
  );
}

function found(level: Finding["level"], about: string, text: string): Finding {
  return { level, about, text, fix: null };
}
