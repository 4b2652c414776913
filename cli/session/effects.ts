/**
 * What the session does to the world, the only place that awaits: it starts
 * the server, drives the crowd, writes files, evaluates expressions, and
 * takes everything down again.
 *
 * @module
 */

import {
  ChannelError,
  type ClientFleet,
  createHider,
  createTarget,
  Crowd,
  describeMedia,
  type Ending,
  type Hider,
  incidentLine,
  localMonitor,
  type MediaPlan,
  type MonitorTarget,
  type OpenRun,
  openRun,
  type OpenRunOptions,
  type OpenServer,
  openServer,
  renderText,
  type Roster,
  type RunRecord,
  type SavedRun,
  secretsOf,
  shownText,
  shownUrl,
  storyLines,
  type Summary,
  SYNTHETIC,
} from "../../tool.ts";
import type { History } from "../terminal/mod.ts";
import { findScenario, prepareScenario, typedConfig } from "./find_scenario.ts";
import { JsConsole } from "./js.ts";
import {
  incidentNote,
  type Message,
  type ScenarioEnd,
  type ScenarioOutcome,
  type WorldEffect,
} from "./messages.ts";
import type { Model } from "./model.ts";
import type { SessionOptions } from "./options.ts";
import { isProblem } from "./parse.ts";
import { outcomeLines } from "./scenario_lines.ts";
import { messageOf, safeValue } from "../../lib/text/mod.ts";
import { reachAdvice } from "./reach_advice.ts";
import { writeSession } from "./save.ts";
import { EXIT_CODES, isOfSignal } from "../../lib/exit_codes.ts";

/** What the effects of one session work with. */
export interface EffectsContext {
  readonly options: SessionOptions;
  readonly history: History;
  readonly dispatch: (message: Message) => void;
  readonly model: () => Model;
  /** Time, and how the fleet is opened. @default {the system's time, real clients} */
  readonly ports?: Pick<OpenRunOptions, "clock" | "open"> | undefined;
  /** Told how it ended, once everything is down. */
  readonly onEnd: (end: SessionEnd) => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** How a session ended. */
export interface SessionEnd {
  readonly code: number;
  /** Why it had to end; `null` when somebody wanted it to. */
  readonly reason: string | null;
  /** `null` when there is nothing to sum up. */
  readonly summary: Summary | null;
}

/** Bins of a story that are shown of a client that goes on. */
const INSPECTED_BINS = 60;

/** Does what `update` decides. */
export class Effects {
  readonly #context: EffectsContext;
  readonly #end = new AbortController();
  readonly #hide: Hider;
  readonly #js = new JsConsole((error) => this.#tell(`js: ${error.message}`));
  #server: OpenServer | undefined;
  #run: OpenRun<ClientFleet> | undefined;
  /** The same clients as the verbs steer, for expressions. */
  #crowd: Crowd | undefined;
  #opening: Promise<void> = Promise.resolve();
  readonly #underWay = new Set<Promise<void>>();
  #stopScenario = new AbortController();
  #playing: Promise<void> = Promise.resolve();

  constructor(context: EffectsContext) {
    this.#context = context;
    this.#hide = createHider(secretsOf(context.options.server));
  }

