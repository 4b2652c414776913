/**
 * What a message makes of the session: the next model and what is to be done.
 * Pure; the time comes in as an argument.
 *
 * @module
 */

import {
  evaluateSoFar,
  formatCounted,
  remembered,
  roster,
  type Snapshot,
} from "../../tool.ts";
import { comparable, healthOf } from "./health.ts";
import { interrupted, keyPressed } from "./keys.ts";
import { failed, leave } from "./leave.ts";
import {
  type Message,
  noEffects,
  type ScenarioEnd,
  type Step,
} from "./messages.ts";
import type { Model } from "./model.ts";
import { nextLines } from "./queue.ts";
import { loadStep, mediaChosen, say, shown } from "./verbs/mod.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

/** The next step; a model that is the very same needs no new frame. */
export function update(model: Model, message: Message, nowMs: number): Step {
  const step = nextLines(take({ ...model, nowMs }, message));
  const quiet = message.type === "tick" && step.effects.length === 0 &&
    sameButTime(model, step.model);
  return quiet ? noEffects(model) : step;
}

function take(model: Model, message: Message): Step {
  switch (message.type) {
    case "key":
      return keyPressed(model, message.key);
    case "line":
      return noEffects({ ...model, queue: [...model.queue, message.text] });
    case "inputEnded":
      return inputEnded(model);
    case "remembered":
      return noEffects({ ...model, lines: message.lines });
    case "resized":
      return noEffects({ ...model, size: message.size });
    case "tick":
      return timePassed(model);
    case "opened":
      return opened({
        ...model,
        phase: model.phase.name === "leaving"
          ? model.phase
          : { name: "running" },
        server: message.server,
      });
    case "rostered":
      return noEffects({ ...model, load: message.roster });
    case "measured":
      return noEffects(measured(model, message));
    case "progress":
      return noEffects({ ...model, place: message.place });
    case "note": {
      const { clientId, level, text } = message.note;
      const who = clientId === null ? "" : `${clientId}: `;
      return noEffects(
        say(model, who + text, level === "error" ? "error" : "info"),
      );
    }
    case "finished":
      return noEffects(shown(
        { ...model, pending: model.pending - 1 },
        message.title,
        message.lines,
      ));
    case "mediaChosen":
      return noEffects(mediaChosen(looked(model), message));
    case "mediaRefused":
      return failed(looked(model), message.problem, EXIT_CODES.usage);
    case "failed":
      return failed(
        { ...model, pending: model.pending - 1 },
        message.problem,
        1,
      );
    case "scenarioAt": {
      const { scenario } = model;
      if (scenario === undefined) return noEffects(model);
      const { elapsedMs, endMs } = message;
      const sinceMs = model.nowMs - elapsedMs;
      return noEffects({
        ...model,
        scenario: { ...scenario, sinceMs, endMs: sinceMs + endMs },
      });
    }
    case "scenarioEnded":
      return scenarioEnded(model, message.end);
    case "broke":
      return leave(model, EXIT_CODES.broke, message.reason);
    case "gone":
      return leave(model, EXIT_CODES.gone, message.reason);
    case "interrupted":
      return interrupted(model, message.code);
  }
}

/** Files have been looked at. */
function looked(model: Model): Model {
  return { ...model, pending: model.pending - 1, choosing: false };
}

function inputEnded(model: Model): Step {
  switch (model.audience) {
    case "session":
      return leave(model, 0);
    case "plain":
      return noEffects({ ...model, queue: [...model.queue, "quit"] });
    case "run":
      return interrupted(model);
  }
}

function opened(model: Model): Step {
  const { firstClients, load } = model;
  if (firstClients === 0 || model.phase.name === "leaving") {
    return noEffects(
      model.audience === "session"
        ? say(model, `Nobody is there yet: "spawn 5" adds clients.`, "info")
        : model,
    );
  }
  return loadStep(
    say(
      model,
      `${
        formatCounted(firstClients, "client")
      } to begin with: "spawn 5" adds more, "drop all" has them leave.`,
      "info",
    ),
    roster.spawned(load, firstClients, model.nowMs),
  );
}

