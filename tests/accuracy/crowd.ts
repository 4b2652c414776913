/** A room full of clients over a real mediasoup, whose numbers can be read at any moment on both sides. */

import type { Impairment } from "../../lib/impairment/mod.ts";
import { rampAndHold } from "../../lib/load/mod.ts";
import {
  type CounterName,
  counterOf,
  type Snapshot,
} from "../../lib/metrics/mod.ts";
import { createLocalNode } from "../../lib/load/node/this_thread.ts";
import { countStreams } from "../../lib/run/mod.ts";
import { type SfuStats, startSfu } from "../../lib/sfu/mod.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { planOf } from "../plans.ts";

/** Who is in the room. */
export interface FleetOptions {
  readonly clients: number;
  readonly audio: boolean;
  readonly video: boolean;
}

/** Tracks of each kind that a client receives, at most. */
const MAX_TRACKS = 4;
const LOOK_MS = 50;
const MAX_SETUP_MS = 20_000;

/** Opens the room; everyone is connected and receives when it resolves. */
export async function openMeasured({ clients, audio, video }: FleetOptions) {
  const plan = planOf(clients, {
    ...mediaPlanOf({
      audio,
      video,
      maxAudio: MAX_TRACKS,
      maxVideo: MAX_TRACKS,
    }),
    stages: rampAndHold(clients, clients * 50, 0),
    room: "accuracy",
  });
  const kinds = Number(audio) + Number(video);
  const consumers = clients * kinds * Math.min(clients - 1, MAX_TRACKS);
  const sfu = await startSfu({ engine: "mediasoup", workers: 1 });
  const streamsAtEnd = await countStreams(sfu.stats);
  const node = createLocalNode("accuracy", "process", {
    onSnapshot: () => {},
    onNote: () => {},
    onDied: () => {},
  });
  const close = async () => {
    await node.stop();
    await sfu[Symbol.asyncDispose]();
  };
  try {
    await node.prepare({
      node: "accuracy",
      server: { url: sfu.url },
      datapath: {},
      seed: plan.seed,
    });
    await node.begin(Date.now());
    await node.command({ type: "add", clients: plan.clients });
    await until(() =>
      node.snapshot().clients.reduce(
        (sum, { consumersFlowing }) => sum + consumersFlowing,
        0,
      ) === consumers
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    snapshot: () => node.snapshot(),
    stats: () => sfu.stats(),
    /** Gives some clients, or all, another network. */
    impair: (
      impairment: Impairment | null,
      some = plan.clients.map(({ index }) => index),
    ) => node.command({ type: "impair", clients: some, impairment }),
    /** Lets somebody in who sends nothing; resolves when they see every video. */
    addViewer: async () => {
      const [first] = plan.clients;
      const index = plan.clients.length;
      const clientId = `client-${index}`;
      await node.command({
        type: "add",
        clients: [{
          ...first,
          index,
          slot: index,
          clientId,
          participantName: "Late",
          role: "viewer",
          joinAtMs: 0,
        }],
      });
      const viewer = () => node.snapshot().clients[index];
      await until(() =>
        viewer().consumersFlowing === kinds * clients &&
        viewer().maxTimeToFirstFrameMs !== null
      );
      return viewer();
    },
    /** Has everybody leave; what both sides counted to the end. */
    finish: async () => {
      await node.stop();
      const streams = await streamsAtEnd();
      if (streams === null) throw new Error("The server did not say.");
      return { snapshot: node.snapshot(), streams };
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Lets time pass while media flows: a stretch to measure over. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something is so, looking every `lookMs`; throws when it is not within 20 s. */
export async function until(
  isSo: () => boolean,
  lookMs = LOOK_MS,
): Promise<void> {
  const giveUpMs = performance.now() + MAX_SETUP_MS;
  while (!isSo()) {
    if (performance.now() > giveUpMs) throw new Error("It never came to be.");
    await pass(lookMs);
  }
}

/** How much a counter grew between two looks. */
export function grown(name: CounterName, from: Snapshot, to: Snapshot): number {
  return counterOf(to, name) - counterOf(from, name);
}

/** Sums over all streams out of the server. */
export function outOf({ consumers }: SfuStats) {
  const sum = (of: (one: typeof consumers[number]) => number) =>
    consumers.reduce((total, one) => total + of(one), 0);
  return {
    packets: sum(({ packets }) => packets),
    bytes: sum(({ bytes }) => bytes),
    retransmitted: sum(({ retransmitted }) => retransmitted),
    nacked: sum(({ nacked }) => nacked),
  };
}
