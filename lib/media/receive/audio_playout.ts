/**
 * What a listener hears of an audio track: packets that came by the time at
 * which they are played, and in place of the others something made up
 * (concealment). As NetEq of libwebrtc does it: a packet that is missing while
 * others after it are there is given up at its time; where nothing is there,
 * sound stands still until something comes, and where that took long, until half
 * of what packets need is there. Sound is stretched, imperceptibly, until as
 * much is held back as packets need ({@linkcode AudioDelay}), or as the picture
 * that goes with it, and shortened only where it is more by as much as packets
 * are apart. Each time that something was made up shortens it, too. After a
 * packet that says that silence follows (RFC 7587 section 3.1.3: DTX), nothing
 * is missing until sound comes again. What is missing of silence that was sent
 * is made up only in part: what follows fits anywhere, and is played at once.
 *
 * Nothing runs for that: what was to be heard up to a moment is settled when
 * somebody looks. What comes until then is only noted: what a packet's turn
 * needs is spread over memory, and costs a fraction for one of many in a row.
 *
 * @module
 */

import { AudioDelay } from "./audio_delay.ts";
import { isOpusSilence } from "../payload/opus_silence.ts";
import type { RtpReader } from "../rtp/rtp.ts";

/** What a listener heard, in samples of 48 kHz (W3C webrtc-stats). */
export interface AudioFigures {
  /** All that was played, concealment included. */
  readonly totalSamplesReceived: number;
  /** What was made up. */
  readonly concealedSamples: number;
  /** Times that something was, once for as long as it goes on. */
  readonly concealmentEvents: number;
  /** For how long packets waited to be played, all together. */
  readonly jitterBufferDelayMs: number;
  /** So many. */
  readonly jitterBufferEmittedCount: number;
}

/** Packets that wait at most, as in libwebrtc; where one more comes they are all given up, and it goes on from there. */
const ROOM = 200;
/** Packets that are noted at most, before they are settled: those of about a second. */
const NOTED = 48;
// What is noted of each.
const WIDTH = 3;
const SEQUENCE = 0;
const TIMESTAMP = 1;
const ARRIVAL = 2;
/** Noted above the sequence number: silence follows; it is silence itself. */
const IS_DTX = 0x10000;
const IS_SILENCE = 0x20000;
/** An Opus packet of so many bytes at most says so. */
const DTX_BYTES = 2;
/** Sequence numbers go on after 65535; they begin here, so that none is negative. */
const FIRST_POSITION = 0x10000;
const SAMPLES_PER_MS = 48;
/** A packet that is played begins at the next step of the sound card. */
const STEP_MS = 10;
/** Of sound, so much can be stretched or cut away. */
const STRETCH = 0.05;
/** What is held back may be so much more than needed, and than what comes latest needs, before any is cut away. */
const SLACK_MS = 20;
/** Where what was made up meets what came, so much of both becomes one. */
const MERGED_MS = 1.6;
/** With so much more waiting than needed, the time of what is missing is cut short. */
const WINDOW_MS = 50;
/** What has stood still for so long goes on only with half of what is needed. */
const PATIENCE_MS = 80;
/** Of how much is held back, the newest packet counts for so much. */
const LEVEL_WEIGHT = 0.03;
const USUAL_PACKET_MS = 20;
const MAX_PACKET_MS = 120;
/** The share of lost packets is an average of about so many. */
const KEEP_LOST = 0.996;
/** So long a lost packet may be asked for, for each percent that are lost, whether or not it can be played in time. */
const MS_PER_PERCENT = 20;
/** So far from what is played now a packet belongs to something else. */
const MAX_LEAP_MS = 5000;

/** A packet whose turn it is. A class: literals share their fields with all that begin alike. */
class TakenPacket {
  /** When it came, and how long after its timestamp. */
  nowMs = NaN;
  transitMs = NaN;
  sequence = 0;
  timestamp = 0;
  /** {@linkcode IS_DTX}, {@linkcode IS_SILENCE} or neither. */
  kind = 0;
}

/** One for all tracks, as they take turns. */
const taken = new TakenPacket();

