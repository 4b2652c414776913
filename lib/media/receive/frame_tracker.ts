/**
 * Which frames of a VP8 track can be decoded, and from when on.
 *
 * A frame can be in the moment in which all its packets have come, from the
 * first one of its first partition to the marker, repairs included, and so
 * has everything before it since the last key frame. While a packet is
 * missing none can; when it comes after all, the frames that waited for it
 * can at once. When they are shown then is a matter of
 * {@linkcode VideoPlayout}. A key frame needs nothing before it:
 * once one is whole, it and what follows it are shown at their time, and what
 * is missing before it in its place where it comes by then. Each frame is
 * taken to need the one before it, unless layers in time tell what it needs
 * ({@linkcode TemporalReferences}): then what does not need a missing one is
 * shown at its time as well.
 *
 * Packets that come in order cost a comparison and an increment. Only while
 * one is missing are those after it noted down.
 *
 * @module
 */

import type { NackList } from "./nack_list.ts";
import type { RtpReader } from "../rtp/rtp.ts";
import {
  isVp8KeyFrameStart,
  isVp8Shown,
  isVp8Start,
  vp8Layer,
  vp8PictureId,
} from "../payload/vp8.ts";
import { TemporalReferences, tidOf } from "./temporal_references.ts";
import { type VideoPlayout, WholeFrame } from "./video_playout.ts";

/** When a packet came. */
interface Arrival {
  /** The reactor's clock, in milliseconds. */
  readonly nowMs: number;
}

/** Packets that are noted after a missing one; with more, only a key frame helps. */
const NOTED = 1024;
/** Positions are sequence numbers that go on after 65535; they begin here, so that none is negative. */
const FIRST_POSITION = 0x10000;
/** What is noted of a packet. The picture id and one stand above these bits. */
const MARKER = 1;
const STARTS_FRAME = 2;
const STARTS_KEY_FRAME = 4;
const IS_SHOWN = 8;
const FILLS_A_GAP = 16;
/** It was handed on though something before it is missing; or came too late for that. */
const IS_TAKEN = 32;
const IS_TOO_LATE = 64;
const FLAG_BITS = 7;
/** A timestamp that leads by so much what came soonest after its capture has jumped. */
const JUMP_MS = 1000;

/** The frames of one VP8 track. */
export class FrameTracker {
  /** Key frames shown. */
  keyFramesShown = 0;
  /** Frames whose picture id does not follow that of the frame right before it. */
  pictureIdJumps = 0;
  /** Frames whose timestamp is not after that of the frame before it, or leads the clock by a second: what came late may catch up. */
  timestampJumps = 0;
  /** Where they are shown. */
  readonly playout: VideoPlayout;
  #dropped = 0;
  readonly #clockRateHz: number;
  /** The position of the packet that decoding needs next; -1 before the first packet. */
  #next = -1;
  /** The highest position that came. */
  #highest = -1;
  /** Everything up to `#next` came, and nothing after it. */
  #isInOrder = false;
  /** Too much is missing: only a key frame helps. */
  #isLost = true;
  /** Where the last key frame ahead of `#next` begins, -1 without one, and how far it has come. */
  #keyStart = -1;
  #keyNext = -1;
  /** The next packet in order begins a frame. */
  #isBetweenFrames = true;
  #isKeyFrame = false;
  #isShown = false;
  /** What there is of the frame that is being put together. */
  readonly #frame = new WholeFrame();
  #pictureId = -1;
  /** Its layer in time, -1 where nobody tells; and what is noted of its beginning. */
  #layer = -1;
  #noted = 0;
  /** A frame of another layer than the base came: what is missing may not matter. */
  #hasLayers = false;
  readonly #references = new TemporalReferences();
  /** The same beyond what is missing. */
  readonly #ahead = new TemporalReferences();
  readonly #frameAhead = new WholeFrame();
  /** The missing position that even base frames wait for; -1 without one. */
  #blockedAt = -1;
  /** What was handed on though something before it is missing lies before this position. */
  #aheadTo = -1;
  #timestamp = NaN;
  #hasTimestamp = false;
  /** When decoding of the last frame began, and how much later after its capture than that of any before it. */
  #beganMs = NaN;
  #behindMs = NaN;
  // Of the packets after a missing one: whose place is taken by which
  // position, what it is, its timestamp, its size, and when it came. Laid out
  // with the first gap.
  #positions: Int32Array | undefined;
  #flags!: Int32Array;
  #timestamps!: Int32Array;
  #sizes!: Int32Array;
  #layers!: Int32Array;
  #arrivalsMs!: Float64Array;

