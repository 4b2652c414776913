/**
 * A video in layers of size and time of which the server changes what it sends,
 * behind a network that loses packets and their repairs: a viewer sees all
 * that comes in time, and asks for no key frame.
 */

import { assertEquals } from "@std/assert";
import { FeedbackTask } from "../../../lib/client/feedback.ts";
import { InboundTracks } from "../../../lib/client/inbound_tracks.ts";
import { createRandom } from "../../../lib/load/mod.ts";
import { readRtcp, writeVp8LayerDescriptor } from "../../../lib/media/mod.ts";
import { TemporalLayers } from "../../../lib/media/send/temporal_layers.ts";
import { newInlet } from "./inlet.ts";
import { World } from "./world.ts";

const SSRC = 1000;
const REPAIR_SSRC = 2000;
const FRAME_MS = 40;
const TICKS_PER_MS = 90;
/** Packets of a frame, by layer of size; a key frame has four times as many. */
const PACKETS = [1, 2, 4];
const KEY_WEIGHT = 4;
/** Where an SFU goes over to a layer whose key frame is no later than what it sent last, it comes so much later. */
const SHIFT_MS = 33;

/** What the server sends for a while. */
interface Stretch {
  /** The layer of size; it begins with a key frame. */
  readonly spatial: number;
  /** The highest layer in time. */
  readonly temporal: number;
  readonly frames: number;
}

interface Packet {
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
  readonly isLast: boolean;
  readonly atMs: number;
}

/** All packets of these stretches as mediasoup numbers them: it leaves out one number at a change where the frame before was not whole (`skips`). */
function* packetsOf(
  stretches: readonly Stretch[],
  skips: boolean,
): Iterable<Packet & { readonly frame: number }> {
  let [sequence, picture, captured, frame] = [0xff80, 0x7ff0, 0, 0];
  for (const [i, { spatial, temporal, frames }] of stretches.entries()) {
    const layers = new TemporalLayers();
    if (i > 0 && skips) sequence++;
    for (let nth = 0; nth < frames; nth++, captured++) {
      const isKey = nth === 0;
      layers.next(isKey);
      if (layers.bits >> 6 > temporal) continue;
      const count = PACKETS[spatial] * (isKey ? KEY_WEIGHT : 1);
      for (let part = 0; part < count; part++) {
        const payload = new Uint8Array(20);
        const base = (layers.baseIndex + 17 * i) & 0xff;
        const at = writeVp8LayerDescriptor(
          payload,
          0,
          part === 0,
          picture & 0x7fff,
          base,
          layers.bits,
        );
        payload[at] = isKey ? 0x10 : 0x11;
        yield {
          frame,
          sequence: sequence++ & 0xffff,
          timestamp: (captured * FRAME_MS + SHIFT_MS * i) * TICKS_PER_MS,
          payload,
          isLast: part === count - 1,
          atMs: captured * FRAME_MS,
        };
      }
      picture++;
      frame++;
    }
  }
}

/** Who watches it, a way of `roundTripMs` from the server that sends again what it has sent. */
class Viewer {
  readonly keyFramesAskedMs: number[] = [];
  readonly #world = new World({}, 1);
  readonly #tracks: InboundTracks;
  readonly #feedback: FeedbackTask;
  readonly #take: (bytes: Uint8Array) => void;
  /** What comes when, in that order. */
  readonly #due: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];

  constructor(
    sent: readonly Packet[],
    roundTripMs: number,
    isLost: (sequence: number) => boolean,
  ) {
    const { environment } = this.#world;
    environment.random = () => 0;
    this.#tracks = new InboundTracks(environment);
    const out = new Uint8Array(1500);
    const bySequence = new Map(sent.map((one) => [one.sequence, one]));
    let repairs = 0;
    const inlet = newInlet({
      out,
      sendRtcp: (offset, length) =>
        readRtcp(out, offset, length, {
          onMissing: (_, sequence) => {
            const packet = bySequence.get(sequence);
            if (packet === undefined || isLost(sequence)) return;
            this.#bring(
              this.#nowMs + roundTripMs,
              rtpOf(packet, repairs++ & 0xffff),
            );
          },
          onKeyFrameRequest: () => {
            this.keyFramesAskedMs.push(this.#nowMs);
          },
          onSenderReport: () => {},
        }),
    });
    const onRtp = this.#tracks.onRtpOf(inlet.arrivals);
    this.#take = (bytes) => {
      const moment = { nowMs: this.#nowMs, wallMs: this.#nowMs };
      onRtp(bytes, 0, bytes.length, moment);
    };
    const rtpParameters = {
      codecs: [{
        mimeType: "video/VP8",
        clockRate: 90_000,
        payloadType: 96,
        parameters: {},
        rtcpFeedback: [],
      }],
      headerExtensions: [],
      encodings: [{ ssrc: SSRC, rtx: { ssrc: REPAIR_SSRC } }],
      rtcp: { cname: "c", reducedSize: true },
    };
    this.#tracks.add(
      { consumerId: "c", producerId: "p", kind: "video", rtpParameters },
      inlet,
      0,
      { of: "own", packetsPerSecond: 50 },
    );
    this.#feedback = new FeedbackTask(
      environment,
      this.#tracks,
      [inlet],
      () => roundTripMs,
    );
    this.#feedback.start();
    for (const one of sent) {
      if (!isLost(one.sequence)) this.#bring(one.atMs + 50, rtpOf(one));
    }
  }

  get #nowMs(): number {
    return this.#world.scheduler.nowMs();
  }

  /** What became of it in the end. */
  async watch() {
    while (this.#due.length > 0) {
      const { atMs, bytes } = this.#due.shift()!;
      if (atMs > this.#nowMs) await this.#world.clock.run(atMs - this.#nowMs);
      this.#take(bytes);
    }
    await this.#world.clock.run(1000);
    const { framesRendered, framesDropped } = this.#tracks.totals();
    return { framesRendered, framesDropped, keys: this.keyFramesAskedMs };
  }

  #bring(atMs: number, bytes: Uint8Array): void {
    let place = this.#due.length;
    while (place > 0 && this.#due[place - 1].atMs > atMs) place--;
    this.#due.splice(place, 0, { atMs, bytes });
  }
}

