import { assertEquals, assertNotEquals } from "@std/assert";
import { inputOf } from "../../../cli/commands/options/option.ts";
import { RUN_TABLE } from "../../../cli/commands/options/run_options.ts";
import { parseOptions } from "../../../cli/commands/options/parse.ts";
import {
  type ClientPlan,
  Crowd,
  DEFAULT_NEWCOMERS,
  meeting,
  parseImpairmentShare,
  roster,
  type RunCrowd,
} from "../../../tool.ts";
import { EMPTY_SNAPSHOT } from "../../../lib/metrics/mod.ts";
import { after, runningModel } from "./fixtures.ts";
import type { Message } from "../../../cli/session/messages.ts";

/** The same in three ways: on a command line, in a script, and typed. */
interface Story {
  readonly why: string;
  readonly args: readonly string[];
  readonly options: Omit<Parameters<Crowd["play"]>[0], "stages">;
  readonly clients: number;
  readonly lines: readonly string[];
}

const RAMP_MS = 6_000;
const HOLD_MS = 30_000;
const STORIES: readonly Story[] = [
  {
    why: "they come, and stay",
    args: ["-c", "7"],
    options: {},
    clients: 7,
    lines: ["spawn 7 over=6s"],
  },
  {
    why: "a share of them has a bad network",
    args: ["-c", "10", "--impair", "wifi-lossy:30%"],
    options: { impair: [parseImpairmentShare("wifi-lossy:30%")] },
    clients: 10,
    lines: ["impair wifi-lossy:30%", "spawn 10 over=6s"],
  },
  {
    why: "they are replaced, in several rooms, and networks stay",
    args: ["-c", "12", "--churn-rate", "1.5", "--rooms", "3"]
      .concat("--impair", "3g:25%", "--room", "hall"),
    options: {
      churnRate: 1.5,
      rooms: 3,
      room: "hall",
      impair: [parseImpairmentShare("3g:25%")],
    },
    clients: 12,
    lines: [
      "set rooms 3",
      "ramp 12 6s",
      "impair 3g:25%",
      "wait 6",
      "churn 1.5",
    ],
  },
  {
    why: "churn is faster than anyone settles",
    args: ["-c", "3", "--churn-rate", "10"],
    options: { churnRate: 10 },
    clients: 3,
    lines: ["spawn 3 over=6s", "wait 6s", "churn 10"],
  },
];

Deno.test.each(STORIES)(
  "the same seed gives the same clients by run, by a script and by lines typed: $why",
  async (story) => {
    for (const seed of [1, 2, 3]) {
      const run = byRun(story, seed);
      assertEquals((await byScript(story, seed)).map(told), run.map(told));
      assertEquals(bySession(story, seed).map(told), run.map(told));
      assertNotEquals(run.length, 0);
    }
  },
);

Deno.test("another seed gives other clients", () => {
  const [a, b] = [1, 2].map((seed) => byRun(STORIES[2], seed).map(told));
  assertNotEquals(a, b);
});

function byRun({ args }: Story, seed: number): readonly ClientPlan[] {
  const { given } = parseOptions(RUN_TABLE, [
    ...["-r", `${RAMP_MS}ms`, "-d", `${HOLD_MS}ms`],
    ...args,
  ]);
  return meeting.prepare(inputOf(meeting.options, given)).plan!(seed).clients;
}

async function byScript(
  { options, clients: target }: Story,
  seed: number,
): Promise<readonly ClientPlan[]> {
  const added: ClientPlan[] = [];
  const crowd: RunCrowd = {
    startedAt: "",
    isHere: true,
    nodes: [],
    firstIndex: 0,
    elapsedMs: 0,
    add({ clients }) {
      added.push(...clients);
      return Promise.resolve();
    },
    command: () => Promise.resolve(),
    close: () => Promise.resolve(),
    snapshot: () => EMPTY_SNAPSHOT,
    timeline: () => [],
  };
  const script = new Crowd({
    crowd,
    clock: {
      nowMs: () => 0,
      wallNowMs: () => 0,
      setTimer: (_, fn) => {
        queueMicrotask(fn);
        return () => {};
      },
    },
    seed,
    roster: {
      value: roster.newRoster(DEFAULT_NEWCOMERS, seed),
      nowMs: () => 0,
    },
    over: new AbortController().signal,
    watch() {},
    obstacle: () => undefined,
    onExpectedEnd() {},
    timeline: () => [],
    cpuTimes: () => null,
    serverLoad: () => null,
    focus: () => {},
    serverIsHere: false,
  });
  const stages = [
    { durationMs: RAMP_MS, target },
    { durationMs: HOLD_MS, target },
  ];
  await script.play({ ...options, stages });
  return added;
}

/** Lines typed one after another; then time goes on, ten times a second, until the run would be over. */
function bySession({ lines }: Story, seed: number): readonly ClientPlan[] {
  const clients = new Map<number, ClientPlan>();
  const beginMs = 3_210;
  const messages = lines.map((text): Message => ({ type: "line", text }));
  let { model, effects } = after(
    { ...runningModel({ seed }), nowMs: beginMs },
    messages,
    beginMs,
  );
  for (let nowMs = beginMs;;) {
    for (const effect of effects) {
      if (effect.type === "command" && effect.command.type === "impair") {
        const { clients: meant, impairment } = effect.command;
        for (const index of meant) {
          const client = clients.get(index)!;
          clients.set(index, {
            ...client,
            impairment: impairment ?? undefined,
          });
        }
      }
      if (effect.type !== "add") continue;
      for (const client of effect.clients) {
        const joinAtMs = Math.round(client.joinAtMs + nowMs - beginMs);
        const before = [...clients.values()].findLast(({ slot, leaveAtMs }) =>
          slot === client.slot && leaveAtMs === null
        );
        if (before !== undefined) {
          clients.set(before.index, { ...before, leaveAtMs: joinAtMs });
        }
        clients.set(client.index, { ...client, joinAtMs });
      }
    }
    nowMs += 100;
    if (nowMs > beginMs + RAMP_MS + HOLD_MS) break;
    ({ model, effects } = after(model, [{ type: "tick" }], nowMs));
  }
  return [...clients.values()];
}

/** A client in one line; rooms but for what they begin with, which `set` and options give. */
function told(
  { index, clientId, participantName, slot, ...rest }: ClientPlan,
): string {
  const { roomId, role, joinAtMs, leaveAtMs, impairment } = rest;
  const room = roomId.match(/-\d+$/)?.[0] ?? "";
  return [
    ...[index, clientId, participantName, slot, room, role],
    ...[Math.round(joinAtMs), leaveAtMs, JSON.stringify(impairment)],
  ].join(" ");
}
