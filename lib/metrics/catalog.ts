/**
 * The closed list of what a run measures: a row says everything about one
 * metric. Whoever counts, adds up, judges, writes or documents metrics loops
 * over rows, so that a new one is a row, and a field of its name where it is
 * counted. Two families are open, because their members come from elsewhere:
 * `signaling.<operation>` trends and `errors.<kind>` counters.
 *
 * Names are those of W3C webrtc-stats where the meaning is equal. There the
 * direction is that of the object; here it stands at the end, as in
 * `packetsSent` and `packetsReceived`: the `pliCount` of an `inbound-rtp` is
 * `pliCountSent`. Durations there are seconds; ours say their unit at the end.
 *
 * @module
 */

/** How a metric adds up: summed, summed at one time, distributed, or divided. */
export type MetricType = "counter" | "gauge" | "trend" | "rate";

/** What a trend is shown in; `bps` are bits, `fps` frames a second. */
export type TrendUnit = "ms" | "ratio" | "bps" | "fps";

/** What a metric is counted in. */
export type MetricUnit = TrendUnit | "packets" | "bytes" | "count";

/**
 * Where a counter is counted, in a field of its name. Once a second the fields
 * of `receiver`, `frames`, `rhythm` and `sound` are added up over a client's tracks,
 * those of `feedback`, `reception`, `layers`, `asked` and `uplink` over its stays, and
 * all of them, with `track`, `stay`, `network` and `events`, over the clients
 * of a node.
 */
export type CountedAt =
  /** A received track's packets. */
  | "receiver"
  /** A received video's frames. */
  | "frames"
  /** When a received video's frames were shown. */
  | "rhythm"
  /** What was heard of a received audio track. */
  | "sound"
  /** A received track, put together from several of its parts. */
  | "track"
  /** What a client asks of the server. */
  | "feedback"
  /** All that a client receives in one stay. */
  | "reception"
  /** The simulcast layers that a client receives. */
  | "layers"
  /** What the server asks of a client. */
  | "asked"
  /** What the server tells of the way to it. */
  | "uplink"
  /** One stay, put together from several of its parts. */
  | "stay"
  /** A client's impaired network. */
  | "network"
  /** What happened to a client, in its record. */
  | "events"
  /** Packet by packet, for all clients of a thread together. */
  | "packets"
  /** By the node itself, for all its clients together. */
  | "node";

/** One row of the catalog. */
export interface MetricDefinition {
  /** How it adds up. */
  readonly type: MetricType;
  /** What it is counted in. */
  readonly unit: MetricUnit;
  /** What it means, in one sentence. */
  readonly doc: string;
  /** Where its figures come from; of a rate, what is divided by what. @default {where it is counted says it} */
  readonly source?: string;
  /** Which way a change is an improvement. */
  readonly better: "higher" | "lower" | "neither";
  /** Of a counter: where it is counted. */
  readonly at?: CountedAt;
  /**
   * What a client's record holds of it: of a counter the client's part, under
   * its name; of a trend the first or the largest value. @default {nothing}
   */
  readonly perClient?: "sum" | "first" | "max";
  /** Whether a room's summary holds the same of its clients. @default {false} */
  readonly perRoom?: true;
  /** Of a trend made of one figure of each client that saw video: which. */
  readonly ofClients?: string;
  /** Of a rate: `clients` is a share of clients. @default {it is divided out of counters} */
  readonly of?: "clients";
  /** Of a rate: whose own is told where a threshold failed. @default {nobody's} */
  readonly blames?: "client" | "room";
  /** Where the summary has it besides `metrics`, as a path of keys. */
  readonly place?: string;
  /** What SimplestChat's own tester calls it in its files, of clients and of rooms. */
  readonly seedKey?: string;
  /** The same where it calls a room's otherwise. */
  readonly roomKey?: string;
  /** A shorter name that thresholds may use. */
  readonly alias?: string;
}

/** Trends record whole steps; so many make one of what they are shown in. */
export const STEPS_PER_UNIT: Readonly<Record<TrendUnit, number>> = {
  ms: 1000,
  ratio: 1_000_000,
  bps: 1,
  fps: 1000,
};

