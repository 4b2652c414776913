/**
 * The closed list of what a run measures: each number's type, unit, meaning,
 * and which way is better. Two families are open, because their members come
 * from elsewhere: `signaling.<operation>` trends and `errors.<kind>` counters.
 *
 * @module
 */

/** How a metric adds up: summed, summed at one time, distributed, or divided. */
export type MetricType = "counter" | "gauge" | "trend" | "rate";

/** What a trend is shown in; `bps` are bits, `fps` frames a second. */
export type TrendUnit = "ms" | "ratio" | "bps" | "fps";

/** What a metric is counted in. */
export type MetricUnit = TrendUnit | "packets" | "bytes" | "count";

/** Trends record whole steps; so many make one of what they are shown in. */
export const STEPS_PER_UNIT: Readonly<Record<TrendUnit, number>> = {
  ms: 1000,
  ratio: 1_000_000,
  bps: 1,
  fps: 1000,
};

/** One entry of the registry. */
export interface MetricDefinition {
  /** How it adds up. */
  readonly type: MetricType;
  /** What it is counted in. */
  readonly unit: MetricUnit;
  /** What it means, in one sentence. */
  readonly doc: string;
  /** Which way a change is an improvement. */
  readonly better: "higher" | "lower" | "neither";
}

interface RateDefinition extends MetricDefinition {
  readonly type: "rate";
  readonly unit: "ratio" | "fps";
}

