/**
 * Incidents: what begins in a run and ends again, out of one second's figures
 * at a time. Each kind has a share of clients at which it begins and a lower
 * one at which it is over. What comes of one and the same trouble is told
 * once: frozen pictures while no media comes are a part of that.
 *
 * @module
 */

import { isAtNode } from "../client_rates.ts";
import {
  type Going,
  KINDS,
  newIncident,
  note,
  PART_BEFORE_SEC,
  put,
  weightOf,
} from "./incident.ts";
import type { Incident, ServerPoint } from "../summary/summary.ts";
import {
  beginOf,
  INCIDENT_RULES,
  isTakenAlong,
  sum,
  type Symptom,
  type SymptomKind,
  symptomOf,
  SYMPTOMS,
  type WatchedSecond,
} from "./symptoms.ts";

export { MAX_NAMED_CLIENTS } from "./incident.ts";
export type { WatchedSecond } from "./symptoms.ts";

/** So many good seconds on end, and it is over. */
const GOOD_SECONDS = 2;
/** Incidents that a run keeps; of more, those that hurt most. */
export const MAX_INCIDENTS = 50;
/** What the server did before an incident is that of so many seconds. */
const BEFORE_SEC = 5;
/** When so many of those with video see pictures move, pictures move again. */
const MIN_MOVING_SHARE = 0.95;
/** How long pictures are waited for. */
const MAX_WAIT_SEC = 30;

/** What may become one. */
interface Budding {
  /** Bad seconds on end that are too few as yet. */
  bad: { readonly symptom: Symptom; readonly second: WatchedSecond }[];
  /** What the server did before them. */
  serverBefore: readonly ServerPoint[];
  going: Going | undefined;
  good: number;
}

