/**
 * Before a run: whether media gets through the server, from one client to
 * another.
 *
 * @module
 */

import {
  type DatapathChoice,
  DEFAULT_MEDIA,
  makePlan,
  type MediaPlan,
  openFleet,
  type RunPlan,
  type ServerTarget,
} from "../load/mod.ts";
import type { Finding } from "../machine/mod.ts";
import {
  type ClientRecord,
  hasReceived,
  type Snapshot,
} from "../metrics/mod.ts";
import { formatCounted } from "../text/mod.ts";
import { systemClock } from "../time/mod.ts";

/** Who looks, and at what. */
export interface ExamineMediaOptions {
  /** The server, which was seen to answer. */
  readonly server: ServerTarget;
  /** What the run's clients send; files are looked at elsewhere. */
  readonly plan: Pick<RunPlan, "clients" | "seed">;
  /** How packets are sent and encrypted. @default {{}} */
  readonly datapath?: DatapathChoice | undefined;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long it may take: a little more than a client waits for one answer.
   *
   * @default {12_000}
   */
  readonly timeoutMs?: number | undefined;
}

const CLIENTS = 2;

/** Has two clients meet in a room of their own, until each has received what the other one sends. */
export async function examineMedia(
  { server, plan, datapath, signal, timeoutMs = 12_000 }: ExamineMediaOptions,
): Promise<Finding> {
  const [{ clip: _clip, ...media } = DEFAULT_MEDIA] = plan.clients.map((
    { media },
  ) => media);
  const seen = Promise.withResolvers<void>();
  await using fleet = await openFleet({
    server,
    seed: plan.seed,
    datapath,
    signal,
    onSecond: (_point, snapshot) => {
      if (isOver(snapshot, media)) seen.resolve();
    },
  });
  const cancel = systemClock.setTimer(timeoutMs, seen.resolve);
  signal?.addEventListener("abort", () => seen.resolve(), { once: true });
  await fleet.add(makePlan({
    ...media,
    stages: [{ durationMs: 0, target: CLIENTS }],
    room: `rtcrowd-doctor-${crypto.randomUUID()}`,
    rooms: 1,
    publishRatio: 1,
    churnRate: 0,
    seed: plan.seed,
  }));
  await seen.promise;
  cancel();
  const wrong = whatIsWrong(fleet.snapshot().clients, media, timeoutMs);
  return {
    level: wrong === undefined ? "good" : "problem",
    about: "media",
    text: wrong ?? "two clients receive what the other one sends",
    fix: null,
  };
}

/** Whether nothing more is to be waited for: media flows both ways, or cannot. */
export function isOver({ clients }: Snapshot, media: MediaPlan): boolean {
  return clients.length === CLIENTS &&
    clients.every((client) =>
      client.state === "failed" || client.producersRefused > 0 ||
      client.errors.some(({ kind }) => kind === "codec") ||
      whatIsWrong([client], media, 0) === undefined
    );
}

/** In a sentence's end, of whoever it is first wrong with; `undefined` when media flows both ways. */
export function whatIsWrong(
  clients: readonly ClientRecord[],
  { maxAudio, maxVideo }: MediaPlan,
  withinMs: number,
): string | undefined {
  const seconds = Math.round(withinMs / 1000);
  for (const client of clients) {
    const { errors, failureCause } = client;
    const why = failureCause ?? errors.at(0)?.message;
    const cause = why === undefined ? "" : `: ${why.replace(/\.$/, "")}`;
    if (!client.connectionSuccessful) {
      return why === undefined
        ? `a client is not connected after ${seconds} s`
        : `a client is not connected${cause}`;
    }
    if (client.packetsSent === 0) return `a client sends nothing${cause}`;
    if (client.producersRefused > 0) {
      return `a client may not send all that it should${cause}`;
    }
    if (maxAudio + maxVideo === 0) continue;
    const within = why === undefined ? ` in ${seconds} s` : cause;
    if (!hasReceived(client)) {
      return `a client receives nothing of another one${within}`;
    }
    // Both send the same.
    const wanted = client.sends.filter((kind) =>
      client.receives.includes(kind)
    ).length;
    if (client.consumersFlowing < wanted) {
      return `a client receives ${client.consumersFlowing} of ${
        formatCounted(wanted, "track")
      } of another one${within}`;
    }
  }
}
