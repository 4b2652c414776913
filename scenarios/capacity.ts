/**
 * Capacity: how many clients a server holds.
 *
 * @module
 */

import {
  bracketOf,
  type CapacityLimit,
  type CommonInput,
  defineScenario,
  type Fps,
  judgeWindow,
  type LiveClient,
  type LiveCrowd,
  nextTrial,
  option,
  publisherCount,
  type Quality,
  runAsProgram,
  type Scenario,
  type Threshold,
  type Trial,
  type WindowVerdict,
} from "../mod.ts";
import { capacityLines } from "./capacity_lines.ts";

/** What the search for a capacity can be given. */
export interface CapacityInput extends CommonInput {
  /** Clients at first. @default {10} */
  readonly start?: number;
  /** The most that are tried. @default {2000} */
  readonly most?: number;
  /** How near the answer must be, as a share of it. @default {0.05} */
  readonly precision?: number;
  /** Clients in each room. @default {5} */
  readonly roomSize?: number;
  /** The share of a room that publishes. @default {1} */
  readonly publishRatio?: number;
  /** Whether there is video. @default {true} */
  readonly video?: boolean;
  /** Quality of the video. @default {"480p"} */
  readonly quality?: Quality;
  /** Frames of it a second. @default {30} */
  readonly fps?: Fps;
  /** Clients that join a second. @default {20} */
  readonly joinRate?: number;
  /** How long a step may settle before it counts. @default {"3s"} */
  readonly warmUp?: string;
  /** How long a step counts. @default {"6s"} */
  readonly steady?: string;
  /** When to stop searching. @default {"9m"} */
  readonly limit?: string;
}

/** One size that was tried. */
export interface CapacityStep extends Trial, WindowVerdict {
  /** Whether it had to be looked at twice: a break is believed when it comes twice. */
  readonly repeated: boolean;
}

/** What a server holds. */
export interface CapacityFindings {
  /** The largest number of clients that was healthy; 0 when none was. */
  readonly largest: number;
  /** The smallest that was not; `null` when all were. */
  readonly smallestBroken: number | null;
  /** What it was that ended it. */
  readonly limitedBy: CapacityLimit;
  /** Clients a core that the server used, at the largest healthy number; `null` where it was not watched. */
  readonly clientsPerServerCore: number | null;
  /** Every size that was tried, in order. */
  readonly steps: readonly CapacityStep[];
}

/** Capacity: the crowd grows until a threshold breaks, or generator or machine end it; then it is narrowed down. */
export const capacity: Scenario<CapacityInput, CapacityFindings> =
  defineScenario({
    name: "capacity",
    description: "How many clients a server holds, and what limits it.",
    options: {
      start: option.wholeNumber("clients at first", { default: 10, min: 1 }),
      most: option.wholeNumber("the most that are tried", {
        default: 2000,
        min: 1,
      }),
      precision: option.decimalNumber("how near, as a share of the answer", {
        default: 0.05,
        min: 0.001,
        max: 1,
      }),
      roomSize: option.wholeNumber("clients in each room", {
        default: 5,
        min: 1,
      }),
      publishRatio: option.decimalNumber("the share of a room that publishes", {
        default: 1,
        max: 1,
      }),
      video: option.toggle("whether there is video", { default: true }),
      quality: option.quality(),
      fps: option.fps(),
      joinRate: option.decimalNumber("clients that join a second", {
        default: 20,
        min: 0.1,
        max: 1000,
      }),
      warmUp: option.duration("how long a step may settle", { default: "3s" }),
      steady: option.duration("how long a step counts", {
        default: "6s",
        min: "2s",
      }),
      limit: option.duration("when to stop searching", {
        default: "9m",
        min: "1s",
      }),
      thresholds: option.thresholds("what every step must keep to", {
        default: [
          "connected == 100%",
          "loss < 1%",
          "deliveryRatio > 97%",
          "mediaLatency p(95) < 150ms",
          "join p(95) < 1s",
        ],
      }),
    },
    judgesThresholds: true,
    peak: ({ most }) => most,
    async run(crowd, options, { signal, say, thresholds }) {
      const hall = new Hall(crowd, options);
      const steps: CapacityStep[] = [];
      const finish = (limitedBy: CapacityLimit) => findings(steps, limitedBy);
      for (;;) {
        const clients = nextTrial(steps, options);
        if (clients === undefined) break;
        if (crowd.elapsedMs > options.limit) {
          return finish({ kind: "time", text: "there was no time for more" });
        }
        try {
          steps.push(await tryOut(hall, clients, options, thresholds));
        } catch (error) {
          if (signal.aborted) throw error;
          const text = error instanceof Error ? error.message : String(error);
          return finish({ kind: "this machine", text });
        }
        const { healthy, limit } = steps.at(-1)!;
        say(`${clients} clients: ${healthy ? "healthy" : limit!.text}`);
      }
      const broken = steps.filter(({ healthy }) => !healthy)
        .toSorted((a, b) => a.clients - b.clients).at(0);
      return finish(
        broken?.limit ??
          { kind: "most", text: `${options.most} were the most to be tried` },
      );
    },
    judge: ({ largest, limitedBy }) =>
      largest > 0
        ? {
          status: "passed",
          reason:
            `${largest} clients were healthy; limited by ${limitedBy.kind}`,
        }
        : {
          status: "failed",
          reason: `no step was healthy: ${limitedBy.text}`,
        },
    describe: capacityLines,
  });