/** Watches a run; give it each second. */
export class IncidentWatch {
  readonly #kinds = new Map<SymptomKind, Budding>(
    SYMPTOMS.map((kind) => [
      kind,
      { bad: [], serverBefore: [], going: undefined, good: 0 },
    ]),
  );
  #kept: Going[] = [];
  #forgotten = 0;
  #server: ServerPoint[] = [];
  readonly #lost = new Set<string>();
  #told: readonly Incident[] = [];

  /** Takes in a second. Returns what began and what ended with it, each told once. */
  take(second: WatchedSecond): IncidentChange[] {
    this.#takeLosses(second);
    for (const kind of SYMPTOMS) this.#look(kind, second);
    this.#lookAtPictures(second);
    if (second.server !== undefined) {
      this.#server = [...this.#server, second.server].slice(-BEFORE_SEC);
    }
    const before = this.#told;
    this.#told = put(this.#kept);
    return changes(before, this.#told);
  }

  /** What goes on now and may end, the most telling first: of one whose media is back, the pictures that still stand. */
  current(): Incident[] {
    return put(
      this.#kept.filter(({ isOver, loss }) => !isOver && loss === undefined),
    )
      .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  }

  /**
   * All so far that are kept, in the order of time, as they stand: what had a
   * good second last is over, and what goes on without what it came of stands
   * by itself.
   */
  incidents(): readonly Incident[] {
    const standing = this.#kept.map((going) =>
      going.isWell ? { ...going, isOver: true } : going
    );
    return put(standing, (part, head) => !head.isOver || part.isOver);
  }

  /** How many more there were. */
  get forgotten(): number {
    return this.#forgotten;
  }

  #takeLosses(second: WatchedSecond): void {
    const { fromSec, toSec, lost = [], all = [] } = second;
    for (const loss of lost) {
      const { node, atMs, knownMs = atMs } = loss;
      if (this.#lost.has(node)) continue;
      this.#lost.add(node);
      const sinceSec = knownMs / 1000;
      const begun = { fromSec: sinceSec, partFromSec: sinceSec };
      const going = newIncident("lost", begun, this.#server, loss);
      this.#keep(going);
      const affected = all.flatMap((client) =>
        isAtNode(client, node) && isTakenAlong(client) ? [{ client }] : []
      );
      const symptom = { affected, of: all.length, worst: 1, part: 1 };
      note(going, symptom, { ...second, fromSec, toSec });
    }
  }

  #look(kind: SymptomKind, second: WatchedSecond): void {
    const symptom = symptomOf(kind, second);
    const state = this.#kinds.get(kind)!;
    const { enter, exit, seconds } = INCIDENT_RULES[kind];
    if (state.going === undefined) {
      if (symptom === undefined || symptom.share < enter) {
        state.bad = [];
        return;
      }
      if (state.bad.length === 0) state.serverBefore = this.#server;
      state.bad.push({ symptom, second });
      if (state.bad.length < seconds) return;
      state.going = begun(kind, state);
      state.bad = [];
      state.good = 0;
      return this.#keep(state.going);
    }
    if (symptom === undefined || symptom.share < exit) {
      // That nobody is there any more is no sign that it is over.
      state.going.isWell = symptom !== undefined;
      if (++state.good < GOOD_SECONDS) return;
      state.going.isOver = true;
      state.going = undefined;
      return;
    }
    state.good = 0;
    note(state.going, symptom!, second);
  }

  #keep(going: Going): void {
    this.#kept.push(going);
    if (this.#kept.length <= MAX_INCIDENTS) return;
    const least = this.#kept.filter(({ isOver }) => isOver)
      .reduce<Going | undefined>(
        (a, b) => a === undefined || weightOf(b) < weightOf(a) ? b : a,
        undefined,
      );
    if (least === undefined) return;
    this.#kept.splice(this.#kept.indexOf(least), 1);
    this.#forgotten++;
  }

  #lookAtPictures({ fromSec, toSec, clients }: WatchedSecond): void {
    const waiting = this.#kept.filter((going) =>
      (going.kind === "noMedia" || going.kind === "away" ||
        going.kind === "freezes") &&
      going.picturesSec === null && fromSec >= going.untilSec &&
      toSec - going.untilSec < MAX_WAIT_SEC
    );
    for (const going of waiting) {
      const seen = clients.filter(({ client, playedMs }) =>
        going.ids.has(client.index) && playedMs > 0
      );
      if (seen.length === 0) continue;
      const moving = seen.filter(({ playedMs, frozenMs, framesRendered }) =>
        framesRendered > 0 && frozenMs < playedMs * MIN_MOVING_SHARE
      );
      if (moving.length < seen.length * MIN_MOVING_SHARE) continue;
      const still = sum(moving, ({ frozenMs }) => frozenMs) /
        sum(moving, ({ playedMs }) => playedMs);
      going.picturesSec = fromSec + (toSec - fromSec) * still;
    }
  }
}

/** One that has gone on for as long as it takes, with all that was bad of it. */
function begun(
  kind: SymptomKind,
  { bad, serverBefore }: Pick<Budding, "bad" | "serverBefore">,
): Going {
  const [{ symptom, second }] = bad;
  const { fromSec } = second;
  const partFromSec = beginOf(symptom, second);
  const going = newIncident(kind, { fromSec, partFromSec }, serverBefore);
  for (const one of bad) note(going, one.symptom, one.second);
  return going;
}

/** Something to tell of an incident: that it began, or how it was once it is over. */
export interface IncidentChange {
  /** Which of both. */
  readonly change: "began" | "ended";
  /** All that is known of it by then. */
  readonly incident: Incident;
}

function changes(
  before: readonly Incident[],
  after: readonly Incident[],
): IncidentChange[] {
  const isSame = (a: Incident, b: Incident) =>
    a.kind === b.kind && Math.abs(a.fromSec - b.fromSec) < PART_BEFORE_SEC;
  return after.flatMap((incident): IncidentChange[] => {
    const was = before.find((one) => isSame(one, incident));
    // Who lost it says so.
    if (incident.kind === "lost") return [];
    if (incident.untilSec !== null) {
      return was?.untilSec === null ? [{ change: "ended", incident }] : [];
    }
    return was === undefined ? [{ change: "began", incident }] : [];
  });
}
