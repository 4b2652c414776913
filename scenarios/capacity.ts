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
  formatCounted,
  type Fps,
  messageOf,
  nextTrial,
  option,
  type Quality,
  runAsProgram,
  type Scenario,
} from "../kit.ts";
import {
  capacityLines,
  isBroken,
  limitText,
  stepText,
} from "./capacity_lines.ts";
import {
  brokenOf,
  type CapacityFindings,
  type CapacityLook,
  CapacityProbe,
  type CapacityStep,
  type Fill,
  FILLS,
  finished,
  OutOfTime,
} from "./capacity_step.ts";

export type { CapacityFindings, CapacityLook, CapacityStep, Fill };

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
  /** In which order rooms are filled: one client into each, then the next, as `run` does, or room after room. @default {"spread"} */
  readonly fill?: Fill;
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
      fill: option.oneOf(
        "how rooms are filled: one client into each as run does, or room by room",
        { words: FILLS, default: "spread" },
      ),
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
      const finish = async (limitedBy: CapacityLimit) => {
        const found = findings(steps, limitedBy);
        const { largest } = found;
        const held = probe.held.get(largest);
        if (held !== undefined) {
          const says = `the ${formatCounted(largest, "client")} that ${
            were(largest)
          } healthy`;
          crowd.focus(held.from, held.to, says);
        }
        if (limitedBy.kind === "this machine" || signal.aborted) return found;
        return {
          ...found,
          anew: await anewOf(probe, found),
          otherFill: await otherFillOf(probe, found),
        };
      };
      for (;;) {
        const clients = nextTrial(finished(steps), options);
        if (clients === undefined) break;
        try {
          if (steps.at(-1)?.healthy === false) {
            await probe.recover();
          }
          steps.push(await probe.tryOut(clients));
        } catch (error) {
          if (signal.aborted) throw error;
          const text = messageOf(error);
          return error instanceof OutOfTime
            ? await finish(outOfTime(steps, options.precision))
            : await finish({ kind: "this machine", text });
        }
        const step = steps.at(-1)!;
        say(`${formatCounted(clients, "client")}: ${stepText(step)}`);
        if (!step.isFinished) {
          return await finish(outOfTime(steps, options.precision));
        }
      }
      return await finish(
        brokenOf(steps)?.limit ??
          {
            kind: "most",
            text: `${options.most} ${were(options.most)} the most to be tried`,
          },
      );
    },
    judge: (found) => {
      const { largest, smallestBroken, anew } = found;
      return largest > 0
        ? {
          status: "passed",
          reason: `${formatCounted(largest, "client")} ${
            were(largest)
          } healthy${
            isBroken(anew) ? " as they grew, but not all at once" : ""
          }${
            smallestBroken === null
              ? ""
              : `, ${smallestBroken} ${were(smallestBroken)} not`
          }; limited by ${limitText(found)}`,
        }
        : {
          status: "failed",
          reason: `no step was healthy; limited by ${limitText(found)}`,
        };
    },
    describe: capacityLines,
  });

function were(count: number): string {
  return count === 1 ? "was" : "were";
}

/** Time was over: the answer may be as near as it has to be all the same. */
function outOfTime(
  steps: readonly CapacityStep[],
  precision: number,
): CapacityLimit {
  const { largest, smallestBroken } = bracketOf(finished(steps));
  const isNear = smallestBroken !== undefined &&
    smallestBroken - largest <= Math.max(1, largest * precision);
  const limit = isNear ? brokenOf(steps)?.limit : undefined;
  return limit ?? { kind: "time", text: "there was no time for more" };
}

/** The largest that held, as `run` would have it: rooms that fill while others are in use may land elsewhere than young ones. Room by room, they do so either way. */
async function anewOf(
  probe: CapacityProbe,
  { largest, steps }: CapacityFindings,
): Promise<CapacityStep | null> {
  const [first] = steps;
  const isKnown = first?.fill === "rooms" || largest === first?.clients;
  return largest === 0 || isKnown
    ? null
    : await whereTimeIs(() => probe.tryAnew(largest));
}

/** The size at which the answer turns, with its rooms filled the other way: of what is spread the one that broke, of rooms that are filled one by one the one that held. */
async function otherFillOf(
  probe: CapacityProbe,
  { largest, smallestBroken, steps }: CapacityFindings,
): Promise<CapacityStep | null> {
  const clients = steps.at(0)?.fill === "rooms" ? largest : smallestBroken;
  return clients ? await whereTimeIs(() => probe.tryOtherFill(clients)) : null;
}

async function whereTimeIs(
  tryOut: () => Promise<CapacityStep>,
): Promise<CapacityStep | null> {
  try {
    return await tryOut();
  } catch (error) {
    if (error instanceof OutOfTime) return null;
    throw error;
  }
}

function findings(
  steps: readonly CapacityStep[],
  limitedBy: CapacityLimit,
): CapacityFindings {
  const { largest, smallestBroken } = bracketOf(finished(steps));
  const best = finished(steps).findLast(({ clients }) => clients === largest);
  const cores = best?.serverCpuRatio ?? 0;
  return {
    largest,
    smallestBroken: smallestBroken ?? null,
    limitedBy,
    broke: brokenOf(steps)?.limit ?? null,
    anew: null,
    otherFill: null,
    clientsPerServerCore: cores > 0 ? Math.round(largest / cores) : null,
    steps,
  };
}

if (import.meta.main) runAsProgram(import.meta.url);
