/**
 * What a receiving client tells the server between its reports, as a browser
 * does: when each packet arrived (transport-wide congestion control), which
 * packets are missing (NACK), and that only a key frame helps (PLI). A task
 * for the scheduler.
 *
 * @module
 */

import { writeNack, writePli } from "../media/mod.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { ConsumedTrack, InboundTracks } from "./inbound_tracks.ts";

/** As often as the server's own estimator expects it. */
const INTERVAL_MS = 100;
/** While packets are missing. */
const MISSING_INTERVAL_MS = 20;
/** Packets that a client asks for at once. An outage loses thousands, and all their repairs together would overrun its socket. */
const MAX_ASKED = 150;
/** Between noticing a loss and asking: what was overtaken may still come. */
const REORDERING_MS = 5;
/** Between two requests for a key frame of the same track, as in libwebrtc. */
const KEY_FRAME_RETRY_MS = 200;
/** Without a frame for so long, libwebrtc waits for repairs no longer. */
const FRAME_PATIENCE_MS = 3000;
/** Nor does it ask for anything once no packet came for so long: nobody sends. */
const ACTIVE_MS = 5000;

/** Sends feedback for one receiving transport. */
export class FeedbackTask {
  dueMs = Infinity;
  heapIndex = -1;
  readonly onError: ((error: unknown) => void) | undefined;
  /** Key frames asked for. */
  pliSent = 0;
  /** Packets asked for again. */
  nackSent = 0;
  readonly #environment: ClientEnvironment;
  readonly #inbound: InboundTracks;
  readonly #transport: () => ClientTransport | undefined;
  readonly #ownSsrc: number;
  #lookedMs = 0;

  constructor(
    environment: ClientEnvironment,
    reception: InboundTracks,
    transport: () => ClientTransport | undefined,
  ) {
    this.#environment = environment;
    this.onError = environment.onError;
    this.#inbound = reception;
    this.#transport = transport;
    this.#ownSsrc = 1 + Math.floor(environment.random() * 0xfffffffe);
  }

  /** Gives feedback from now on. */
  start(): void {
    const { scheduler, random } = this.#environment;
    this.#lookedMs = scheduler.nowMs();
    this.dueMs = this.#lookedMs + INTERVAL_MS * random();
    scheduler.schedule(this);
    this.#inbound.onMissing = () => this.#hurry();
  }

  run(nowMs: number): void {
    this.#inbound.arrivals.pass(nowMs - this.#lookedMs);
    this.#lookedMs = nowMs;
    const transport = this.#transport();
    if (transport !== undefined) {
      this.#sendArrivals(transport);
      this.#sendRequests(transport, nowMs);
    }
    const pauseMs = this.#inbound.isMissingPackets
      ? MISSING_INTERVAL_MS
      : INTERVAL_MS;
    this.dueMs = Math.max(this.dueMs + pauseMs, nowMs);
  }

  /** The thread stood still for so long. */
  onStandstill(ms: number): void {
    this.#inbound.leaveOut();
    this.#inbound.arrivals.pass(ms);
  }

  #hurry(): void {
    const { scheduler } = this.#environment;
    const soonMs = scheduler.nowMs() + REORDERING_MS;
    if (this.heapIndex < 0 || this.dueMs <= soonMs + MISSING_INTERVAL_MS) {
      return;
    }
    this.dueMs = soonMs;
    scheduler.schedule(this);
  }

  #sendArrivals(transport: ClientTransport): void {
    const { arrivals } = this.#inbound;
    const [first] = this.#inbound.tracks;
    if (!arrivals.hasNews || first === undefined) return;
    const { ssrc } = first.receiver;
    transport.sendRtcp(
      0,
      arrivals.write(transport.out, 0, this.#ownSsrc, ssrc),
    );
  }

  #sendRequests(transport: ClientTransport, nowMs: number): void {
    let room = MAX_ASKED;
    for (const track of this.#inbound.tracks) {
      const { receiver, nacks, frames } = track;
      const askedAgo = nowMs - track.keyFrameAskedMs;
      const isWaiting = receiver.isStuck || isOutOfPatience(track, nowMs);
      if (
        receiver.needsKeyFrame || isWaiting && askedAgo >= KEY_FRAME_RETRY_MS
      ) {
        receiver.needsKeyFrame = false;
        track.keyFrameAskedMs = nowMs;
        this.pliSent++;
        transport.sendRtcp(
          0,
          writePli(transport.out, 0, this.#ownSsrc, receiver.ssrc),
        );
      }
      if (nacks === undefined || nacks.size === 0) continue;
      if (frames !== undefined) nacks.forgetBefore(frames.neededSequence);
      const due = nacks.takeDue(nowMs, room);
      if (due.length === 0) continue;
      room -= due.length;
      this.nackSent += due.length;
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
  const { lastMs, isPaused } = frames.rhythm;
  return !isPaused && lastMs >= 0 && nowMs - lastMs >= FRAME_PATIENCE_MS &&
    nowMs - receiver.lastAtMs < ACTIVE_MS;
}
