/**
 * One step of the search for a capacity: a crowd of one size, and whether it
 * was healthy.
 *
 * @module
 */

import {
  bracketOf,
  busyCores,
  type CapacityLimit,
  type Crowd,
  type Fps,
  isDisturbed,
  judgeWindow,
  publisherCount,
  type Quality,
  type Snapshot,
  type Threshold,
  type Trial,
  type VirtualUser,
  type WindowInput,
  type WindowVerdict,
} from "../kit.ts";

/** In which order clients fill rooms: one into each, then the next, as `run` does, or room after room. */
export const FILLS: readonly Fill[] = ["spread", "rooms"];

/** In which order clients fill rooms. */
export type Fill = "spread" | "rooms";

/** One look at a size. */
export interface CapacityLook extends
  Pick<
    WindowVerdict,
    | "generatorCpuRatio"
    | "latencyP95Ms"
    | "lossRatio"
    | "serverCpuRatio"
    | "serverUdpDrops"
  > {
  /** Whether everything was kept. */
  readonly passed: boolean;
  /** Other programs may be to blame for what was not: it does not count. */
  readonly isDisturbed: boolean;
  /** What failed, in words; `null` when nothing did. */
  readonly says: string | null;
}

/** One size that was tried. */
export interface CapacityStep extends Trial, WindowVerdict {
  /** How rooms were filled. */
  readonly fill: Fill;
  /** Whether it was looked at often enough; one that was not has come to nothing. */
  readonly isFinished: boolean;
  /** Every look at it, in order. */
  readonly looks: readonly CapacityLook[];
  /** The most that was lost in a look that counts, of packets expected; `null` when none were. */
  readonly lossRatio: number | null;
  /** How often it was looked at: whatever comes twice decides. */
  readonly windows: number;
  /** How many of those did not count, because other programs were to blame. */
  readonly disturbed: number;
}

/** What a server holds. */
export interface CapacityFindings {
  /** The largest number of clients that was healthy; 0 when none was. */
  readonly largest: number;
  /** The smallest that was not; `null` when all were. */
  readonly smallestBroken: number | null;
  /** What it was that ended it. */
  readonly limitedBy: CapacityLimit;
  /** Why the smallest that was not healthy was not, and what gave out with it; `null` when all were. */
  readonly broke: CapacityLimit | null;
  /** How the largest did once more when all came into empty rooms at once, as with `run`; `null` where it was first tried so, or was not tried. */
  readonly anew: CapacityStep | null;
  /** How the size at which the answer turns did when its rooms were filled the other way; `null` where that was not tried. */
  readonly otherFill: CapacityStep | null;
  /** Clients a core that the server used, at the largest healthy number; `null` where it was not watched. */
  readonly clientsPerServerCore: number | null;
  /** Every size that was tried, in order. */
  readonly steps: readonly CapacityStep[];
}

/** What decides about a step. */
export interface StepOptions {
  readonly fill: Fill;
  readonly roomSize: number;
  readonly publishRatio: number;
  readonly video: boolean;
  readonly quality: Quality;
  readonly fps: Fps;
  readonly joinRate: number;
  readonly warmUp: number;
  readonly steady: number;
  /** When there is no time for more, in milliseconds since the run began. */
  readonly limit: number;
}

/** There is no time for what comes next. */
export class OutOfTime extends Error {
  /** `OutOfTime`. */
  override readonly name: string = "OutOfTime";

  /** It is always the same. */
  constructor() {
    super("there was no time for more");
  }
}

/** Looks that a step may lose to other programs. */
const MAX_DISTURBED = 3;
/** Looks at a crowd that recovers from too much, before it goes on as it is. */
const MAX_RECOVERING = 5;

/** What a probe needs of a crowd. */
export type ProbeCrowd = Pick<
  Crowd,
  | "connected"
  | "cpuTimes"
  | "elapsedMs"
  | "joinAll"
  | "leave"
  | "serverIsHere"
  | "serverLoad"
  | "snapshot"
  | "timeline"
  | "wait"
>;

/** Seats in rooms of one size, filled from the first on. */
export class CapacityProbe {
  readonly #crowd: ProbeCrowd;
  readonly #options: StepOptions;
  readonly #thresholds: readonly Threshold[];
  #seated: (VirtualUser | undefined)[] = [];
  /** How rooms are filled now. */
  #fill: Fill;
  /** What the names of rooms tell of it. */
  #roomPrefix = "";
  /** The most that were healthy. */
  #healthy = 0;

