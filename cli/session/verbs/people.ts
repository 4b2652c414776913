/**
 * The verbs about who is there: spawn, ramp, drop, churn, reconnect, rejoin.
 *
 * @module
 */

import {
  choice,
  duration,
  formatCounted,
  MAX_CLIENTS,
  type Role,
  roster,
  type SpawnOptions,
  TIMED_MEETING_OPTIONS,
  whole,
} from "../../../tool.ts";
import type { Step } from "../messages.ts";
import type { Model } from "../model.ts";
import { type Arguments, isProblem, type Problem, valueOf } from "../parse.ts";
import { rangesOf } from "../select.ts";
import {
  always,
  loadStep,
  membersOf,
  needsClients,
  say,
  someClients,
  someRooms,
  type Verb,
} from "./verb.ts";

/** Whether a client publishes. */
export const ROLE = choice<Role>(["publisher", "viewer"]);

const TIME = duration();

const WHERE_AND_WHO = {
  room: someRooms,
  role: always(...ROLE.words ?? []),
} as const;

/** Adds clients now. */
export const spawn: Verb = {
  usage: "N [room=ID] [rooms=N] [role=publisher|viewer] [over=T]",
  help: "add N clients, at once or evenly over a time",
  examples: ["spawn 6", "spawn 20 room=hall role=viewer over=10s"],
  options: {
    ...WHERE_AND_WHO,
    rooms: always("2", "10"),
    over: always("10s", "30s"),
  },
  words: [always("1", "5", "10")],
  most: 1,
  run(model, { words: [text], options }) {
    const room = model.load.members.length;
    const count = valueOf(whole(1, MAX_CLIENTS - room), text);
    if (count === undefined) {
      return {
        problem: `spawn needs a whole number from 1 to ${MAX_CLIENTS - room}.`,
      };
    }
    const wanted = spawnOptions(options);
    if (isProblem(wanted)) return wanted;
    const step = roster.spawned(model.load, count, model.nowMs, wanted);
    const first = step.joining[0].index;
    const last = step.joining[count - 1].index;
    return loadStep(
      say(
        model,
        `${formatCounted(count, "client")} joining: ${
          first === last ? first : `${first}-${last}`
        }`,
      ),
      step,
    );
  },
};

/** Moves the number of clients. */
export const ramp: Verb = {
  usage: "N T [room=ID] [role=publisher|viewer]",
  help: "go up or down to N clients evenly over the time T",
  examples: ["ramp 50 30s", "ramp 0 10s"],
  options: WHERE_AND_WHO,
  words: [always("0", "10", "50"), always("10s", "30s", "1m")],
  most: 2,
  run(model, { words: [target, time], options }) {
    const wanted = valueOf(whole(0, MAX_CLIENTS), target);
    const durationMs = valueOf(TIME, time);
    if (wanted === undefined || durationMs === undefined) {
      return {
        problem:
          "ramp needs how many clients and how long: ramp 50 30s (or 500ms, 5m, 1h).",
      };
    }
    const options_ = spawnOptions(options);
    if (isProblem(options_)) return options_;
    const { load, nowMs } = model;
    return loadStep(
      say(
        model,
        `from ${load.members.length} to ${
          formatCounted(wanted, "client")
        } in ${time}`,
      ),
      roster.ramped(load, wanted, durationMs, nowMs, options_),
    );
  },
};

/** Has clients leave. */
export const drop: Verb = {
  usage: "N | half | 20% | IDS | all | room=ID",
  help: "have the newest N, or these, leave; kick is the same",
  examples: [
    "drop 10",
    "drop half",
    "drop 3-5",
    "drop #3",
    "drop room=hall",
    "drop all",
  ],
  options: { room: someRooms },
  words: [always("all", "half", "1")],
  most: 1,
  run(model, { words: [text], options }) {
    const indices = toDrop(model, text, options.get("room"));
    if (isProblem(indices)) return indices;
    return loadStep(
      say(
        model,
        // "drop 3" is the newest three, not client 3.
        `${formatCounted(indices.length, "client")} leaving: ${
          rangesOf(indices.map((index) => ({ index })))
        }`,
      ),
      roster.dropped(model.load, indices),
    );
  },
};