/** The packets of one audio track on their way to the ear. */
export class AudioPlayout {
  readonly #notes = new Float64Array(NOTED * WIDTH);
  #noted = 0;
  #minDelayMs = NaN;
  readonly #delay = new AudioDelay();
  readonly #clockPerMs: number;
  // Of packets that came: their sequence numbers and one, when each came,
  // when it was captured, and what it is.
  readonly #sequences = new Int32Array(ROOM);
  readonly #arrivalsMs = new Float64Array(ROOM);
  readonly #capturedMs = new Float64Array(ROOM);
  readonly #kinds = new Int32Array(ROOM);
  /** The sequence number that is played next, and the highest that came; extended. -1 before the first. */
  #next = -1;
  #highest = -1;
  #highestTimestamp = 0;
  #highestCapturedMs = NaN;
  #packetMs = NaN;
  /** When what had stood still goes on. */
  #resumedMs = NaN;
  /** What was captured at 0 is played then. */
  #offsetMs = NaN;
  /** Up to then is settled what is heard. */
  #playedToMs = NaN;
  #isConcealing = false;
  /** Its sender sends nothing for now: what is played meanwhile is as it should be. */
  #isSilent = false;
  /** What was played last was silence. */
  #isFaint = false;
  #isPaused = false;
  #levelMs = NaN;
  #playedMs = NaN;
  #concealedMs = NaN;
  #events = 0;
  #waitedMs = NaN;
  #emitted = 0;
  #lostShare = NaN;

  constructor(clockRateHz: number) {
    this.#clockPerMs = clockRateHz / 1000;
    this.#packetMs = USUAL_PACKET_MS;
    this.#minDelayMs = this.#levelMs = this.#playedMs = 0;
    this.#concealedMs = this.#waitedMs = this.#lostShare = 0;
  }

  /** As much is held back for the picture's sake, in milliseconds. */
  get minDelayMs(): number {
    return this.#minDelayMs;
  }

  set minDelayMs(ms: number) {
    this.#settle();
    this.#minDelayMs = ms;
  }

  /** How much is held back, in milliseconds: what the picture is compared with. */
  get delayMs(): number {
    this.#settle();
    return this.#levelMs;
  }

