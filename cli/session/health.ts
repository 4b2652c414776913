/**
 * The light on the status line: the worst of what is watched, in a word.
 *
 * @module
 */

import {
  type Band,
  band,
  type BandMetric,
  briefly,
  type ChartPoint,
  EMPTY_SNAPSHOT,
  formatClock,
  type Incident,
  incidentName,
  judge,
  type Judgement,
  partsBetween,
  saturationOf,
  type Snapshot,
  tallyClients,
  type ThresholdResult,
  trendGrowth,
} from "../../tool.ts";

/** How the load does, and what is to blame. */
export interface Health {
  readonly band: Band;
  /** Empty when all is good. */
  readonly reason: string;
}

/** All is good. */
export const HEALTHY: Health = { band: "good", reason: "" };

/**
 * How the load does now: by what a run would be judged by, of the last
 * seconds, which begin with `earlier`; by what goes on that should not; and by
 * the thresholds, which are those of the whole time.
 */
export function healthOf(
  snapshot: Snapshot,
  moments: readonly ChartPoint[],
  thresholds: readonly ThresholdResult[],
  incidents: readonly Incident[] = [],
  earlier: Snapshot = EMPTY_SNAPSHOT,
): Health {
  const now = lastSeconds(snapshot, earlier);
  const judgement = judge({
    snapshot: now,
    tally: tallyClients(now.clients, false),
    timeline: moments,
    serverCpu: known(serverCpuRatio(moments)),
    serverRss: known(moments.at(-1)?.serverRssBytes),
  }).filter(({ figure }) => !OF_THE_PAST.has(figure));
  // A threshold on what is not measured yet has not failed yet.
  const failed = thresholds
    .filter(({ passed, value }) => !passed && value !== null)
    .map(({ expression }) => expression);
  const errors = recentErrors(now.clients, snapshot.atMs);
  const troubles = incidents.map((incident) =>
    `${incidentName(incident)} since ${formatClock(incident.fromSec * 1000)}`
  );
  const critical = [
    ...(saturationOf(now) === null ? [] : ["generator saturated"]),
    ...troubles,
    ...briefly([...judgement, ...errors], "critical"),
    ...failed,
  ];
  if (critical.length > 0) {
    return { band: "critical", reason: critical.join(", ") };
  }
  const warning = briefly([...judgement, ...errors], "warning");
  return warning.length === 0
    ? HEALTHY
    : { band: "warning", reason: warning.join(", ") };
}

/** What was once, and would be said for ever. */
const OF_THE_PAST: ReadonlySet<BandMetric> = new Set(["errors", "lostMedia"]);
/** An error is looked at for so long. */
const ERROR_MS = 10_000;

/** As much of a snapshot as a later one's last seconds are told by: all of it, several times over, is megabytes. */
export function comparable(snapshot: Snapshot): Snapshot {
  const { lateness } = snapshot.trends;
  return {
    ...snapshot,
    clients: [],
    trends: lateness === undefined ? {} : { lateness },
  };
}

/** What was counted since `earlier`, of the clients that are there. */
function lastSeconds(snapshot: Snapshot, earlier: Snapshot): Snapshot {
  const { kernelDrops } = snapshot.generator;
  const { lateness } = snapshot.trends;
  return {
    ...snapshot,
    atMs: snapshot.atMs - earlier.atMs,
    counters: Object.fromEntries(
      Object.entries(snapshot.counters).map((
        [name, count],
      ) => [name, count - (earlier.counters[name] ?? 0)]),
    ),
    trends: lateness === undefined
      ? {}
      : { lateness: trendGrowth(earlier.trends.lateness, lateness) },
    clients: snapshot.clients.filter(({ state }) =>
      state !== "left" && state !== "lost"
    ),
    generator: {
      ...snapshot.generator,
      kernelDrops: kernelDrops === null
        ? null
        : kernelDrops - (earlier.generator.kernelDrops ?? 0),
      clock: undefined,
      lost: [],
    },
    parts: partsBetween(earlier.parts, snapshot.parts),
  };
}

/** Clients that met an error a moment ago. */
function recentErrors(
  clients: Snapshot["clients"],
  nowMs: number,
): Judgement[] {
  const hurt = clients.filter(({ errors }) =>
    errors.some((error) => error.atMs > nowMs - ERROR_MS)
  );
  const value = clients.length === 0 ? 0 : hurt.length / clients.length;
  return [{
    figure: "errors",
    value,
    band: band("errors", value),
    says: "",
    reason: "",
  }];
}

/** CPU of the server's busiest process over the last five seconds, in cores: one busy second is no overload. */
export function serverCpuRatio(moments: readonly ChartPoint[]): number {
  const last = moments.slice(-SUSTAINED_SEC)
    .map(({ serverCpuRatio }) => serverCpuRatio)
    .filter((ratio) => !Number.isNaN(ratio));
  return last.reduce((sum, ratio) => sum + ratio, 0) / last.length;
}

const SUSTAINED_SEC = 5;

function known(value = NaN): number | null {
  return Number.isNaN(value) ? null : value;
}
