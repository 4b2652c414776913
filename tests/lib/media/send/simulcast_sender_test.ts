import { assert, assertEquals, assertLess } from "@std/assert";
import {
  EXTENSION_URIS,
  isVp8KeyFrameStart,
  ntpToWallMs,
  RtpHeaderTemplate,
  type SenderOptions,
  simulcastPresets,
  SimulcastSender,
  videoPreset,
} from "../../../../lib/media/mod.ts";
import { BURST_PACKETS } from "../../../../lib/media/send/schedule.ts";
import {
  CAPTURE_TIME_ID,
  type KeepingSink,
  runUntil,
  senderWorld,
  type SentPacket,
  StillClock,
} from "../fixtures.ts";

const SSRCS = [111, 222, 333];
const PRESET = videoPreset("480p", 30);

function world(preset = PRESET, overrides: Partial<SenderOptions> = {}) {
  const { clock, sink, meter, options } = senderWorld(90_000, overrides);
  const sender = new SimulcastSender(
    SSRCS.map((ssrc, i) => ({
      ...options,
      ssrc,
      firstSequence: 1000 * i,
      firstTimestamp: 7 * i,
      header: new RtpHeaderTemplate({
        payloadType: 96,
        ssrc,
        extensions: [{
          uri: EXTENSION_URIS.absCaptureTime,
          id: CAPTURE_TIME_ID,
          value: new Uint8Array(8),
        }],
      }),
    })),
    simulcastPresets(preset),
  );
  return { clock, sink, meter, sender };
}

interface Frame {
  readonly packets: readonly SentPacket[];
  readonly isKey: boolean;
  readonly pictureId: number;
}

/** The frames of each layer. */
function layersOf({ packets }: KeepingSink): Frame[][] {
  return SSRCS.map((ssrc) => {
    const frames: SentPacket[][] = [];
    let isOpen = false;
    for (const packet of packets.filter((one) => one.ssrc === ssrc)) {
      if (isOpen) frames.at(-1)!.push(packet);
      else frames.push([packet]);
      isOpen = !packet.marker;
    }
    return frames.map((packets) => {
      const { payload } = packets[0];
      return {
        packets,
        isKey: isVp8KeyFrameStart(payload, 0, payload.length),
        pictureId: ((payload[2] & 0x7f) << 8) | payload[3],
      };
    });
  });
}

/** What must be the same of a picture in all its layers; times in hundredths of a millisecond. */
function pictureOf({ packets: [first], isKey, pictureId }: Frame) {
  const { timestamp, capture } = first;
  const capturedMs = ntpToWallMs(...capture) - StillClock.WALL_AHEAD_MS;
  return { timestamp, at: Math.round(capturedMs * 100), isKey, pictureId };
}

function assertAligned([first, ...others]: readonly Frame[][]): void {
  for (const layer of others) {
    assertEquals(layer.map(pictureOf), first.map(pictureOf));
  }
}

Deno.test("each layer has its share: 100, 300 and 900 kbps, in sizes of a quarter, a half and all", () => {
  const { clock, sink, sender } = world();
  runUntil(sender, clock, 9_999.9);
  const layers = layersOf(sink);
  assertEquals(layers.map((frames) => frames.length), [300, 300, 300]);
  for (const [i, bps] of [100_000, 300_000, 900_000].entries()) {
    const bytes = layers[i].flatMap(({ packets }) => packets)
      .reduce((sum, { payload }) => sum + payload.length - 6, 0);
    assertLess(Math.abs(bytes * 8 / 10 / bps - 1), 0.01);
  }
  const sizes = simulcastPresets(PRESET).map(({ width, height }) => [
    width,
    height,
  ]);
  assertEquals(sizes, [[160, 120], [320, 240], [640, 480]]);
  assertEquals(
    sender.streams.map(({ packetsSent }) => packetsSent),
    layers.map((frames) =>
      frames.reduce((sum, { packets }) => sum + packets.length, 0)
    ),
  );
});

Deno.test("the layers of a picture have one timestamp, one picture id, one capture time, and are key frames together", () => {
  const { clock, sink, sender } = world();
  runUntil(sender, clock, 5990);
  const layers = layersOf(sink);
  assertAligned(layers);
  const keys = layers[0].flatMap(({ isKey }, i) => isKey ? [i] : []);
  assertEquals(keys, [0, 150]);
});