  /**
   * The sequence number from which on a missing packet is worth asking for: it
   * can come, a round trip later, before it is played; where much is lost,
   * what is not much older is asked for as well.
   */
  askableFrom(nowMs: number, roundTripMs: number): number {
    this.#settle();
    const playedInMs = this.#highestCapturedMs + this.#offsetMs - nowMs;
    const patienceMs = MS_PER_PERCENT * 100 * this.#lostShare;
    const behindMs = Math.max(playedInMs, patienceMs) - roundTripMs;
    const behind = Math.max(0, Math.ceil(behindMs / this.#packetMs) - 1);
    return Math.max(this.#next, this.#highest - behind) & 0xffff;
  }

  /** Takes a packet of the track. */
  receive(rtp: RtpReader, moment: { readonly nowMs: number }): void {
    if (rtp.payloadLength === 0) return;
    if (this.#noted === NOTED) this.#settle();
    const at = this.#noted++ * WIDTH;
    this.#notes[at + SEQUENCE] = rtp.sequence | kindOf(rtp);
    this.#notes[at + TIMESTAMP] = rtp.timestamp;
    this.#notes[at + ARRIVAL] = moment.nowMs;
  }

  /** Plays what was to be heard by then. */
  advance(moment: { readonly nowMs: number }): void {
    this.#settle();
    this.#advance(moment);
  }

  /** Gives each packet that was noted its turn, as if it came only now. */
  #settle(): void {
    for (let i = 0; i < this.#noted; i++) {
      const at = i * WIDTH;
      const noted = this.#notes[at + SEQUENCE] | 0;
      taken.sequence = noted & 0xffff;
      taken.kind = noted & (IS_DTX | IS_SILENCE);
      taken.timestamp = this.#notes[at + TIMESTAMP] | 0;
      taken.nowMs = this.#notes[at + ARRIVAL];
      this.#take(taken);
    }
    this.#noted = 0;
  }

  #take(packet: TakenPacket): void {
    this.#advance(packet);
    if (this.#next < 0 || this.#isElsewhere(packet) || this.#isFull(packet)) {
      this.#restart(packet);
      this.#begin(packet);
    }
    const ahead = ((packet.sequence - this.#highest) << 16) >> 16;
    const position = this.#highest + ahead;
    const sinceMs = ((packet.timestamp - this.#highestTimestamp) | 0) /
      this.#clockPerMs;
    const capturedMs = this.#highestCapturedMs + sinceMs;
    if (ahead > 0) {
      // Where nothing was sent for a while, packets are as long as before.
      if (ahead === 1 && sinceMs > 0 && sinceMs <= MAX_PACKET_MS) {
        this.#packetMs = sinceMs;
      }
      for (let i = 1; i < ahead; i++) {
        this.#lostShare += (1 - this.#lostShare) * (1 - KEEP_LOST);
      }
      this.#lostShare *= KEEP_LOST;
      this.#highest = position;
      this.#highestTimestamp = packet.timestamp;
      this.#highestCapturedMs = capturedMs;
    }
    packet.transitMs = packet.nowMs - capturedMs;
    this.#delay.note(packet, ahead < 0);
    if (position < this.#next) return;
    const at = position % ROOM;
    this.#sequences[at] = position + 1;
    this.#arrivalsMs[at] = packet.nowMs;
    this.#capturedMs[at] = capturedMs;
    this.#kinds[at] = packet.kind;
    this.#advance(packet);
    this.#noteLevel(packet);
  }

  #advance(moment: { readonly nowMs: number }): void {
    while (this.#next >= 0 && this.#next <= this.#highest) {
      const at = this.#next % ROOM;
      const isThere = this.#sequences[at] === this.#next + 1;
      // Where nothing was sent for a while, the next one is not due at once.
      const dueMs = isThere
        ? Math.max(this.#playedToMs, this.#capturedMs[at] + this.#offsetMs)
        : this.#playedToMs;
      if (dueMs > moment.nowMs) return;
      if (isThere && this.#isPostponed(at, moment)) return;
      this.#playedMs += dueMs - this.#playedToMs;
      this.#playedToMs = dueMs;
      if (isThere) this.#play(at);
      else this.#fillGap();
      this.#next++;
    }
  }

  /** The track is paused, or ends: nothing is missing from then on. */
  pause(moment: { readonly nowMs: number }): void {
    if (this.#isPaused) return;
    this.restart(moment);
    this.#isPaused = true;
  }

  /** Packets may come again. */
  resume(): void {
    this.#settle();
    this.#isPaused = false;
  }

  /** Sequence numbers, timestamps or times go on from elsewhere: what has come is played. */
  restart(moment: { readonly nowMs: number }): void {
    this.#settle();
    this.#restart(moment);
  }

  #restart(moment: { readonly nowMs: number }): void {
    this.#advance(moment);
    this.#fillOpen(moment);
    this.#next = this.#highest = -1;
    this.#isConcealing = this.#isSilent = this.#isFaint = false;
    this.#delay.restart();
  }

  /** Nobody looked until then: what was not read meanwhile is nobody's loss. */
  leaveOut(moment: { readonly nowMs: number }): void {
    this.advance(moment);
    this.#next = this.#highest = -1;
    this.#delay.restart();
  }

  /** All of it, as it is at `moment`. */
  figures(moment: { readonly nowMs: number }): AudioFigures {
    this.advance(moment);
    const openMs = this.#openMs(moment);
    const samples = (ms: number) => Math.round(ms * SAMPLES_PER_MS);
    return {
      totalSamplesReceived: samples(this.#playedMs + openMs),
      concealedSamples: samples(
        this.#isSilent ? this.#concealedMs : this.#concealedMs + openMs,
      ),
      concealmentEvents: this.#events +
        (openMs > 0 && !this.#isConcealing && !this.#isSilent ? 1 : 0),
      jitterBufferDelayMs: this.#waitedMs,
      jitterBufferEmittedCount: this.#emitted,
    };
  }

  /** Whether it is so far from the last packet that it goes on from elsewhere. */
  #isElsewhere({ sequence, timestamp }: TakenPacket): boolean {
    const ahead = ((sequence - this.#highest) << 16) >> 16;
    const ticks = (timestamp - this.#highestTimestamp) | 0;
    return Math.abs(ahead) >= ROOM ||
      Math.abs(ticks) > MAX_LEAP_MS * this.#clockPerMs;
  }

  /** Whether it would take the place of one that waits still. */
  #isFull({ sequence }: TakenPacket): boolean {
    const ahead = ((sequence - this.#highest) << 16) >> 16;
    return this.#highest + ahead - this.#next >= ROOM;
  }

  #begin({ sequence, timestamp, nowMs }: TakenPacket): void {
    this.#next = this.#highest = FIRST_POSITION + sequence;
    this.#highestTimestamp = timestamp;
    this.#highestCapturedMs = 0;
    this.#offsetMs = this.#playedToMs = nowMs + STEP_MS;
    this.#levelMs = USUAL_PACKET_MS;
    this.#sequences.fill(0);
  }

  /** For how long nothing has been there to play, while something should. */
  #openMs({ nowMs }: { readonly nowMs: number }): number {
    if (this.#next < 0 || this.#isPaused) return 0;
    const at = this.#next % ROOM;
    // What is there though its time has come waits for more.
    const isWaiting = this.#next > this.#highest ||
      this.#capturedMs[at] + this.#offsetMs <= nowMs;
    return isWaiting ? Math.max(0, nowMs - this.#playedToMs) : 0;
  }

  #fillOpen(moment: { readonly nowMs: number }): void {
    const openMs = this.#openMs(moment);
    if (openMs > 0) this.#fill(openMs);
  }

  /**
   * Whether sound that has stood still for long goes on standing still: it
   * would do so again soon. Where it goes on, `#resumedMs` says from when on.
   */
  #isPostponed(at: number, moment: { readonly nowMs: number }): boolean {
    this.#resumedMs = this.#arrivalsMs[at];
    const stoodMs = this.#resumedMs - this.#playedToMs;
    if (stoodMs < PATIENCE_MS) return false;
    const newest = this.#highest % ROOM;
    const aheadMs = this.#capturedMs[newest] - this.#capturedMs[at];
    this.#resumedMs = Math.max(
      this.#resumedMs,
      this.#arrivalsMs[newest] + this.#neededMs / 2 - aheadMs,
    );
    return this.#resumedMs > moment.nowMs;
  }

  /** Plays a packet; if nothing was there to play when it was due, sound stood still until it came. */
  #play(at: number): void {
    const lateMs = this.#resumedMs - this.#playedToMs;
    if (lateMs > 0) this.#fill(Math.ceil(lateMs / STEP_MS) * STEP_MS);
    const mergedMs = this.#isConcealing && !this.#isFaint ? MERGED_MS : 0;
    this.#isConcealing = false;
    this.#isSilent = (this.#kinds[at] & IS_DTX) !== 0;
    this.#isFaint = (this.#kinds[at] & IS_SILENCE) !== 0;
    this.#waitedMs += this.#playedToMs - this.#arrivalsMs[at];
    this.#emitted++;
    this.#offsetMs = this.#playedToMs - this.#capturedMs[at] - mergedMs;
    this.#stretch();
    this.#playedMs += this.#packetMs;
    this.#playedToMs = this.#capturedMs[at] + this.#offsetMs + this.#packetMs;
  }

  /** Plays a packet that is missing; where more than enough waits after it, or it was silence, a part of it. */
  #fillGap(): void {
    const isPlenty = this.#spanFrom(this.#next + 1) >
      this.#neededMs + WINDOW_MS;
    const isShort = isPlenty || this.#isFaint && !this.#isConcealing;
    const ms = isShort ? Math.min(STEP_MS, this.#packetMs) : this.#packetMs;
    this.#offsetMs -= this.#packetMs - ms;
    this.#fill(ms);
  }

  /** From the first packet that is there from this one on to the newest one, and for how long that has been there. */
  #spanFrom(position: number): number {
    let first = position;
    while (
      first < this.#highest && this.#sequences[first % ROOM] !== first + 1
    ) first++;
    const newest = this.#highest % ROOM;
    return this.#capturedMs[newest] - this.#capturedMs[first % ROOM] +
      this.#playedToMs - this.#arrivalsMs[newest];
  }

  /** Plays what is not there: made up, but for silence that was told of. */
  #fill(ms: number): void {
    if (!this.#isSilent) {
      if (!this.#isConcealing) this.#events++;
      this.#isConcealing = true;
      this.#concealedMs += ms;
    }
    this.#playedMs += ms;
    this.#playedToMs += ms;
  }

  /** As much should be held back. */
  get #neededMs(): number {
    return Math.max(this.#delay.targetMs, this.#minDelayMs);
  }

  /** What is held back is brought nearer to what is needed. */
  #stretch(): void {
    const neededMs = this.#neededMs;
    const heldBackMs = this.#offsetMs - this.#delay.soonestMs;
    const stepMs = this.#packetMs * STRETCH;
    if (heldBackMs < neededMs) {
      this.#offsetMs += stepMs;
      this.#levelMs += stepMs;
    } else if (heldBackMs >= neededMs + this.#delay.spreadMs + SLACK_MS) {
      this.#offsetMs -= stepMs;
      this.#levelMs -= stepMs;
    }
  }

  #noteLevel({ nowMs }: { readonly nowMs: number }): void {
    const levelMs = this.#highestCapturedMs + this.#offsetMs +
      this.#packetMs - nowMs;
    this.#levelMs += (levelMs - this.#levelMs) * LEVEL_WEIGHT;
  }
}

function kindOf({ bytes, payloadOffset, payloadLength }: RtpReader): number {
  if (payloadLength <= DTX_BYTES) return IS_DTX;
  return isOpusSilence(bytes, payloadOffset, payloadLength) ? IS_SILENCE : 0;
}
