/** A thread that stood still: what its senders and receivers make of the time that was not theirs. */

import { assert, assertEquals } from "@std/assert";
import {
  AudioSender,
  EXTENSION_URIS,
  FrameRhythm,
  FrameTracker,
  NackList,
  ntpFraction,
  ntpSeconds,
  ntpToWallMs,
  RtpHeaderTemplate,
  RtpReader,
  TrackReceiver,
  type TrackSender,
  videoPreset,
  VideoSender,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
} from "../../../../lib/media/mod.ts";
import { AtOnce } from "../frames.ts";
import { senderWorld, type SentPacket, StillClock } from "../fixtures.ts";

const CAPTURE_TIME_ID = 5;

/** Sends until `endMs` on a clock that leaves standstills out. */
function send(sender: TrackSender, clock: StillClock, endMs: number): void {
  for (; sender.dueMs < endMs; sender.run(clock.ms)) {
    clock.ms = Math.max(clock.ms, sender.dueMs);
  }
}

/** The wall clock goes on while the thread stands still. */
class StoodClock extends StillClock {
  stoodMs = 0;
  override wallNowMs(): number {
    return super.wallNowMs() + this.stoodMs;
  }
}

const capturedMs = ({ capture: [seconds, fraction] }: SentPacket) =>
  ntpToWallMs(seconds, fraction);

Deno.test.each([1000, 2000, 20_000])(
  "a sender gives up what was due in a standstill of %d ms, counts it, and goes on in time",
  (ms) => {
    const clock = new StoodClock();
    const { sink, meter, options } = senderWorld(48_000, { clock });
    const sender = new AudioSender(options);
    send(sender, clock, 1000);
    clock.stoodMs += ms;
    sender.onStandstill(ms);
    send(sender, clock, 2000);
    const { packetsPlanned, packetsSent, packetsSkipped } = meter.counters;
    assertEquals(packetsSkipped, Math.round(ms / 20));
    assertEquals(packetsPlanned, packetsSent + packetsSkipped);
    assertEquals([packetsSent, sink.packets.length], [100, 100]);
    assertEquals(meter.counters.packetsLate, 0);
    const [before, after] = sink.packets.slice(49, 51);
    assertEquals((after.sequence - before.sequence) & 0xffff, 1);
    assertEquals(after.mark - before.mark, 1);
    assertEquals((after.timestamp - before.timestamp) | 0, (ms + 20) * 48);
    const apartMs = capturedMs(after) - capturedMs(before);
    assert(Math.abs(apartMs - ms - 20) < 0.01, `${apartMs}`);
  },
);

Deno.test("a frame that a standstill cuts in two is one frame, captured when its packets left", () => {
  const clock = new StoodClock();
  const { sink, options } = senderWorld(90_000, { clock });
  const preset = videoPreset("1080p", 30);
  const sender = new VideoSender(options, preset);
  sender.run(clock.ms);
  const left = sink.packets.length;
  assert(left < preset.keyFramePackets, "a part of the key frame");
  clock.stoodMs += 5000;
  sender.onStandstill(5000);
  send(sender, clock, 300);
  const [first] = sink.packets;
  const frame = sink.packets.slice(0, preset.keyFramePackets);
  assert(frame.every(({ timestamp }) => timestamp === first.timestamp));
  for (const packet of frame.slice(left)) {
    assert(Math.abs(capturedMs(packet) - capturedMs(first) - 5000) < 0.01);
  }
  const next = sink.packets[preset.keyFramePackets];
  assertEquals((next.timestamp - first.timestamp) | 0, 5000 * 90 + 3000);
});

/** A video of one packet a frame, as a viewer receives it. */
class Viewer {
  readonly gapsMs: number[] = [];
  readonly latenciesMs: number[] = [];
  readonly rhythm = new FrameRhythm({
    frameGap: { record: (us) => void this.gapsMs.push(us / 1000) },
    timeToFirstFrame: { record() {} },
  }, 0);
  readonly frames = new FrameTracker(
    new AtOnce(this.rhythm, 90_000),
    90_000,
  );
  readonly nacks = new NackList();
  readonly receiver = new TrackReceiver({
    kind: "video",
    ssrc: 1,
    clockRateHz: 90_000,
    captureTimeId: CAPTURE_TIME_ID,
    requestedAtMs: 0,
    openedMs: 0,
    frames: this.frames,
    nacks: this.nacks,
    meter: {
      counters: { packetsOutOfOrder: 0 },
      mediaLatency: { record: (us) => void this.latenciesMs.push(us / 1000) },
      firstPacket: { record() {} },
    },
  });
  maxJitterMs = 0;
  /** Frames that its sender gave up when it stood still. */
  givenUp = 0;
  readonly #header = new RtpHeaderTemplate({
    payloadType: 96,
    ssrc: 1,
    extensions: [{
      id: CAPTURE_TIME_ID,
      uri: EXTENSION_URIS.absCaptureTime,
      value: new Uint8Array(8),
    }],
  });
  readonly #bytes = new Uint8Array(200);
  readonly #rtp = new RtpReader();

  /** Frame number `frame` of 30 a second comes at `nowMs`, by the wall clock at `wallMs`. */
  frame(
    frame: number,
    nowMs: number,
    isKey = frame === 0,
    wallMs = nowMs,
  ): void {
    const bytes = this.#bytes;
    const count = frame + this.givenUp;
    const capturedMs = count * 1000 / 30;
    this.#header.setCaptureTime(
      ntpSeconds(capturedMs),
      ntpFraction(capturedMs),
    );
    const at = this.#header.write(bytes, 0, frame, count * 3000, true);
    const data = writeVp8Descriptor(bytes, at, true, frame & 0x7fff);
    if (isKey) writeVp8KeyHeader(bytes, data, 640, 480);
    else writeVp8InterHeader(bytes, data);
    this.#rtp.read(bytes, 0, data + 20);
    this.receiver.receive(this.#rtp, { nowMs, wallMs });
    this.maxJitterMs = Math.max(this.maxJitterMs, this.receiver.jitterMs);
  }
}