/** The packet, or with a number its repair under that. */
function rtpOf(packet: Packet, repair = -1): Uint8Array {
  const original = repair < 0 ? [] : [packet.sequence >> 8, packet.sequence];
  const bytes = new Uint8Array(12 + original.length + packet.payload.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80;
  bytes[1] = (packet.isLast ? 0x80 : 0) | (repair < 0 ? 96 : 97);
  view.setUint16(2, repair < 0 ? packet.sequence : repair);
  view.setUint32(4, packet.timestamp);
  view.setUint32(8, repair < 0 ? SSRC : REPAIR_SSRC);
  bytes.set(original, 12);
  bytes.set(packet.payload, 12 + original.length);
  return bytes;
}

const UP_AND_DOWN: readonly Stretch[] = [
  { spatial: 0, temporal: 2, frames: 61 },
  { spatial: 2, temporal: 2, frames: 90 },
  { spatial: 1, temporal: 1, frames: 42 },
  { spatial: 2, temporal: 0, frames: 83 },
  { spatial: 0, temporal: 2, frames: 31 },
  { spatial: 1, temporal: 2, frames: 70 },
];
const LOSS_RATIOS = [0.01, 0.03, 0.1, 0.2];
const SEEDS = [1, 2, 3];

function watch(
  sent: readonly Packet[],
  roundTripMs: number,
  isLost: (sequence: number) => boolean,
) {
  return new Viewer(sent, roundTripMs, isLost).watch();
}

Deno.test.each([
  { why: "where the frame before a change was whole", skips: false },
  { why: "where a number is left out at each change", skips: true },
])(
  "all frames of all layers are shown, and no key frame is asked for, $why",
  async ({ skips }) => {
    const sent = [...packetsOf(UP_AND_DOWN, skips)];
    assertEquals(await watch(sent, 100, () => false), {
      framesRendered: sent.at(-1)!.frame + 1,
      framesDropped: 0,
      keys: [],
    });
  },
);

Deno.test.each(LOSS_RATIOS.map((lossRatio) => ({ lossRatio })))(
  "where $lossRatio of packets and of repairs are lost, no key frame is asked for, and a number left out at a change costs no frame",
  async ({ lossRatio }) => {
    for (const seed of SEEDS) {
      const [whole, skipped] = await Promise.all(
        [false, true].map((skips) => {
          const sent = [...packetsOf(UP_AND_DOWN, skips)];
          const random = createRandom(seed, "loss");
          const first = new Set(
            sent.filter(({ frame }) => frame === 0).map(({ sequence }) =>
              sequence
            ),
          );
          // Without the first frame nobody knows that anything is missing.
          const isLost = (sequence: number) =>
            !first.has(sequence) && random() < lossRatio;
          return watch(sent, 100, isLost);
        }),
      );
      assertEquals(skipped, whole);
      assertEquals(whole.keys, []);
      assertEquals(whole.framesRendered > basesOf(UP_AND_DOWN), true);
    }
  },
);

Deno.test("a key frame of another layer that comes only as a repair is shown, and all after it", async () => {
  const sent = [...packetsOf(UP_AND_DOWN, true)];
  const change = sent.findIndex(({ payload }, i) =>
    i > PACKETS[2] * KEY_WEIGHT && payload.at(6) === 0x10
  );
  const once = new Set(
    sent.slice(change, change + PACKETS[2] * KEY_WEIGHT).map(({ sequence }) =>
      sequence
    ),
  );
  const { framesRendered, framesDropped, keys } = await watch(
    sent,
    100,
    (sequence) => once.delete(sequence),
  );
  assertEquals(keys, []);
  // It is late, and gives up frames of upper layers that are late as well.
  assertEquals(framesRendered + framesDropped, sent.at(-1)!.frame + 1);
  assertEquals(framesDropped < 8, true);
});

/** Frames of the base in time of these stretches. */
function basesOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { frames }) => sum + Math.ceil(frames / 4), 0);
}
