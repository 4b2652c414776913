/**
 * A crowd against a mediasoup server of one worker, until it stands: what the
 * benches of joining and of memory have in common.
 *
 * @module
 */

import { makePlan, rampAndHold, type Sfu, type Snapshot } from "../../mod.ts";
import { mediaPlanOf, type Profile } from "../../lib/media/mod.ts";
import {
  type ClientFleet,
  type MediaPlan,
  openFleet,
  type PlanOptions,
  spawnSfu,
} from "../../tool.ts";

/** Everybody, and what they do. */
export interface Gathering extends
  Pick<
    PlanOptions,
    "video" | "fps" | "rooms" | "publishRatio" | "maxAudio" | "maxVideo"
  > {
  /** @default {"browser"} */
  readonly profile?: Profile;
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

/** Starts a server, and a crowd that has nobody yet. */
export async function openGathering(
  gathering: Gathering,
): Promise<OpenGathering> {
  const sfu = await spawnSfu({ engine: "mediasoup", workers: 1 });
  try {
    const open = new OpenGathering(sfu, gathering);
    await open.start();
    return open;
  } catch (error) {
    await sfu[Symbol.asyncDispose]();
    throw error;
  }
}

/** A server and a crowd; use {@linkcode openGathering}. */
export class OpenGathering implements AsyncDisposable {
  readonly sfu: Sfu;
  readonly #gathering: Gathering;
  #crowd: ClientFleet | undefined;
  #onSecond = (_snapshot: Snapshot) => {};

  constructor(sfu: Sfu, gathering: Gathering) {
    this.sfu = sfu;
    this.#gathering = gathering;
  }

  /** Opens the crowd; called once. */
  async start(): Promise<void> {
    this.#crowd = await openFleet({
      server: { url: this.sfu.url },
      seed: SEED,
      onSecond: (_point, snapshot) => this.#onSecond(snapshot),
    });
  }

  /** Has everybody come; resolves in the second in which all are connected, or when patience ends. */
  async gather(): Promise<Assembled> {
    const { clients, rampUpMs, rooms, publishRatio } = this.#gathering;
    const crowd = this.#crowd!;
    const startMs = crowd.elapsedMs;
    await crowd.add(makePlan({
      ...mediaOf(this.#gathering),
      stages: rampAndHold(clients, rampUpMs, PATIENCE_MS),
      room: "bench",
      rooms,
      publishRatio,
      churnRate: 0,
      seed: SEED,
    }));
    const snapshot = await new Promise<Snapshot>((resolve) => {
      this.#onSecond = (snapshot) => {
        const isLate = crowd.elapsedMs - startMs > PATIENCE_MS;
        if (isLate || connectedOf(snapshot) === clients) resolve(snapshot);
      };
    });
    return { afterMs: crowd.elapsedMs - startMs, snapshot };
  }

  /** Everything, as of the last second. */
  snapshot(): Snapshot {
    return this.#crowd!.snapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crowd?.close();
    await this.sfu[Symbol.asyncDispose]();
  }
}

/** How many are connected. */
export function connectedOf({ clients }: Snapshot): number {
  return clients.filter((client) => client.connectionSuccessful).length;
}

function mediaOf(gathering: Gathering): MediaPlan {
  const { video, fps, maxAudio, maxVideo, profile = "browser" } = gathering;
  return mediaPlanOf({ video, fps, maxAudio, maxVideo, profile });
}
