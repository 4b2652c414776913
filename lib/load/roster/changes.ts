/**
 * What those who are there, and those who come, are from now on.
 *
 * @module
 */

import type { Impairment } from "../../impairment/mod.ts";
import type { Fps, Quality } from "../../media/mod.ts";
import type { MediaKind } from "../../ortc/mod.ts";
import { drawNetworks, wantedOf } from "../plan/impaired_plan.ts";
import type { ImpairmentShare } from "../plan/impairment_share.ts";
import { resumeRandom } from "../plan/random.ts";
import type { Member, Roster } from "./roster.ts";

/** These members, changed. */
export function changed(
  roster: Roster,
  indices: readonly number[],
  change: (member: Member) => Member,
): Roster {
  const wanted = new Set(indices);
  return {
    ...roster,
    members: roster.members.map((member) =>
      wanted.has(member.index) ? change(member) : member
    ),
  };
}

/** These are to send video of another quality. */
export function withQuality(
  roster: Roster,
  indices: readonly number[],
  quality: Quality,
  fps: Fps,
): Roster {
  return changed(roster, indices, (member) => ({
    ...member,
    media: { ...member.media, quality, fps },
  }));
}

/** These are told to send nothing of some kinds, or to send them again. */
export function silenced(
  roster: Roster,
  indices: readonly number[],
  kinds: readonly MediaKind[],
  isSilent: boolean,
): Roster {
  return changed(roster, indices, (member) => ({
    ...member,
    silent: KINDS.filter((kind) =>
      kinds.includes(kind) ? isSilent : member.silent.includes(kind)
    ),
  }));
}

/** These have another network from now on; `null` is a good one. */
export function impaired(
  roster: Roster,
  indices: readonly number[],
  impairment: Impairment | null,
): Roster {
  return changed(roster, indices, (member) => ({
    ...member,
    impairment: impairment ?? undefined,
  }));
}

/**
 * A share of these have this network from now on: exactly so many, who are
 * drawn and given back; the others keep what they have.
 */
export function impairedShare(
  roster: Roster,
  indices: readonly number[],
  network: ImpairmentShare,
): { readonly roster: Roster; readonly clients: readonly number[] } {
  const { impairment } = network;
  const { random, state } = resumeRandom(roster.streams.impairments);
  const rooms = new Map(
    roster.members.map(({ index, roomId }) => [index, roomId]),
  );
  const drawn = drawNetworks(
    indices,
    [wantedOf(indices.length, network)],
    random,
    (index) => rooms.get(index)!,
  );
  const clients = indices.filter((index) => drawn.has(index));
  return {
    roster: {
      ...impaired(roster, clients, impairment),
      streams: { ...roster.streams, impairments: state() },
    },
    clients,
  };
}

/** All who come from now on are so; of `network` exactly a share has it, `before` counted. */
export function withNetwork(
  roster: Roster,
  network: ImpairmentShare | undefined,
  before: Roster["shared"] = { came: 0, impaired: 0 },
): Roster {
  return {
    ...roster,
    settings: { ...roster.settings, network },
    shared: before,
  };
}

const KINDS = ["audio", "video"] as const satisfies readonly MediaKind[];
