/**
 * What a client receives as sums over its tracks.
 *
 * @module
 */

import type { Arrival } from "../media/mod.ts";
import type { Watched } from "./consumer_watch.ts";

/** Sums over consumers. */
export interface InboundTotals {
  expected: number;
  lost: number;
  /** Of those lost, the ones that a repair made up for. */
  repaired: number;
  deliverable: number;
  received: number;
  /** Of those received, the ones that no client of this run sent. */
  fromOthers: number;
  bytes: number;
  /** The longest latency of a packet, in whole microseconds; 0 before any. */
  maxLatencyUs: number;
  /** Consumers that media has arrived on. */
  flowing: number;
  /** Video frames that a viewer would have seen. */
  framesShown: number;
  /** Those of them that followed none: the first of a video, and the first after a pause. */
  videosBegun: number;
  /** Of those, key frames. */
  keyFramesShown: number;
  /** Video frames that came whole and were given up, because something before them never came. */
  framesDropped: number;
  /** Times that a video stood still (W3C webrtc-stats). */
  freezes: number;
  /** For how long, all videos together. */
  frozenMs: number;
  /** For how long at most. */
  longestFreezeMs: number;
  /** For how long videos were on, freezes included. */
  playedMs: number;
  /** From when a video was asked for to its first frame, at most; -1 before any. */
  firstFrameMs: number;
  pictureIdJumps: number;
  timestampJumps: number;
}

/** Totals of nothing. */
export function noTotals(): InboundTotals {
  return {
    expected: 0,
    lost: 0,
    repaired: 0,
    deliverable: 0,
    received: 0,
    fromOthers: 0,
    bytes: 0,
    maxLatencyUs: 0,
    flowing: 0,
    framesShown: 0,
    videosBegun: 0,
    keyFramesShown: 0,
    framesDropped: 0,
    freezes: 0,
    frozenMs: 0,
    longestFreezeMs: 0,
    playedMs: 0,
    firstFrameMs: -1,
    pictureIdJumps: 0,
    timestampJumps: 0,
  };
}

/** Adds what is known of one track at this time; of what others send, only that it came. */
export function addTrack(
  totals: InboundTotals,
  { receiver, frames, isOwn }: Pick<Watched, "receiver" | "frames"> & {
    readonly isOwn: boolean;
  },
  now: Arrival,
): void {
  totals.received += receiver.packetsReceived;
  totals.bytes += receiver.bytesReceived;
  if (receiver.packetsReceived > 0) totals.flowing++;
  if (!isOwn) {
    totals.fromOthers += receiver.packetsReceived;
    return;
  }
  totals.expected += receiver.expected;
  totals.lost += receiver.lost;
  // What was repaired and came all the same is not lost.
  totals.repaired += Math.min(receiver.packetsRepaired, receiver.lost);
  totals.deliverable += receiver.deliverable(now.nowMs);
  totals.maxLatencyUs = Math.max(totals.maxLatencyUs, receiver.maxLatencyUs);
  if (frames === undefined) return;
  const shown = frames.rhythm.figures(now);
  totals.framesShown += shown.frames;
  totals.videosBegun += shown.beginnings;
  totals.keyFramesShown += frames.keyFrames;
  totals.framesDropped += frames.dropped;
  totals.freezes += shown.freezes;
  totals.frozenMs += shown.frozenMs;
  totals.longestFreezeMs = Math.max(
    totals.longestFreezeMs,
    shown.longestFreezeMs,
  );
  totals.playedMs += shown.playedMs;
  totals.firstFrameMs = Math.max(
    totals.firstFrameMs,
    shown.firstFrameMs ?? -1,
  );
  totals.pictureIdJumps += frames.pictureIdJumps;
  totals.timestampJumps += frames.timestampJumps;
}
