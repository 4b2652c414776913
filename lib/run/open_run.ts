/**
 * A run that goes on: clients at a server, both watched on one time axis, and
 * what it comes to so far. It is wired here alone, for a run, a scenario and a
 * session.
 *
 * @module
 */

import type { Agents } from "../agents/mod.ts";
import { busyCores, readCpuTimes } from "../machine/mod.ts";
import { shownUrl } from "../text/mod.ts";
import {
  borrowCrowd,
  type ClientFleet,
  type FleetOptions,
  type NodeNote,
  openFleet,
  reachServer,
  type RunCrowd,
  systemNodeClock,
} from "../load/mod.ts";
import {
  type Course,
  type CourseSecond,
  type Ending,
  type Incident,
  type IncidentChange,
  roundMs,
  type RunBasis,
  type RunPhase,
  RunSeconds,
  type ServerStreams,
  type Snapshot,
  snapshotBetween,
  summarize,
  type Summary,
  type SummaryInput,
  type TimelinePoint,
  type TrackNews,
  type WholeStory,
} from "../metrics/mod.ts";
import { UnreachableError } from "../signaling/port.ts";
import { isHere, type MonitorTarget } from "../monitor/mod.ts";
import type { EngineKind, SfuStats } from "../sfu/mod.ts";
import { whyImpossible } from "./before_run.ts";
import { type AboutRun, claimAgents } from "./claim_agents.ts";
import type { RunPart, ScriptPorts } from "./job.ts";
import type { AgentsOptions } from "./run_options.ts";
import { endingOf } from "./server_gone.ts";
import { countStreams } from "./server_streams.ts";
import { ServerWatch } from "./server_watch.ts";
import { VERSION } from "../../version.ts";

/** What a run is opened with. */
export interface OpenRunOptions
  extends Omit<FleetOptions, "elsewhere" | "openNode"> {
  /** Other processes and machines where clients run. @default {none} */
  readonly agents?: AgentsOptions | undefined;
  /** What these are told of the run, so that they keep their part of it. @default {nothing} */
  readonly about?: AboutRun | undefined;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: EngineKind | null;
  /** How the fleet is opened. @default {of real clients} */
  readonly open?:
    | ((options: FleetOptions) => Promise<ClientFleet>)
    | undefined;
  /** A fleet to run in, which nobody is in and which goes on afterwards, in place of one of its own. */
  readonly within?: ClientFleet | undefined;
  /** Asks an embedded server what its streams carried, to tell where packets were lost. */
  readonly serverStats?: (() => Promise<SfuStats>) | undefined;
  /** The server's processes or addresses, to be watched meanwhile. @default {[]} */
  readonly monitor?: readonly MonitorTarget[] | undefined;
  /** Bearer token for the server's `/metrics`, if that is watched. */
  readonly metricsToken?: string | undefined;
  /** Told when a watched server goes, or cannot be looked at. */
  readonly onServerNote?: ((text: string) => void) | undefined;
  /** Told of each incident when it begins and when it is over, before the second that shows it. */
  readonly onIncident?: ((change: IncidentChange) => void) | undefined;
  /** Where the run is when a second of it is over. @default {media flows} */
  readonly phaseNow?: (() => RunPhase) | undefined;
}

/** What only whoever drives a run knows of it. */
export type RunRecord =
  & Pick<SummaryInput, "config" | "ending" | "thresholds">
  & Partial<Pick<SummaryInput, "isDisrupted" | "judge" | "scenario">>;

/**
 * Opens a run without clients. Throws a `ChannelError` when the server cannot
 * be reached; then nothing is left behind.
 */
export function openRun(
  options: OpenRunOptions & { readonly within?: undefined },
): Promise<OpenRun<ClientFleet>>;
/** The same, within a fleet that may be another's. */
export function openRun(options: OpenRunOptions): Promise<OpenRun>;
export async function openRun(options: OpenRunOptions): Promise<OpenRun> {
  const { open = openFleet, within, onSecond, onIncident } = options;
  const streamsAtEnd = await countStreams(options.serverStats);
  const watch = new ServerWatch({
    targets: options.monitor ?? [],
    token: options.metricsToken,
    server: options.server,
    onNote: options.onServerNote,
  });
  let agents: Agents | undefined;
  try {
    agents = within === undefined ? await claimAgents(options) : undefined;
    await watch.ready(options.signal);
    let run: OpenRun | undefined;
    const early: NodeNote[] = [];
    const take = (point: TimelinePoint, all: Snapshot) => {
      if (run === undefined) return;
      watch.onSecond(all);
      const second = watch.annotateLast(point);
      for (const change of run.tell(second, all)) onIncident?.(change);
      onSecond?.(second, all);
    };
    const fleet: RunCrowd = within === undefined
      ? await open({
        ...options,
        elsewhere: agents?.elsewhere,
        onSecond: take,
        onNote(note) {
          if (run === undefined) early.push(note);
          else run.noteEvent(note);
          options.onNote?.(note);
        },
        onTracks: (news) => run?.noteTracks(news),
      })
      : await borrowCrowd(within, take);
    watch.begin(Date.parse(fleet.startedAt));
    const opened = run = new OpenRun(
      options,
      fleet,
      watch,
      streamsAtEnd,
      agents,
    );
    for (const note of early) opened.noteEvent(note);
    return opened;
  } catch (error) {
    await agents?.[Symbol.asyncDispose]();
    await watch[Symbol.asyncDispose]();
    throw error;
  }
}

