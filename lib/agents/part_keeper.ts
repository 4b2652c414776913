/**
 * What an agent keeps of its part of a run, second by second, in case nobody
 * is there to tell it to.
 *
 * @module
 */

import type { RunAbout } from "./run_about.ts";
import { VERSION } from "../../version.ts";
import type { NodeNote, NodePlan } from "../load/mod.ts";
import {
  type AgentName,
  RunSeconds,
  type Snapshot,
  summarize,
  Timeline,
  type TrackNews,
  unwatchedServer,
} from "../metrics/mod.ts";
import type { SavedRun } from "../report/mod.ts";
import { shownUrl } from "../text/mod.ts";

/** Keeps an agent's part of a run. */
export class PartKeeper {
  readonly #plan: NodePlan;
  readonly #about: RunAbout;
  readonly #timeline = new Timeline();
  readonly #seconds = new RunSeconds();
  #startedAtMs: number | undefined;
  #latest: Snapshot | undefined;

  /** Of a part with this plan, of this run. */
  constructor(plan: NodePlan, about: RunAbout) {
    this.#plan = plan;
    this.#about = about;
  }

  /** The run begins, by the coordinator's wall clock. */
  begin(startedAtMs: number): void {
    this.#startedAtMs = startedAtMs;
  }

  /** Takes in a second. */
  take(snapshot: Snapshot): void {
    if ((this.#latest?.sequence ?? 0) >= snapshot.sequence) return;
    this.#latest = snapshot;
    const { second, atMs } = snapshot;
    const point = this.#timeline.mark(
      snapshot,
      snapshot.final ? atMs : second * 1000,
    );
    this.#seconds.take(point, snapshot);
  }

  /** Something was told. */
  note({ clientId, atMs, level, text }: NodeNote): void {
    this.#seconds.course.note({ atMs, level, text });
    if (clientId === null) return;
    const atSec = Math.round(atMs) / 1000;
    this.#seconds.stories.note(clientId, { atSec, text });
  }

  /** Something became of tracks. */
  noteTracks(news: readonly TrackNews[]): void {
    for (const one of news) this.#seconds.tracks.note(one);
  }

  /** All of it; `undefined` where there is nothing yet. */
  part(agent: Omit<AgentName, "node">): SavedRun | undefined {
    const snapshot = this.#latest;
    if (snapshot === undefined || this.#startedAtMs === undefined) {
      return undefined;
    }
    const { server, seed, node } = this.#plan;
    const { run, nodes, config, thresholds, scenario, engine, isDisrupted } =
      this.#about;
    const { stories, tracks, course, incidents } = this.#seconds;
    const ending = { kind: "interrupted", reason: agent.reason } as const;
    return {
      summary: summarize({
        version: VERSION,
        startedAt: new Date(Math.round(this.#startedAtMs)).toISOString(),
        ...{ seed, config, snapshot, ending, isDisrupted },
        scenario: scenario === null
          ? undefined
          : { name: scenario, result: null },
        server: unwatchedServer({ url: shownUrl(server.url), engine }),
        timeline: this.#timeline.points(),
        thresholds: [],
        incidents: incidents.incidents(),
        incidentsLeftOut: incidents.forgotten,
      }),
      found: [],
      snapshot,
      course: course.course(),
      stories: [...stories.stories()].map((story) => ({
        ...story,
        ...tracks.story(story.clientId),
      })),
      basis: {
        ...{ run, nodes, thresholds, ending, isDisrupted },
        agent: { ...agent, node },
        streams: null,
        unwatched: null,
        machineCpuRatio: null,
      },
    };
  }
}