Deno.test.each([1, 40, 41, 44, 47])(
  "a key frame that is asked for %d ms after a picture began is one in all layers",
  (ms) => {
    const { clock, sink, sender } = world();
    runUntil(sender, clock, 1000 + ms);
    sender.askKeyFrame();
    runUntil(sender, clock, 1990);
    const layers = layersOf(sink);
    assertAligned(layers);
    const keys = layers[0].flatMap(({ isKey }, i) => isKey ? [i] : []);
    assertEquals(keys, [0, 31 + Math.floor(ms / 34)]);
  },
);

Deno.test("layers leave one after another, the smallest first, each picture whole before the next", () => {
  const { clock, sink, sender } = world();
  runUntil(sender, clock, 5500);
  const order = sink.packets.map(({ ssrc, timestamp }) =>
    (timestamp - sink.packets[0].timestamp) / 3000 * 3 + SSRCS.indexOf(ssrc)
  );
  assertEquals(order, order.toSorted((a, b) => a - b));
  assert(sink.bursts.every((count) => count <= BURST_PACKETS));
  const times = new Map<number, Set<number>>();
  for (const { atMs, ssrc } of sink.packets) {
    times.set(atMs, (times.get(atMs) ?? new Set()).add(ssrc));
  }
  assert([...times.values()].every((ssrcs) => ssrcs.size === 1));
});

Deno.test("descriptors number the base temporal layer along with pictures, and there are no marks", () => {
  const { clock, sink, sender } = world();
  runUntil(sender, clock, 1000);
  for (const { payload, mark } of sink.packets) {
    assertEquals(payload[1], 0xe0);
    assertEquals([payload[4], payload[5]], [payload[3], 0]);
    assertEquals(mark, -1);
  }
});

Deno.test.each([0, 1, 4, 5, 8, 20])(
  "paused %d ms into a picture, the layers go on together with a key frame",
  (ms) => {
    const { clock, sink, sender } = world();
    runUntil(sender, clock, 1000.5 + ms);
    sender.pause();
    assertEquals(sender.dueMs, Infinity);
    const before = sink.packets.length;
    clock.ms = 3000;
    sender.resume(3000);
    runUntil(sender, clock, 4000);
    const after = { ...sink, packets: sink.packets.slice(before) };
    const layers = layersOf(after as KeepingSink);
    assertEquals(layers.map((frames) => frames.length), [30, 30, 30]);
    assertAligned(layers);
    assert(layers[0][0].isKey);
    // Two seconds and what the picture had left, by the clock of the media.
    const [first] = layers[0][0].packets;
    const sinceStart = (first.timestamp - sink.packets[0].timestamp) | 0;
    assertEquals(sinceStart, 3000 * 90);
  },
);

Deno.test("another preset begins with one picture in all layers", () => {
  const { clock, sink, sender } = world();
  runUntil(sender, clock, 1004);
  sender.setPresets(simulcastPresets(videoPreset("720p", 15)));
  runUntil(sender, clock, 2004);
  const layers = layersOf(sink);
  assertAligned(layers);
  const frames = layers[0];
  assertEquals(frames.length, 31 + 15);
  assert(frames[31].isKey);
  const { payload } = layers[2][31].packets[0];
  assertEquals([payload[6 + 6] | (payload[6 + 7] << 8)], [1280]);
});

Deno.test("a packet of any layer is sent again with the same bytes", () => {
  const { clock, sink, sender } = world(PRESET, { repairs: true });
  runUntil(sender, clock, 200);
  const [first, , last] = SSRCS.map((ssrc) =>
    sink.packets.findLast((one) => one.ssrc === ssrc)!
  );
  for (const [i, packet] of [[0, first], [2, last]] as const) {
    assert(sender.streams[i].resend(packet.sequence, 0));
    const again = sink.packets.at(-1)!;
    assertEquals([again.ssrc, again.payload], [packet.ssrc, packet.payload]);
  }
  assert(!sender.streams[1].resend(first.sequence + 500, 0));
});