  /** Begins to start the server and the crowd; tells `opened`, or `broke`. */
  open(): void {
    this.#opening = this.#open().catch((error) => {
      this.#context.dispatch({ type: "broke", reason: adviceOf(error) });
    });
  }

  /** Begins to do something. */
  perform(effect: WorldEffect): void {
    const { history, dispatch, exit } = this.#context;
    switch (effect.type) {
      case "add":
        return this.#answer(async () => {
          await this.#run?.fleet.add({ clients: effect.clients });
        });
      case "command":
        return this.#answer(() => this.#run?.fleet.command(effect.command));
      case "save":
        return this.#answer(async () => {
          await writeSession(effect.path, this.#savedRun());
          return {
            title: "save",
            lines: [`written to ${effect.path}, so far: it goes on`],
          };
        });
      case "report":
        return this.#answer(() => ({
          title: "report",
          lines: this.#linesOf(this.#summarize(GOING_ON)),
        }));
      case "inspect":
        return this.#answer(() => ({
          title: `client ${effect.index}`,
          lines: [...effect.above, ...this.#secondsOf(effect.index)],
        }));
      case "js":
        return this.#answer(async () => ({
          title: effect.source,
          lines: await this.#js.evaluate(effect.source, this.#crowd),
        }));
      case "chooseMedia":
        this.#chooseMedia(effect.media);
        return;
      case "scenario":
        this.#playing = this.#perform(effect).then((end) =>
          dispatch({ type: "scenarioEnded", end })
        );
        return;
      case "stopScenario":
        return this.#stopScenario.abort();
      case "remember":
        // It is saved, and secrets never are.
        history.add(this.#hide(shownText(effect.line)));
        return dispatch({ type: "remembered", lines: history.entries });
      case "end":
        this.#takeDown(effect);
        return;
      case "exit":
        return exit(effect.code);
      case "interrupt":
        return;
      default:
        effect satisfies never;
    }
  }

  async #open(): Promise<void> {
    const { options, ports, dispatch, model } = this.#context;
    const { agents, embedded, seed, transport, workers } = options;
    const { signal } = this.#end;
    const opened = this.#server = await openServer({
      server: options.server,
      embedded,
      transport,
      monitor: monitorOf(options),
      signal,
    });
    opened.broken?.then((reason) => dispatch({ type: "gone", reason }));
    const { server, engine, pids } = opened;
    const run = this.#run = await openRun({
      ...opened,
      ...ports,
      seed,
      workers,
      agents,
      about: {
        ...this.#recordOf(GOING_ON),
        scenario: null,
        isDisrupted: false,
      },
      datapath: { transport },
      metricsToken: Deno.env.get("METRICS_TOKEN"),
      signal,
      onNote: (note) => dispatch({ type: "note", note }),
      onServerNote: (text) => this.#tell(text),
      onIncident: (change) =>
        dispatch({
          type: "note",
          note: incidentNote(incidentLine(change), change.change),
        }),
      onSecond: ({ server: use }, snapshot) =>
        dispatch({
          type: "measured",
          snapshot,
          use,
          incidents: this.#run?.incidents ?? [],
        }),
    });
    this.#crowd = new Crowd(run.scriptPorts({
      roster: {
        get value() {
          return model().load;
        },
        set value(roster) {
          dispatch({ type: "rostered", roster });
        },
        nowMs: () => model().nowMs,
      },
      over: signal,
      onExpectedEnd() {},
    }));
    dispatch({
      type: "opened",
      server: { url: shownUrl(server.url), engine, pids },
    });
  }

  /** The last seconds of one client, and what happened in them. */
  #secondsOf(index: number): string[] {
    const story = this.#run?.story(index);
    return story === undefined ? [] : storyLines(
      { ...story, bins: story.bins.slice(-INSPECTED_BINS) },
      this.#run?.allIncidents,
    );
  }

  #tell(text: string): void {
    this.#context.dispatch({
      type: "note",
      note: { atMs: 0, clientId: null, level: "info", text },
    });
  }

  /** Has a scenario carried out; however that ends, the numbers of its clients are taken. */
  async #perform(
    effect: Extract<WorldEffect, { readonly type: "scenario" }>,
  ): Promise<ScenarioEnd> {
    const outcome = await this.#play(effect);
    return { ...outcome, nextIndex: this.#run?.fleet.nextIndex ?? 0 };
  }

  /** Carries a scenario out in the session's own crowd, once everything before is done. */
  async #play(
    { nameOrFile, options: typed }: Extract<
      WorldEffect,
      { readonly type: "scenario" }
    >,
  ): Promise<ScenarioOutcome> {
    const { options, dispatch } = this.#context;
    this.#stopScenario = new AbortController();
    const { signal } = this.#stopScenario;
    try {
      const found = await findScenario(nameOrFile);
      if (isProblem(found)) {
        return { problem: found.problem, code: EXIT_CODES.usage };
      }
      const prepared = prepareScenario(found.scenario, typed);
      if ("mistakes" in prepared) {
        return { problem: prepared.mistakes.join(" "), code: EXIT_CODES.usage };
      }
      const { job } = prepared;
      const unusable = await job.verify();
      if (unusable.length > 0) {
        return { problem: unusable.join(" "), code: EXIT_CODES.usage };
      }
      this.#tell(
        `${job.name}: ${found.scenario.description} ${typedConfig(job)}`,
      );
      await Promise.all(this.#underWay);
      const { broken: _, ...server } = this.#server!;
      const { summary } = await createTarget({
        ...server,
        ...this.#context.ports,
        seed: options.seed,
        workers: options.workers,
        within: this.#run?.fleet,
        signal,
        onNote: ({ text }) => this.#tell(`${job.name}: ${text}`),
        onProgress: ({ elapsedMs, endMs }) =>
          dispatch({ type: "scenarioAt", elapsedMs, endMs }),
      }).perform(job);
      return {
        name: job.name,
        lines: outcomeLines(job, summary),
        report: this.#linesOf(summary),
        code: summary.exitCode,
      };
    } catch (error) {
      return { problem: adviceOf(error), code: EXIT_CODES.broke };
    }
  }

  /** Has something done, and tells what came of it. */
  #answer(
    work: () =>
      | Answer
      | undefined
      | void
      | Promise<Answer | undefined | void>,
  ): void {
    const { dispatch } = this.#context;
    const doing = async () => {
      try {
        const { title = "", lines = [] } = await work() ?? {};
        dispatch({ type: "finished", title, lines });
      } catch (error) {
        dispatch({ type: "failed", problem: adviceOf(error) });
      }
    };
    const done = doing().finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #chooseMedia(media: MediaPlan): Promise<void> {
    const { dispatch } = this.#context;
    try {
      const text = await describeMedia(media.clip ?? SYNTHETIC, media);
      dispatch({ type: "mediaChosen", media, text });
    } catch (error) {
      dispatch({ type: "mediaRefused", problem: adviceOf(error) });
    }
  }

  #linesOf(summary: Summary): string[] {
    const { size } = this.#context.model();
    return renderText(safeValue(summary), {
      color: false,
      width: Math.max(40, size.columns),
    }).trimEnd().split("\n");
  }

  /** All that is kept of what goes on. */
  #savedRun(): SavedRun {
    const summary = this.#summarize(GOING_ON);
    const run = this.#run!;
    return {
      summary,
      basis: run.basis(this.#recordOf(GOING_ON)),
      found: [],
      snapshot: run.fleet.snapshot(),
      course: run.course(),
      stories: [...run.stories()],
    };
  }

  #summarize(ending: Ending): Summary {
    if (this.#run === undefined) {
      throw new Error("Cannot sum up: the server is not there yet.");
    }
    return this.#run.summarize(this.#recordOf(ending));
  }

  #recordOf(ending: Ending): RunRecord {
    const { options, model } = this.#context;
    const { thresholds, load } = model();
    const media = sentIn(load);
    const config = { session: true, ...options.config, media };
    return { config, ending, thresholds };
  }

  /** Everyone leaves while the server is still there, then it goes too. */
  async #takeDown(
    { code, reason, summary }: Extract<WorldEffect, { readonly type: "end" }>,
  ): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#stopScenario.abort();
    await this.#opening;
    await this.#playing;
    await this.#run?.[Symbol.asyncDispose]();
    await this.#server?.[Symbol.asyncDispose]();
    this.#js[Symbol.dispose]();
    const wanted = summary && this.#run !== undefined;
    this.#context.onEnd({
      code,
      reason,
      summary: wanted ? this.#summarize(endingOf(code, reason)) : null,
    });
  }
}

