/**
 * What is left of one run on several machines, put together: what its agents
 * kept when they lost the coordinator, and what that had written by then. All
 * figures are sums of the parts, and percentiles are of all their values.
 *
 * @module
 */

import {
  continueCourse,
  EMPTY_COURSE,
  EMPTY_SNAPSHOT,
  type Ending,
  type Incident,
  isAtNode,
  mergeCourses,
  mergeSnapshots,
  type NodePart,
  parseThreshold,
  type RunBasis,
  type Snapshot,
  summarize,
  type Threshold,
  type WholeStory,
} from "../../metrics/mod.ts";
import { formatClock } from "../../text/mod.ts";
import { mergeIncidents } from "./merge_incidents.ts";
import type { SavedRun } from "./saved_run.ts";

/** What was in a file. */
export interface NamedSavedRun {
  /** The file. */
  readonly name: string;
  /** What stands in it. */
  readonly saved: SavedRun;
}

/** The same, where it is known what its summary rests on. */
interface Kept extends NamedSavedRun {
  readonly saved: SavedRun & { readonly basis: RunBasis };
}

/**
 * Puts together what is left of one run; of what is there twice the newest
 * counts. Throws an `Error` in one line where it is not of one run.
 */
export function mergeRuns(files: readonly NamedSavedRun[]): SavedRun {
  const kept = files.map(withBasis);
  const [first, ...others] = kept;
  if (first === undefined) throw new Error("Cannot merge: there is nothing.");
  for (const other of others) checkSameRun(first, other);
  const whole = newest(kept.filter(({ saved }) => saved.basis.agent === null));
  const ofAgents = [
    ...Map.groupBy(
      kept.filter(({ saved }) => saved.basis.agent !== null),
      ({ saved: { basis: { agent } } }) => `${agent!.id} ${agent!.epoch}`,
    ).values(),
  ].flatMap((same) => newest(same) ?? []);
  if (ofAgents.length === 0) return whole!.saved;
  checkClients(ofAgents);
  return merged(whole?.saved, ofAgents.map(({ saved }) => saved));
}

function withBasis({ name, saved }: NamedSavedRun): Kept {
  const { basis } = saved;
  if (basis === undefined) {
    throw new Error(
      `Cannot merge ${name}: it does not say what it is a part of. A version that knows agents' files writes that.`,
    );
  }
  return { name, saved: { ...saved, basis } };
}

function checkSameRun(a: Kept, b: Kept): void {
  const { summary: ofA, basis: { run: runOfA } } = a.saved;
  const { summary: ofB, basis: { run: runOfB } } = b.saved;
  const isSame = runOfA === runOfB && ofA.startedAt === ofB.startedAt &&
    ofA.seed === ofB.seed;
  if (isSame) return;
  throw new Error(
    `Cannot merge ${a.name} and ${b.name}: they are of different runs, which began at ${ofA.startedAt} and ${ofB.startedAt}. Name what is left of one.`,
  );
}

function newest(files: readonly Kept[]): Kept | undefined {
  return files.toSorted((a, b) =>
    b.saved.snapshot.sequence - a.saved.snapshot.sequence
  ).at(0);
}

/** A client is on one machine: two that have the same would count it twice. */
function checkClients(files: readonly Kept[]): void {
  const whose = new Map<number, string>();
  for (const { name, saved } of files) {
    for (const { index, clientId } of saved.snapshot.clients) {
      const other = whose.get(index);
      if (other !== undefined) {
        throw new Error(
          `Cannot merge ${other} and ${name}: ${clientId} is in both. Leave one of them out.`,
        );
      }
      whose.set(index, name);
    }
  }
}

type OfRun = Kept["saved"];

function merged(
  whole: OfRun | undefined,
  ofAgents: readonly OfRun[],
): SavedRun {
  const base = whole ?? ofAgents[0];
  const names = new Set(ofAgents.map(({ basis }) => basis.agent!.node));
  const told = toldParts(whole?.snapshot).filter(({ node }) =>
    !names.has(node)
  );
  const missing = base.basis.nodes.filter((node) =>
    !names.has(node) && !told.some((one) => one.node === node)
  );
  const snapshot = together(whole?.snapshot, ofAgents, told);
  const course = continueCourse(
    whole?.course ?? EMPTY_COURSE,
    mergeCourses(ofAgents.map((one) => one.course)),
    told.length === 0,
  );
  const stories = new Map<string, WholeStory>();
  for (const one of [...(whole ? [whole] : []), ...ofAgents]) {
    for (const story of one.stories) stories.set(story.clientId, story);
  }
  const basis: RunBasis = {
    ...base.basis,
    agent: null,
    ending: endingOf(whole),
  };
  const run: Omit<SavedRun, "summary"> = {
    found: whole?.found ?? [],
    snapshot: {
      ...snapshot,
      final: true,
      generator: {
        ...snapshot.generator,
        notes: [
          ...snapshot.generator.notes,
          ...notesOf(whole, ofAgents, told, missing),
        ].sort(),
      },
    },
    course,
    stories: [...stories.values()].sort((a, b) => a.index - b.index),
    basis,
  };
  return { ...run, summary: summaryOf(run, base, foundBy(whole, ofAgents)) };
}

