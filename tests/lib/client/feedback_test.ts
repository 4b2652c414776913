/** When a client asks for what is missing, in virtual time. */

import { assert, assertEquals } from "@std/assert";
import type { Scheduler } from "../../../lib/client/mod.ts";
import { FeedbackTask } from "../../../lib/client/feedback.ts";
import { InboundTracks } from "../../../lib/client/inbound_tracks.ts";
import { readRtcp } from "../../../lib/media/mod.ts";
import type { RtpEncodingParameters } from "../../../lib/ortc/mod.ts";
import type { PacketHandler } from "../../../lib/rtc/mod.ts";
import { newInlet } from "./inlet.ts";
import { World } from "./world.ts";

const SSRC = 1000;
const REPAIR_SSRC = 2000;

/** Of a packet; with less it would say that silence follows. */
const SOUND = [0xaa, 0xbb, 0xcc];

/** A track, as a server describes it. */
interface Described {
  readonly kind: "audio" | "video";
  readonly codec: { readonly mimeType: string; readonly clockRate: number };
  /** Whether it can be asked for packets by its codec's feedback. */
  readonly hasNack: boolean;
  readonly encoding: RtpEncodingParameters;
}

const VIDEO: Described = {
  kind: "video",
  codec: { mimeType: "video/VP8", clockRate: 90_000 },
  hasNack: false,
  encoding: { ssrc: SSRC, rtx: { ssrc: REPAIR_SSRC } },
};
const AUDIO: Described = {
  kind: "audio",
  codec: { mimeType: "audio/opus", clockRate: 48_000 },
  hasNack: true,
  encoding: { ssrc: SSRC },
};

/** Who receives one track, and what it asks for when. */
class Viewer {
  readonly asked: [ms: number, sequence: number][] = [];
  readonly keyFramesAskedMs: number[] = [];
  roundTripMs = -1;
  readonly feedback: FeedbackTask;
  readonly #world = new World({}, 1);
  readonly #tracks: InboundTracks;
  readonly #onRtp: PacketHandler;

  constructor({ kind, codec, hasNack, encoding } = VIDEO) {
    const { environment } = this.#world;
    environment.random = () => 0;
    this.#tracks = new InboundTracks(environment);
    const out = new Uint8Array(1500);
    const inlet = newInlet({
      out,
      sendRtcp: (offset, length) =>
        readRtcp(out, offset, length, {
          onMissing: (_, sequence) => {
            this.asked.push([this.nowMs, sequence]);
          },
          onKeyFrameRequest: () => {
            this.keyFramesAskedMs.push(this.nowMs);
          },
          onSenderReport: () => {},
        }),
    });
    this.#onRtp = this.#tracks.onRtpOf(inlet.arrivals);
    this.#tracks.add(
      {
        consumerId: "c",
        producerId: "p",
        kind,
        rtpParameters: {
          codecs: [{
            ...codec,
            payloadType: 96,
            parameters: {},
            rtcpFeedback: hasNack ? [{ type: "nack", parameter: "" }] : [],
          }],
          headerExtensions: [],
          encodings: [encoding],
          rtcp: { cname: "c", reducedSize: true },
        },
      },
      inlet,
      0,
      { of: "own", packetsPerSecond: 50 },
    );
    this.feedback = new FeedbackTask(
      environment,
      this.#tracks,
      [inlet],
      () => this.roundTripMs,
    );
    this.feedback.start();
  }

  get scheduler(): Scheduler {
    return this.#world.environment.scheduler;
  }

  get nowMs(): number {
    return this.scheduler.nowMs();
  }

  /** Its sound goes with a picture that comes so late. */
  holdBack(ms: number): void {
    for (const { sound } of this.#tracks.tracks) sound!.minDelayMs = ms;
  }

  get lost(): number {
    return this.#tracks.totals().packetsLost;
  }

  get concealed(): number {
    return this.#tracks.totals().concealedSamples;
  }

  get askedMs(): number[] {
    return this.asked.map(([ms]) => ms);
  }

  async pass(ms: number): Promise<void> {
    await this.#world.clock.run(ms);
  }

  /** Packets of sound come, of these numbers, 20 ms each. */
  async sound(sequences: readonly number[]): Promise<void> {
    for (const sequence of sequences) {
      this.packet(sequence, sequence * 960, SOUND);
      await this.pass(20);
    }
  }

  /** A frame of one packet comes. */
  frame(sequence: number, { isKey = false, isRepair = false } = {}): void {
    const payload = [0x10, isKey ? 0x10 : 0x11, 0, 0];
    if (isRepair) payload.unshift(sequence >> 8, sequence & 0xff);
    this.packet(isRepair ? 1 : sequence, sequence * 3000, payload, isRepair);
  }

  packet(
    sequence: number,
    timestamp: number,
    payload: readonly number[],
    isRepair = false,
  ): void {
    const bytes = new Uint8Array(12 + payload.length);
    const view = new DataView(bytes.buffer);
    bytes[0] = 0x80;
    bytes[1] = 0x80 | (isRepair ? 97 : 96);
    view.setUint16(2, sequence);
    view.setUint32(4, timestamp);
    view.setUint32(8, isRepair ? REPAIR_SSRC : SSRC);
    bytes.set(payload, 12);
    const { nowMs } = this;
    this.#onRtp(bytes, 0, bytes.length, { nowMs, wallMs: nowMs });
  }
}

