/**
 * What a receiving client tells the server between its reports, as a browser
 * does: when each packet arrived (transport-wide congestion control), which
 * packets are missing (NACK), and that only a key frame helps (PLI). A task
 * for the scheduler.
 *
 * @module
 */

import { writeNack, writePli } from "../media/mod.ts";
import type { ClientEnvironment } from "./environment.ts";
import type { ConsumedTrack, Inlet } from "./consumed_track.ts";
import type { InboundTracks } from "./inbound_tracks.ts";

/** As often as Chromium does that sends nothing by the same transport: at each fourth of its 64 ticks a second. */
const ARRIVALS_MS = 62.5;
/** While packets are missing, from one look at what is due again to the next. */
const CHECK_MS = 20;
/**
 * As long as libwebrtc takes a round trip to be while it is told of none. A
 * page has a connection each way, and the one that receives is told of none:
 * what the other one knows counts here where that is longer.
 */
const MIN_RETRY_MS = 100;
/** For sound, libwebrtc waits for so many round trips. */
const SOUND_RETRY = 1.5;
/** Packets that a client asks for at once. An outage loses thousands, and all their repairs together would overrun its socket. */
const MAX_ASKED = 150;
/** Between two requests for a key frame of the same track, as in libwebrtc. */
const KEY_FRAME_RETRY_MS = 200;
/** Without a frame for so long, libwebrtc waits for repairs no longer. */
const FRAME_PATIENCE_MS = 3000;
/** Nor does it ask for anything once no packet came for so long: nobody sends. */
const ACTIVE_MS = 5000;

/** Sends feedback for the receiving transports of one stay. */
export class FeedbackTask {
  dueMs = Infinity;
  heapIndex = -1;
  readonly onError: ((error: unknown) => void) | undefined;
  /** Key frames asked for. */
  pliCountSent = 0;
  /** Packets asked for again. */
  retransmissionRequestsSent = 0;
  /** Messages that asked for them. */
  nackCountSent = 0;
  readonly #environment: ClientEnvironment;
  readonly #inbound: InboundTracks;
  readonly #inlets: readonly Inlet[];
  readonly #roundTripMs: () => number;
  readonly #ownSsrc: number;
  #lookedMs = 0;
  /** When arrivals are told next, and when the next look is at what is due again. */
  #arrivalsMs = 0;
  #checkMs = 0;
  /** When a key frame is asked for again, where one is waited for. */
  #keyFrameMs = Infinity;

  /** `roundTripMs` is what the server's reports say, in milliseconds; -1 before any. */
  constructor(
    environment: ClientEnvironment,
    reception: InboundTracks,
    inlets: readonly Inlet[],
    roundTripMs: () => number,
  ) {
    this.#environment = environment;
    this.onError = environment.onError;
    this.#inbound = reception;
    this.#inlets = inlets;
    this.#roundTripMs = roundTripMs;
    this.#ownSsrc = 1 + Math.floor(environment.random() * 0xfffffffe);
  }

  /** Gives feedback from now on. */
  start(): void {
    const { scheduler, random } = this.#environment;
    this.#lookedMs = scheduler.nowMs();
    this.#arrivalsMs = this.#lookedMs + ARRIVALS_MS * random();
    this.#checkMs = this.#lookedMs + CHECK_MS * random();
    this.dueMs = this.#arrivalsMs;
    scheduler.schedule(this);
    this.#inbound.onMissing = () => this.#hurry();
  }

  run(nowMs: number): void {
    this.#pass(nowMs - this.#lookedMs);
    this.#lookedMs = nowMs;
    const isCheck = nowMs >= this.#checkMs;
    if (nowMs >= this.#arrivalsMs) {
      for (let i = 0; i < this.#inlets.length; i++) {
        this.#sendArrivals(this.#inlets[i]);
      }
    }
    this.#sendRequests(nowMs, isCheck);
    if (nowMs >= this.#arrivalsMs) {
      this.#arrivalsMs = Math.max(this.#arrivalsMs + ARRIVALS_MS, nowMs);
    }
    // Looks keep their step, whenever something goes missing.
    if (isCheck) {
      this.#checkMs = nowMs + CHECK_MS - (nowMs - this.#checkMs) % CHECK_MS;
    }
    this.dueMs = Math.min(
      this.#arrivalsMs,
      this.#keyFrameMs,
      this.#inbound.isMissingPackets ? this.#checkMs : Infinity,
    );
  }

