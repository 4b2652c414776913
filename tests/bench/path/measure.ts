/**
 * Measures one variant of the packet path, in a process of its own that has
 * `gc` exposed, and prints a {@linkcode PathFigures} as JSON.
 *
 * @module
 */

import { ownCpuUs } from "../cpu.ts";
import { openLanePath } from "./lane_path.ts";
import type { FarEnd, PacketPath } from "./packet_path.ts";
import { openWeriftPath } from "./werift_path.ts";

/** The variants, the baseline first. */
export const VARIANTS = [
  "werift",
  "portable",
  "native_portable",
  "native",
  "native_browser",
] as const;

/** A lane with a cipher; `native` is both, and `native_browser` that as a browser sends. */
export type Variant = typeof VARIANTS[number];

/** What one variant costs. CPU is of this process, by `getrusage`. */
export interface PathFigures {
  /** CPU for a packet sent, in microseconds. */
  readonly sendUs: number;
  /** The same for one that is sent and, after another process sent it back, received. */
  readonly bothUs: number;
  /** Packets sent a second. */
  readonly rateHz: number;
  /** Received, of those sent. */
  readonly deliveredRatio: number;
  /**
   * Bytes allocated on the heap for a packet sent and received: the growth
   * between collections, added up from ten looks a second at its size. What
   * was allocated between the last look and a collection is not seen.
   */
  readonly heapBytes: number;
  /** What the heap grew by, from after a full collection to after another, in bytes. */
  readonly heapGrowthBytes: number;
}

interface Amount {
  readonly warmUpMs: number;
  readonly packets: number;
  /** However few packets it were. */
  readonly mostMs: number;
}

const LOOK_MS = 100;
const FULL: Amount = { warmUpMs: 5000, packets: 1e6, mostMs: 60_000 };
const QUICK: Amount = { warmUpMs: 500, packets: 1e6, mostMs: 1000 };

declare const gc: () => void;

if (import.meta.main) {
  const [variant, quick] = Deno.args;
  const figures = await measure(
    variant as Variant,
    quick === "--quick" ? QUICK : FULL,
  );
  console.log(JSON.stringify(figures));
  // Some timers of werift outlive its transports.
  Deno.exit(0);
}

async function measure(
  variant: Variant,
  amount: Amount,
): Promise<PathFigures> {
  const send = await measurePath(await openPath(variant, "sink"), {
    ...amount,
    mostMs: amount.mostMs / 3,
  });
  const both = await measurePath(await openPath(variant, "echo"), amount);
  return {
    sendUs: send.cpuUs / send.sent,
    bothUs: both.cpuUs / both.sent,
    rateHz: both.sent / both.elapsedMs * 1000,
    deliveredRatio: both.received / both.sent,
    heapBytes: both.allocatedBytes / both.sent,
    heapGrowthBytes: both.growthBytes,
  };
}

/** As many tracks as leave the thread time to sleep. */
function openPath(variant: Variant, farEnd: FarEnd): Promise<PacketPath> {
  switch (variant) {
    case "werift":
      return openWeriftPath(farEnd);
    case "portable":
      return openLanePath({
        datapath: { lane: "portable", cipher: "portable" },
        farEnd,
        tracks: 24,
      });
    case "native_portable":
      return openLanePath({
        datapath: { lane: "native", cipher: "portable" },
        farEnd,
        tracks: 60,
      });
    case "native":
    case "native_browser":
      return openLanePath({
        datapath: { lane: "native", cipher: "openssl" },
        farEnd,
        tracks: 240,
        profile: variant === "native" ? "plain" : "browser",
      });
  }
}

async function measurePath(
  path: PacketPath,
  { warmUpMs, packets, mostMs }: Amount,
) {
  await using flowing = path;
  await sleep(warmUpMs);
  gc();
  const firstHeap = heapBytes();
  let lastHeap = firstHeap;
  let allocatedBytes = 0;
  const startMs = performance.now();
  const startCpuUs = ownCpuUs();
  const startSent = flowing.sent();
  const startReceived = flowing.received();
  while (
    flowing.sent() - startSent < packets &&
    performance.now() - startMs < mostMs
  ) {
    await sleep(LOOK_MS);
    const heap = heapBytes();
    allocatedBytes += Math.max(0, heap - lastHeap);
    lastHeap = heap;
  }
  const figures = {
    cpuUs: ownCpuUs() - startCpuUs,
    elapsedMs: performance.now() - startMs,
    sent: flowing.sent() - startSent,
    received: flowing.received() - startReceived,
    allocatedBytes,
  };
  gc();
  return { ...figures, growthBytes: heapBytes() - firstHeap };
}

function heapBytes(): number {
  return Deno.memoryUsage().heapUsed;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