/** People come and go. */
export const churn: Verb = {
  usage: "RATE | off",
  help: "have RATE clients a second leave, each replaced by a new one",
  examples: ["churn 0.5", "churn off"],
  words: [always("0.5", "1", "off")],
  most: 1,
  run(model, { words: [text = ""] }) {
    const { churnRate } = TIMED_MEETING_OPTIONS;
    const rate = text === "off" ? 0 : valueOf(churnRate, text);
    if (rate === undefined) {
      return {
        problem:
          `churn needs departures a second, ${churnRate.takes}, or "off".`,
      };
    }
    const next = say(
      model,
      rate === 0
        ? "nobody is replaced any more"
        : `${rate} departure${rate === 1 ? "" : "s"} a second, each replaced`,
    );
    const load = roster.churned(model.load, rate, model.nowMs);
    return { model: { ...next, load }, effects: [] };
  },
};

/** Cuts the signaling of clients. */
export const reconnect: Verb = together(
  "reconnect",
  "cut these clients' signaling without a word; they come back",
  (clients) => `${formatCounted(clients, "channel")} cut`,
);

/** Has clients begin anew. */
export const rejoin: Verb = together(
  "rejoin",
  "these leave and join anew, as people who load the page again",
  (clients) => `${formatCounted(clients, "client")} joining anew`,
);

/** A verb that does to clients what it is called. */
function together(
  type: "reconnect" | "rejoin",
  help: string,
  textOf: (clients: number) => string,
): Verb {
  return {
    usage: "IDS | all",
    help,
    examples: [`${type} all`, `${type} 2`],
    words: [someClients],
    most: 1,
    run(model, { words: [text] }) {
      if (text === undefined) return needsClients(type);
      const clients = membersOf(model, text);
      if (isProblem(clients)) return clients;
      return {
        model: say(model, textOf(clients.length)),
        effects: [{ type: "command", command: { type, clients } }],
      } satisfies Step;
    },
  };
}

function spawnOptions(options: Arguments["options"]): SpawnOptions | Problem {
  const [roomsText, roleText, overText] = ["rooms", "role", "over"]
    .map((name) => options.get(name));
  const rooms = valueOf(TIMED_MEETING_OPTIONS.rooms, roomsText ?? "1");
  if (rooms === undefined) {
    return { problem: `rooms= takes ${TIMED_MEETING_OPTIONS.rooms.takes}.` };
  }
  const role = valueOf(ROLE, roleText);
  if (roleText !== undefined && role === undefined) {
    return { problem: `role= takes ${ROLE.takes}.` };
  }
  const overMs = valueOf(TIME, overText ?? "0");
  if (overMs === undefined) return { problem: `over= takes ${TIME.takes}.` };
  const room = options.get("room");
  if (room === "") return { problem: "room= takes the id of a room." };
  return {
    room,
    rooms: roomsText === undefined ? undefined : rooms,
    role,
    overMs,
  };
}

/** How many of so many `half` or `20%` is, at least one; `undefined` for what is no share. */
function partOf(count: number, text: string): number | undefined {
  const percent = valueOf(
    whole(1, 100),
    text === "half" ? "50" : text.slice(0, -1),
  );
  return percent && Math.max(1, Math.round(count * percent / 100));
}

function toDrop(
  model: Model,
  text: string | undefined,
  room: string | undefined,
): readonly number[] | Problem {
  const { members } = model.load;
  if (room !== undefined && text === undefined) {
    const there = members.filter(({ roomId }) => roomId === room);
    return there.length > 0
      ? there.map(({ index }) => index)
      : { problem: `There is nobody in a room "${room}".` };
  }
  if (text === undefined || room !== undefined) {
    return {
      problem: "drop needs one of: how many, which ids, a room, or all.",
    };
  }
  const newest = text === "half" || text.endsWith("%")
    ? partOf(members.length, text)
    : valueOf(whole(1, MAX_CLIENTS), text);
  return newest === undefined || members.length === 0
    ? membersOf(model, text)
    : members.slice(-newest).map(({ index }) => index);
}