/** What is sent, or would be by those who come next. */
function sentIn({ settings, members }: Roster): string {
  const sent = [settings, ...members].map(({ media }) =>
    media.clip ?? SYNTHETIC
  );
  return [...new Set(sent)].join("; ");
}

interface Answer {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A summary of what goes on is one so far. */
const GOING_ON: Ending = { kind: "interrupted", goesOn: true };

function endingOf(code: number, reason: string | null): Ending {
  if (reason !== null) {
    const isGone = code === EXIT_CODES.gone;
    return isGone
      ? { kind: "gone", reason: `the server went away: ${reason}` }
      : { kind: "broke", reason };
  }
  return isOfSignal(code) ? { kind: "interrupted" } : { kind: "finished" };
}

/** What is watched besides an embedded server: what was named, or else a server that listens on this machine. */
function monitorOf(
  { monitor, embedded, server }: SessionOptions,
): readonly MonitorTarget[] {
  if (monitor.length > 0 || embedded !== undefined) return monitor;
  return localMonitor(server.url);
}

/** What went wrong, and what to try. */
function adviceOf(error: unknown): string {
  if (error instanceof ChannelError && error.failure.kind !== "aborted") {
    const advice = reachAdvice(
      error.failure,
      "leave out --server to have one started",
    );
    return `${error.message} ${advice}`;
  }
  return messageOf(error);
}
