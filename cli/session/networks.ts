/**
 * Who has which bad network, in words.
 *
 * @module
 */

import {
  describeImpairment,
  formatRatio,
  type Impairment,
  type ImpairmentShare,
  type Member,
  type Roster,
} from "../../tool.ts";
import { rangesOf } from "./select.ts";

/** Who has a bad network, a line for each. */
export function networkLines({ members, settings }: Roster): string[] {
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
export function laterText({ share, perRoom }: ImpairmentShare): string {
  if (perRoom !== undefined) return `${perRoom} of each room yet to come`;
  return `${share === 1 ? "all" : formatRatio(share)} of those yet to come`;
}

function isImpaired(
  member: Member,
): member is Member & { readonly impairment: Impairment } {
  return member.impairment !== undefined;
}