function scenarioEnded(model: Model, end: ScenarioEnd): Step {
  const { load, pending } = model;
  const next: Model = {
    ...model,
    pending: pending - 1,
    scenario: undefined,
    load: { ...load, members: [], nextIndex: end.nextIndex },
  };
  if ("problem" in end) return failed(next, end.problem, end.code);
  const { name, lines, report, code } = end;
  const told = shown(
    { ...next, lastScenario: { name, report } },
    name,
    lines,
  );
  // Where nobody is there to look, what did not pass ends it.
  return model.audience === "plain" && code !== 0
    ? leave(told, code)
    : noEffects(told);
}

function timePassed(model: Model): Step {
  if (model.phase.name !== "running") return noEffects(model);
  const { wait, nowMs } = model;
  const over = wait !== undefined && nowMs >= wait.untilMs;
  const next = over ? { ...model, wait: undefined } : model;
  const step = roster.due(next.load, nowMs);
  const moved = step === undefined ? noEffects(next) : loadStep(next, step);
  if (!over || !wait.forConnected) return moved;
  const { effects } = moved;
  const late = failed(
    moved.model,
    "Not all are connected in that time.",
    EXIT_CODES.broke,
  );
  return { model: late.model, effects: [...effects, ...late.effects] };
}

/** The light looks at what was counted between the first of these and the last. */
const RECENT_SNAPSHOTS = 4;

function measured(
  model: Model,
  { snapshot, use: serverUse, incidents }: Extract<
    Message,
    { readonly type: "measured" }
  >,
): Model {
  const { live, load, thresholds } = model;
  const before = live.snapshot.atMs < snapshot.atMs
    ? { ...live.snapshot, trends: {} }
    : live.before;
  const results = thresholds.map((threshold) =>
    evaluateSoFar(threshold, snapshot)
  );
  const recent = [...live.recent, comparable(snapshot)]
    .slice(-RECENT_SNAPSHOTS);
  const isWatched = model.audience === "run" || model.scenario !== undefined;
  const wanted = isWatched
    ? snapshot.gauges.clientsActive ?? 0
    : load.members.length;
  const history = remembered(
    live.history,
    live.snapshot,
    snapshot,
    wanted,
    serverUse,
  );
  const members = isWatched ? watchedMembers(model, snapshot) : load.members;
  const next: Model = {
    ...model,
    load: { ...load, members },
    live: {
      snapshot,
      before,
      serverUse,
      thresholds: results,
      history,
      health: healthOf(
        snapshot,
        history.moments,
        results,
        incidents,
        recent[0],
      ),
      recent,
    },
  };
  return allConnected(next) ? { ...next, wait: undefined } : next;
}

/** In a run of its own, or a scenario, those are wanted who are there. */
function watchedMembers(
  { load, scenario }: Model,
  { clients }: Snapshot,
): Model["load"]["members"] {
  return clients
    .filter(({ index, state }) =>
      index >= (scenario?.firstIndex ?? 0) && state !== "left" &&
      state !== "planned" && state !== "lost"
    )
    .map(({ index, clientId, roomId, role }) => ({
      index,
      clientId,
      participantName: clientId,
      slot: index,
      roomId,
      role,
      joinAtMs: 0,
      leaveAtMs: null,
      media: load.settings.media,
      silent: [],
    }));
}

function allConnected({ wait, load, live }: Model): boolean {
  if (wait === undefined || !wait.forConnected) return false;
  const connected = new Set(
    live.snapshot.clients.filter(({ state }) => state === "connected")
      .map(({ index }) => index),
  );
  return load.members.every(({ index }) => connected.has(index));
}

function sameButTime(a: Model, b: Model): boolean {
  if (Math.floor(a.nowMs / 1000) !== Math.floor(b.nowMs / 1000)) return false;
  return Object.entries(a).every(([key, value]) =>
    key === "nowMs" || value === b[key as keyof Model]
  );
}
