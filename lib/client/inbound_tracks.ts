/**
 * What a client receives in one stay: a receiver for each consumer, found by
 * SSRC. A new consumer is a new row; nothing is negotiated.
 *
 * @module
 */

import {
  type Arrival,
  type ArrivalLog,
  EXTENSION_URIS,
  extensionId,
  LipSync,
  type ReportBlock,
  RtpReader,
  type TrackReceiver,
} from "../media/mod.ts";
import type { PacketHandler } from "../rtc/mod.ts";
import type { Consumer } from "../signaling/port.ts";
import {
  type ConsumedTrack,
  type Inlet,
  openTrack,
  ssrcsOf,
} from "./consumed_track.ts";
import type { ConsumerSecond } from "./consumer_watch.ts";
import type { ClientEnvironment } from "./environment.ts";
import { forgetOldest } from "./most_tracks.ts";
import type { Origin } from "./own_publishers.ts";
import { SenderReportsSeen } from "./sender_reports_seen.ts";
import { addTrack, noReceived, type ReceivedTotals } from "./totals.ts";

/** A server that chooses to send nothing says so sooner after its last packet. */
const SILENCE_MS = 500;
/** Two sender reports say how timestamps go on from one time to another. */
const TIMED_REPORTS = 2;

/** What a second of one track was like, and of whose (RFC 3550 section 6.5.1). */
export interface ReceivedSecond extends ConsumerSecond {
  readonly from: string | undefined;
}

/** Packets of an SSRC that nobody told us of. */
interface Unknown {
  readonly ssrc: number;
  /** When the first of them came, on the scheduler's clock. */
  readonly sinceMs: number;
  /** When to look again whose they are: it costs more than a packet may. */
  lookMs: number;
}

/** The packet at hand; one reader for all clients of a thread, as they take turns, stays in the cache. */
const rtp = new RtpReader();

/** The tracks that one client receives in one stay. */
export class InboundTracks {
  /** When the first packet of all came, on the scheduler's clock; -1 before. */
  firstMs = -1;
  /** Called when a packet shows that others are missing that nobody asked for yet. */
  onMissing: () => void = () => {};
  /** Repairs that came (RFC 4588). */
  retransmittedPacketsReceived = 0;
  /** Negotiated id of the transport-wide sequence number; 0 when there is none. */
  #transportSequenceId = 0;
  /** Of the track's name; 0 when there is none. */
  #midId = 0;
  #unknown: Unknown | undefined;
  /** SSRCs that tracks had before. */
  readonly #former = new Set<number>();
  readonly #environment: ClientEnvironment;
  readonly #bySsrc = new Map<number, TrackReceiver>();
  /** Whose packet came last: those of a frame come in a row. */
  #last: TrackReceiver | undefined;
  readonly #repairs = new Map<number, TrackReceiver>();
  readonly #tracks = new Map<string, ConsumedTrack>();
  /** The same, for who goes through them some twenty times a second: by index, as iterators allocate. */
  #listed: readonly ConsumedTrack[] = [];
  readonly #reports = new SenderReportsSeen();
  /** Producers that are paused, consumed or not. */
  readonly #paused = new Set<string>();
  /** Producers of which the server chose to send no layer. */
  readonly #withheld = new Set<string>();
  readonly #closed: ReceivedTotals = noReceived();

  constructor(environment: ClientEnvironment) {
    this.#environment = environment;
  }

  /** The tracks, in order of consuming. */
  get tracks(): readonly ConsumedTrack[] {
    return this.#listed;
  }

  /** Consumers that are open. */
  get size(): number {
    return this.#tracks.size;
  }

  /** When the last packet of all that are open came, on the scheduler's clock; `-Infinity` before. */
  get lastMs(): number {
    let lastMs = -Infinity;
    for (const { receiver } of this.#tracks.values()) {
      if (receiver.packetsReceived === 0) continue;
      lastMs = Math.max(lastMs, receiver.lastAtMs);
    }
    return lastMs;
  }

  /** Whether this producer is received. */
  has(producerId: string): boolean {
    return this.#tracks.has(producerId);
  }