/** After so long and a little, both frames have come and the one between is missing. */
async function withGap(roundTripMs: number): Promise<Viewer> {
  const viewer = new Viewer();
  viewer.roundTripMs = roundTripMs;
  viewer.frame(0, { isKey: true });
  await viewer.pass(207);
  viewer.frame(2);
  return viewer;
}

Deno.test.each([
  { roundTripMs: -1, againMs: [320, 420, 520], why: "none is known" },
  { roundTripMs: 40, againMs: [320, 420, 520], why: "it is short" },
  { roundTripMs: 150, againMs: [360, 520], why: "it is long" },
  { roundTripMs: 301, againMs: [520], why: "it is longer" },
])(
  "what is missing is asked for at once, and again at the first look every 20 ms after a round trip, of 100 ms at least: $why",
  async ({ roundTripMs, againMs }) => {
    const viewer = await withGap(roundTripMs);
    await viewer.pass(330);
    const [first, ...again] = viewer.askedMs;
    assertEquals([first <= 209, again], [true, againMs]);
  },
);

Deno.test.each([
  { unreadMs: 0, againMs: [320, 420, 520] },
  { unreadMs: 8, againMs: [320, 440] },
  { unreadMs: 15, againMs: [340, 460] },
  { unreadMs: -3, againMs: [320, 420, 520] },
])(
  "what may have come and was not read for $unreadMs ms is not asked for again until it was",
  async ({ unreadMs, againMs }) => {
    const viewer = new Viewer();
    Object.defineProperty(viewer.scheduler, "readUntilMs", {
      get: () => viewer.nowMs - unreadMs,
    });
    viewer.frame(0, { isKey: true });
    await viewer.pass(207);
    viewer.frame(2);
    await viewer.pass(330);
    const [first, ...again] = viewer.askedMs;
    assertEquals([first <= 209, again], [true, againMs]);
  },
);

Deno.test("of many packets that come together, what is missing is asked for in one message, and not what came out of order", async () => {
  const viewer = await withGap(-1);
  for (const sequence of [5, 3, 8]) viewer.frame(sequence);
  await viewer.pass(5);
  assertEquals(viewer.asked.map(([, sequence]) => sequence), [1, 4, 6, 7]);
  assertEquals(new Set(viewer.askedMs).size, 1);
});

Deno.test("each message that asks counts once, however many packets it asks for", async () => {
  const viewer = await withGap(-1);
  for (const sequence of [5, 3, 8]) viewer.frame(sequence);
  await viewer.pass(5);
  const { feedback } = viewer;
  assertEquals(
    [feedback.nackCountSent, feedback.retransmissionRequestsSent],
    [1, 4],
  );
  await viewer.pass(120);
  assertEquals(
    [feedback.nackCountSent, feedback.retransmissionRequestsSent],
    [2, 8],
  );
});