/** What decides about a step. */
interface StepOptions {
  readonly roomSize: number;
  readonly publishRatio: number;
  readonly video: boolean;
  readonly quality: Quality;
  readonly fps: Fps;
  readonly joinRate: number;
  readonly warmUp: number;
  readonly steady: number;
}

/** Seats in rooms of one size, filled from the first on. */
class Hall {
  readonly crowd: LiveCrowd;
  readonly #options: StepOptions;
  #seated: (LiveClient | undefined)[] = [];

  constructor(crowd: LiveCrowd, options: StepOptions) {
    this.crowd = crowd;
    this.#options = options;
  }

  /** Has people come or leave until so many seats, and no others, are taken. */
  async seat(clients: number): Promise<void> {
    const present = new Set(this.crowd.connected);
    const surplus = this.#seated.slice(clients);
    await this.crowd.leave(surplus.filter((one) => one !== undefined));
    const free: number[] = [];
    for (let seat = 0; seat < clients; seat++) {
      const client = this.#seated[seat];
      if (client === undefined || !present.has(client)) free.push(seat);
    }
    const newcomers = await this.crowd.joinAll(
      free.map((seat) => this.#newcomer(seat)),
      free.length / this.#options.joinRate * 1000,
    );
    this.#seated = this.#seated.slice(0, clients);
    free.forEach((seat, i) => this.#seated[seat] = newcomers[i]);
  }

  #newcomer(seat: number) {
    const { roomSize, publishRatio, video, quality, fps } = this.#options;
    return {
      room: `capacity-${Math.floor(seat / roomSize)}`,
      publish: seat % roomSize < publisherCount(roomSize, publishRatio),
      video,
      quality,
      fps,
    };
  }
}

async function tryOut(
  hall: Hall,
  clients: number,
  { warmUp, steady }: StepOptions,
  thresholds: readonly Threshold[],
): Promise<CapacityStep> {
  const { crowd } = hall;
  const joining = crowd.snapshot();
  await hall.seat(clients);
  const look = async () => {
    await crowd.wait(warmUp);
    const begin = crowd.snapshot();
    await crowd.wait(steady);
    return judgeWindow({
      joining,
      steady: begin,
      end: crowd.snapshot(),
      timeline: crowd.timeline(),
      thresholds,
    });
  };
  const first = await look();
  if (first.limit === null) {
    return { clients, healthy: true, repeated: false, ...first };
  }
  const second = await look();
  const healthy = second.limit === null;
  return { clients, healthy, repeated: true, ...second };
}

function findings(
  steps: readonly CapacityStep[],
  limitedBy: CapacityLimit,
): CapacityFindings {
  const { largest, smallestBroken } = bracketOf(steps);
  const best = steps.findLast(({ clients }) => clients === largest);
  const cores = best?.serverCpuRatio ?? 0;
  return {
    largest,
    smallestBroken: smallestBroken ?? null,
    limitedBy,
    clientsPerServerCore: cores > 0 ? Math.round(largest / cores) : null,
    steps,
  };
}

if (import.meta.main) runAsProgram(import.meta.url);