  /** An SSRC that the server told of this consumer and of another track that is open; packets of both could not be told apart. */
  sharedSsrc(
    { producerId, rtpParameters }: Consumer,
  ): number | undefined {
    const ssrcs = ssrcsOf(rtpParameters);
    for (const track of this.#tracks.values()) {
      if (track.producerId === producerId) continue;
      const shared = ssrcs.find((ssrc) => track.names.ssrcs.includes(ssrc));
      if (shared !== undefined) return shared;
    }
    return undefined;
  }

  /** Opens a row for a new consumer, which comes by this inlet and was asked for at `requestedAtMs` on the scheduler's clock. */
  add(
    created: Consumer,
    inlet: Inlet,
    requestedAtMs: number,
    origin: Origin,
  ): void {
    const { meter: { counters }, scheduler, repeats } = this.#environment;
    const track = openTrack(created, {
      inlet,
      origin,
      counters,
      requestedAtMs,
      openedMs: scheduler.nowMs(),
    });
    if (track === undefined) return;
    const { producerId, receiver } = track;
    const { headerExtensions, encodings: [{ rtx }] } = created.rtpParameters;
    this.#bySsrc.set(receiver.ssrc, receiver);
    if (rtx?.ssrc !== undefined) {
      this.#repairs.set(rtx.ssrc | 0, receiver);
      repeats?.add(rtx.ssrc | 0);
    }
    this.#transportSequenceId ||= extensionId(
      EXTENSION_URIS.transportSequence,
      headerExtensions,
    );
    this.#midId ||= extensionId(EXTENSION_URIS.mid, headerExtensions);
    this.#former.delete(receiver.ssrc);
    this.#tracks.set(producerId, track);
    this.#listed = [...this.#tracks.values()];
    this.#keepTogether();
    // The pause may have been told in the same moment as the consumer.
    this.#steer(producerId);
  }

  /** Each video goes with the sound of the same name, if any. */
  #keepTogether(): void {
    for (const track of this.#tracks.values()) {
      const { frames, names: { cname } } = track;
      if (frames === undefined) continue;
      const audio = cname === undefined
        ? undefined
        : this.#tracks.values().find(({ sound, names }) =>
          sound !== undefined && names.cname === cname
        );
      if (audio?.sound === track.lipSync?.audio) continue;
      track.lipSync = audio?.sound && new LipSync(frames.playout, audio.sound);
    }
  }

  /** Closes the row of a producer; its numbers stay. Returns the consumer's id. */
  remove(producerId: string): string | undefined {
    this.#paused.delete(producerId);
    this.#withheld.delete(producerId);
    const track = this.#tracks.get(producerId);
    if (track === undefined) return undefined;
    this.#tracks.delete(producerId);
    this.#listed = [...this.#tracks.values()];
    this.#keepTogether();
    this.#forget(track.receiver);
    for (const [ssrc, receiver] of this.#repairs) {
      if (receiver === track.receiver) this.#repairs.delete(ssrc);
    }
    const now = this.#now();
    track.frames?.end(now);
    addTrack(this.#closed, track, now);
    return track.consumerId;
  }

  /** The producer paused or went on: silence is no loss meanwhile. */
  setPaused(producerId: string, paused: boolean): void {
    this.#paused.delete(producerId);
    if (paused) this.#paused.add(producerId);
    forgetOldest(this.#paused);
    this.#steer(producerId);
  }

  /** The server has been asked to begin with a track: it is not due before it answers. */
  awaitStart(producerId: string): void {
    const { nowMs } = this.#now();
    this.#tracks.get(producerId)?.receiver.awaitStart(nowMs);
  }

  /** It has answered, or will not. */
  noteStart(producerId: string): void {
    const { nowMs } = this.#now();
    this.#tracks.get(producerId)?.receiver.noteStart(nowMs);
  }

  /** Something else is known of who sends this producer. */
  setOrigin(producerId: string, origin: Origin): void {
    const track = this.#tracks.get(producerId);
    if (track === undefined) return;
    track.origin = origin;
    this.#steer(producerId);
  }

  /** The server sends a layer of this producer, or none: silence is no loss then. */
  setFlowing(producerId: string, flows: boolean): void {
    if (flows) this.#withheld.delete(producerId);
    else this.#withheld.add(producerId);
    this.#steer(producerId);
  }

  #steer(producerId: string): void {
    const track = this.#tracks.get(producerId);
    if (track === undefined) return;
    const now = this.#now();
    const { receiver, origin } = track;
    if (origin.of === "own" && !track.isOwn) this.#measure(track);
    const sentPps = origin.of === "own" ? origin.packetsPerSecond : undefined;
    const gapMs = origin.of === "own" ? origin.longestGapMs : undefined;
    receiver.expectRate(now.nowMs, sentPps ?? 0, gapMs);
    // Who is gone stood still until then as before.
    if (gapMs !== undefined) track.frames?.playout.rhythm.expectStills(gapMs);
    // What clients of this run pause they say themselves: what a server stops
    // of their tracks beyond that should come all the same.
    const isSaidPaused = this.#paused.has(producerId);
    const isStopped = isSaidPaused && sentPps !== undefined && sentPps > 0;
    if (!isStopped) track.stoppedSinceMs = NaN;
    else if (Number.isNaN(track.stoppedSinceMs)) {
      track.stoppedSinceMs = now.nowMs;
    }
    // Who pauses stops at once, and the server tells of it later.
    const isPaused = (isSaidPaused && !isStopped) || sentPps === 0 ||
      (origin.of === "former" && track.isOwn);
    const isWithheld = this.#withheld.has(producerId);
    track.isPaused = isPaused;
    track.shouldFlow = sentPps !== undefined && !isPaused;
    track.watch.setPaused(!track.shouldFlow);
    if (isPaused || !isWithheld) track.isCutOff = false;
    else if (!receiver.isSuspended) {
      track.isCutOff = now.nowMs - receiver.lastAtMs >= SILENCE_MS;
    }
    if (isPaused || isWithheld) {
      receiver.suspend(now.nowMs);
    } else {
      receiver.resume(now.nowMs);
    }
    // What the server withholds stands still all the same.
    if (isPaused) track.frames?.pause(now);
    else track.frames?.playout.rhythm.resume(now);
  }

  /** It is a client's of this run. */
  #measure(track: ConsumedTrack): void {
    const { meter } = this.#environment;
    const { firstPacket, timeToFirstFrame, frameGap } = meter;
    const { origin } = track;
    const isElsewhere = origin.of === "own" && origin.isElsewhere === true;
    const mediaLatency = isElsewhere
      ? meter.mediaLatency
      : meter.mediaLatencyHere ?? meter.mediaLatency;
    track.isOwn = true;
    // What came before is nobody's figure.
    track.frames?.playout.settle();
    Object.assign(track.meter, {
      mediaLatency,
      firstPacket,
      timeToFirstFrame,
      frameGap,
    });
  }

  #now(): Arrival {
    return {
      nowMs: this.#environment.scheduler.nowMs(),
      wallMs: this.#environment.wallNowMs(),
    };
  }

  /** Takes the decrypted RTP packets of one transport, and logs their arrivals. */
  onRtpOf(arrivals: ArrivalLog): PacketHandler {
    return (bytes, offset, length, arrival) => {
      if (!rtp.read(bytes, offset, length)) return;
      const sequenceAt = rtp.extensionOffset[this.#transportSequenceId];
      if (
        sequenceAt !== 0 && rtp.extensionLength[this.#transportSequenceId] >= 2
      ) {
        const sequence = (bytes[sequenceAt] << 8) | bytes[sequenceAt + 1];
        arrivals.record(sequence, arrival.wallMs);
      }
      let receiver = this.#last;
      if (receiver?.ssrc !== rtp.ssrc) {
        receiver = this.#bySsrc.get(rtp.ssrc);
        this.#last = receiver;
      }
      if (receiver === undefined) {
        return this.#receiveOther(rtp, arrival, arrivals);
      }
      this.#receive(receiver, arrival);
    };
  }

  #receive(receiver: TrackReceiver, arrival: Readonly<Arrival>): void {
    receiver.receive(rtp, arrival);
    if (this.firstMs < 0 && receiver.firstAtMs >= 0) {
      this.firstMs = arrival.nowMs;
    }
    if (receiver.hasRequests) this.onMissing();
  }

  /** Whether a repair may still be on its way for any track. */
  get isMissingPackets(): boolean {
    const tracks = this.#listed;
    for (let i = 0; i < tracks.length; i++) {
      if (tracks[i].receiver.isMissingPackets) return true;
    }
    return false;
  }

  /** Repairs, bandwidth probes, and what has another SSRC than we were told. */
  #receiveOther(
    rtp: RtpReader,
    arrival: Readonly<Arrival>,
    arrivals: ArrivalLog,
  ): void {
    const repaired = this.#repairs.get(rtp.ssrc);
    if (repaired === undefined) {
      return this.#receiveUnknown(rtp, arrival, arrivals);
    }
    // Of padding alone it probes for bandwidth, and repairs nothing.
    if (rtp.payloadLength < 2) return;
    this.retransmittedPacketsReceived++;
    repaired.receiveRepair(rtp, arrival);
  }

  /** A track that goes on under another SSRC, or one whose consumer is still under way. */
  #receiveUnknown(
    rtp: RtpReader,
    arrival: Readonly<Arrival>,
    arrivals: ArrivalLog,
  ): void {
    const { nowMs } = arrival;
    let unknown = this.#unknown;
    if (unknown?.ssrc !== rtp.ssrc) {
      unknown = { ssrc: rtp.ssrc, sinceMs: nowMs, lookMs: nowMs };
      this.#unknown = unknown;
    }
    if (nowMs < unknown.lookMs) return;
    unknown.lookMs = nowMs + SILENCE_MS;
    const lasting = nowMs - unknown.sinceMs >= SILENCE_MS;
    const receiver = this.#successorOf(rtp, nowMs, lasting, arrivals)?.receiver;
    if (receiver === undefined) return;
    this.#forget(receiver);
    this.#former.add(receiver.ssrc);
    receiver.moveTo(rtp.ssrc);
    this.#bySsrc.set(rtp.ssrc, receiver);
    this.#unknown = undefined;
    this.#receive(receiver, arrival);
  }

  /**
   * Whose packet it is, by the name that it carries; without one by its
   * payload type, where only one track has that, is silent, and nothing was
   * told of a new track for as long (RFC 8843 section 9.2).
   */
  #successorOf(
    rtp: RtpReader,
    nowMs: number,
    isLasting: boolean,
    arrivals: ArrivalLog,
  ): ConsumedTrack | undefined {
    const fits = [...this.#tracks.values()].filter(({ names, inlet }) =>
      inlet.arrivals === arrivals &&
      names.payloadTypes.includes(rtp.payloadType)
    );
    const mid = rtp.textOf(this.#midId);
    const isSilent = ({ receiver }: ConsumedTrack) =>
      receiver.silentMs(nowMs) >= SILENCE_MS;
    if (mid !== undefined) {
      const named = fits.find(({ names }) => names.mid === mid);
      const isNew = !this.#former.has(rtp.ssrc);
      return named !== undefined && (isNew || isSilent(named))
        ? named
        : undefined;
    }
    const [only, ...others] = fits.filter((one) => !one.receiver.isSuspended);
    return others.length === 0 && only !== undefined && isLasting &&
        isSilent(only)
      ? only
      : undefined;
  }

  /** What comes under the track's SSRC is not its any more. */
  #forget(receiver: TrackReceiver): void {
    const { ssrc } = receiver;
    if (this.#bySsrc.get(ssrc) === receiver) this.#bySsrc.delete(ssrc);
    this.#reports.forget(ssrc);
    this.#last = undefined;
  }

  /** Notes a sender report that came at `wallMs` since 1970; our reports repeat its time. */
  onSenderReport(ssrc: number, middleNtp: number, wallMs: number): void {
    if (this.#bySsrc.has(ssrc)) this.#reports.note(ssrc, middleNtp, wallMs);
  }

  /** A report block for every track that media came on by this inlet. */
  reportBlocks(by: Inlet): ReportBlock[] {
    const wallMs = this.#environment.wallNowMs();
    const blocks: ReportBlock[] = [];
    for (const { receiver, inlet } of this.#tracks.values()) {
      if (inlet !== by || receiver.packetsReceived === 0) continue;
      const { ssrc } = receiver;
      blocks.push({
        ssrc,
        fractionLost: receiver.takeFractionLost(),
        packetsLost: receiver.packetsLost,
        extendedHighest: receiver.extendedHighest,
        jitterUnits: receiver.jitterUnits,
        ...this.#reports.repeated(ssrc, wallMs),
      });
    }
    return blocks;
  }

  /** So many packets should have come on tracks that there are no consumers of. */
  noteMissed(packets: number): void {
    this.#closed.packetsDeliverable += packets;
  }

  /** Sums over all consumers of the stay, closed ones too. */
  totals(): ReceivedTotals {
    const totals = { ...this.#closed };
    const now = this.#now();
    for (const track of this.#tracks.values()) addTrack(totals, track, now);
    return totals;
  }

  /** What the last second of each consumer was like, about once a second. */
  *takeSeconds(): Iterable<ReceivedSecond> {
    const nowMs = this.#environment.scheduler.nowMs();
    for (const track of this.#tracks.values()) {
      const { watch, names } = track;
      if (this.#isTimed(track)) track.lipSync?.step(nowMs);
      const second = watch.take(nowMs);
      if (second !== undefined) yield { ...second, from: names.cname };
    }
  }

  /** Whether its sender told often enough when it and its sound were captured: before that, nobody knows what goes together. */
  #isTimed({ receiver, lipSync }: ConsumedTrack): boolean {
    if (lipSync === undefined) return false;
    const told = ({ ssrc }: TrackReceiver) =>
      this.#reports.count(ssrc) >= TIMED_REPORTS;
    const audio = this.#tracks.values().find(({ sound }) =>
      sound === lipSync.audio
    );
    return told(receiver) && audio !== undefined && told(audio.receiver);
  }

  /** By what name the sender of a track goes; `undefined` where the server does not say. */
  senderOf(producerId: string): string | undefined {
    return this.#tracks.get(producerId)?.names.cname;
  }

  /**
   * When one went on again of the tracks that stood still at `sinceMs`: the
   * first of the videos with a frame, where none stood still the first of the
   * audio with a packet. That another one is silent yet may be its sender's
   * doing, and what others send is not looked at. -1 when nothing stood still,
   * `undefined` while all of them still do. Times are the scheduler's.
   */
  resumedSince(sinceMs: number): number | undefined {
    const firstMs = { video: Infinity, audio: Infinity };
    const isStanding = { video: false, audio: false };
    const nowMs = this.#environment.scheduler.nowMs();
    for (const track of this.#tracks.values()) {
      const { receiver, frames, isCutOff } = track;
      if (!track.isOwn) continue;
      const isStopped = receiver.isSuspended && !isCutOff;
      if (isStopped || receiver.packetsReceived === 0) continue;
      // What is new since then did not stand still.
      if (receiver.openedMs >= sinceMs) continue;
      const { kind } = receiver;
      frames?.playout.advance({ nowMs });
      const rhythm = frames?.playout.rhythm;
      const flowedAt = rhythm?.lastMs ?? receiver.lastAtMs;
      if (flowedAt < sinceMs) {
        isStanding[kind] = true;
        continue;
      }
      const ms = rhythm?.thawedSince(sinceMs) ?? receiver.resumedAtMs;
      if (ms >= sinceMs) firstMs[kind] = Math.min(firstMs[kind], ms);
    }
    for (const kind of ["video", "audio"] as const) {
      if (firstMs[kind] < Infinity) return firstMs[kind];
      if (isStanding[kind]) return undefined;
    }
    return -1;
  }

  /** The thread stood still for so long: what comes next is compared with nothing before. */
  breakOff(ms: number): void {
    const now = this.#now();
    for (const { receiver } of this.#tracks.values()) {
      receiver.breakOff(now, ms);
    }
  }

  /** What came in a standstill has been read: none of it is anybody's silence, loss or freeze. */
  leaveOut(): void {
    const now = this.#now();
    for (const track of this.#tracks.values()) {
      track.receiver.leaveOut(now);
      track.watch.leaveOut();
      // The senders' own key frames may help sooner.
      track.keyFrameAskedMs = now.nowMs;
    }
  }

  /** Closes all rows; their numbers stay. */
  close(): void {
    for (const producerId of [...this.#tracks.keys()]) this.remove(producerId);
  }
}