/** Who does not answer for so long at the end of a run is not there. */
const MAX_KNOCK_MS = 5_000;

/** A run that goes on. */
export class OpenRun<Fleet extends RunCrowd = RunCrowd>
  implements AsyncDisposable {
  /** Its clients. */
  readonly fleet: Fleet;
  /** What is seen of its server. */
  readonly watch: ServerWatch;
  readonly #seconds = new RunSeconds();
  readonly #options: OpenRunOptions;
  readonly #streamsAtEnd: () => Promise<ServerStreams | null>;
  readonly #watchers = new Set<(snapshot: Snapshot) => void>();
  readonly #agents: Agents | undefined;
  #streams: ServerStreams | null = null;
  #closing: Promise<void> | undefined;
  /** What the figures are of; `undefined` for all of the run. */
  #focus: RunPart | undefined;
  readonly #cpuBefore = readCpuTimes();
  /** Who was gone before everyone was to leave. */
  #hadLeft: ReadonlySet<number> = new Set();

  /** Use {@linkcode openRun}. */
  constructor(
    options: OpenRunOptions,
    fleet: Fleet,
    watch: ServerWatch,
    streamsAtEnd: () => Promise<ServerStreams | null>,
    agents?: Agents,
  ) {
    this.#agents = agents;
    this.#options = options;
    this.fleet = fleet;
    this.watch = watch;
    this.#streamsAtEnd = streamsAtEnd;
  }

  /** The time so far, about second by second, with the server where it is watched. */
  timeline(): TimelinePoint[] {
    return this.watch.annotate(this.fleet.timeline());
  }

  /** What a script has clients come and go with here. */
  scriptPorts(
    own: Pick<ScriptPorts, "onExpectedEnd" | "over" | "roster">,
  ): ScriptPorts {
    const { clock = systemNodeClock, workers = 1, engine, monitor = [], seed } =
      this.#options;
    // Clients that somebody else makes up need nothing of this machine.
    const isReal = this.#options.open === undefined;
    const { isHere: isFleetHere, nodes } = this.fleet;
    return {
      ...own,
      crowd: this.fleet,
      clock,
      seed,
      watch: (onSecond) => this.#watchers.add(onSecond),
      obstacle: (plan) =>
        isReal
          ? whyImpossible({
            ...{ plan, workers, engine },
            nodes: isFleetHere ? undefined : nodes,
          })
          : undefined,
      timeline: () => this.timeline(),
      serverLoad: (fromMs, toMs) => this.watch.loadBetween(fromMs, toMs),
      focus: (part) => this.#focus = part,
      // Of machines elsewhere nothing is known but what their nodes report.
      cpuTimes: () => isReal && isFleetHere ? readCpuTimes() : null,
      serverIsHere: isFleetHere && monitor.some(isHere),
    };
  }

  /** What each second came to, and what was told. */
  course(): Course {
    return this.#seconds.course.course();
  }

  /** The last second; `undefined` before the first is over. */
  get lastSecond(): CourseSecond | undefined {
    return this.#seconds.last;
  }

  /** What became of each client, bin by bin. */
  *stories(): Iterable<WholeStory> {
    const { stories, tracks } = this.#seconds;
    for (const story of stories.stories()) {
      yield { ...story, ...tracks.story(story.clientId) };
    }
  }

  /** What became of one client so far; `undefined` where nothing is kept of it. */
  story(index: number): WholeStory | undefined {
    const { stories, tracks } = this.#seconds;
    const story = stories.story(index);
    return story && { ...story, ...tracks.story(story.clientId) };
  }

  /** What became of a client's tracks belongs to its story. */
  noteTracks(news: readonly TrackNews[]): void {
    for (const one of news) this.#seconds.tracks.note(one);
  }

  /** What was told belongs to the course, and what happened to a client to its story. */
  noteEvent(note: NodeNote): void {
    const { clientId, atMs, text } = note;
    this.#seconds.course.note(note);
    if (clientId === null) return;
    const atSec = Math.round(atMs) / 1000;
    this.#seconds.stories.note(clientId, { atSec, text });
  }

  /** What began and ended so far. */
  get allIncidents(): readonly Incident[] {
    return this.#seconds.incidents.incidents();
  }

  /** What goes on that should not, the most telling first. */
  get incidents(): readonly Incident[] {
    return this.#seconds.incidents.current();
  }

  /** Looks at a second's numbers, and has scripts told of them. Returns what began and ended. */
  tell(point: TimelinePoint, snapshot: Snapshot): IncidentChange[] {
    for (const watcher of [...this.#watchers]) watcher(snapshot);
    const phase = this.#options.phaseNow?.();
    return this.#seconds.take(point, snapshot, phase);
  }

  /** What it comes to so far; what the server's streams carried is known once it is closed. */
  summarize(record: RunRecord): Summary {
    const { server, engine, seed } = this.#options;
    const isOver = record.ending.kind === "finished";
    const part = isOver ? this.#focus : undefined;
    const whole = {
      server: { url: shownUrl(server.url), engine, ...this.watch.summary() },
      snapshot: this.fleet.snapshot(),
      timeline: this.timeline(),
      streams: this.#streams,
      scenario: record.scenario,
    };
    const summary = summarize({
      version: VERSION,
      startedAt: this.fleet.startedAt,
      seed,
      incidents: this.#seconds.incidents.incidents(),
      incidentsLeftOut: this.#seconds.incidents.forgotten,
      unwatched: this.watch.unseen,
      machineCpuRatio: part === undefined ? this.#machineCpuRatio() : null,
      ...record,
      ...(part === undefined ? whole : this.#partOf(whole, part)),
    });
    const { timeline, snapshot } = whole;
    return part === undefined
      ? summary
      : { ...summary, timeline, elapsedMs: roundMs(snapshot.atMs) };
  }

  /** What a summary rests on beside what was counted, to be kept with that. */
  basis(
    { ending, thresholds, isDisrupted = false }: RunRecord,
  ): RunBasis {
    return {
      run: this.#agents?.run ?? null,
      nodes: this.#agents?.elsewhere.nodes ?? [],
      agent: null,
      ending,
      thresholds: thresholds.map(({ expression }) => expression),
      streams: this.#streams,
      isDisrupted,
      unwatched: this.watch.unseen ?? null,
      machineCpuRatio: this.#machineCpuRatio(),
    };
  }

  /** Of what the cores of this machine could do, what all programs had them do. */
  #machineCpuRatio(): number | null {
    const now = this.#options.open === undefined ? readCpuTimes() : null;
    const busy = busyCores(this.#cpuBefore, now);
    // Rounded, all of them may come to a little more.
    return busy === null ? null : Math.min(1, busy / now!.cores);
  }

  /** What a part of the run was, of all that is known of it. */
  #partOf(
    { server, timeline, scenario }: Pick<
      SummaryInput,
      "scenario" | "server" | "timeline"
    >,
    { from, to, says }: RunPart,
  ): Pick<
    SummaryInput,
    "scenario" | "server" | "snapshot" | "streams" | "timeline"
  > {
    return {
      server: { ...server, load: this.watch.loadBetween(from.atMs, to.atMs) },
      snapshot: { ...snapshotBetween(from, to), atMs: to.atMs - from.atMs },
      timeline: timeline.filter(({ tSec }) =>
        tSec * 1000 > from.atMs && tSec * 1000 <= to.atMs
      ),
      // What its streams carried is known of all of the run alone.
      streams: null,
      scenario: scenario && { ...scenario, figuresOf: says },
    };
  }

  /** How it ended, seen that its server may be gone by now; to be asked once it is closed. */
  endingOf(ending: Ending): Promise<Ending> {
    return endingOf(ending, {
      endMs: this.fleet.elapsedMs,
      clients: this.fleet.snapshot().clients,
      hadLeft: this.#hadLeft,
      watched: this.watch.gone,
      knock: () => this.#knock(),
    });
  }

  /** Has everyone leave while the server is still there, and looks at it once more. Idempotent. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes it, and ends all watching. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.watch[Symbol.asyncDispose]();
  }

  /** Why the server cannot be reached; `undefined` where it can. */
  async #knock(): Promise<string | undefined> {
    const { open, within, server } = this.#options;
    // Clients that somebody else makes up have no server to be reached, and
    // from machines elsewhere it may be, though not from here.
    if (open !== undefined || within !== undefined) return undefined;
    if (!this.fleet.isHere) return undefined;
    const signal = AbortSignal.timeout(MAX_KNOCK_MS);
    try {
      await reachServer(server, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      return signal.aborted
        ? `no answer within ${MAX_KNOCK_MS / 1000} s`
        : error.message;
    }
  }

  async #close(): Promise<void> {
    const { clients } = this.fleet.snapshot();
    this.#hadLeft = new Set(
      clients.filter(({ state }) => state === "left").map(({ index }) => index),
    );
    await this.fleet.close();
    await this.#agents?.[Symbol.asyncDispose]();
    await this.watch.finish();
    this.#streams = await this.#streamsAtEnd();
  }
}
