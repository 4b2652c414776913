/** Made-up sessions: a model, and what would come in from a load. */

import {
  type ClientRecord,
  type Newcomers,
  parseThreshold,
  type Snapshot,
} from "../../../tool.ts";
import { ClientRecorder, NodeMeter } from "../../../lib/metrics/mod.ts";
import type { Effect, Message } from "../../../cli/session/messages.ts";
import type { ServerPoint } from "../../../tool.ts";
import {
  type Model,
  type ModelOptions,
  newModel,
} from "../../../cli/session/model.ts";
import { update } from "../../../cli/session/update.ts";
import { mediaPlanOf } from "../../../lib/media/mod.ts";

export const SETTINGS: Newcomers = {
  room: "hall",
  rooms: 1,
  role: "publisher",
  media: mediaPlanOf({ simulcast: false }),
};

/** A session that is just starting. */
export function startingModel(options: Partial<ModelOptions> = {}): Model {
  return newModel({
    audience: "session",
    size: { columns: 80, rows: 24 },
    starting: "starting the embedded server (werift)",
    settings: SETTINGS,
    seed: 1,
    firstClients: 0,
    thresholds: [],
    lines: [],
    ...options,
  });
}

/** A session whose server is there. */
export function runningModel(options: Partial<ModelOptions> = {}): Model {
  return after(startingModel(options), [OPENED]).model;
}

export const OPENED: Message = {
  type: "opened",
  server: { url: "ws://127.0.0.1:3000/ws", engine: "werift", pids: [42] },
};

/** What some messages make of a model, and all that they have done. */
export function after(
  model: Model,
  messages: readonly Message[],
  nowMs = model.nowMs,
): { readonly model: Model; readonly effects: readonly Effect[] } {
  let next = model;
  const effects: Effect[] = [];
  for (const message of messages) {
    const step = update(next, message, nowMs);
    next = step.model;
    effects.push(...step.effects);
  }
  return { model: next, effects };
}

/** Keys as somebody would type them: text, then Enter. */
export function typed(line: string): Message[] {
  return [
    ...[...line].map((text): Message => ({
      type: "key",
      key: { type: "char", text },
    })),
    { type: "key", key: { type: "key", name: "enter" } },
  ];
}

/** A key that is no character. */
export function named(
  name: Extract<
    Extract<Message, { type: "key" }>["key"],
    { type: "key" }
  >["name"],
): Message {
  return { type: "key", key: { type: "key", name } };
}

/** Ctrl with a letter. */
export function ctrl(letter: "c" | "d" | "l" | "z"): Message {
  return { type: "key", key: { type: "ctrl", letter } };
}

/** The texts of the log, the newest last. */
export function logOf({ log }: Model): string[] {
  return log.map(({ text }) => text);
}

/** A load as it could be after `second` seconds, everyone connected. */
export function snapshotAt(
  second: number,
  members: Model["load"]["members"],
): Snapshot {
  const meter = new NodeMeter("local");
  const clients = members.map((member, i) => {
    const recorder = new ClientRecorder({
      clientId: `client-${member.index}`,
      index: member.index,
      roomId: member.roomId,
      role: member.role,
      node: "local",
    });
    Object.assign(
      recorder.figures,
      {
        state: "connected",
        connectionSuccessful: true,
        connectionTimeMs: 90 + i,
        packetsSent: 170 * second,
        packetsReceived: 340 * second,
        packetsExpected: 342 * second,
        packetsLost: 2 * second,
        bytesSent: 140_000 * second,
        bytesReceived: 280_000 * second,
        producersCreated: 2,
        consumersCreated: 4,
        consumersFlowing: 4,
        framesRendered: 60 * second,
        playedMs: 2000 * second,
        freezeCount: second,
        totalFreezesDurationMs: 40 * second,
        packetsRepaired: second,
        longestFreezeMs: 40,
        framesDropped: second,
        retransmissionRequestsSent: 3 * second,
        pliCountSent: second,
        retransmissionRequestsReceived: 2 * second,
        maxMediaLatencyMs: 3,
        maxJitterMs: 2,
        maxTimeToFirstFrameMs: 120,
        maxRoundTripTimeMs: 8,
      } satisfies Partial<ClientRecord>,
    );
    meter.trend("connectionTime").record((90 + i) * 1000);
    meter.trend("signaling.join_room").record(8000 + i * 100);
    return recorder;
  });
  for (let i = 0; i < 100 * second; i++) {
    meter.trend("mediaLatency").record(1000 + i % 100 * 20);
    meter.trend("lateness").record(500 + i % 10);
    meter.trend("roundTripTime").record(4000 + i % 100 * 40);
    meter.trend("jitter").record(1000 + i % 100 * 10);
  }
  const count = members.length;
  Object.assign(meter.counters, {
    packetsPlanned: 170 * second * count,
    packetsSent: 170 * second * count,
    packetsReceived: 340 * second * count,
    packetsDeliverable: 342 * second * count,
    packetsExpected: 342 * second * count,
    packetsLost: 2 * second * count,
    bytesSent: 140_000 * second * count,
    bytesReceived: 280_000 * second * count,
    framesRendered: 60 * second * count,
    playedMs: 2000 * second * count,
    freezeCount: second * count,
    totalFreezesDurationMs: 40 * second * count,
    framesDropped: second * count,
    retransmissionRequestsSent: 3 * second * count,
    pliCountSent: second * count,
  });
  Object.assign(meter.gauges, {
    clientsActive: count,
    clientsConnected: count,
  });
  return meter.snapshot({
    atMs: second * 1000,
    clients,
    generator: {
      lanes: ["native"],
      ciphers: ["openssl"],
      dtls: ["openssl"],
      workers: 1,
      cpuUs: second * 100_000,
      threadUs: second * 1_000_000,
      kernelDrops: 0,
      heldBackJoins: 0,
      notes: [],
    },
  });
}

export function useAt(second: number): ServerPoint {
  return {
    cpuRatio: 0.3,
    maxProcessRatio: 0.2 + second % 5 / 100,
    rssBytes: 130e6,
    fds: 60,
    udpDrops: 0,
  };
}

/** A session with clients that has been watched for some seconds. */
export function liveModel(
  options: Partial<ModelOptions> = {},
  seconds = 30,
): Model {
  let { model } = after(
    runningModel({
      thresholds: [parseThreshold("loss < 1%")],
      ...options,
    }),
    [...typed("spawn 4"), ...typed("spawn 2 room=lobby role=viewer")],
  );
  for (let second = 1; second <= seconds; second++) {
    const snapshot = snapshotAt(second, model.load.members);
    model = after(model, [{
      type: "measured",
      snapshot,
      use: useAt(second),
    }], second * 1000).model;
  }
  return model;
}