Deno.test("what was repaired is not asked for again", async () => {
  const viewer = await withGap(-1);
  await viewer.pass(90);
  viewer.frame(1, { isRepair: true });
  await viewer.pass(500);
  assertEquals(viewer.asked.length, 1);
  assertEquals(viewer.keyFramesAskedMs, []);
});

Deno.test("what a later key frame made useless is not asked for again", async () => {
  const viewer = await withGap(-1);
  await viewer.pass(50);
  viewer.frame(3, { isKey: true });
  await viewer.pass(500);
  assertEquals(viewer.asked.length, 1);
});

Deno.test("more than a thousand missing are not asked for: a key frame is", async () => {
  const viewer = new Viewer();
  viewer.frame(0, { isKey: true });
  viewer.frame(1);
  await viewer.pass(203);
  viewer.frame(1003);
  await viewer.pass(60);
  assertEquals(viewer.asked, []);
  assertEquals(viewer.keyFramesAskedMs.length, 1);
});

Deno.test("while nothing comes in answer, a hundred requests are sent, and key frames asked for from the third second on", async () => {
  const viewer = await withGap(-1);
  for (let i = 3; i < 500; i++) {
    await viewer.pass(33);
    viewer.frame(i);
  }
  assertEquals(viewer.asked.length, 100);
  const [firstMs] = viewer.keyFramesAskedMs;
  assertEquals([firstMs >= 3000, firstMs < 3200], [true, true]);
});

Deno.test("whoever waits for a key frame is done at each moment, however that is rounded", async () => {
  const viewer = new Viewer();
  viewer.frame(0, { isKey: true });
  viewer.frame(1);
  await viewer.pass(203.1);
  viewer.frame(1003);
  const { feedback } = viewer;
  for (let i = 0; i < 2000; i++) {
    const ms = feedback.dueMs;
    for (let runs = 0; runs < 5 && feedback.dueMs === ms; runs++) {
      feedback.run(ms);
    }
    assert(feedback.dueMs > ms, `due for ever at ${ms}`);
  }
  assert(feedback.pliCountSent > 100);
});

/** Of sound that is held back for so long packet 1000 is lost, and may come once more after packet `repairedAfter`. */
async function withoutOne(
  track: Described,
  heldBackMs: number,
  repairedAfter = NaN,
) {
  const listener = new Viewer(track);
  listener.holdBack(heldBackMs);
  await listener.sound(range(0, 1000));
  for (const sequence of range(1001, 1030)) {
    await listener.sound([sequence]);
    if (sequence === repairedAfter) listener.packet(1000, 960_000, SOUND);
  }
  return listener;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

interface SoundCase {
  readonly why: string;
  readonly heldBackMs: number;
  readonly hasNack: boolean;
  readonly asked: readonly number[];
}

const SOUND_CASES: readonly SoundCase[] = [
  { why: "in time", heldBackMs: 250, hasNack: true, asked: [1000] },
  { why: "too late to be played", heldBackMs: 60, hasNack: true, asked: [] },
  {
    why: "though the server says nothing of that",
    heldBackMs: 250,
    hasNack: false,
    asked: [],
  },
];

Deno.test.each(SOUND_CASES)(
  "lost sound that could come again $why: asked for are $asked",
  async ({ heldBackMs, hasNack, asked }: SoundCase) => {
    const listener = await withoutOne({ ...AUDIO, hasNack }, heldBackMs);
    const [first = 20_000, ...again] = listener.askedMs;
    assertEquals(Math.round(first / 10) * 10, 20_000);
    // After one and a half round trips more, it would be too late.
    assertEquals(again.length, 0);
    assertEquals(listener.asked.map(([, sequence]) => sequence), asked);
  },
);

Deno.test("where much is lost, sound is asked for that comes too late to be played, too", async () => {
  const listener = new Viewer(AUDIO);
  await listener.sound(range(0, 1000).filter((i) => i % 3 !== 0));
  assertEquals(listener.asked.length > 300, true);
});

Deno.test("sound that came once more is heard, and neither lost nor asked for again", async () => {
  const { asked, lost, concealed } = await withoutOne(AUDIO, 250, 1004);
  assertEquals([asked.length, lost, concealed], [1, 0, 0]);
});
