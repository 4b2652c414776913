import { assertEquals } from "@std/assert";
import { InboundTracks } from "../../../lib/client/inbound_tracks.ts";
import type { PacketHandler } from "../../../lib/rtc/mod.ts";
import type { ServerMessageOf } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { newInlet } from "./inlet.ts";
import { World } from "./world.ts";

const SSRC = 1000;
const REPAIR_SSRC = 2000;

const CREATED: ServerMessageOf<"consumerCreated"> = {
  type: "consumerCreated",
  consumerId: "c",
  producerId: "p",
  kind: "video",
  rtpParameters: {
    mid: "0",
    codecs: [
      {
        mimeType: "video/VP8",
        payloadType: 96,
        clockRate: 90_000,
        parameters: {},
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc: SSRC, rtx: { ssrc: REPAIR_SSRC } }],
    rtcp: { cname: "c", reducedSize: true },
  },
};

const [VP8] = CREATED.rtpParameters.codecs;

/** The same of sound. */
const AUDIO: typeof CREATED = {
  ...CREATED,
  kind: "audio",
  rtpParameters: {
    ...CREATED.rtpParameters,
    codecs: [{ ...VP8, mimeType: "audio/opus", clockRate: 48_000 }],
  },
};

const OWN = { of: "own", packetsPerSecond: 50 } as const;

const INLET = newInlet();

/** What comes by the inlet. */
function onRtp(reception: InboundTracks): PacketHandler {
  return reception.onRtpOf(INLET.arrivals);
}

/** One packet, as it comes off the transport. */
function packet(ssrc: number, sequence: number, payload: number[]): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80;
  bytes[1] = ssrc === SSRC ? 96 : 97;
  view.setUint16(2, sequence);
  view.setUint32(8, ssrc);
  bytes.set(payload, 12);
  return bytes;
}

function open() {
  const { environment } = new World();
  const reception = new InboundTracks(environment);
  reception.add(CREATED, INLET, 0, OWN);
  const take = (bytes: Uint8Array) =>
    onRtp(reception)(bytes, 0, bytes.length, { nowMs: 0, wallMs: 0 });
  return {
    totals: () => {
      const {
        packetsExpected: expected,
        packetsLost: lost,
        packetsRepaired: repaired,
      } = reception.totals();
      return { expected, lost, repaired };
    },
    original: (sequence: number) => take(packet(SSRC, sequence, [0, 0, 0])),
    /** RFC 4588 section 4: the original's number, then its payload. */
    repair: (sequence: number) =>
      take(packet(REPAIR_SSRC, 7, [sequence >> 8, sequence & 0xff, 0])),
  };
}

Deno.test("a packet whose repair came is lost and repaired", () => {
  const track = open();
  for (const sequence of [1, 2, 4]) track.original(sequence);
  track.repair(3);
  assertEquals(track.totals(), { expected: 4, lost: 1, repaired: 1 });
});

Deno.test("a packet that came after its repair was neither lost nor repaired", () => {
  const track = open();
  for (const sequence of [1, 2, 4]) track.original(sequence);
  track.repair(3);
  track.original(3);
  assertEquals(track.totals(), { expected: 4, lost: 0, repaired: 0 });
});

Deno.test("a repair in vain makes up for no other packet", () => {
  const track = open();
  for (const sequence of [1, 2, 4, 6]) track.original(sequence);
  track.repair(3);
  track.original(3);
  assertEquals(track.totals(), { expected: 6, lost: 1, repaired: 0 });
});

Deno.test("what is still asked for is lost, and not given up before nobody asks any more", async () => {
  const world = new World();
  const reception = new InboundTracks(world.environment);
  reception.add(CREATED, INLET, 0, OWN);
  const take = (bytes: Uint8Array) =>
    onRtp(reception)(bytes, 0, bytes.length, {
      nowMs: world.scheduler.nowMs(),
      wallMs: 0,
    });
  const second = async () => {
    await world.clock.run(1000);
    const [{ lossRatio, residualLossRatio }] = reception.takeSeconds();
    return [lossRatio, residualLossRatio];
  };
  take(packet(SSRC, 0, [0, 0, 0]));
  assertEquals([...reception.takeSeconds()], []);
  // Two of ten are missing.
  for (const i of [1, 2, 3, 4, 5, 8, 9, 10]) take(packet(SSRC, i, [0, 0, 0]));
  assertEquals(await second(), [0.2, 0]);
  take(packet(REPAIR_SSRC, 7, [0, 6, 0]));
  for (const i of [11, 12, 13]) take(packet(SSRC, i, [0, 0, 0]));
  assertEquals(await second(), [0, 0]);
  const [{ nacks }] = reception.tracks;
  for (let ms = 1000; nacks!.size > 0; ms += 1000) nacks!.takeDue(ms, 100, 99);
  for (const i of [14, 15, 16]) take(packet(SSRC, i, [0, 0, 0]));
  // The one that was given up, and the three that came.
  assertEquals(await second(), [0, 0.25]);
});