  /** The time of each size that was healthy, from when clients came for it. */
  readonly held: Map<
    number,
    { readonly from: Snapshot; readonly to: Snapshot }
  > = new Map();

  /** Whoever sits in it must have it as the thresholds say. */
  constructor(
    crowd: ProbeCrowd,
    options: StepOptions,
    thresholds: readonly Threshold[],
  ) {
    this.#crowd = crowd;
    this.#options = options;
    this.#thresholds = thresholds;
    this.#fill = options.fill;
  }

  /**
   * Tries one size: two looks of three decide. A look that other programs
   * spoilt says nothing, and may leave a server that needs to recover: the
   * size is then approached anew. When time is over in the middle, the step is
   * what was seen so far, unfinished. Throws what makes it impossible, an
   * {@linkcode OutOfTime} among others when nobody could come for it.
   */
  async tryOut(clients: number): Promise<CapacityStep> {
    const looks: WindowVerdict[] = [];
    try {
      for (let disturbed = 0;; disturbed++) {
        const from = this.#crowd.snapshot();
        await this.#looksAt(clients, disturbed < MAX_DISTURBED, looks);
        const last = looks.at(-1)!;
        if (isDisturbed(last) && disturbed < MAX_DISTURBED) {
          await this.recover();
          continue;
        }
        const healthy = last.limit === null;
        if (healthy) {
          this.#healthy = Math.max(this.#healthy, clients);
          this.held.set(clients, { from, to: this.#crowd.snapshot() });
        }
        return this.#step(clients, looks, { isFinished: true, disturbed });
      }
    } catch (error) {
      if (!(error instanceof OutOfTime) || looks.length === 0) throw error;
      const disturbed = looks.filter(isDisturbed).length;
      return this.#step(clients, looks, { isFinished: false, disturbed });
    }
  }

  /** Tries a size once more, from empty rooms on. */
  tryAnew(clients: number): Promise<CapacityStep> {
    return this.#tryFromEmpty(clients, this.#fill, "anew-");
  }

  /** Tries a size with its rooms filled the other way, from empty ones on. */
  tryOtherFill(clients: number): Promise<CapacityStep> {
    const [other] = FILLS.filter((fill) => fill !== this.#fill);
    return this.#tryFromEmpty(clients, other, `${other}-`);
  }

  async #tryFromEmpty(
    clients: number,
    fill: Fill,
    roomPrefix: string,
  ): Promise<CapacityStep> {
    await this.#seat(0);
    this.#fill = fill;
    this.#roomPrefix = roomPrefix;
    this.#healthy = 0;
    try {
      return await this.tryOut(clients);
    } finally {
      this.#fill = this.#options.fill;
      this.#roomPrefix = "";
    }
  }

  #step(
    clients: number,
    windows: readonly WindowVerdict[],
    { isFinished, disturbed }: {
      readonly isFinished: boolean;
      readonly disturbed: number;
    },
  ): CapacityStep {
    const last = windows.at(-1)!;
    const counting = windows.filter((one) => !isDisturbed(one));
    const losses = (counting.length === 0 ? windows : counting)
      .flatMap(({ lossRatio }) => lossRatio ?? []);
    return {
      clients,
      windows: windows.length,
      disturbed,
      ...last,
      healthy: isFinished && last.limit === null,
      isFinished,
      fill: this.#fill,
      lossRatio: losses.length === 0 ? null : Math.max(...losses),
      looks: windows.map(lookOf),
    };
  }

  /**
   * Goes back to a size that was healthy, until it is again: a server that
   * was asked too much of needs a while, and would be found wanting again.
   * Throws as {@linkcode CapacityProbe.tryOut} does.
   */
  async recover(): Promise<void> {
    await this.#seat(this.#healthy);
    for (let looks = 0; looks < MAX_RECOVERING; looks++) {
      const now = this.#crowd.snapshot();
      const { limit } = await this.#look(
        now,
        this.#healthy,
        this.#options.warmUp,
      );
      if (limit === null) return;
    }
  }

