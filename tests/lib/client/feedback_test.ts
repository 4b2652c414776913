/** When a client asks for what is missing, in virtual time. */

import { assertEquals } from "@std/assert";
import type { ClientTransport } from "../../../lib/client/environment.ts";
import { FeedbackTask } from "../../../lib/client/feedback.ts";
import { InboundTracks } from "../../../lib/client/inbound_tracks.ts";
import { readRtcp } from "../../../lib/media/mod.ts";
import { World } from "./world.ts";

const SSRC = 1000;
const REPAIR_SSRC = 2000;

/** A viewer of one video, and what it asks for when. */
class Viewer {
  readonly asked: [ms: number, sequence: number][] = [];
  readonly keyFramesAskedMs: number[] = [];
  roundTripMs = -1;
  readonly feedback: FeedbackTask;
  readonly #world = new World({}, 1);
  readonly #tracks: InboundTracks;

  constructor() {
    const { environment } = this.#world;
    environment.random = () => 0;
    this.#tracks = new InboundTracks(environment);
    this.#tracks.add(
      {
        consumerId: "c",
        producerId: "p",
        kind: "video",
        rtpParameters: {
          codecs: [{
            mimeType: "video/VP8",
            payloadType: 96,
            clockRate: 90_000,
            parameters: {},
            rtcpFeedback: [],
          }],
          headerExtensions: [],
          encodings: [{ ssrc: SSRC, rtx: { ssrc: REPAIR_SSRC } }],
          rtcp: { cname: "c", reducedSize: true },
        },
      },
      0,
      { of: "own", packetsPerSecond: 50 },
    );
    const out = new Uint8Array(1500);
    const transport: Pick<ClientTransport, "out" | "sendRtcp"> = {
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
    };
    this.feedback = new FeedbackTask(
      environment,
      this.#tracks,
      () => transport as ClientTransport,
      () => this.roundTripMs,
    );
    this.feedback.start();
  }

  get nowMs(): number {
    return this.#world.scheduler.nowMs();
  }

  get askedMs(): number[] {
    return this.asked.map(([ms]) => ms);
  }

  async pass(ms: number): Promise<void> {
    await this.#world.clock.run(ms);
  }

  /** A frame of one packet comes. */
  frame(sequence: number, { isKey = false, isRepair = false } = {}): void {
    const payload = [0x10, isKey ? 0x10 : 0x11, 0, 0];
    if (isRepair) payload.unshift(sequence >> 8, sequence & 0xff);
    const bytes = new Uint8Array(12 + payload.length);
    const view = new DataView(bytes.buffer);
    bytes[0] = 0x80;
    bytes[1] = 0x80 | (isRepair ? 97 : 96);
    view.setUint16(2, isRepair ? 1 : sequence);
    view.setUint32(4, sequence * 3000);
    view.setUint32(8, isRepair ? REPAIR_SSRC : SSRC);
    bytes.set(payload, 12);
    const { nowMs } = this;
    this.#tracks.onRtp(bytes, 0, bytes.length, { nowMs, wallMs: nowMs });
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
