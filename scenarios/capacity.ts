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
  nextTrial,
  option,
  type Quality,
  runAsProgram,
  type Scenario,
} from "../kit.ts";
import { capacityLines } from "./capacity_lines.ts";
import {
  type CapacityFindings,
  CapacityProbe,
  type CapacityStep,
  OutOfTime,
} from "./capacity_step.ts";

export type { CapacityFindings, CapacityStep };

/** What the search for a capacity can be given. */
export interface CapacityInput extends CommonInput {
  /** Clients at first. @default {10} */
  readonly start?: number;
  /** The most that are tried. @default {2000} */
  readonly most?: number;
  /** How near the answer must be, as a share of it. @default {0.03} */
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
  /** Clients that join a second; a join is work for both ends. @default {10} */
  readonly joinRate?: number;
  /** How long a step may settle before it counts. @default {"3s"} */
  readonly warmUp?: string;
  /** How long each look at a step takes; there are two or three. @default {"3s"} */
  readonly steady?: string;
  /** When to stop searching. @default {"8m"} */
  readonly limit?: string;
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
        default: 0.03,
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
        default: 10,
        min: 0.1,
        max: 1000,
      }),
      warmUp: option.duration("how long a step may settle", { default: "3s" }),
      steady: option.duration("how long each look at a step takes", {
        default: "3s",
        min: "2s",
      }),
      limit: option.duration("when to stop searching", {
        default: "8m",
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
      const probe = new CapacityProbe(crowd, options, thresholds);
      const steps: CapacityStep[] = [];
      const finish = (limitedBy: CapacityLimit) => findings(steps, limitedBy);
      for (;;) {
        const clients = nextTrial(steps, options);
        if (clients === undefined) break;
        try {
          if (steps.at(-1)?.healthy === false) {
            await probe.recover();
          }
          steps.push(await probe.tryOut(clients));
        } catch (error) {
          if (signal.aborted) throw error;
          const text = error instanceof Error ? error.message : String(error);
          const kind = error instanceof OutOfTime ? "time" : "this machine";
          return finish({ kind, text });
        }
        const { healthy, limit } = steps.at(-1)!;
        say(`${clients} clients: ${healthy ? "healthy" : limit!.text}`);
      }
      const { smallestBroken } = bracketOf(steps);
      const broken = steps.findLast(({ clients }) =>
        clients === smallestBroken
      );
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