/** The summary that a run's numbers and what it rests on come to. */
function summaryOf(
  { snapshot, course, basis }: Omit<SavedRun, "summary">,
  { summary }: Pick<SavedRun, "summary">,
  found: Found,
): SavedRun["summary"] {
  const { ending, streams, isDisrupted, unwatched, machineCpuRatio } = basis!;
  const { version, startedAt, seed, config, server, scenario, verdict } =
    summary;
  return summarize({
    ...{ version, startedAt, seed, config, server },
    // Of all of the run, whatever part of it the scenario has figures of.
    scenario: scenario && { name: scenario.name, result: scenario.result },
    ...{ snapshot, ending, streams, isDisrupted, machineCpuRatio },
    timeline: course.seconds.map(({ point }) => point),
    thresholds: basis!.thresholds.map(thresholdOf),
    unwatched: unwatched ?? undefined,
    ...found,
    // What a scenario found is not to be found again.
    judge: (now) => (scenario?.result ?? null) === null ? now : verdict,
  });
}

interface Found {
  readonly incidents: readonly Incident[];
  readonly incidentsLeftOut: number;
}

/** What the coordinator found, and after that its agents, each among its own clients. */
function foundBy(whole: OfRun | undefined, ofAgents: readonly OfRun[]): Found {
  const isWhole = whole?.snapshot.final === true;
  const files = [...(whole ? [whole] : []), ...(isWhole ? [] : ofAgents)];
  return {
    incidents: mergeIncidents(
      whole?.summary.incidents ?? [],
      isWhole ? Infinity : (whole?.snapshot.atMs ?? 0) / 1000,
      ofAgents.map(({ summary }) => summary.incidents),
    ),
    incidentsLeftOut: files.reduce(
      (sum, { summary }) => sum + summary.incidentsLeftOut,
      0,
    ),
  };
}

/** One that was read once; its own word is the operation that it may name. */
function thresholdOf(expression: string): Threshold {
  const [name] = expression.split(" ");
  return parseThreshold(expression, [name.replace(/^signaling\./, "")]);
}

function endingOf(whole: OfRun | undefined): Ending {
  if (whole?.snapshot.final) return whole.basis.ending;
  const when = whole === undefined
    ? ""
    : ` after ${formatClock(whole.snapshot.atMs)}`;
  return { kind: "interrupted", reason: `its coordinator was lost${when}` };
}

/** What the coordinator knew of each of its agents. */
function toldParts(
  snapshot: Snapshot = EMPTY_SNAPSHOT,
): (Snapshot & Pick<NodePart, "machine">)[] {
  return (snapshot.parts ?? []).flatMap(({ node, machine, whole, parts }) =>
    whole === undefined ? [] : [{
      ...whole,
      machine,
      ...(parts !== undefined && { parts }),
      clients: snapshot.clients.filter((client) => isAtNode(client, node)),
    }]
  );
}

/** Everything that was counted: by agents, and by the coordinator where theirs is not there. */
function together(
  whole: Snapshot | undefined,
  ofAgents: readonly OfRun[],
  told: readonly Snapshot[],
): Snapshot {
  const known = new Map(
    (whole?.parts ?? []).map((part) => [part.node, part]),
  );
  const all = mergeSnapshots([
    ...ofAgents.map(({ snapshot, basis: { agent } }) => {
      const { lost = [] } = known.get(agent!.node)?.generator ?? {};
      const losses = [
        ...snapshot.generator.lost ?? [],
        ...lost.filter(({ node }) => node === agent!.node),
      ];
      const generator = {
        ...snapshot.generator,
        ...(losses.length > 0 && { lost: losses }),
      };
      return { ...snapshot, generator };
    }),
    ...told,
    ...whole === undefined ? [] : [
      ofNobody(whole, [
        ...ofAgents.map(({ snapshot }) => snapshot),
        ...told,
      ]),
    ],
  ], true);
  const machines = new Map([
    ...known.values().map(({ node, machine }) => [node, machine] as const),
    ...ofAgents.map(({ basis: { agent } }) =>
      [agent!.node, agent!.machine] as const
    ),
  ]);
  return {
    ...all,
    parts: all.parts?.map((part) => ({
      ...part,
      machine: machines.get(part.node),
    })),
  };
}

/** What a coordinator counted that is of no agent: those whom none took. */
function ofNobody(whole: Snapshot, used: readonly Snapshot[]): Snapshot {
  const { counters } = mergeSnapshots(toldParts(whole));
  const known = new Set(
    used.flatMap(({ clients }) => clients.map(({ index }) => index)),
  );
  return {
    ...EMPTY_SNAPSHOT,
    sequence: whole.sequence,
    counters: Object.fromEntries(
      Object.entries(whole.counters).flatMap(([name, count]) => {
        const own = count - (counters[name] ?? 0);
        return own > 0 ? [[name, own]] : [];
      }),
    ),
    clients: whole.clients.filter(({ index }) => !known.has(index)),
  };
}

const SEEN_APART =
  "incidents after the coordinator was lost are those that each agent saw among its own clients";

function notesOf(
  whole: OfRun | undefined,
  ofAgents: readonly OfRun[],
  told: readonly Snapshot[],
  missing: readonly string[],
): string[] {
  const left = ofAgents.map(({ basis }) => basis.agent!.node).sort();
  return [
    `put together from what ${left.join(", ")}${
      whole === undefined ? "" : " and the coordinator"
    } left`,
    ...told.map(({ node, atMs }) =>
      `of ${node} there is what it had told by ${formatClock(atMs)}`
    ),
    ...missing.map((node) =>
      `of ${node} there is nothing: its clients are in no figure`
    ),
    ...(whole === undefined
      ? ["nobody looked at the server", SEEN_APART]
      : whole.snapshot.final
      ? []
      : [
        `what was seen of the server is known until ${
          formatClock(whole.snapshot.atMs)
        }`,
        SEEN_APART,
      ]),
  ];
}
