/**
 * One step of the search for a capacity: a crowd of one size, and whether it
 * was healthy.
 *
 * @module
 */

import {
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
  type WindowVerdict,
} from "../kit.ts";

/** One size that was tried. */
export interface CapacityStep extends Trial, WindowVerdict {
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
  /** Clients a core that the server used, at the largest healthy number; `null` where it was not watched. */
  readonly clientsPerServerCore: number | null;
  /** Every size that was tried, in order. */
  readonly steps: readonly CapacityStep[];
}

/** What decides about a step. */
export interface StepOptions {
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
  /** The most that were healthy. */
  #healthy = 0;

  /** Whoever sits in it must have it as the thresholds say. */
  constructor(
    crowd: ProbeCrowd,
    options: StepOptions,
    thresholds: readonly Threshold[],
  ) {
    this.#crowd = crowd;
    this.#options = options;
    this.#thresholds = thresholds;
  }

  /**
   * Tries one size: two looks of three decide. A look that other programs
   * spoilt says nothing, and may leave a server that needs to recover: the
   * size is then approached anew. Throws what makes it impossible, an
   * {@linkcode OutOfTime} among others.
   */
  async tryOut(clients: number): Promise<CapacityStep> {
    let windows = 0;
    for (let disturbed = 0;; disturbed++) {
      const looks = await this.#looksAt(clients, disturbed < MAX_DISTURBED);
      windows += looks.length;
      const last = looks.at(-1)!;
      if (isDisturbed(last) && disturbed < MAX_DISTURBED) {
        await this.recover();
        continue;
      }
      const healthy = last.limit === null;
      if (healthy) this.#healthy = Math.max(this.#healthy, clients);
      return { clients, healthy, windows, disturbed, ...last };
    }
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

  /** Looks until two agree, of which the last is one; or until one was spoilt, if that counts. */
  async #looksAt(
    clients: number,
    untilDisturbed: boolean,
  ): Promise<WindowVerdict[]> {
    const joining = this.#crowd.snapshot();
    await this.#seat(clients);
    await this.#crowd.wait(this.#options.warmUp);
    const looks: WindowVerdict[] = [];
    for (;;) {
      const look = await this.#look(joining, clients, this.#options.steady);
      looks.push(look);
      const same = looks.filter(({ limit }) =>
        (limit === null) === (look.limit === null)
      );
      if (same.length === 2 || (untilDisturbed && isDisturbed(look))) {
        return looks;
      }
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
    const hasServer = crowd.serverIsHere;
    return judgeWindow({
      joining,
      steady,
      end: crowd.snapshot(),
      timeline: crowd.timeline(),
      thresholds: this.#thresholds,
      clients,
      machine: after && busy !== null
        ? { busy, cores: after.cores, hasServer }
        : null,
    });
  }

  /** Has people come or leave until so many seats, and no others, are taken. */
  async #seat(clients: number): Promise<void> {
    const crowd = this.#crowd;
    const present = new Set(crowd.connected);
    const stays = (client: VirtualUser | undefined, seat: number) =>
      seat < clients && client !== undefined && present.has(client);
    const free = Array.from({ length: clients }, (_, seat) => seat)
      .filter((seat) => !stays(this.#seated[seat], seat));
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

  #needTime(ms: number): void {
    if (this.#crowd.elapsedMs + ms > this.#options.limit) throw new OutOfTime();
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