  /** Frames go to `playout`. */
  constructor(playout: VideoPlayout, clockRateHz: number) {
    this.playout = playout;
    this.#clockRateHz = clockRateHz;
  }

  /** Frames that came whole and were given up, because something before them never came, or for later ones. */
  get framesDropped(): number {
    return this.#dropped + this.playout.framesDropped;
  }

  /** The sequence number of the packet that decoding needs next; those before it are of no use any more. */
  get neededSequence(): number {
    return this.#next & 0xffff;
  }

  /** Takes a packet of the track, or its repair under the number of the original. */
  receive(rtp: RtpReader, arrival: Arrival): void {
    if (this.#isInOrder && ((rtp.sequence - this.#next) & 0xffff) === 0) {
      this.#next++;
      if (!this.#isBetweenFrames && rtp.timestamp !== this.#timestamp) {
        this.#endUnmarked(flagsOf(rtp), arrival);
      }
      if (this.#isBetweenFrames) {
        this.#begin(flagsOf(rtp), layerOf(rtp), rtp.timestamp, arrival);
        this.#frame.firstMs = this.#frame.receivedMs = arrival.nowMs;
      }
      this.#frame.bytes += rtp.payloadLength;
      if (arrival.nowMs > this.#frame.receivedMs) {
        this.#frame.receivedMs = arrival.nowMs;
      }
      if (rtp.marker) this.#show(arrival);
    } else {
      this.#receiveApart(rtp, arrival);
    }
  }