Deno.test.each<{ why: string; read: number; key: boolean }>([
  { why: "all of it was kept by the system", read: 60, key: false },
  { why: "the system had no room for most of it", read: 20, key: true },
  { why: "nothing was kept", read: 0, key: true },
])(
  "what came in a standstill is no loss, freeze or jitter, and nobody asks for it: $why",
  ({ read, key }) => {
    const viewer = new Viewer();
    const { receiver, rhythm, frames, nacks } = viewer;
    const ms = (frame: number) => frame * 1000 / 30;
    for (let i = 0; i < 90; i++) viewer.frame(i, ms(i));
    receiver.expectRate(ms(90), 30);
    // Two seconds: what was kept is read as it came, then time goes on from before.
    receiver.breakOff({ nowMs: ms(90), wallMs: ms(150) }, ms(60));
    for (let i = 90; i < 90 + read; i++) viewer.frame(i, ms(i));
    receiver.leaveOut({ nowMs: ms(90), wallMs: ms(150) });
    for (let i = 150; i < 240; i++) {
      viewer.frame(i, ms(i - 60), key && i === 155);
    }
    const { freezeCount, totalFreezesDurationMs } = rhythm.figures({
      nowMs: ms(180),
    });
    assertEquals([receiver.packetsLost, freezeCount, totalFreezesDurationMs], [
      0,
      0,
      0,
    ]);
    assertEquals([nacks.size, receiver.needsKeyFrame], [0, false]);
    assertEquals(frames.timestampJumps, 0);
    assertEquals(receiver.deliverable(ms(180)), receiver.packetsReceived);
    assert(viewer.maxJitterMs < 1, `${viewer.maxJitterMs}`);
    assert(Math.max(...viewer.gapsMs) < 34);
    // What is missing after it is lost as ever.
    viewer.frame(241, ms(182));
    assertEquals([receiver.packetsLost, nacks.size], [1, 1]);
  },
);

Deno.test.each<{ why: string; isRead: boolean }>([
  { why: "is read with what came meanwhile", isRead: true },
  { why: "comes soon after", isRead: false },
])(
  "what was under way when thread and server both stood still was nobody's freeze or latency: it $why",
  ({ isRead }) => {
    const viewer = new Viewer();
    const ms = (frame: number) => frame * 1000 / 30;
    for (let i = 0; i < 90; i++) viewer.frame(i, ms(i) + 1);
    const stoodMs = 3000;
    const wallMs = ms(90) + 5 + stoodMs;
    const nowMs = ms(90) + 2;
    // Captured before, and sent on by the server after it went on.
    const { receiver } = viewer;
    receiver.breakOff({ nowMs, wallMs: wallMs - 1 }, stoodMs);
    if (isRead) viewer.frame(90, nowMs + stoodMs + 2, false, wallMs);
    receiver.leaveOut({ nowMs, wallMs });
    if (!isRead) viewer.frame(90, nowMs + 3, false, wallMs + 2);
    viewer.givenUp = 90;
    for (let i = 91; i < 180; i++) {
      viewer.frame(i, ms(i) + 1, false, ms(i) + stoodMs + 1);
    }
    const { freezeCount, longestFreezeMs } = viewer.rhythm.figures({
      nowMs: ms(180),
    });
    assertEquals([freezeCount, longestFreezeMs], [0, 0]);
    assertEquals(receiver.resumedAtMs, -1);
    assertEquals(receiver.deliverable(ms(180)), receiver.packetsReceived);
    const { latenciesMs, gapsMs } = viewer;
    assertEquals(latenciesMs.length, 89 + 90);
    assert(Math.max(...latenciesMs) < 2, `${Math.max(...latenciesMs)}`);
    assert(Math.max(...gapsMs) < 36, `${Math.max(...gapsMs)}`);
    assert(viewer.maxJitterMs < 3, `${viewer.maxJitterMs}`);
  },
);

Deno.test("a video that stood still before the thread did was frozen until then", () => {
  const viewer = new Viewer();
  const ms = (frame: number) => frame * 1000 / 30;
  for (let i = 0; i < 90; i++) viewer.frame(i, ms(i));
  // Frozen from the last frame on, and the thread stands still 3 s later.
  viewer.receiver.leaveOut({ nowMs: ms(89) + 3000, wallMs: 0 });
  viewer.frame(90, ms(89) + 3010);
  const { freezeCount, totalFreezesDurationMs } = viewer.rhythm.figures({
    nowMs: ms(200),
  });
  assertEquals([freezeCount, Math.round(totalFreezesDurationMs)], [1, 3000]);
});

Deno.test("a video that is paused stays so over a standstill", () => {
  const viewer = new Viewer();
  for (let i = 0; i < 30; i++) viewer.frame(i, i * 1000 / 30);
  viewer.rhythm.pause({ nowMs: 1000 });
  viewer.receiver.leaveOut({ nowMs: 1000, wallMs: 0 });
  assertEquals(viewer.rhythm.isPaused, true);
});