  onStandstill(ms: number): void {
    this.#inbound.breakOff(ms);
  }

  onCaughtUp(ms: number): void {
    this.#inbound.leaveOut();
    this.#pass(ms);
  }

  #hurry(): void {
    const { scheduler } = this.#environment;
    scheduler.readSoon?.();
    const nowMs = scheduler.nowMs();
    if (this.heapIndex < 0 || this.dueMs <= nowMs) return;
    this.dueMs = nowMs;
    scheduler.schedule(this);
  }

  #pass(ms: number): void {
    // By index, here and below: an iterator allocates, and this is often.
    for (let i = 0; i < this.#inlets.length; i++) {
      this.#inlets[i].arrivals.pass(ms);
    }
  }

  #sendArrivals(by: Inlet): void {
    const { arrivals, transport } = by;
    if (!arrivals.hasNews) return;
    const { tracks } = this.#inbound;
    for (let i = 0; i < tracks.length; i++) {
      const { inlet, receiver: { ssrc } } = tracks[i];
      if (inlet !== by) continue;
      const end = arrivals.write(transport.out, 0, this.#ownSsrc, ssrc);
      return transport.sendRtcp(0, end);
    }
  }

  /** What was asked for before is asked for again with `isCheck`, and what is new always. */
  #sendRequests(nowMs: number, isCheck: boolean): void {
    const retryMs = Math.max(MIN_RETRY_MS, this.#roundTripMs());
    // What was asked for may have come, and not been read yet.
    const { readUntilMs = nowMs } = this.#environment.scheduler;
    const unreadMs = Math.max(0, nowMs - readUntilMs);
    let room = MAX_ASKED;
    this.#keyFrameMs = Infinity;
    const { tracks } = this.#inbound;
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i];
      const { receiver, nacks, frames, sound, inlet: { transport } } = track;
      const isWaiting = receiver.isStuck || isOutOfPatience(track, nowMs);
      // The sum that it is due at: a difference may be rounded down.
      const againMs = track.keyFrameAskedMs + KEY_FRAME_RETRY_MS;
      if (receiver.needsKeyFrame || isWaiting && nowMs >= againMs) {
        receiver.needsKeyFrame = false;
        track.keyFrameAskedMs = nowMs;
        this.pliCountSent++;
        transport.sendRtcp(
          0,
          writePli(transport.out, 0, this.#ownSsrc, receiver.ssrc),
        );
      }
      if (isWaiting) {
        this.#keyFrameMs = Math.min(
          this.#keyFrameMs,
          track.keyFrameAskedMs + KEY_FRAME_RETRY_MS,
        );
      }
      if (nacks === undefined || nacks.size === 0) continue;
      if (frames !== undefined) {
        frames.advance({ nowMs: Math.min(nowMs, readUntilMs) });
        nacks.forgetBefore(frames.neededSequence);
      }
      if (sound !== undefined) {
        nacks.forgetBefore(sound.askableFrom(nowMs, retryMs));
      }
      const due = isCheck
        ? nacks.takeDue(
          nowMs,
          (sound === undefined ? retryMs : SOUND_RETRY * retryMs) + unreadMs,
          room,
        )
        : nacks.takeNew(nowMs, room);
      if (due.length === 0) continue;
      room -= due.length;
      this.retransmissionRequestsSent += due.length;
      this.nackCountSent++;
      transport.sendRtcp(
        0,
        writeNack(transport.out, 0, this.#ownSsrc, receiver.ssrc, due),
      );
    }
  }
}

/** Whether its video has stood still for so long that only a key frame is worth waiting for. */
function isOutOfPatience(
  { receiver, frames }: ConsumedTrack,
  nowMs: number,
): boolean {
  if (frames === undefined) return false;
  if (frames.playout.hasShownAfter(nowMs - FRAME_PATIENCE_MS)) return false;
  // One that waits for its time comes to that now, and needs no key frame.
  frames.playout.advance({ nowMs });
  const { lastMs, isPaused } = frames.playout.rhythm;
  return !isPaused && lastMs >= 0 && nowMs - lastMs >= FRAME_PATIENCE_MS &&
    nowMs - receiver.lastAtMs < ACTIVE_MS;
}