/** Everything that a run measures, by name. */
export const METRICS = {
  // Clients, now.
  clientsActive: gauge("Clients that are joining, connected or away."),
  clientsConnected: gauge("Clients with all their transports up."),
  clientsAway: gauge(
    "Clients that lost their channel or a transport and are coming back.",
  ),
  producersOpen: gauge("Tracks that clients are sending."),
  consumersOpen: gauge("Tracks that clients are receiving."),
  packetsOverdue: gauge(
    "RTP packets that should have come on tracks that have been silent for a moment, beside those that are deliverable.",
  ),
  consumersNoLayer: gauge(
    "Simulcast tracks of which the server sends nothing.",
  ),
  consumersLayer0: gauge("Simulcast tracks received in the smallest layer."),
  consumersLayer1: gauge("Simulcast tracks received in the middle layer."),
  consumersLayer2: gauge("Simulcast tracks received in the largest layer."),

  // Media.
  packetsPlanned: counter("packets", "neither", "RTP packets scheduled.", {
    at: "packets",
    place: "generator.packetsPlanned",
  }),
  packetsSent: counter(
    "packets",
    "higher",
    "RTP packets handed to the system.",
    {
      at: "packets",
      perClient: "sum",
      perRoom: true,
      place: "generator.packetsSent",
      seedKey: "totalPacketsSent",
    },
  ),
  packetsSkipped: counter(
    "packets",
    "lower",
    "RTP packets scheduled while the generator stood still, and never sent.",
    { at: "packets", place: "generator.packetsSkipped" },
  ),
  packetsWithoutPath: counter(
    "packets",
    "neither",
    "RTP packets scheduled while their client had no path to the server, and never sent.",
    { at: "packets" },
  ),
  packetsLate: counter(
    "packets",
    "lower",
    "RTP packets that left over 5 ms late.",
    { at: "packets", place: "generator.packetsLate" },
  ),
  sendRefused: counter(
    "packets",
    "lower",
    "RTP packets that the system refused.",
    { at: "packets", place: "generator.sendRefused" },
  ),
  packetsReceived: counter(
    "packets",
    "higher",
    "RTP packets received, retransmissions apart.",
    {
      at: "track",
      perClient: "sum",
      perRoom: true,
      seedKey: "totalPacketsReceived",
    },
  ),
  packetsFromOthers: counter(
    "packets",
    "neither",
    "RTP packets received that no client of this run sent, or that are of a payload type that the server had not announced.",
    { at: "track", perClient: "sum" },
  ),
  packetsDeliverable: counter(
    "packets",
    "neither",
    "RTP packets that the server should deliver: each packet that a client sent, times its consumers that are open and not paused.",
    { at: "track", perClient: "sum", place: "media.packetsDeliverable" },
  ),
  bytesSent: counter(
    "bytes",
    "higher",
    "Whole RTP packets sent, headers included.",
    { at: "packets", perClient: "sum", seedKey: "totalBytesSent" },
  ),
  bytesReceived: counter(
    "bytes",
    "higher",
    "Whole RTP packets received, headers included.",
    { at: "track", perClient: "sum", seedKey: "totalBytesReceived" },
  ),
  packetsExpected: counter(
    "packets",
    "neither",
    "RTP packets that received sequence numbers announced (RFC 3550 A.3).",
    { at: "receiver", perClient: "sum", place: "media.loss.expected" },
  ),
  packetsLost: counter(
    "packets",
    "lower",
    "Expected packets that never came, late ones given back.",
    { at: "receiver", perClient: "sum", place: "media.loss.lost" },
  ),
  packetsRepaired: counter(
    "packets",
    "higher",
    "Lost packets that a retransmission made up for (RFC 4588).",
    { at: "track", perClient: "sum", place: "media.loss.repaired" },
  ),
  packetsDuplicate: counter("packets", "lower", "RTP packets received twice.", {
    at: "stay",
    place: "media.packetsDuplicate",
  }),
  packetsOutOfOrder: counter(
    "packets",
    "lower",
    "RTP packets overtaken by a later one.",
    { at: "packets", place: "media.packetsOutOfOrder" },
  ),
  retransmittedPacketsReceived: counter(
    "packets",
    "neither",
    "Retransmissions received (RFC 4588).",
    { at: "reception", place: "media.retransmittedPacketsReceived" },
  ),
  retransmittedPacketsSent: counter(
    "packets",
    "neither",
    "Packets sent again on request.",
    { at: "asked", place: "media.retransmittedPacketsSent" },
  ),
  srtpFailures: counter(
    "packets",
    "lower",
    "SRTP packets that failed authentication or were replayed.",
    { at: "stay", place: "media.srtpFailures" },
  ),
  keyFramesSent: counter("count", "neither", "Video key frames sent.", {
    at: "packets",
    place: "media.keyFramesSent",
  }),
  pliCountReceived: counter(
    "count",
    "lower",
    "Key frames that the server asked for by PLI (RFC 4585).",
    {
      at: "asked",
      perClient: "sum",
      perRoom: true,
      place: "media.pliCountReceived",
      alias: "pliReceived",
    },
  ),
  firCountReceived: counter(
    "count",
    "lower",
    "Key frames that the server asked for by FIR (RFC 5104).",
    {
      at: "asked",
      perClient: "sum",
      perRoom: true,
      place: "media.firCountReceived",
      alias: "firReceived",
    },
  ),
  retransmissionRequestsReceived: counter(
    "count",
    "lower",
    "Packets that the server asked to repeat; the nackCount of W3C webrtc-stats counts the messages that ask.",
    {
      at: "asked",
      perClient: "sum",
      perRoom: true,
      place: "media.retransmissionRequestsReceived",
      alias: "nackReceived",
    },
  ),
  retransmissionRequestsSent: counter(
    "count",
    "lower",
    "Packets that clients asked to repeat.",
    {
      at: "feedback",
      perClient: "sum",
      perRoom: true,
      place: "media.retransmissionRequestsSent",
      alias: "nackSent",
    },
  ),
  nackCountSent: counter(
    "count",
    "lower",
    "NACK messages in which clients asked for them (RFC 4585), the nackCount of W3C webrtc-stats.",
    {
      at: "feedback",
      perClient: "sum",
      perRoom: true,
      place: "media.nackCountSent",
    },
  ),
  pliCountSent: counter(
    "count",
    "lower",
    "Key frames that clients asked for.",
    {
      at: "feedback",
      perClient: "sum",
      perRoom: true,
      place: "media.pliCountSent",
      alias: "pliSent",
    },
  ),
  layerSwitches: counter(
    "count",
    "neither",
    "Times that a simulcast track went from one layer to another.",
    {
      at: "layers",
      perClient: "sum",
      perRoom: true,
      place: "media.layerSwitches",
    },
  ),
  framesRendered: counter(
    "count",
    "higher",
    "Video frames that a viewer would have seen: whole, retransmissions included, nothing missing before them since the last key frame, and their time has come, which a jitter buffer like a browser's sets.",
    { at: "rhythm", perClient: "sum", place: "media.video.framesRendered" },
  ),
  videosBegun: counter(
    "count",
    "neither",
    "Of those, the first ones of a video, and the first ones after a pause.",
    { at: "rhythm", perClient: "sum" },
  ),
  keyFramesShown: counter("count", "neither", "Of those, key frames.", {
    at: "frames",
    place: "media.video.keyFramesShown",
  }),
  framesDropped: counter(
    "count",
    "lower",
    "Video frames that came whole and were not shown: what they depend on was missing.",
    {
      at: "frames",
      perClient: "sum",
      perRoom: true,
      place: "media.video.framesDropped",
    },
  ),
  freezeCount: counter(
    "count",
    "lower",
    "Times that a video stood still, as browsers count them (W3C webrtc-stats): gaps between two shown frames of at least three times the average of the last 30, that one among them, and of at least that average and 150 ms. One that goes on counts from its first second on. Beyond browsers: so is a gap of two seconds before there are five, and such a wait for the first frame once packets come.",
    {
      at: "rhythm",
      perClient: "sum",
      perRoom: true,
      place: "media.video.freezeCount",
      alias: "freezes",
    },
  ),
  totalFreezesDurationMs: counter(
    "ms",
    "lower",
    "For how long videos stood still, summed over tracks: four that stand still for a second are four seconds.",
    {
      at: "rhythm",
      perClient: "sum",
      perRoom: true,
      place: "media.video.totalFreezesDurationMs",
    },
  ),
  playedMs: counter(
    "ms",
    "neither",
    "For how long videos were on, freezes included, summed over tracks.",
    { at: "rhythm", perClient: "sum" },
  ),
  pictureIdJumps: counter(
    "count",
    "lower",
    "Video frames whose picture id did not follow that of the frame right before.",
    {
      at: "frames",
      perClient: "sum",
      perRoom: true,
      place: "media.video.pictureIdJumps",
    },
  ),
  timestampJumps: counter(
    "count",
    "lower",
    "Video frames whose timestamp did not move on, or led the clock by a second.",
    {
      at: "frames",
      perClient: "sum",
      perRoom: true,
      place: "media.video.timestampJumps",
    },
  ),
  firstPacket: trend("From when a track was asked for to its first packet.", {
    source: "the request and the first packet of each received track",
    place: "media.timeToFirstPacketMs",
  }),
  timeToFirstFrame: trend(
    "From when a video was asked for to its first frame shown, which is a key frame; those that were paused at first left out.",
    {
      source: "the request and each received video's first frame shown",
      perClient: "max",
      perRoom: true,
      place: "media.timeToFirstFrameMs",
      alias: "firstKeyFrame",
    },
  ),
  frameGap: trend("From one video frame shown to the next.", {
    source: "when each received video's frames were shown",
    place: "media.video.frameGapMs",
  }),
  videoPlayoutDelay: ofConsumers(
    "ms",
    "lower",
    "from when video frames came to when they were shown, on average (jitterBufferDelay ÷ jitterBufferEmittedCount of W3C webrtc-stats).",
    { place: "media.video.playoutDelayMs" },
  ),
  audioPlayoutDelay: ofConsumers(
    "ms",
    "lower",
    "from when packets of audio came to when they were heard, on average.",
    { place: "media.audio.playoutDelayMs" },
  ),
  totalSamplesReceived: counter(
    "count",
    "neither",
    "Samples of audio that a listener would have heard, concealment included, at 48 kHz.",
    { at: "sound", perClient: "sum" },
  ),
  concealedSamples: counter(
    "count",
    "lower",
    "Of those, samples made up in place of packets that were lost or late at their time, which a jitter buffer like a browser's sets.",
    { at: "sound", perClient: "sum" },
  ),
  concealmentEvents: counter(
    "count",
    "lower",
    "Times that samples were made up, once for as long as it goes on.",
    { at: "sound", place: "media.audio.concealmentEvents" },
  ),
  audioBitrate: ofConsumers(
    "bps",
    "higher",
    "the rate of whole RTP packets received, retransmissions apart, audio.",
    { place: "media.consumerBps.audio" },
  ),
  videoBitrate: ofConsumers(
    "bps",
    "higher",
    "the rate of whole RTP packets received, retransmissions apart, video.",
    { place: "media.consumerBps.video" },
  ),
  consumerLoss: ofConsumers(
    "ratio",
    "lower",
    "packets lost, of those expected in it.",
    { place: "media.loss.consumerRatio" },
  ),
  consumerResidualLoss: ofConsumers(
    "ratio",
    "lower",
    "packets given up in spite of retransmissions, of those that are asked for no more.",
    { place: "media.loss.consumerResidualRatio" },
  ),
  consumerFrameRate: ofConsumers("fps", "higher", "video frames shown.", {
    place: "media.video.consumerFrameRate",
  }),
  freezeTime: trend(
    "For how long video stood still at a client, summed over its videos: four that stand still for a second are four seconds.",
    {
      source: "each client that saw video, once",
      ofClients: "totalFreezesDurationMs",
      place: "media.video.freezeTimeMs",
    },
  ),
  longestFreeze: trend(
    "For how long one video stood still at a client, at most.",
    {
      source: "each client that saw video, once",
      ofClients: "longestFreezeMs",
    },
  ),
  roundTripTime: trend(
    "To the server and back, once a second: by receiver reports (RFC 3550 section 6.4.1), at clients that send nothing by ICE consent checks.",
    {
      source: "RTCP and STUN, each client once a second",
      perClient: "max",
      perRoom: true,
      place: "media.roundTripTimeMs",
      alias: "roundTrip",
    },
  ),
  uplinkPacketsReported: counter(
    "packets",
    "neither",
    "Packets sent of which the server said whether they came, retransmissions included (transport-wide feedback).",
    { at: "uplink", perClient: "sum" },
  ),
  uplinkPacketsLost: counter(
    "packets",
    "lower",
    "Of those, packets that did not come.",
    { at: "uplink", perClient: "sum" },
  ),
  uplinkBitrate: {
    ...trend(
      "Bits a second of what clients sent that came to the server, by the times that it told.",
      {
        source:
          "transport-wide feedback, each client that sends, once a second",
      },
    ),
    unit: "bps",
    better: "higher",
  },
  uplinkQueueing: trend(
    "For how much longer packets were on their way to the server than the quickest of the last minute or two.",
    {
      source: "transport-wide feedback, each client that sends, once a second",
    },
  ),
  mediaLatency: trend(
    "From capture (abs-capture-time) to the receiving kernel.",
    {
      source: "each received packet that carries the time of its capture",
      perClient: "max",
      perRoom: true,
      place: "media.latencyMs",
    },
  ),
  mediaLatencySameMachine: trend(
    "The same of what a client of the same machine sent, where there are several: exact, whatever clocks are.",
    { source: "as mediaLatency" },
  ),
  linkRoundTrip: trend(
    "From a message of an agent to the coordinator's answer, without the time that it took to answer.",
    { source: "each agent's short messages, about once a second" },
  ),
  jitter: trend("Interarrival jitter (RFC 3550 section 6.4.1).", {
    source: "each received track, once a second",
    perClient: "max",
    perRoom: true,
    place: "media.jitterMs",
  }),

  // What users had of the tracks that they wanted.
  tracksDueMs: counter(
    "ms",
    "neither",
    "For how long tracks that clients want should have come to them, summed over tracks.",
    { at: "events", perClient: "sum" },
  ),
  tracksSilentMs: counter(
    "ms",
    "lower",
    "For how long nothing came of them, summed over tracks.",
    { at: "events", perClient: "sum" },
  ),
  tracksAwayMs: counter(
    "ms",
    "lower",
    "Of that, the time in which their client was away.",
    { at: "node" },
  ),
  tracksOutMs: counter(
    "ms",
    "neither",
    "Of that, the time in which we had their client's network out on purpose.",
    { at: "node" },
  ),
  tracksUntoldMs: counter(
    "ms",
    "lower",
    "Of that, the time of tracks that the server never told their client of, though it had room for them.",
    { at: "node" },
  ),
  tracksWithheldMs: counter(
    "ms",
    "neither",
    "For how long the server sent nothing of further tracks by its own choice, and said so, summed over tracks.",
    { at: "node" },
  ),
  sendDueMs: counter(
    "ms",
    "neither",
    "For how long clients should have sent, summed over clients.",
    { at: "events", perClient: "sum" },
  ),
  withoutMediaMs: counter(
    "ms",
    "lower",
    "For how long nothing came to a client of any of its tracks, summed over clients.",
    { at: "events", perClient: "sum" },
  ),
  signalingDueMs: counter(
    "ms",
    "neither",
    "For how long clients were connected and the server's signaling could have answered them, summed over clients.",
    { at: "events", perClient: "sum" },
  ),
  signalingSilentMs: counter(
    "ms",
    "lower",
    "For how long of that it answered neither a request nor a ping, where one waited for three seconds or longer. A server that answers no pings shows it only while clients ask for something.",
    { at: "events", perClient: "sum", perRoom: true },
  ),
  mediaLosses: counter(
    "count",
    "lower",
    "Times that a client had media and then had none for three seconds on end.",
    { at: "events", perClient: "sum" },
  ),

  // What impaired networks did, in RTP packets, retransmissions included.
  impairedIn: impaired("on their way to clients.", {
    place: "media.impaired.inbound.packets",
  }),
  impairedInDropped: impaired("dropped on their way to clients.", {
    perClient: "sum",
    place: "media.impaired.inbound.dropped",
  }),
  impairedInRepeatsDropped: impaired(
    "dropped on their way to clients that were retransmissions.",
    { place: "media.impaired.inbound.retransmissionsDropped" },
  ),
  impairedInDelayed: impaired("delayed on their way to clients.", {
    place: "media.impaired.inbound.delayed",
  }),
  impairedInDuplicated: impaired("duplicated on their way to clients.", {
    place: "media.impaired.inbound.duplicated",
  }),
  impairedOut: impaired("on their way to the server.", {
    place: "media.impaired.outbound.packets",
  }),
  impairedOutDropped: impaired("dropped on their way to the server.", {
    perClient: "sum",
    place: "media.impaired.outbound.dropped",
  }),
  impairedOutDelayed: impaired("delayed on their way to the server.", {
    place: "media.impaired.outbound.delayed",
  }),
  impairedOutDuplicated: impaired("duplicated on their way to the server.", {
    place: "media.impaired.outbound.duplicated",
  }),
  impairedOutUnfinished: impaired(
    "still on their way to the server when their clients left.",
    {},
  ),
  rebinds: counter(
    "count",
    "neither",
    "Source ports of clients that NAT was made to change.",
    { at: "network", place: "media.impaired.rebinds" },
  ),

  // Setting up.
  producersCreated: counter(
    "count",
    "neither",
    "Tracks that the server accepted.",
    {
      at: "events",
      perClient: "sum",
      perRoom: true,
      roomKey: "totalProducersCreated",
    },
  ),
  producersRefused: counter(
    "count",
    "lower",
    "Tracks that clients were to send and the server did not take.",
    { at: "events", perClient: "sum", perRoom: true },
  ),
  consumersCreated: counter(
    "count",
    "neither",
    "Tracks that clients subscribed to.",
    {
      at: "events",
      perClient: "sum",
      perRoom: true,
      roomKey: "totalConsumersCreated",
    },
  ),
  consumersDenied: counter(
    "count",
    "lower",
    "Tracks that clients wanted and the server granted no consumer for, because they had as many as it allows.",
    { at: "node" },
  ),
  join: trend(
    "From a client's first connection attempt until it can send and receive: its transports are up and the server has taken its tracks. One message's reply is signaling.join_room.",
    { source: "each client, once", perClient: "first" },
  ),
  firstMedia: trend(
    "From a client's first connection attempt until it sends and receives what there is: until somebody else sends, it only has to send.",
    {
      source: "the first packets of each client, as timeToFirstMediaReceived",
      perClient: "first",
    },
  ),
  connectionTime: trend(
    "From when a client was scheduled to all its transports up, also while the generator held it back.",
    {
      source: "ICE and DTLS of each client, once",
      perClient: "first",
      alias: "connection",
    },
  ),
  timeToFirstMediaSent: trend(
    "From when a client was scheduled to its first RTP packet out.",
    {
      source: "the first packet of each client",
      perClient: "first",
      place: "media.timeToFirstSentMs",
      alias: "firstMediaSent",
    },
  ),
  timeToFirstMediaReceived: trend(
    "From when a client was scheduled, or somebody else began to send where that was later, to its first RTP packet in.",
    {
      source:
        "the first packet of each client, and the first track that the server offered it",
      perClient: "first",
      place: "media.timeToFirstReceivedMs",
      alias: "firstMediaReceived",
    },
  ),
  recovery: trend(
    "From when a connected client lost its channel or a transport until it was back and its media flowed again.",
    {
      source: "each loss of a channel or a path that a client came back from",
      perClient: "max",
      place: "media.recoveryMs.channel",
    },
  ),
  networkRecovery: trend(
    "From when a client's impaired network was back after an outage until it showed a frame again or, without video, heard a packet.",
    {
      source: "each outage of an impaired network",
      perClient: "max",
      perRoom: true,
      place: "media.recoveryMs.network",
    },
  ),
  networkNotRecovered: counter(
    "count",
    "lower",
    "Outages that had not recovered when the next began or the client left.",
    { at: "node", place: "media.networkNotRecovered" },
  ),
  cuts: counter(
    "count",
    "neither",
    "Times that we cut a client's channel on purpose.",
    { at: "events", perClient: "sum" },
  ),
  losses: counter(
    "count",
    "lower",
    "Times that a connected client lost its channel or a transport.",
    { at: "events", perClient: "sum", place: "returns.losses" },
  ),
  reconnections: counter(
    "count",
    "neither",
    "Times that a client came back from that.",
    { at: "events", perClient: "sum" },
  ),
  returnsByIceRestart: counter(
    "count",
    "neither",
    "Returns on the same transports, by new ICE credentials (RFC 8445 section 2.4).",
    { at: "events", perClient: "sum", place: "returns.iceRestart" },
  ),
  returnsByReconnect: counter(
    "count",
    "neither",
    "Returns on a new channel, as the same participant.",
    { at: "events", perClient: "sum", place: "returns.reconnected" },
  ),
  returnsByRejoin: counter(
    "count",
    "neither",
    "Returns as a new participant.",
    { at: "events", perClient: "sum", place: "returns.rejoined" },
  ),
  reconnectionFailures: counter(
    "count",
    "lower",
    "Attempts to come back that failed; others followed.",
    {
      at: "events",
      perClient: "sum",
      place: "returns.failedAttempts",
      alias: "returnsFailed",
    },
  ),
  unknownMessages: counter(
    "count",
    "lower",
    "Server messages of an unknown type.",
    { at: "node" },
  ),
  malformedMessages: counter(
    "count",
    "lower",
    "Server messages that could not be read.",
    { at: "node" },
  ),

  // The generator itself.
  lateness: trend("When a packet left, minus when it was scheduled.", {
    source: "each packet that was sent",
    place: "generator.latenessMs",
  }),
  joinHeldBack: trend(
    "How long a join waited because the generator was too busy for it.",
    { source: "each join that was held back", place: "generator.heldBackMs" },
  ),
  loopLag: trend("How late the event loop came round.", {
    source: "the event loop of each thread",
    place: "generator.loopLagMs",
  }),

  // Divided when asked for.
  connected: shareOfClients(
    "higher",
    "Clients that are connected, or were when they left, of all that were scheduled.",
  ),
  lostMedia: shareOfClients(
    "lower",
    "Clients that had media and then had none for three seconds on end, of all that should have some.",
  ),
  lostForGood: shareOfClients(
    "lower",
    "Those of them that had none to the end.",
  ),
  neverReceived: shareOfClients(
    "lower",
    "Clients that never received anything, of all that should have.",
  ),
  unpublished: shareOfClients(
    "lower",
    "Clients that were to send a track which the server did not take, of all that should send.",
  ),
  neverSent: shareOfClients(
    "lower",
    "Clients that never sent anything, of all that should have.",
  ),
  clientsWithErrors: shareOfClients(
    "lower",
    "Clients that met an error, of all that were scheduled.",
  ),
  silent: rate(
    "lower",
    "Time that tracks were silent, of the time that they should have come, to clients that were not away.",
    {
      source: "(tracksSilentMs − tracksAwayMs) / (tracksDueMs − tracksAwayMs)",
      blames: "client",
    },
  ),
  away: rate(
    "lower",
    "Time that tracks were missing because their client was away, of the time that they should have come.",
    { source: "tracksAwayMs / tracksDueMs" },
  ),
  signalingSilent: rate(
    "lower",
    "Time in which the server's signaling answered nothing for three seconds or longer, of the time that clients were connected.",
    { source: "signalingSilentMs / signalingDueMs", blames: "client" },
  ),
  withheld: rate(
    "lower",
    "Time in which the server chose to send nothing of tracks, and said so, of the time that clients wanted them.",
    { source: "tracksWithheldMs / (tracksDueMs + tracksWithheldMs)" },
  ),
  deliveryRatio: rate(
    "higher",
    "Packets that clients received of each other, of those that the server should deliver.",
    {
      source: "(packetsReceived − packetsFromOthers) / packetsDeliverable",
      blames: "client",
      place: "media.deliveryRatio",
    },
  ),
  receiveSendRatio: rate(
    "higher",
    "Packets received divided by packets sent, whatever the topology.",
    {
      source: "packetsReceived / packetsSent",
      blames: "room",
      place: "media.receiveSendRatio",
    },
  ),
  loss: rate("lower", "Packets lost, of those expected.", {
    source: "packetsLost / packetsExpected",
    blames: "client",
  }),
  uplinkLoss: rate(
    "lower",
    "Packets sent that did not come to the server, of those that it said something of.",
    { source: "uplinkPacketsLost / uplinkPacketsReported", blames: "client" },
  ),
  residualLoss: rate(
    "lower",
    "Packets lost that no retransmission made up for, of those expected.",
    {
      source: "(packetsLost − packetsRepaired) / packetsExpected",
      blames: "client",
    },
  ),
  frozen: rate(
    "lower",
    "Time that videos stood still, of the time that they were on.",
    {
      source: "totalFreezesDurationMs / playedMs",
      blames: "client",
      place: "media.video.frozenRatio",
    },
  ),
  concealed: rate(
    "lower",
    "Audio made up in place of packets that were lost or late, of all that was heard as in W3C webrtc-stats.",
    {
      source: "concealedSamples / totalSamplesReceived",
      blames: "client",
      place: "media.audio.concealedRatio",
    },
  ),
  frameRate: rate(
    "higher",
    "Frames that a video showed a second, on average.",
    {
      source: "(framesRendered − videosBegun) / playedMs",
      unit: "fps",
      blames: "client",
      place: "media.video.frameRate",
    },
  ),
  achievedRatio: rate(
    "higher",
    "Packets that the generator sent, of those scheduled while there was a path.",
    {
      source: "packetsSent / (packetsPlanned − packetsWithoutPath)",
      place: "generator.achievedRatio",
    },
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** A metric's name. */
export type MetricName = keyof typeof METRICS;

/** The names of the rows that have all these properties. */
export type NamesOf<Properties> = {
  [K in keyof typeof METRICS]: typeof METRICS[K] extends Properties ? K : never;
}[keyof typeof METRICS];

/** Names of counters, the open family of errors apart. */
export type CounterName = NamesOf<{ readonly type: "counter" }>;
/** Names of gauges. */
export type GaugeName = NamesOf<{ readonly type: "gauge" }>;
/** Names of trends, the open family `signaling.<operation>` apart. */
export type OwnTrendName = NamesOf<{ readonly type: "trend" }>;
/** Names of trends; `signaling.<operation>` is open. */
export type TrendName = OwnTrendName | `signaling.${string}`;
/** Names of what is divided out of counters when asked for. */
export type RateName = NamesOf<{ readonly type: "rate" }>;
/** The counters that are counted there. */
export type CountedBy<At extends CountedAt> = NamesOf<{ readonly at: At }>;

/** The counters of which a client's record has the client's part. */
export type ClientCount = NamesOf<
  { readonly type: "counter"; readonly perClient: "sum" }
>;
/** What a client's record calls the first value of a trend. */
export type ClientFirst = `${NamesOf<{ readonly perClient: "first" }>}Ms`;
/** What a client's record calls the largest value of a trend. */
export type ClientMost = `max${Capitalize<
  NamesOf<{ readonly perClient: "max" }>
>}Ms`;
/** What the largest value of this trend is called: of `jitter`, `maxJitterMs`. */
export type MostKey<Name extends string> = `max${Capitalize<Name>}Ms`;

/** All names, in the order of the catalog. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** The row of a metric. */
export function metric(name: MetricName): MetricDefinition {
  return METRICS[name];
}

/** The names of the rows that have all these properties, in the order of the catalog. */
export function namesOf<const Properties extends Partial<MetricDefinition>>(
  properties: Properties,
): readonly NamesOf<Readonly<Properties>>[] {
  const wanted = Object.keys(properties) as (keyof MetricDefinition)[];
  return METRIC_NAMES.filter((name) => {
    const row = metric(name);
    return wanted.every((key) => row[key] === properties[key]);
  }) as NamesOf<Readonly<Properties>>[];
}

/** What the trend of this name is shown in. */
export function unitOfTrend(name: TrendName): TrendUnit {
  return isInCatalog(name) ? METRICS[name].unit : "ms";
}

/** Whether a trend is one of the catalog, and not of the open family. */
export function isInCatalog(name: TrendName): name is OwnTrendName {
  return Object.hasOwn(METRICS, name);
}

/** What the results call a client's part of a counter. */
export function fileKey(name: MetricName): string {
  return metric(name).seedKey ?? name;
}

/** What the summary calls a room's. */
export function roomKey(name: MetricName): string {
  return metric(name).roomKey ?? fileKey(name);
}

/** What the first value of this trend is called in a client's record. */
export function firstKey(name: string): ClientFirst {
  return `${name}Ms` as ClientFirst;
}

/** What the largest value of this trend is called in records of clients and rooms. */
export function mostKey(name: string): ClientMost {
  return `max${name[0].toUpperCase()}${name.slice(1)}Ms` as ClientMost;
}

type Better = MetricDefinition["better"];
type Rest = Omit<MetricDefinition, "type" | "doc" | "better" | "unit">;
/** Read-only, as rows are asked for. */
type Row<Type extends MetricType, Unit extends MetricUnit, More> =
  & {
    readonly type: Type;
    readonly unit: Unit;
    readonly better: Better;
    readonly doc: string;
  }
  & Readonly<More>;

function counter<const More extends Rest & { readonly at: CountedAt }>(
  unit: MetricUnit,
  better: Better,
  doc: string,
  more: More,
): Row<"counter", MetricUnit, More> {
  return { type: "counter", unit, better, doc, ...more };
}

/** What we did ourselves is neither good nor bad. */
function impaired<const More extends Rest>(
  what: string,
  more: More,
): Row<"counter", MetricUnit, More & { readonly at: "network" }> {
  const doc = `In impaired networks, packets ${what}`;
  return counter("packets", "neither", doc, { at: "network", ...more });
}

function gauge(
  doc: string,
): Row<"gauge", "count", { readonly source: string }> {
  const source = "the state of clients at the end";
  return { type: "gauge", unit: "count", better: "neither", doc, source };
}

function trend<const More extends Rest>(
  doc: string,
  more: More,
): Row<"trend", "ms", More> {
  return { type: "trend", unit: "ms", better: "lower", doc, ...more };
}

function ofConsumers<Unit extends TrendUnit, const More extends Rest>(
  unit: Unit,
  better: Better,
  what: string,
  more: More,
): Row<"trend", Unit, More> {
  const doc = `In each second of each track that clients receive: ${what}`;
  const source = "each second of each received track";
  return { type: "trend", unit, better, doc, source, ...more };
}

function rate<const More extends Rest & { readonly unit?: "fps" }>(
  better: Better,
  doc: string,
  more: More,
): Row<"rate", "ratio" | "fps", Omit<More, "unit">> {
  return { type: "rate", unit: "ratio", better, doc, ...more };
}

function shareOfClients(
  better: Better,
  doc: string,
): Row<
  "rate",
  "ratio",
  { readonly of: "clients"; readonly blames: "room" }
> {
  const more = {
    of: "clients",
    blames: "room",
    source: "the states of clients at the end",
  } as const;
  return { type: "rate", unit: "ratio", better, doc, ...more };
}