interface TrendDefinition extends MetricDefinition {
  readonly type: "trend";
  readonly unit: TrendUnit;
}

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
  consumersNoLayer: gauge(
    "Simulcast tracks of which the server sends nothing.",
  ),
  consumersLayer0: gauge("Simulcast tracks received in the smallest layer."),
  consumersLayer1: gauge("Simulcast tracks received in the middle layer."),
  consumersLayer2: gauge("Simulcast tracks received in the largest layer."),

  // Media.
  packetsPlanned: counter("packets", "neither", "RTP packets that were due."),
  packetsSent: counter(
    "packets",
    "higher",
    "RTP packets handed to the system.",
  ),
  packetsSkipped: counter(
    "packets",
    "lower",
    "RTP packets that were due while the generator stood still, and never left.",
  ),
  packetsLate: counter(
    "packets",
    "lower",
    "RTP packets that left over 5 ms late.",
  ),
  sendRefused: counter(
    "packets",
    "lower",
    "RTP packets that the system refused.",
  ),
  packetsReceived: counter(
    "packets",
    "higher",
    "RTP packets received, repairs apart.",
  ),
  packetsFromOthers: counter(
    "packets",
    "neither",
    "RTP packets received that no client of this run sent.",
  ),
  packetsDeliverable: counter(
    "packets",
    "neither",
    "RTP packets that the server should deliver: each packet that a client sent, times its consumers that are open and not paused.",
  ),
  bytesSent: counter(
    "bytes",
    "higher",
    "Whole RTP packets sent, headers included.",
  ),
  bytesReceived: counter(
    "bytes",
    "higher",
    "Whole RTP packets received, headers included.",
  ),
  packetsExpected: counter(
    "packets",
    "neither",
    "RTP packets that received sequence numbers announced (RFC 3550 A.3).",
  ),
  packetsLost: counter(
    "packets",
    "lower",
    "Expected packets that never came, late ones given back.",
  ),
  packetsRepaired: counter(
    "packets",
    "higher",
    "Lost packets that a repair made up for (RFC 4588).",
  ),
  packetsDuplicate: counter("packets", "lower", "RTP packets received twice."),
  packetsOutOfOrder: counter(
    "packets",
    "lower",
    "RTP packets overtaken by a later one.",
  ),
  rtxReceived: counter("packets", "neither", "Repairs received (RFC 4588)."),
  rtxSent: counter("packets", "neither", "Packets sent again on request."),
  srtpFailures: counter(
    "packets",
    "lower",
    "SRTP packets that failed authentication or were replayed.",
  ),
  keyFramesSent: counter("count", "neither", "Video key frames sent."),
  pliReceived: counter(
    "count",
    "lower",
    "Key frames asked for by PLI (RFC 4585).",
  ),
  firReceived: counter(
    "count",
    "lower",
    "Key frames asked for by FIR (RFC 5104).",
  ),
  nackReceived: counter(
    "count",
    "lower",
    "Packets that the server asked to repeat.",
  ),
  nackSent: counter("count", "lower", "Packets that clients asked to repeat."),
  pliSent: counter("count", "lower", "Key frames that clients asked for."),
  layerSwitches: counter(
    "count",
    "neither",
    "Times that a simulcast track went from one layer to another.",
  ),
  framesShown: counter(
    "count",
    "higher",
    "Video frames that a viewer would have seen: whole, and nothing missing before them.",
  ),
  videosBegun: counter(
    "count",
    "neither",
    "Of those, the first ones of a video, and the first ones after a pause.",
  ),
  keyFramesShown: counter("count", "neither", "Of those, key frames."),
  framesDropped: counter(
    "count",
    "lower",
    "Video frames that came whole and were not shown: what they depend on was missing.",
  ),
  freezes: counter(
    "count",
    "lower",
    "Times that a video stood still (W3C webrtc-stats).",
  ),
  frozenMs: counter(
    "ms",
    "lower",
    "For how long videos stood still, all together.",
  ),
  playedMs: counter(
    "ms",
    "neither",
    "For how long videos were on, freezes included, all together.",
  ),
  pictureIdJumps: counter(
    "count",
    "lower",
    "Video frames whose picture id did not follow that of the frame right before.",
  ),
  timestampJumps: counter(
    "count",
    "lower",
    "Video frames whose timestamp did not move on, or led the clock by a second.",
  ),
  firstPacket: trend(
    "From when a track was asked for to its first packet.",
  ),
  firstKeyFrame: trend(
    "From when a video was asked for to its first frame shown, which is a key frame.",
  ),
  frameGap: trend("From one video frame shown to the next."),
  audioBitrate: ofConsumers(
    "bps",
    "higher",
    "bits of RTP packets received, audio.",
  ),
  videoBitrate: ofConsumers(
    "bps",
    "higher",
    "bits of RTP packets received, video.",
  ),
  consumerLoss: ofConsumers(
    "ratio",
    "lower",
    "packets lost, of those expected in it.",
  ),
  consumerResidualLoss: ofConsumers(
    "ratio",
    "lower",
    "packets given up in spite of repairs, of those that are asked for no more.",
  ),
  consumerFrameRate: ofConsumers(
    "fps",
    "higher",
    "video frames shown.",
  ),
  freezeTime: trend(
    "For how long video stood still at a client, all its videos together.",
  ),
  longestFreeze: trend("For how long video stood still at a client, at most."),
  roundTrip: trend(
    "To the server and back, once a second: by receiver reports (RFC 3550 section 6.4.1), at clients that send nothing by ICE consent checks.",
  ),
  mediaLatency: trend(
    "From capture (abs-capture-time) to the receiving kernel.",
  ),
  jitter: trend("Interarrival jitter (RFC 3550 section 6.4.1)."),

  // What users had of the tracks that they wanted.
  tracksDueMs: counter(
    "ms",
    "neither",
    "For how long tracks that clients want should have come to them, all together.",
  ),
  tracksSilentMs: counter(
    "ms",
    "lower",
    "For how long nothing came of them, all together.",
  ),

  tracksAwayMs: counter(
    "ms",
    "lower",
    "Of that, the time in which their client was away.",
  ),
  tracksOutMs: counter(
    "ms",
    "neither",
    "Of that, the time in which we had their client's network out on purpose.",
  ),

  // What impaired networks did, in RTP packets, repairs included.
  impairedIn: impaired("on their way to clients."),
  impairedInDropped: impaired("dropped on their way to clients."),
  impairedInDelayed: impaired("delayed on their way to clients."),
  impairedInDuplicated: impaired("duplicated on their way to clients."),
  impairedOut: impaired("on their way to the server."),
  impairedOutDropped: impaired("dropped on their way to the server."),
  impairedOutDelayed: impaired("delayed on their way to the server."),
  impairedOutDuplicated: impaired("duplicated on their way to the server."),
  impairedOutUnfinished: impaired(
    "still on their way to the server when their clients left.",
  ),
  rebinds: counter(
    "count",
    "neither",
    "Source ports of clients that NAT was made to change.",
  ),

  // Setting up.
  producersCreated: counter(
    "count",
    "neither",
    "Tracks that the server accepted.",
  ),
  consumersCreated: counter(
    "count",
    "neither",
    "Tracks that clients subscribed to.",
  ),
  consumersDenied: counter(
    "count",
    "lower",
    "Tracks that clients wanted and the server granted no consumer for, because they had as many as it allows.",
  ),
  connectionTime: trend("From when a client was due to all its transports up."),
  timeToFirstMediaSent: trend(
    "From when a client was due to its first RTP packet out.",
  ),
  timeToFirstMediaReceived: trend(
    "From when a client was due to its first RTP packet in.",
  ),
  recovery: trend(
    "From when a connected client lost its channel or a transport until it was back and its media flowed again.",
  ),
  networkRecovery: trend(
    "From when a client's impaired network was back after an outage until it showed a frame again or, without video, heard a packet.",
  ),
  networkNotRecovered: counter(
    "count",
    "lower",
    "Outages of clients' impaired networks before whose recovery the next one came, or the client left.",
  ),
  losses: counter(
    "count",
    "lower",
    "Times that a connected client lost its channel or a transport.",
  ),
  returnsByIceRestart: counter(
    "count",
    "neither",
    "Returns on the same transports, by new ICE credentials (RFC 8445 section 2.4).",
  ),
  returnsByReconnect: counter(
    "count",
    "neither",
    "Returns on a new channel, as the same participant.",
  ),
  returnsByRejoin: counter(
    "count",
    "neither",
    "Returns as a new participant.",
  ),
  returnsFailed: counter(
    "count",
    "lower",
    "Attempts to come back that failed; others followed.",
  ),
  unknownMessages: counter(
    "count",
    "lower",
    "Server messages of an unknown type.",
  ),
  malformedMessages: counter(
    "count",
    "lower",
    "Server messages that could not be read.",
  ),

  // The generator itself.
  lateness: trend("When a packet left, minus when it was due."),
  joinHeldBack: trend(
    "How long a join waited because the generator was too busy for it.",
  ),
  loopLag: trend("How late the event loop came round."),

  // Divided when asked for.
  connected: rate(
    "higher",
    "Clients that are connected, or were when they left, of all that were due.",
  ),
  lostMedia: rate(
    "lower",
    "Clients that had media and then had none for three seconds on end, of all that should have some.",
  ),
  lostForGood: rate(
    "lower",
    "Those of them that had none to the end.",
  ),
  neverReceived: rate(
    "lower",
    "Clients that never received anything, of all that should have.",
  ),
  neverSent: rate(
    "lower",
    "Clients that never sent anything, of all that should have.",
  ),
  silent: rate(
    "lower",
    "Time that tracks were silent, of the time that they should have come, to clients that were not away.",
  ),
  away: rate(
    "lower",
    "Time that tracks were silent because their client was away, of the time that they should have come.",
  ),
  clientsWithErrors: rate(
    "lower",
    "Clients that met an error, of all that were due.",
  ),
  deliveryRatio: rate(
    "higher",
    "Packets that clients received of each other, of those that the server should deliver.",
  ),
  receiveSendRatio: rate("higher", "Packets received divided by packets sent."),
  loss: rate("lower", "Packets lost, of those expected."),
  residualLoss: rate(
    "lower",
    "Packets lost that no repair made up for, of those expected.",
  ),
  frozen: rate(
    "lower",
    "Time that videos stood still, of the time that they were on.",
  ),
  frameRate: rate(
    "higher",
    "Frames that a video showed a second, on average.",
    "fps",
  ),
  achievedRatio: rate(
    "higher",
    "Packets that the generator sent, of those that were due.",
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** The names of all metrics of one type. */
export type MetricNameOf<T extends MetricType> = {
  [K in keyof typeof METRICS]: typeof METRICS[K]["type"] extends T ? K : never;
}[keyof typeof METRICS];

/** A metric's name. */
export type MetricName = keyof typeof METRICS;
/** Names of counters, the open family of errors apart. */
export type CounterName = MetricNameOf<"counter">;
/** Names of gauges. */
export type GaugeName = MetricNameOf<"gauge">;
/** Names of trends; `signaling.<operation>` is open. */
export type TrendName = MetricNameOf<"trend"> | `signaling.${string}`;
/** Names of what is divided out of counters when asked for. */
export type RateName = MetricNameOf<"rate">;

/** The signaling operations whose latency is measured: the first eight in the order of a join. */
export const SIGNALING_OPERATIONS = [
  "join_room",
  "get_router_caps",
  "create_send_transport",
  "connect_send_transport",
  "create_recv_transport",
  "connect_recv_transport",
  "produce_audio",
  "produce_video",
  "consume",
  "resume_consumer",
  "pause_consumer",
  "pause_producer",
  "resume_producer",
  "restart_ice",
  "reconnect",
] as const;

/** What the trend of this name is shown in. */
export function unitOfTrend(name: TrendName): TrendUnit {
  return isRegistered(name) ? METRICS[name].unit : "ms";
}

function isRegistered(name: TrendName): name is MetricNameOf<"trend"> {
  return Object.hasOwn(METRICS, name);
}

/** The names of one type, in the registry's order. */
export function metricNames<T extends MetricType>(type: T): MetricNameOf<T>[] {
  const names = Object.keys(METRICS) as MetricName[];
  return names.filter((name) => METRICS[name].type === type) as MetricNameOf<
    T
  >[];
}

function counter(
  unit: MetricUnit,
  better: MetricDefinition["better"],
  doc: string,
): MetricDefinition & { readonly type: "counter" } {
  return { type: "counter", unit, better, doc };
}

/** What we did ourselves is neither good nor bad. */
function impaired(
  what: string,
): MetricDefinition & { readonly type: "counter" } {
  return counter("packets", "neither", `In impaired networks, packets ${what}`);
}

function gauge(doc: string): MetricDefinition & { readonly type: "gauge" } {
  return { type: "gauge", unit: "count", better: "neither", doc };
}

function trend(doc: string): TrendDefinition {
  return { type: "trend", unit: "ms", better: "lower", doc };
}

function ofConsumers(
  unit: TrendUnit,
  better: MetricDefinition["better"],
  what: string,
): TrendDefinition {
  const doc = `In each second of each track that clients receive: ${what}`;
  return { type: "trend", unit, better, doc };
}

function rate(
  better: MetricDefinition["better"],
  doc: string,
  unit: RateDefinition["unit"] = "ratio",
): RateDefinition {
  return { type: "rate", unit, better, doc };
}
