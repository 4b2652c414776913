import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  EXTENSION_URIS,
  RtpHeaderTemplate,
  simulcastPresets,
  SimulcastSender,
  videoPreset,
} from "../../../../lib/media/mod.ts";
import { TemporalLayers } from "../../../../lib/media/send/temporal_layers.ts";
import { runUntil, senderWorld } from "../fixtures.ts";

Deno.test("layers in time go over eight frames, and begin anew with a key frame", () => {
  const layers = new TemporalLayers();
  const bits = [true, ...Array(10).fill(false), true, false].map((isKey) => {
    layers.next(isKey);
    return layers.bits;
  });
  // Layer in the upper two bits, then whether it needs nothing but the base.
  const [base, middle, top, sync] = [0, 0x40, 0x80, 0x20];
  assertEquals(bits, [
    ...[base | sync, top | sync, middle | sync, top, base, top, middle, top],
    ...[base, top | sync, middle | sync],
    ...[base | sync, top | sync],
  ]);
});

Deno.test("the base is counted in eight bits, and nothing else is", () => {
  const layers = new TemporalLayers();
  layers.baseIndex = 254;
  const indices = Array.from({ length: 10 }, (_, i) => {
    layers.next(i === 0);
    return layers.baseIndex;
  });
  assertEquals(indices, [255, 255, 255, 255, 0, 0, 0, 0, 1, 1]);
});

/** What a descriptor of six bytes says (RFC 7741 section 4.2). */
function said(payload: Uint8Array) {
  assertEquals(payload[1], 0xe0);
  return {
    pictureId: ((payload[2] & 0x7f) << 8) | payload[3],
    baseIndex: payload[4],
    layer: payload[5] >> 6,
  };
}

Deno.test("each layer of simulcast has three in time, of 40, 20 and 40 % of its bit rate", () => {
  const ssrcs = [111, 222, 333];
  const { clock, sink, options } = senderWorld(90_000);
  const presets = simulcastPresets(videoPreset("480p", 30));
  const header = (ssrc: number) =>
    new RtpHeaderTemplate({
      payloadType: 96,
      ssrc,
      extensions: [{
        uri: EXTENSION_URIS.mid,
        id: 1,
        value: new Uint8Array(1),
      }],
    });
  const sender = new SimulcastSender(
    ssrcs.map((ssrc) => ({ ...options, ssrc, header: header(ssrc) })),
    presets,
    true,
  );
  runUntil(sender, clock, 4999.9);
  for (const [i, { bitrateBps, interFrameBytes }] of presets.entries()) {
    const packets = sink.packets.filter(({ ssrc }) => ssrc === ssrcs[i]);
    const bytes = [0, 0, 0];
    const pictures = new Map<number, ReturnType<typeof said>>();
    for (const { payload } of packets) {
      const one = said(payload);
      bytes[one.layer] += payload.length - 6;
      pictures.set(one.pictureId, one);
    }
    assertEquals(pictures.size, 150);
    const layers = [...pictures.values()].map(({ layer }) => layer);
    assertEquals(layers.slice(0, 8), [0, 2, 1, 2, 0, 2, 1, 2]);
    const total = bytes.reduce((sum, one) => sum + one, 0);
    assertAlmostEquals(total * 8 / 5 / bitrateBps, 1, 0.02);
    // The key frame is of the base, and weighs five others.
    assertAlmostEquals(
      (bytes[0] - 5 * interFrameBytes) / (37 * interFrameBytes),
      1.6,
      0.05,
    );
    assertAlmostEquals(bytes[2] / bytes[1], 2, 0.1);
  }
});
