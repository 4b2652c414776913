/**
 * Whether an adapter does what clients need of it: two real clients meet by
 * it, pause, go on and leave, and somebody who only listens says what the
 * server tells of that.
 *
 * @module
 */

import {
  makePlan,
  type MediaPlan,
  openFleet,
  openSessions,
  type ServerTarget,
} from "../load/mod.ts";
import type { Finding } from "../machine/mod.ts";
import type { ClientRecord } from "../metrics/mod.ts";
import type { SignalingEvent, SignalingSession } from "../signaling/port.ts";
import { isOver, whatIsWrong } from "./examine_media.ts";
import { formatCounted, messageOf } from "../text/mod.ts";
import { delay, systemClock } from "../time/mod.ts";

/** What to check. */
export interface CheckAdapterOptions {
  /** The server, and how it is spoken to. */
  readonly server: ServerTarget;
  /** What the clients send. */
  readonly media: MediaPlan;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

const MEDIA_MS = 12_000;
/** By then the server has told of what was done. */
const NEWS_MS = 1_000;

/** Abilities, and what is done without each. */
const ABILITIES = {
  pauseProducer: "what we send just stops while it is muted",
  restartIce: "a client whose path is lost joins anew",
  preferLayer: "layers of simulcast cannot be chosen",
} as const satisfies Partial<Record<keyof SignalingSession, string>>;

/** What works by an adapter and what does not, a finding each. Throws when the server cannot be reached. */
export async function checkAdapter(
  { server, media, signal = new AbortController().signal }: CheckAdapterOptions,
): Promise<Finding[]> {
  const room = `rtcrowd-check-${crypto.randomUUID()}`;
  const heard: SignalingEvent[] = [];
  const flows = Promise.withResolvers<void>();
  const openSession = await openSessions(server, { random: Math.random });
  await using fleet = await openFleet({
    server,
    seed: 1,
    signal,
    onSecond: (_point, snapshot) => {
      if (isOver(snapshot, media)) flows.resolve();
    },
  });
  const plan = makePlan({
    ...media,
    stages: [{ durationMs: 0, target: 2 }],
    room,
    rooms: 1,
    publishRatio: 1,
    churnRate: 0,
    seed: 1,
  });
  const listener = openSession({
    roomId: plan.clients[0].roomId,
    participantName: "rtcrowd-check",
    onEvent: (event) => heard.push(event),
  });
  const wait = (ms: number) => delay(systemClock, ms, signal).catch(() => {});
  try {
    const joined = await listens(listener, signal);
    if (joined !== undefined) return [joined];
    await fleet.add(plan);
    const cancel = systemClock.setTimer(MEDIA_MS, flows.resolve);
    signal.addEventListener("abort", () => flows.resolve(), { once: true });
    await flows.promise;
    cancel();
    const wrong = whatIsWrong(fleet.snapshot().clients, media, MEDIA_MS);
    const clients = plan.clients.map(({ index }) => index);
    for (const paused of [true, false]) {
      await fleet.command({ type: "pause", kind: "audio", paused, clients });
      await wait(NEWS_MS);
    }
    const before = heard.length;
    await fleet.command({ type: "drop", clients });
    await wait(NEWS_MS);
    await fleet.close();
    const records = fleet.snapshot().clients;
    return [
      ...operationsOf(records),
      {
        level: wrong === undefined ? "good" : "problem",
        about: "media",
        text: wrong ?? "two clients receive what the other one sends",
        fix: null,
      },
      ...(listener.pauseProducer === undefined ? [] : [news(
        "pauses",
        heard.some(({ type }) => type === "producerPaused"),
        "are not told: what is missing of a muted track counts as lost",
      )]),
      news(
        "leaving",
        heard.slice(before).some(({ type }) =>
          type === "peerLeft" || type === "producerClosed"
        ),
        "is not told: the tracks of those who left go on as silent ones",
      ),
      ...lacking(listener),
      ...errorsOf(records),
    ];
  } finally {
    await listener.leave();
  }
}

/** Has somebody in the room who sends nothing; what went wrong with that. */
async function listens(
  session: SignalingSession,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  try {
    await session.connect({ signal });
    const capabilities = await session.routerRtpCapabilities();
    if (session.receiveTransports !== "onePerConsumer") {
      await session.createTransport("recv");
    }
    await session.join?.(capabilities);
  } catch (error) {
    const text = messageOf(error);
    return { level: "problem", about: "entering", text, fix: null };
  }
}

/** How often each operation was answered, and how fast. */
export function operationsOf(records: readonly ClientRecord[]): Finding[] {
  const sums = new Map<string, { count: number; ms: number }>();
  for (const { signaling } of records) {
    for (const [name, { count, sumMs }] of Object.entries(signaling)) {
      const sum = sums.get(name) ?? { count: 0, ms: 0 };
      sums.set(name, { count: sum.count + count, ms: sum.ms + sumMs });
    }
  }
  return [...sums].map(([about, { count, ms }]) => ({
    level: "good",
    about,
    text: `answered ${formatCounted(count, "time")}, in ${
      (ms / count).toFixed(1)
    } ms on average`,
    fix: null,
  }));
}

function news(about: string, isTold: boolean, without: string): Finding {
  return isTold
    ? { level: "good", about, text: "told", fix: null }
    : { level: "warning", about, text: without, fix: null };
}

function lacking(session: SignalingSession): Finding[] {
  return Object.entries(ABILITIES)
    .filter(([ability]) =>
      session[ability as keyof typeof ABILITIES] === undefined
    )
    .map(([about, without]) => ({
      level: "warning",
      about,
      text: `missing: ${without}`,
      fix: null,
    }));
}

function errorsOf(records: readonly ClientRecord[]): Finding[] {
  const messages = records.flatMap(({ errors }) =>
    errors.map(({ message }) => message)
  );
  return [...new Set(messages)].map((text) => ({
    level: "problem",
    about: "error",
    text,
    fix: null,
  }));
}
