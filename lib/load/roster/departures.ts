/**
 * Who leaves: at once, by the time that brings it, or replaced by another.
 *
 * @module
 */

import { departureMs, drawLeaver } from "../plan/churn.ts";
import { clientNames, type ClientPlan, later } from "../plan/plan.ts";
import { resumeRandom } from "../plan/random.ts";
import { spawned, type SpawnOptions } from "./arrivals.ts";
import type { Churn, Member, Roster, RosterStep } from "./roster.ts";

/** More departures at once than this are not made up for after a stall. */
const MAX_CHURN_BURST = 100;

/** These leave at once. */
export function dropped(
  roster: Roster,
  indices: readonly number[],
): RosterStep {
  const gone = new Set(indices);
  const [leaving, members] = partition(
    roster.members,
    ({ index }) => gone.has(index),
  );
  return {
    roster: { ...roster, members },
    joining: [],
    leaving: leaving.map(({ index }) => index),
  };
}

/** As many clients as `target` in the end, evenly over `durationMs`; the last places are emptied first. */
export function ramped(
  roster: Roster,
  target: number,
  durationMs: number,
  nowMs: number,
  options: SpawnOptions = {},
): RosterStep {
  const members = roster.members.map((member) =>
    member.leaveAtMs === null ? member : { ...member, leaveAtMs: null }
  );
  const change = target - members.length;
  if (change > 0) {
    return spawned({ ...roster, members }, change, nowMs, {
      ...options,
      overMs: durationMs,
    });
  }
  const gapMs = durationMs / -change;
  const leaveAtMs = new Map(
    bySlot(members).slice(target).reverse().map((
      { index },
      i,
    ) => [index, nowMs + (i + 1) * gapMs]),
  );
  return {
    roster: {
      ...roster,
      members: members.map((member) => ({
        ...member,
        leaveAtMs: leaveAtMs.get(member.index) ?? null,
      })),
    },
    joining: [],
    leaving: [],
  };
}

/** So many departures a second from now on, each replaced; 0 is none. */
export function churned(
  roster: Roster,
  ratePerSec: number,
  nowMs: number,
): Roster {
  if (ratePerSec === 0) return { ...roster, churn: undefined };
  return departing(roster, { ratePerSec, fromMs: nowMs }, 0);
}

/** Without those whose time is over: nodes have them leave by themselves. */
export function departed(roster: Roster, nowMs: number): Roster {
  return {
    ...roster,
    members: roster.members.filter(({ leaveAtMs }) =>
      leaveAtMs === null || leaveAtMs > nowMs
    ),
  };
}

/** What time brings: who is due to leave, and who churns. `undefined` when nothing is due. */
export function due(roster: Roster, nowMs: number): RosterStep | undefined {
  const churned = churnUntil(roster, nowMs);
  const [gone, members] = partition(
    churned.members,
    ({ leaveAtMs }) => leaveAtMs !== null && leaveAtMs <= nowMs,
  );
  if (gone.length === 0 && churned === roster) return undefined;
  const isNew = ({ index }: Member) => index >= roster.nextIndex;
  return {
    roster: { ...churned, members },
    // Who came and went while nobody looked was never there.
    joining: members.filter(isNew).map((member) => planOf(member, nowMs)),
    leaving: gone.filter((member) => !isNew(member)).map(({ index }) => index),
  };
}

/** Its plan, whose times count from now. */
function planOf({ silent: _, ...member }: Member, nowMs: number): ClientPlan {
  return later(member, -nowMs);
}

/** The roster with the next departure drawn. */
function departing(
  roster: Roster,
  { ratePerSec, fromMs }: Pick<Churn, "fromMs" | "ratePerSec">,
  next: number,
): Roster {
  const { random, state } = resumeRandom(roster.streams.churn);
  const nextMs = departureMs({ ratePerSec, fromMs }, next, random);
  return {
    ...roster,
    churn: { ratePerSec, fromMs, next, nextMs },
    streams: { ...roster.streams, churn: state() },
  };
}

/** With all departures until now; who left is still there, with the time at which it did. The very same when there was none. */
function churnUntil(roster: Roster, nowMs: number): Roster {
  let next = roster;
  for (let i = 0; next.churn !== undefined; i++) {
    const { nextMs, fromMs, ratePerSec, next: number } = next.churn;
    if (nextMs > nowMs) break;
    if (i === MAX_CHURN_BURST) {
      const passed = Math.floor((nowMs - fromMs) / 1000 * ratePerSec) + 1;
      return departing(next, next.churn, passed);
    }
    next = departing(replacedAt(next, nextMs), next.churn, number + 1);
  }
  return next;
}

/** The roster after one departure: another takes the place, with all that belongs to it. */
function replacedAt(roster: Roster, atMs: number): Roster {
  const { members, nextIndex, firstNumber, streams } = roster;
  const { random, state } = resumeRandom(streams.churn);
  const present = bySlot(members.filter(({ joinAtMs }) => joinAtMs < atMs));
  const leaver = drawLeaver(present, atMs, random);
  if (leaver === undefined) return roster;
  const replacement: Member = {
    ...leaver,
    ...clientNames(nextIndex + firstNumber),
    index: nextIndex,
    joinAtMs: atMs,
    silent: [],
  };
  return {
    ...roster,
    members: [
      ...members.map((member) =>
        member === leaver ? { ...member, leaveAtMs: atMs } : member
      ),
      replacement,
    ],
    nextIndex: nextIndex + 1,
    streams: { ...streams, churn: state() },
  };
}

function bySlot(members: readonly Member[]): Member[] {
  return members.toSorted((a, b) => a.slot - b.slot);
}

function partition<T>(
  values: readonly T[],
  isFirst: (value: T) => boolean,
): [first: T[], second: T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