  /** Looks until two agree, of which the last is one; or until one was spoilt, if that counts. Each is added to `looks`. */
  async #looksAt(
    clients: number,
    untilDisturbed: boolean,
    looks: WindowVerdict[],
  ): Promise<void> {
    const joining = this.#crowd.snapshot();
    await this.#seat(clients);
    const before = looks.length;
    try {
      await this.#crowd.wait(this.#options.warmUp);
      for (;;) {
        const look = await this.#look(joining, clients, this.#options.steady);
        looks.push(look);
        const same = looks.slice(before).filter(({ limit }) =>
          (limit === null) === (look.limit === null)
        );
        if (same.length === 2 || (untilDisturbed && isDisturbed(look))) return;
      }
    } catch (error) {
      // Who came and was not looked at yet shall be seen all the same.
      if (error instanceof OutOfTime && looks.length === 0) {
        looks.push(this.#judge(joining, joining, clients, null));
      }
      throw error;
    }
  }

  async #look(
    joining: Snapshot,
    clients: number,
    lengthMs: number,
  ): Promise<WindowVerdict> {
    const crowd = this.#crowd;
    this.#needTime(0);
    const steady = crowd.snapshot();
    const before = crowd.cpuTimes();
    await crowd.wait(lengthMs);
    const after = crowd.cpuTimes();
    const busy = busyCores(before, after);
    return this.#judge(
      joining,
      steady,
      clients,
      after && busy !== null
        ? { busy, cores: after.cores, hasServer: crowd.serverIsHere }
        : null,
    );
  }

  /** Judges the time from `steady` until now. */
  #judge(
    joining: Snapshot,
    steady: Snapshot,
    clients: number,
    machine: WindowInput["machine"],
  ): WindowVerdict {
    const crowd = this.#crowd;
    const end = crowd.snapshot();
    return judgeWindow({
      joining,
      steady,
      end,
      timeline: crowd.timeline(),
      load: crowd.serverLoad(steady.atMs, end.atMs),
      thresholds: this.#thresholds,
      clients,
      machine,
    });
  }

  /** Has people come or leave until so many seats, and no others, are taken. */
  async #seat(clients: number): Promise<void> {
    const crowd = this.#crowd;
    const present = new Set(crowd.connected);
    const stays = (client: VirtualUser | undefined, seat: number) =>
      seat < clients && client !== undefined && present.has(client);
    const free = this.#inOrder(
      Array.from({ length: clients }, (_, seat) => seat)
        .filter((seat) => !stays(this.#seated[seat], seat)),
    );
    const joiningMs = free.length / this.#options.joinRate * 1000;
    this.#needTime(joiningMs);
    // Who is on the way back would come besides whoever takes the seat.
    await crowd.leave(
      this.#seated.filter((client, seat) => !stays(client, seat))
        .filter((client) => client !== undefined),
    );
    const newcomers = await crowd.joinAll(
      free.map((seat) => this.#newcomer(seat)),
      joiningMs,
    );
    this.#seated = this.#seated.slice(0, clients);
    free.forEach((seat, i) => this.#seated[seat] = newcomers[i]);
  }

  /** The order in which these seats are taken. */
  #inOrder(seats: readonly number[]): readonly number[] {
    const { roomSize } = this.#options;
    // Stable: of each room's first seats, the first room's comes first.
    return this.#fill === "rooms"
      ? seats
      : seats.toSorted((a, b) => a % roomSize - b % roomSize);
  }

  #needTime(ms: number): void {
    if (this.#crowd.elapsedMs + ms > this.#options.limit) throw new OutOfTime();
  }

  #newcomer(seat: number) {
    const { roomSize, publishRatio, video, quality, fps } = this.#options;
    return {
      room: `capacity-${this.#roomPrefix}${Math.floor(seat / roomSize)}`,
      publish: seat % roomSize < publisherCount(roomSize, publishRatio),
      video,
      quality,
      fps,
    };
  }
}

/** What is not finished has come to nothing. */
export function finished(steps: readonly CapacityStep[]): CapacityStep[] {
  return steps.filter(({ isFinished }) => isFinished);
}

/** The smallest size that broke, as it was last tried; of those that were not finished, only where no other did, and by looks that count. */
export function brokenOf(
  steps: readonly CapacityStep[],
): CapacityStep | undefined {
  const { smallestBroken } = bracketOf(finished(steps));
  return smallestBroken === undefined
    ? steps.find(({ isFinished, looks }) =>
      !isFinished && looks.every(({ passed }) => !passed) &&
      looks.at(-1)?.isDisturbed === false
    )
    : finished(steps).findLast(({ clients }) => clients === smallestBroken);
}

function lookOf(window: WindowVerdict): CapacityLook {
  const { limit, lossRatio, latencyP95Ms, serverCpuRatio } = window;
  const { serverUdpDrops, generatorCpuRatio } = window;
  return {
    passed: limit === null,
    isDisturbed: isDisturbed(window),
    says: limit?.text ?? null,
    lossRatio,
    latencyP95Ms,
    serverCpuRatio,
    serverUdpDrops,
    generatorCpuRatio,
  };
}
