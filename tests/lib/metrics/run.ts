/** A made-up run, for the tests of what summaries and reports say of one. */

import {
  ClientRecorder,
  NodeMeter,
  type SummaryInput,
} from "../../../lib/metrics/mod.ts";
import { parseThreshold } from "../../../lib/load/mod.ts";

/** Three clients in two rooms, one of which failed; nothing wrong with the generator. */
export function madeUpRun(): SummaryInput {
  const meter = new NodeMeter("local");
  const clients = [
    client(0, "room-1"),
    client(1, "room-0"),
    client(2, "room-0"),
  ];
  for (const [place, ms] of [[0, 300], [1, 500]]) {
    const { figures } = clients[place];
    Object.assign(figures, {
      state: "left",
      connectionSuccessful: true,
      connectionTimeMs: ms,
      joinMs: ms + 2,
      firstMediaMs: ms + 60,
      timeToFirstMediaSentMs: ms + 5,
      timeToFirstMediaReceivedMs: ms + 60,
      packetsSent: 5000,
      packetsReceived: 4900,
      packetsExpected: 4950,
      packetsLost: 50,
      bytesSent: 5_000_000,
      bytesReceived: 4_900_000,
      producersCreated: 2,
      consumersCreated: 2,
      consumersFlowing: 2,
      maxRoundTripTimeMs: ms / 100,
      maxTimeToFirstFrameMs: ms / 5,
      framesRendered: 880,
      freezeCount: 1,
      totalFreezesDurationMs: ms,
      longestFreezeMs: ms,
      playedMs: 29_500,
      pictureIdJumps: place + 1,
      timestampJumps: 3,
      maxNetworkRecoveryMs: [180, 120][place],
      pliCountSent: 2,
      retransmissionRequestsSent: 30,
      pliCountReceived: 1,
      retransmissionRequestsReceived: 4,
      sessionDurationMs: 30_000,
    });
    const latenciesMs = {
      produce_video: 4,
      join_room: ms / 10,
      produce_audio: 3,
    } as const;
    for (
      const [operation, latencyMs] of Object.entries(latenciesMs)
    ) {
      clients[place].addOperation(operation, latencyMs);
      meter.trend(`signaling.${operation}`).record(latencyMs * 1000);
    }
    meter.trend("connectionTime").record(ms * 1000);
    meter.trend("join").record((ms + 2) * 1000);
    meter.trend("firstMedia").record((ms + 60) * 1000);
    meter.trend("timeToFirstMediaSent").record((ms + 5) * 1000);
    meter.trend("timeToFirstMediaReceived").record((ms + 60) * 1000);
  }
  const failed = clients[2];
  failed.figures.state = "failed";
  failed.figures.failureCause = "DTLS did not finish in 10 s";
  failed.addError("dtls", "DTLS did not finish in 10 s", 12_000);
  meter.countError("dtls");
  Object.assign(meter.counters, {
    packetsPlanned: 10_010,
    packetsSent: 10_000,
    packetsLate: 12,
    packetsReceived: 9800,
    packetsDeliverable: 10_000,
    packetsExpected: 9900,
    packetsLost: 100,
    bytesSent: 10_000_000,
    bytesReceived: 9_800_000,
    producersCreated: 4,
    consumersCreated: 4,
    keyFramesSent: 14,
    pliCountReceived: 2,
    retransmissionRequestsSent: 90,
    retransmittedPacketsReceived: 40,
    packetsRepaired: 36,
    framesRendered: 1760,
    keyFramesShown: 12,
    framesDropped: 7,
    freezeCount: 2,
    totalFreezesDurationMs: 800,
    playedMs: 59_000,
    layerSwitches: 3,
    networkNotRecovered: 1,
    impairedIn: 5000,
    impairedInDropped: 102,
    impairedInRepeatsDropped: 2,
    impairedInDelayed: 4898,
  });
  for (const ms of [120, 180]) meter.trend("networkRecovery").record(ms * 1000);
  for (let i = 1; i <= 100; i++) {
    meter.trend("videoBitrate").record(900_000 + i * 1000);
    meter.trend("audioBitrate").record(32_000);
    meter.trend("consumerLoss").record(i > 90 ? i * 1000 : 0);
    meter.trend("consumerResidualLoss").record(0);
    meter.trend("consumerFrameRate").record(i < 10 ? 24_000 : 30_000);
    meter.trend("mediaLatency").record(i * 100);
    meter.trend("jitter").record(i * 10);
    meter.trend("roundTripTime").record(i * 50);
    meter.trend("timeToFirstFrame").record(i * 1000);
    meter.trend("lateness").record(i * 20);
    meter.trend("loopLag").record(i * 5);
  }
  return {
    version: "0.1.0",
    startedAt: "2026-01-02T03:04:05.000Z",
    seed: 7,
    config: { clients: 3, duration: "30s", rooms: 2 },
    server: {
      url: "ws://localhost:3000/ws",
      engine: null,
      load: {
        samples: 35,
        cpuSeconds: 17.5,
        meanCpuRatio: 0.5,
        maxCpuRatio: 1.2,
        busiestProcess: { name: "mediasoup-worke (4242)", cpuRatio: 0.95 },
        maxThreadRatio: 0.9,
        busyThreads: [
          {
            name: "mediasoup-worke (4242)",
            meanCpuRatio: 0.62,
            maxCpuRatio: 0.95,
          },
          {
            name: "mediasoup-worke (4243)",
            meanCpuRatio: 0.01,
            maxCpuRatio: 0.02,
          },
        ],
        sustainedThreadRatio: 0.75,
        maxRssBytes: 512e6,
        maxFds: 120,
        maxThreads: 24,
        udpDrops: 3,
        hostUdpErrors: 5,
      },
      reported: {
        maxParticipants: 3,
        maxRooms: 2,
        maxConnections: null,
        errors: 0,
      },
      notes: [],
    },
    snapshot: meter.snapshot({
      atMs: 35_250,
      clients,
      generator: {
        lanes: ["native"],
        ciphers: ["openssl"],
        dtls: ["openssl"],
        workers: 1,
        cpuUs: 3_525_000,
        threadUs: 35_250_000,
        kernelDrops: 0,
        heldBackJoins: 0,
        notes: [],
      },
    }),
    timeline: [1, 2].map((tSec) => ({
      tSec,
      clients: tSec,
      packetsSentPerSec: 300 * tSec,
      packetsReceivedPerSec: 290 * tSec,
      sendBps: 1_000_000 * tSec,
      receiveBps: 990_000 * tSec,
      lossRatio: 0.0125,
      tracksDue: 0,
      silentRatio: 0,
      cpuRatio: 0.1,
      ...(tSec === 2 && {
        server: {
          cpuRatio: 0.45,
          maxProcessRatio: 0.3,
          rssBytes: 400_000_000,
          fds: 110,
          udpDrops: 1,
        },
      }),
    })),
    ending: { kind: "finished" },
    thresholds: [
      parseThreshold("join p(95) < 1s"),
      parseThreshold("loss < 1%"),
    ],
  };
}

function client(index: number, roomId: string): ClientRecorder {
  return new ClientRecorder({
    clientId: `client-${index}`,
    index,
    roomId,
    role: "publisher",
    node: "local",
  });
}
