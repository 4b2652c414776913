/**
 * Who of the load has which bad network. Pure, as the load is.
 *
 * @module
 */

import {
  describeImpairment,
  formatRatio,
  impairedCount,
  type Impairment,
  type ImpairmentShare,
} from "../../tool.ts";
import { drawn } from "./chance.ts";
import { changed, type Load, type Member } from "./load.ts";
import { rangesOf } from "./select.ts";

/**
 * The load with this network for its share of these clients, who are drawn
 * and given back; the others keep what they have.
 */
export function withNetwork(
  load: Load,
  indices: readonly number[],
  { impairment, share }: ImpairmentShare,
): { readonly load: Load; readonly clients: readonly number[] } {
  const count = impairedCount(indices.length, share);
  const { chosen, chance } = count === indices.length
    ? { chosen: indices, chance: load.chance }
    : drawn(indices, count, load.chance);
  return {
    load: {
      ...changed(load, chosen, (member) => ({ ...member, impairment })),
      chance,
    },
    clients: chosen,
  };
}

/** The load with a good network for these clients. */
export function withoutNetwork(
  load: Load,
  indices: readonly number[],
): Load {
  return changed(load, indices, ({ impairment: _, ...member }) => member);
}

/** Who has a bad network, a line for each. */
export function networkLines({ members, settings }: Load): string[] {
  const impaired = Map.groupBy(
    members.filter(isImpaired),
    ({ impairment }) => describeImpairment(impairment),
  );
  const lines = [...impaired].map(([network, clients]) =>
    `${network}: ${rangesOf(clients)}`
  );
  const { network } = settings;
  if (network !== undefined) {
    const name = describeImpairment(network.impairment);
    lines.push(`${name}: ${laterText(network)}`);
  }
  return lines;
}

/** How many of those yet to come have this network. */
export function laterText({ share }: ImpairmentShare): string {
  return `${share === 1 ? "all" : formatRatio(share)} of those yet to come`;
}

function isImpaired(
  member: Member,
): member is Member & { readonly impairment: Impairment } {
  return member.impairment !== undefined;
}