Deno.test("a track that is new since an outage did not stand still in it", async () => {
  const world = new World();
  const { environment, scheduler } = world;
  const reception = new InboundTracks(environment);
  await world.clock.run(1000);
  const backMs = scheduler.nowMs();
  reception.add(AUDIO, INLET, scheduler.nowMs(), OWN);
  // On a long way its first packet comes late.
  await world.clock.run(400);
  const first = packet(SSRC, 1, [0, 0, 0]);
  onRtp(reception)(first, 0, first.length, {
    nowMs: scheduler.nowMs(),
    wallMs: environment.wallNowMs(),
  });
  assertEquals(reception.resumedSince(backMs), -1);
});

Deno.test("the time since a sender report counts from when it came, not from when it was read", () => {
  const world = new World();
  const reception = new InboundTracks(world.environment);
  reception.add(CREATED, INLET, 0, OWN);
  const first = packet(SSRC, 1, [0, 0, 0]);
  onRtp(reception)(first, 0, first.length, { nowMs: 0, wallMs: 0 });
  reception.onSenderReport(SSRC, 77, world.environment.wallNowMs() - 500);
  const [{ lastSenderReport, delaySinceLastSenderReport }] = reception
    .reportBlocks(INLET);
  assertEquals([lastSenderReport, delaySinceLastSenderReport], [77, 32_768]);
});

Deno.test("of tracks that stay silent, what their senders would have sent is missing", async () => {
  const world = new World();
  const reception = new InboundTracks(world.environment);
  reception.add(CREATED, INLET, 0, { of: "own", packetsPerSecond: 100 });
  const [encoding] = CREATED.rtpParameters.encodings;
  reception.add(
    {
      ...AUDIO,
      producerId: "q",
      rtpParameters: {
        ...AUDIO.rtpParameters,
        encodings: [{ ...encoding, ssrc: 3000 }],
      },
    },
    INLET,
    0,
    { of: "own", packetsPerSecond: 10 },
  );
  await world.clock.run(11_000);
  assertEquals(reception.totals().packetsDeliverable, 10 * (100 + 10));
});

Deno.test.each([
  { video: 2, audio: 2, isTogether: true, why: "twice of both" },
  { video: 5, audio: 1, isTogether: false, why: "once of the sound" },
  { video: 1, audio: 3, isTogether: false, why: "once of the picture" },
  { video: 0, audio: 0, isTogether: false, why: "never" },
])(
  "whether picture and sound are brought together is $isTogether where their sender told $why when they were captured",
  async ({ video, audio, isTogether }) => {
    const world = new World({}, 1);
    const reception = new InboundTracks(world.environment);
    const sound = {
      ...AUDIO,
      consumerId: "d",
      producerId: "q",
      rtpParameters: { ...AUDIO.rtpParameters, encodings: [{ ssrc: 1001 }] },
    };
    reception.add(CREATED, INLET, 0, OWN);
    reception.add(sound, INLET, 0, OWN);
    const [picture, { sound: heard }] = reception.tracks;
    // Where the picture is late of itself, the sound is held back for it.
    picture.frames!.playout.minDelayMs = 500;
    const tell = (ssrc: number) => reception.onSenderReport(ssrc, 1, 0);
    for (let i = 0; i < video; i++) tell(SSRC);
    for (let i = 0; i < audio; i++) tell(1001);
    for (let i = 0; i < 5; i++) {
      await world.clock.run(1000);
      for (const _ of reception.takeSeconds());
    }
    assertEquals(heard!.minDelayMs > 0, isTogether);
  },
);
