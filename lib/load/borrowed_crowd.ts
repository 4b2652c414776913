/**
 * A crowd that was there before and goes on afterwards, lent to one run at a
 * time: the run sees its own clients and its own time, and nothing of what
 * was before.
 *
 * @module
 */

import type { RunPlan } from "./plan/plan.ts";
import {
  type ClientRecord,
  EMPTY_SNAPSHOT,
  isGone,
  plainRecord,
  type Snapshot,
  snapshotBetween,
  type TimelinePoint,
} from "../metrics/mod.ts";
import type { ClientFleet } from "./fleet.ts";
import type { NodeFacts } from "./node/node.ts";

/** What a run needs of a crowd. */
export type RunCrowd = Pick<
  ClientFleet,
  | "add"
  | "close"
  | "command"
  | "elapsedMs"
  | "firstIndex"
  | "isHere"
  | "nodes"
  | "snapshot"
  | "startedAt"
  | "timeline"
>;

/** Nodes report once a second, and leaving takes a moment. */
const MAX_LEAVING_MS = 5_000;

/**
 * Borrows a crowd, once nobody is in it as of its nodes' last reports. Throws
 * an `Error` when somebody stays: what they send could not be told apart.
 */
export async function borrowCrowd(
  crowd: ClientFleet,
  onSecond: (point: TimelinePoint, all: Snapshot) => void,
): Promise<RunCrowd> {
  if (!await emptied(crowd, 0)) {
    throw new Error("Cannot begin: somebody else is in the crowd");
  }
  return new BorrowedCrowd(crowd, onSecond);
}

class BorrowedCrowd implements RunCrowd {
  readonly firstIndex: number;
  readonly startedAt: string;
  readonly #crowd: ClientFleet;
  readonly #begin: Snapshot;
  readonly #beginMs: number;
  readonly #unwatch: () => void;
  /** What was asked for last of the whole, and what of it is its own. */
  #whole: Snapshot | undefined;
  #own: Snapshot = EMPTY_SNAPSHOT;
  #closing: Promise<void> | undefined;

  constructor(
    crowd: ClientFleet,
    onSecond: (point: TimelinePoint, all: Snapshot) => void,
  ) {
    this.#crowd = crowd;
    this.firstIndex = crowd.nextIndex;
    this.#begin = crowd.snapshot();
    this.#beginMs = crowd.elapsedMs;
    this.startedAt = new Date(Date.parse(crowd.startedAt) + this.#beginMs)
      .toISOString();
    this.#unwatch = crowd.watch((point) =>
      onSecond(this.#ownTime(point), this.snapshot())
    );
  }

  get elapsedMs(): number {
    return this.#crowd.elapsedMs - this.#beginMs;
  }

  get isHere(): boolean {
    return this.#crowd.isHere;
  }

  get nodes(): readonly NodeFacts[] {
    return this.#crowd.nodes;
  }

  add({ clients }: Pick<RunPlan, "clients">): Promise<void> {
    return this.#crowd.add({
      clients: clients.map((client) => ({
        ...client,
        index: client.index + this.firstIndex,
      })),
    });
  }

  command(command: Parameters<ClientFleet["command"]>[0]): Promise<void> {
    const clients = command.clients.map((index) => index + this.firstIndex);
    return this.#crowd.command({ ...command, clients });
  }

  snapshot(): Snapshot {
    const whole = this.#crowd.snapshot();
    if (whole !== this.#whole) {
      this.#whole = whole;
      this.#own = this.#ownPart(whole);
    }
    return this.#own;
  }

  #ownPart(whole: Snapshot): Snapshot {
    const own = snapshotBetween(this.#begin, whole);
    return {
      ...own,
      atMs: Math.max(0, own.atMs - this.#beginMs),
      clients: own.clients.filter(({ index }) => index >= this.firstIndex)
        .map((client) => this.#ownRecord(client)),
    };
  }

  timeline(): TimelinePoint[] {
    return this.#crowd.timeline()
      .filter(({ tSec }) => tSec * 1000 > this.#beginMs)
      .map((point) => this.#ownTime(point));
  }

  /** Has everyone leave, and gives the crowd back. Idempotent. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#unwatch();
    const { nextIndex } = this.#crowd;
    const own = Array.from(
      { length: nextIndex - this.firstIndex },
      (_, i) => i + this.firstIndex,
    );
    await this.#crowd.command({ type: "drop", clients: own });
    await emptied(this.#crowd, this.firstIndex);
  }

  #ownRecord(client: ClientRecord): ClientRecord {
    return {
      ...plainRecord(client),
      index: client.index - this.firstIndex,
      errors: client.errors.map((error) => ({
        ...error,
        atMs: Math.round(error.atMs - this.#beginMs),
      })),
    };
  }

  #ownTime(point: TimelinePoint): TimelinePoint {
    const ms = Math.round(point.tSec * 1000 - this.#beginMs);
    return { ...point, tSec: ms / 1000 };
  }
}

/** Whether everyone from an index on is gone, within a few seconds. */
async function emptied(
  crowd: ClientFleet,
  firstIndex: number,
): Promise<boolean> {
  const isEmpty = () =>
    crowd.snapshot().clients.every((client) =>
      client.index < firstIndex || isGone(client)
    );
  const untilMs = crowd.elapsedMs + MAX_LEAVING_MS;
  while (!isEmpty() && crowd.elapsedMs < untilMs) await nextSecond(crowd);
  return isEmpty();
}

function nextSecond(crowd: ClientFleet): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = crowd.watch(() => {
      unwatch();
      resolve();
    });
  });
}
