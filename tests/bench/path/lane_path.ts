/**
 * Our own packet path, as a client drives it: tracks on a reactor, a cipher
 * and a socket each, and a receiver with its statistics for what comes back.
 *
 * @module
 */

import {
  EXTENSION_URIS,
  FrameRhythm,
  FrameTracker,
  NackList,
  type Profile,
  RtpHeaderTemplate,
  RtpReader,
  TrackReceiver,
  Uplink,
  VideoPlayout,
  videoPreset,
  VideoSender,
} from "../../../lib/media/mod.ts";
import { Trend } from "../../../lib/metrics/mod.ts";
import { openDatapath } from "../../../lib/rtc/mod.ts";
import type { Datapath, DatapathOptions } from "../../../lib/rtc/datapath.ts";
import { firstLine, startChild } from "../child.ts";
import type { FarEnd, PacketPath } from "./packet_path.ts";

/** Which path. */
export interface LanePathOptions {
  readonly datapath: DatapathOptions;
  readonly farEnd: FarEnd;
  /** Tracks that send, each over a socket of its own. */
  readonly tracks: number;
  /** As what the tracks show themselves. @default {"plain"} */
  readonly profile?: Profile;
}

/** Frames of four packets, 1,100 bytes each on average. */
const PRESET = videoPreset("480p", 30);
const FIRST_SSRC = 1000;
const CLOCK_RATE_HZ = 90_000;
const MID_ID = 1;
const CAPTURE_TIME_ID = 13;
const SEND_TIME_ID = 4;
const TRANSPORT_SEQUENCE_ID = 5;
const RTX_SSRC = 100_000;

/** One for all, as in a client. */
const reader = new RtpReader();

/** Opens a path of ours. */
export async function openLanePath(
  { datapath: choice, farEnd, tracks, profile = "plain" }: LanePathOptions,
): Promise<PacketPath> {
  const child = startChild(import.meta.resolve("./echo_udp.ts"), {
    args: [farEnd],
  });
  const ended = child.status;
  const port = Number(await firstLine(child.stdout));
  const datapath = await openDatapath(choice);
  const meter = newMeter();
  const receivers: TrackReceiver[] = [];
  for (let i = 0; i < tracks; i++) {
    receivers.push(
      await openTrack(datapath, port, meter, i, i / tracks, profile),
    );
  }
  return {
    sent: () => meter.counters.packetsSent,
    received: () =>
      receivers.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0),
    async [Symbol.asyncDispose]() {
      datapath[Symbol.dispose]();
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function newMeter() {
  return {
    counters: {
      packetsPlanned: 0,
      packetsSent: 0,
      packetsSkipped: 0,
      packetsWithoutPath: 0,
      packetsLate: 0,
      bytesSent: 0,
      sendRefused: 0,
      keyFramesSent: 0,
      packetsOutOfOrder: 0,
    },
    lateness: new Trend(),
    mediaLatency: new Trend(),
    firstPacket: new Trend(),
    timeToFirstFrame: new Trend(),
    frameGap: new Trend(),
  };
}

/** Tracks begin spread over a frame's time, by `phase` from 0 to 1. */
async function openTrack(
  { reactor, lane, ciphers }: Datapath,
  port: number,
  meter: ReturnType<typeof newMeter>,
  index: number,
  phase: number,
  profile: Profile,
): Promise<TrackReceiver> {
  const uplink = profile === "browser" ? new Uplink() : undefined;
  const ssrc = FIRST_SSRC + index;
  const key = crypto.getRandomValues(new Uint8Array(16));
  const salt = crypto.getRandomValues(new Uint8Array(12));
  // The same keys both ways: what comes back is what was sent.
  const cipher = ciphers.create({
    profile: "AEAD_AES_128_GCM",
    localKey: key,
    localSalt: salt,
    remoteKey: key,
    remoteSalt: salt,
  });
  const receiver = new TrackReceiver({
    kind: "video",
    ssrc,
    clockRateHz: CLOCK_RATE_HZ,
    captureTimeId: CAPTURE_TIME_ID,
    nacks: new NackList(),
    frames: new FrameTracker(
      new VideoPlayout(new FrameRhythm(meter, 0), CLOCK_RATE_HZ),
      CLOCK_RATE_HZ,
    ),
    requestedAtMs: 0,
    openedMs: reactor.nowMs(),
    meter,
  });
  const receivers = new Map([[ssrc, receiver]]);
  const socket = await lane.connect(
    { address: "127.0.0.1", port },
    (bytes, offset, length, arrival) => {
      const plain = cipher.unprotectRtp(bytes, offset, length);
      if (plain < 0 || !reader.read(bytes, offset, plain)) return;
      receivers.get(reader.ssrc)?.receive(reader, arrival);
    },
  );
  reactor.retain();
  reactor.schedule(
    new VideoSender({
      sink: {
        out: lane.out,
        isUp: true,
        protectRtp: (offset, length) =>
          cipher.protectRtp(lane.out, offset, length),
        send: (offset, length, segment) => socket.send(offset, length, segment),
      },
      clock: {
        nowMs: () => reactor.nowMs(),
        wallNowMs: () => performance.timeOrigin + performance.now(),
      },
      meter,
      header: new RtpHeaderTemplate({
        payloadType: 96,
        ssrc,
        extensions: [
          { uri: EXTENSION_URIS.mid, id: MID_ID, value: new Uint8Array([48]) },
          {
            uri: EXTENSION_URIS.absCaptureTime,
            id: CAPTURE_TIME_ID,
            value: new Uint8Array(8),
          },
          ...(uplink === undefined ? [] : [
            {
              uri: EXTENSION_URIS.absSendTime,
              id: SEND_TIME_ID,
              value: new Uint8Array(3),
            },
            {
              uri: EXTENSION_URIS.transportSequence,
              id: TRANSPORT_SEQUENCE_ID,
              value: new Uint8Array(2),
            },
          ]),
        ],
        numbering: uplink,
      }),
      uplink,
      rtx: uplink && {
        ssrc: RTX_SSRC + index,
        payloadType: 97,
        firstSequence: 0,
      },
      ssrc,
      clockRateHz: CLOCK_RATE_HZ,
      startMs: reactor.nowMs() + phase * 1000 / PRESET.fps,
      firstSequence: 0,
      firstTimestamp: 0,
      repairs: true,
    }, PRESET),
  );
  return receiver;
}
