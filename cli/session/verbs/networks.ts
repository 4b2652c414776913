/**
 * The verb about bad networks: impair.
 *
 * @module
 */

import {
  describeImpairment,
  formatCounted,
  IMPAIRMENT_PROFILES,
  type ImpairmentShare,
  parseImpairmentShare,
  type Roster,
  roster,
} from "../../../tool.ts";
import { type ClientCommand, noEffects, type Step } from "../messages.ts";
import type { Model } from "../model.ts";
import { laterText, networkLines } from "../networks.ts";
import { isProblem, type Problem } from "../parse.ts";
import {
  always,
  membersOf,
  said,
  say,
  selectionIn,
  shown,
  someClients,
  type Verb,
} from "./verb.ts";

/** Gives clients a bad network, or a good one again. */
export const impair: Verb = {
  usage: "NETWORK[:SHARE] [IDS] | off [IDS]",
  help: "a bad network for these, or for all now and later; alone list them",
  examples: [
    "impair 3g 1-3",
    "impair wifi-lossy:30%",
    "impair 3g:1-per-room",
    "impair in.loss=5%,delay=50ms all",
    "impair off",
  ],
  words: [
    always(...Object.keys(IMPAIRMENT_PROFILES), "rebind", "off"),
    someClients,
  ],
  most: 2,
  raw: true,
  run(model, { rest }) {
    const [network = "", ...ids] = rest.split(/\s+/).filter((word) =>
      word !== ""
    );
    if (network === "") {
      const lines = networkLines(model.load);
      return lines.length === 0
        ? said(model, "nobody has a bad network")
        : noEffects(shown(model, "bad networks", lines));
    }
    const selection = selectionIn("impair", ids);
    if (typeof selection === "object") return selection;
    if (network === "off") return repair(model, selection);
    try {
      return impairSelected(model, parseImpairmentShare(network), selection);
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) {
        return { problem: error.message };
      }
      throw error;
    }
  },
};

function impairSelected(
  model: Model,
  network: ImpairmentShare,
  ids: string | undefined,
): Step | Problem {
  const indices = presentOrSelected(model, ids);
  if (isProblem(indices)) return indices;
  const { impairment } = network;
  const { roster: load, clients } = roster.impairedShare(
    model.load,
    indices,
    network,
  );
  const who = `${formatCounted(clients.length, "client")} on ${
    describeImpairment(impairment)
  }`;
  const command = { type: "impair", clients, impairment } as const;
  if (ids !== undefined) return step(say(model, who), load, command);
  return step(
    say(model, `${who}, and ${laterText(network)}`),
    roster.withNetwork(load, network, {
      came: indices.length,
      impaired: clients.length,
    }),
    command,
  );
}

function repair(model: Model, ids: string | undefined): Step | Problem {
  const clients = presentOrSelected(model, ids);
  if (isProblem(clients)) return clients;
  const load = roster.impaired(model.load, clients, null);
  const who = `${formatCounted(clients.length, "client")} on a good network`;
  const command = { type: "impair", clients, impairment: null } as const;
  if (ids !== undefined) return step(say(model, who), load, command);
  return step(
    say(model, `${who}, and all of those yet to come`),
    roster.withNetwork(load, undefined),
    command,
  );
}

function step(
  model: Model,
  load: Roster,
  command: Extract<ClientCommand, { readonly type: "impair" }>,
): Step {
  return {
    model: { ...model, load },
    effects: command.clients.length === 0 ? [] : [{ type: "command", command }],
  };
}

/** Those who are meant; without a selection everybody, and be it nobody yet. */
function presentOrSelected(
  model: Model,
  ids: string | undefined,
): readonly number[] | Problem {
  return ids === undefined
    ? model.load.members.map(({ index }) => index)
    : membersOf(model, ids);
}