  /** Gives up what is missing before what was shown by then. */
  advance(moment: Arrival): void {
    if (this.#isAheadOfGap) this.#lookAhead(moment);
  }

  /** The numbering begins anew: only a key frame helps. */
  restart(): void {
    this.#drop(this.#highest + 1);
    this.#next =
      this.#highest =
      this.#keyStart =
      this.#aheadTo =
        -1;
    this.#isInOrder = false;
    this.#isLost = true;
    this.#isBetweenFrames = true;
    this.#pictureId = -1;
    this.#hasTimestamp = false;
    this.#positions?.fill(0);
    this.playout.restart();
  }

  /** The track is paused: what it has begun of a frame is all there will be. */
  pause(moment: Arrival): void {
    this.#goOnAhead(moment);
    this.#isBetweenFrames = true;
    this.playout.pause(moment);
  }

  /** Nobody looked until `moment`, when times go on from anew; nothing can have come before `fromMs`. */
  leaveOut(moment: Arrival, fromMs = moment.nowMs): void {
    this.#goOnAhead(moment);
    this.playout.leaveOut(moment, fromMs);
    this.#hasTimestamp = false;
    this.#behindMs = 0;
  }

  /** The track ends: what was waiting for something missing is not shown any more. */
  end(moment: Arrival): void {
    this.playout.end(moment);
    this.#drop(this.#highest + 1);
  }

  /** Whether nothing can be shown any more until a key frame comes: what is missing is not among `nacks`. */
  isStuck(nacks: NackList | undefined): boolean {
    if (this.#isInOrder || this.#next < 0) return false;
    if (this.playout.rhythm.isPaused) return false;
    const mayCome = (position: number) =>
      position > this.#highest || nacks?.has(position & 0xffff) === true;
    const goesOn = this.#blockedAt < 0 || mayCome(this.#blockedAt);
    if (!this.#isLost && goesOn) return false;
    // One that is whole was gone on with, as far as that goes.
    return this.#keyStart < 0 || this.#hasWholeKeyFrame() ||
      !mayCome(this.#keyNext);
  }

  /** A packet before or after the one that is needed next, or any while one is missing. */
  #receiveApart(rtp: RtpReader, arrival: Arrival): void {
    if (this.#next < 0) {
      this.#next = FIRST_POSITION + rtp.sequence;
      // A stream that begins with a key frame needs nothing noted.
      this.#isInOrder = (flagsOf(rtp) & STARTS_KEY_FRAME) !== 0;
      this.#isLost = !this.#isInOrder;
      if (this.#isInOrder) return this.receive(rtp, arrival);
    }
    // It may be too late by now.
    if (rtp.sequence === this.neededSequence) this.advance(arrival);
    const ahead = ((rtp.sequence - this.#next) << 16) >> 16;
    if (ahead < 0) return;
    const position = this.#next + ahead;
    if (ahead >= NOTED) this.#giveUp(position, arrival);
    const flags = this.#note(rtp, position, arrival);
    if ((flags & STARTS_KEY_FRAME) !== 0 && position > this.#keyStart) {
      this.#keyStart = this.#keyNext = position;
    }
    if (!this.#isLost) this.#goOn(arrival);
    if (this.#isLost && this.#hasWholeKeyFrame()) {
      this.#goOnWithKeyFrame(arrival);
    }
    if (!this.#isLost) this.#lookAhead(arrival);
  }

  #note(rtp: RtpReader, position: number, arrival: Arrival): number {
    const positions = this.#positions ??= this.#layOut();
    // It came before.
    if (positions[position % NOTED] === position) {
      return this.#flags[position % NOTED];
    }
    const fills = position < this.#highest ? FILLS_A_GAP : 0;
    const flags = flagsOf(rtp) | fills;
    const at = position % NOTED;
    positions[at] = position;
    this.#flags[at] = flags;
    this.#timestamps[at] = rtp.timestamp;
    this.#sizes[at] = rtp.payloadLength;
    this.#layers[at] = layerOf(rtp);
    if (tidOf(Math.max(0, this.#layers[at])) > 0) this.#hasLayers = true;
    this.#arrivalsMs[at] = arrival.nowMs;
    if (position > this.#highest) this.#highest = position;
    return flags;
  }

  #layOut(): Int32Array {
    this.#flags = new Int32Array(NOTED);
    this.#timestamps = new Int32Array(NOTED);
    this.#sizes = new Int32Array(NOTED);
    this.#layers = new Int32Array(NOTED);
    this.#arrivalsMs = new Float64Array(NOTED);
    return new Int32Array(NOTED);
  }

  /** What is missing is too far back: without a key frame, some of what came after it is forgotten too. */
  #giveUp(position: number, arrival: Arrival): void {
    if (this.#hasWholeKeyFrame()) this.#goOnWithKeyFrame(arrival);
    if (position - this.#next < NOTED) return;
    this.#isLost = true;
    this.#isInOrder = false;
    this.#drop(position - NOTED / 2);
    if (this.#keyStart < this.#next) this.#keyStart = -1;
  }

  /** Decodes what was noted, up to the next missing packet. */
  #goOn(arrival: Arrival): void {
    const positions = this.#positions!;
    for (;;) {
      const at = this.#next % NOTED;
      if (positions[at] !== this.#next) break;
      const flags = this.#flags[at];
      this.#next++;
      if (!this.#isBetweenFrames && this.#timestamps[at] !== this.#timestamp) {
        this.#endUnmarked(flags, arrival);
      }
      if (this.#isBetweenFrames) {
        this.#begin(flags, this.#layers[at], this.#timestamps[at], arrival);
        this.#frame.firstMs = this.#frame.receivedMs = this.#arrivalsMs[at];
      }
      this.#addNoted(this.#frame, at, flags);
      if ((flags & MARKER) !== 0) this.#show(arrival);
    }
    if (this.#keyStart < this.#next) this.#keyStart = -1;
    this.#isInOrder = this.#highest < this.#next;
  }

  /** It is part of a frame. */
  #addNoted(frame: WholeFrame, at: number, flags: number): void {
    const ms = this.#arrivalsMs[at];
    frame.bytes += this.#sizes[at];
    if (ms < frame.firstMs) frame.firstMs = ms;
    if (ms > frame.receivedMs) frame.receivedMs = ms;
    if ((flags & FILLS_A_GAP) !== 0) frame.isRepaired = true;
  }

  /** Hands on what can be decoded though something before it is missing, up to the next base frame that is, and from the next key frame on. */
  #lookAhead(arrival: Arrival): void {
    const from = this.#next;
    const isInBase = !this.#isBetweenFrames && tidOf(this.#layer) === 0;
    this.#blockedAt = -1;
    this.#ahead.copy(this.#references);
    let start = -1;
    let missing = from;
    for (let position = from; position <= this.#highest; position++) {
      const isWaiting = this.#blockedAt >= 0 && start < 0;
      if (isWaiting && position > this.#keyStart) break;
      const at = position % NOTED;
      if (this.#positions![at] !== position) {
        missing = position;
        // All that follows needs the base frame that has a hole, or is missing.
        const isNeeded = start < 0
          ? position === from && isInBase
          : this.#tidAt(start) === 0;
        const isInLayers = this.#hasLayers && this.#ahead.base >= 0;
        if (isNeeded || !isInLayers) this.#block(position);
        start = -1;
        continue;
      }
      const flags = this.#flags[at];
      if ((flags & STARTS_FRAME) !== 0 && !this.#isSameFrame(start, at)) {
        if (start >= 0) this.#takeAhead(start, position, arrival);
        start = this.#isOnAhead(at) ? position : -1;
        if (start < 0) this.#block(missing);
      }
      if (start < 0 || (flags & MARKER) === 0) continue;
      this.#takeAhead(start, position + 1, arrival);
      start = -1;
    }
    if (this.#next > from) this.#goOn(arrival);
  }

  /** Only a key frame goes on after this position, unless it comes. */
  #block(position: number): void {
    if (this.#blockedAt < 0) this.#blockedAt = position;
  }

  #tidAt(position: number): number {
    return tidOf(this.#layers[position % NOTED]);
  }

  #isSameFrame(start: number, at: number): boolean {
    return start >= 0 &&
      this.#timestamps[start % NOTED] === this.#timestamps[at];
  }

  /** Whether no base frame is missing before the frame noted there since the last key frame. */
  #isOnAhead(at: number): boolean {
    const layer = this.#layers[at];
    if ((this.#flags[at] & STARTS_KEY_FRAME) !== 0) return true;
    if (this.#blockedAt >= 0) return false;
    // Nothing is missing since the key frame.
    if (!this.#hasLayers) return true;
    return tidOf(layer) === 0
      ? this.#ahead.isNextBase(layer)
      : this.#ahead.isOnBase(layer);
  }

  /** Takes the whole frame from `start` to before `end` if it can be decoded, and gives up what is missing before it once it is shown. */
  #takeAhead(start: number, end: number, arrival: Arrival): void {
    const at = start % NOTED;
    const flags = this.#flags[at];
    const layer = this.#layers[at];
    const id = (flags >> FLAG_BITS) - 1;
    const isKey = (flags & STARTS_KEY_FRAME) !== 0;
    const timestamp = this.#timestamps[at];
    if ((flags & IS_TOO_LATE) !== 0) return this.#ahead.skip(layer, id);
    if (layer >= 0 && !this.#ahead.take(layer, id, isKey)) return;
    if (isKey) this.#blockedAt = -1;
    if ((flags & IS_TAKEN) === 0) {
      const frame = this.#frameAhead;
      frame.firstMs = Infinity;
      frame.receivedMs = -Infinity;
      frame.bytes = 0;
      frame.isRepaired = false;
      for (let position = start; position < end; position++) {
        const one = position % NOTED;
        this.#addNoted(frame, one, this.#flags[one]);
      }
      frame.timestamp = timestamp;
      frame.layer = layer;
      frame.isKey = isKey;
      const isShown = (flags & IS_SHOWN) !== 0;
      const isInTime = this.#handOn(frame, isShown, end, arrival);
      this.#aheadTo = Math.max(this.#aheadTo, end);
      this.#flags[at] |= isInTime ? IS_TAKEN : IS_TOO_LATE;
      if (!isInTime) return this.#ahead.skip(layer, id);
      if (isKey && isShown) this.keyFramesShown++;
    }
    if (this.playout.hasShown(timestamp, arrival)) this.#pass(end);
  }

  /** Whether something was handed on though what is before it is missing. */
  get #isAheadOfGap(): boolean {
    return !this.#isLost && this.#next < this.#aheadTo;
  }

  /** All that was handed on is shown now: what is missing before it comes too late. */
  #goOnAhead(moment: Arrival): void {
    if (!this.#isAheadOfGap) return;
    this.#pass(this.#aheadTo);
    this.#goOn(moment);
  }

  /** Nothing that is shown needs anything before that. */
  #pass(end: number): void {
    this.#drop(end);
    this.#references.copy(this.#ahead);
    this.#isBetweenFrames = true;
    this.#pictureId = -1;
    this.#hasTimestamp = false;
    this.#behindMs = 0;
  }

  /** Hands on a frame that ends before `end`. Returns whether it is not too late for that. */
  #handOn(
    frame: WholeFrame,
    isShown: boolean,
    end: number,
    arrival: Arrival,
  ): boolean {
    // What a decoder only predicts from, nobody sees.
    if (!isShown) return true;
    frame.nowMs = arrival.nowMs;
    const isAhead = end > this.#next;
    const isLast = end > this.#aheadTo;
    if (isLast && !isAhead && !this.#hasLayers) {
      this.playout.push(frame);
      return true;
    }
    const { isKey, timestamp } = frame;
    if (isLast && isKey && this.playout.hasShown(timestamp, arrival)) {
      // Nothing behind it was shown: timestamps have jumped back.
      if (isAhead) this.timestampJumps++;
      this.playout.restart();
    }
    return this.playout.insert(frame);
  }

  /** Whether all of the key frame ahead has come. */
  #hasWholeKeyFrame(): boolean {
    if (this.#keyStart < 0) return false;
    for (;;) {
      const at = this.#keyNext % NOTED;
      const isBegun = this.#keyNext > this.#keyStart;
      if (isBegun && (this.#flags[(at + NOTED - 1) % NOTED] & MARKER) !== 0) {
        return true;
      }
      if (this.#positions![at] !== this.#keyNext) return false;
      if (this.#isAfterKeyFrame(at)) return true;
      this.#keyNext++;
    }
  }

  /** Goes on from the key frame ahead: what is before it will not come any more. */
  #goOnWithKeyFrame(arrival: Arrival): void {
    // One without a marker ends where the key frame begins.
    if (this.#drop(this.#keyStart)) this.#dropped++;
    this.#isLost = false;
    this.#isBetweenFrames = true;
    // Frames were left out: their ids are missing, and that is no jump.
    this.#pictureId = -1;
    this.#goOn(arrival);
  }

  /** Goes on at position `to`; frames that came whole before it are not shown. Returns whether the last one has come so far as well. */
  #drop(to: number): boolean {
    const end = Math.min(to, this.#highest + 1);
    let isWhole = false;
    for (let position = this.#next; position < end; position++) {
      const at = position % NOTED;
      const hasCome = this.#positions?.[at] === position;
      const flags = hasCome ? this.#flags[at] : 0;
      // What nobody sees is not dropped either.
      if ((flags & STARTS_FRAME) !== 0) {
        // One without a marker ends where the next one begins.
        if (isWhole) this.#dropped++;
        isWhole = (flags & (IS_SHOWN | IS_TAKEN | IS_TOO_LATE)) === IS_SHOWN;
      }
      if (!hasCome) isWhole = false;
      if ((flags & MARKER) === 0) continue;
      if (isWhole) this.#dropped++;
      isWhole = false;
    }
    this.#next = to;
    return isWhole;
  }

  /** A frame whose marker is missing ends where another one begins: all in between has come. */
  #endUnmarked(flags: number, arrival: Arrival): void {
    if ((flags & STARTS_FRAME) !== 0) this.#show(arrival);
  }

  /** Whether the packet noted there begins the frame after the key frame ahead. */
  #isAfterKeyFrame(at: number): boolean {
    return (this.#flags[at] & STARTS_FRAME) !== 0 &&
      this.#timestamps[at] !== this.#timestamps[this.#keyStart % NOTED];
  }

  #begin(
    flags: number,
    layer: number,
    timestamp: number,
    arrival: Arrival,
  ): void {
    // Padding may lie between frames.
    if ((flags & STARTS_FRAME) === 0) return;
    this.#isBetweenFrames = false;
    this.#layer = layer;
    this.#noted = flags;
    if (layer >= 0 && tidOf(layer) > 0) this.#hasLayers = true;
    this.#isKeyFrame = (flags & STARTS_KEY_FRAME) !== 0;
    this.#frame.isRepaired = false;
    this.#frame.bytes = 0;
    this.#isShown = (flags & IS_SHOWN) !== 0;
    const pictureId = (flags >> FLAG_BITS) - 1;
    if (
      pictureId >= 0 && this.#pictureId >= 0 &&
      pictureId !== ((this.#pictureId + 1) & 0x7fff)
    ) this.pictureIdJumps++;
    this.#pictureId = pictureId;
    if (this.#hasTimestamp && this.#isJump(timestamp, arrival)) {
      this.timestampJumps++;
    }
    this.#timestamp = timestamp;
    this.#hasTimestamp = true;
    this.#beganMs = arrival.nowMs;
  }

  #isJump(timestamp: number, arrival: Arrival): boolean {
    const step = (timestamp - this.#timestamp) | 0;
    const stepMs = step / this.#clockRateHz * 1000;
    const behindMs = this.#behindMs + arrival.nowMs - this.#beganMs - stepMs;
    this.#behindMs = step > 0 && behindMs > 0 ? behindMs : 0;
    // Of a pause, nobody says how long it was where it was.
    const isLeading = behindMs < -JUMP_MS && this.playout.rhythm.lastMs >= 0;
    return step <= 0 || isLeading;
  }

  #show(arrival: Arrival): void {
    // A marker without a beginning ends no frame.
    if (this.#isBetweenFrames) return;
    this.#isBetweenFrames = true;
    if (!this.#isDecodable()) return;
    if (this.#isKeyFrame && this.#isShown) this.keyFramesShown++;
    const frame = this.#frame;
    frame.timestamp = this.#timestamp;
    frame.layer = this.#layer;
    frame.isKey = this.#isKeyFrame;
    if (!this.#handOn(frame, this.#isShown, this.#next, arrival)) {
      this.#references.skip(this.#layer, this.#pictureId);
    }
  }

  /** Whether it is to be handed on: a decoder has all that it needs by its layer, and it was not handed on before. */
  #isDecodable(): boolean {
    if ((this.#noted & IS_TOO_LATE) !== 0) {
      this.#references.skip(this.#layer, this.#pictureId);
      return false;
    }
    const isDecodable = this.#layer < 0 || this.#references.take(
      this.#layer,
      this.#pictureId,
      this.#isKeyFrame,
    ) || !this.#hasLayers;
    if (!isDecodable && this.#isShown) this.#dropped++;
    return isDecodable && (this.#noted & IS_TAKEN) === 0;
  }
}

function flagsOf(rtp: RtpReader): number {
  const { bytes, payloadOffset, payloadLength } = rtp;
  const marker = rtp.marker ? MARKER : 0;
  if (!isVp8Start(bytes, payloadOffset, payloadLength)) return marker;
  const key = isVp8KeyFrameStart(bytes, payloadOffset, payloadLength)
    ? STARTS_KEY_FRAME
    : 0;
  const shown = isVp8Shown(bytes, payloadOffset, payloadLength) ? IS_SHOWN : 0;
  const id = vp8PictureId(bytes, payloadOffset, payloadLength) + 1;
  return (id << FLAG_BITS) | STARTS_FRAME | key | shown | marker;
}

function layerOf({ bytes, payloadOffset, payloadLength }: RtpReader): number {
  return vp8Layer(bytes, payloadOffset, payloadLength);
}
