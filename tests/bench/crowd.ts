/**
 * A crowd against a mediasoup server of one worker, until it stands: what the
 * benches of joining and of memory have in common.
 *
 * @module
 */

import {
  type Crowd,
  makePlan,
  openCrowd,
  type PlanOptions,
  rampAndHold,
  type Sfu,
  type Snapshot,
  spawnSfu,
} from "../../mod.ts";

/** Everybody, and what they do. */
export interface Gathering extends
  Pick<
    PlanOptions,
    "video" | "rooms" | "publishRatio" | "maxAudio" | "maxVideo"
  > {
  readonly clients: number;
  readonly rampUpMs: number;
}

/** How it went. */
export interface Assembled {
  /** When the last one was connected, in milliseconds from the first one's being due. */
  readonly afterMs: number;
  readonly snapshot: Snapshot;
}

/** Whoever is not in by then will not be. */
const PATIENCE_MS = 90_000;
const SEED = 1;

/** Opens a crowd, and counts from before its clients come. */
export async function openGathering(): Promise<OpenGathering> {
  const sfu = await spawnSfu({ engine: "mediasoup", workers: 1 });
  try {
    return await OpenGathering.open(sfu);
  } catch (error) {
    await sfu[Symbol.asyncDispose]();
    throw error;
  }
}

/** A server and a crowd that has nobody yet. */
export class OpenGathering implements AsyncDisposable {
  readonly sfu: Sfu;
  readonly #crowd: Crowd;
  readonly #onSecond: { call: (snapshot: Snapshot) => void };

  private constructor(
    sfu: Sfu,
    crowd: Crowd,
    onSecond: { call: (snapshot: Snapshot) => void },
  ) {
    this.sfu = sfu;
    this.#crowd = crowd;
    this.#onSecond = onSecond;
  }

  /** Use {@linkcode openGathering}. */
  static async open(sfu: Sfu): Promise<OpenGathering> {
    const onSecond = { call: (_snapshot: Snapshot) => {} };
    const crowd = await openCrowd({
      server: { url: sfu.url },
      plan: { media: mediaOf({ video: true }), seed: SEED },
      onSecond: (_point, snapshot) => onSecond.call(snapshot),
    });
    return new OpenGathering(sfu, crowd, onSecond);
  }

  /** Has everybody come; resolves once `isDone` of a second's numbers, or when patience ends. */
  async gather(
    gathering: Gathering,
    isDone: (snapshot: Snapshot) => boolean,
  ): Promise<Assembled> {
    const { clients, rampUpMs } = gathering;
    const startMs = this.#crowd.elapsedMs;
    await this.#crowd.add(makePlan({
      ...mediaOf(gathering),
      ...gathering,
      stages: rampAndHold(clients, rampUpMs, PATIENCE_MS),
      room: "bench",
      churnRate: 0,
      seed: SEED,
    }));
    const snapshot = await new Promise<Snapshot>((resolve) => {
      this.#onSecond.call = (snapshot) => {
        const isLate = this.#crowd.elapsedMs - startMs > PATIENCE_MS;
        if (isLate || isDone(snapshot)) resolve(snapshot);
      };
    });
    return { afterMs: this.#crowd.elapsedMs - startMs, snapshot };
  }

  /** Everything, as of the last second. */
  snapshot(): Snapshot {
    return this.#crowd.snapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crowd.close();
    await this.sfu[Symbol.asyncDispose]();
  }
}

/** How many are connected. */
export function connectedOf({ clients }: Snapshot): number {
  return clients.filter((client) => client.connectionSuccessful).length;
}

function mediaOf({ video, maxAudio = 4, maxVideo = 4 }: Partial<Gathering>) {
  return {
    audio: true,
    video: video ?? false,
    quality: "480p",
    fps: 30,
    maxAudio,
    maxVideo,
  } as const;
}
