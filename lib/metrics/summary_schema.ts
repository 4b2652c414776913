/**
 * The definition of `load_test_summary.json`, of which its type is inferred.
 * Every key that SimplestChat's own tester writes is there under the same
 * name and in the same unit; where its meaning was misleading, ours differs,
 * and the description says so. What repeats for each metric comes from the
 * catalog. Beside `mod.ts` this is the room's second door: who reads no
 * summary needs no schema library.
 *
 * @module
 */

import { BAND_METRICS } from "./bands.ts";
import {
  fileKey,
  metric,
  METRIC_NAMES,
  type MetricName,
  type MetricType,
  mostKey,
  namesOf,
  roomKey,
} from "./catalog.ts";
import type {
  AllMetrics,
  ClientCounts,
  ClientMosts,
  PlacedIn,
  RoomCounts,
} from "./metric_values.ts";
import { z } from "./schema_deps.ts";
import {
  amount,
  count,
  distribution,
  duration,
  known,
  knownCount,
  signalingLatencies,
} from "./shapes.ts";

export { amount, count, known, signalingLatencies };

/** The zod fields of an object of this type. */
type Fields<Values> = {
  readonly [Key in keyof Values]: z.ZodType<Values[Key]>;
};

/** Plain JSON data. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const unknownAtEnd = count.default(0);

const json: z.ZodType<JsonValue> = z.json().meta({ id: "json" });

const serverThread = z.object({
  name: z.string(),
  meanCpuRatio: amount,
  maxCpuRatio: amount,
});

const serverLoad = z.object({
  samples: count,
  cpuSeconds: amount.describe(
    "CPU time that all its processes used while they were watched.",
  ),
  meanCpuRatio: amount.describe(
    "The same in cores, on average: 1 is one core busy all the time.",
  ),
  maxCpuRatio: amount.describe("The same in the busiest second."),
  busiestProcess: z.object({ name: z.string(), cpuRatio: amount }).describe(
    "Its busiest process in that one's busiest second, in cores.",
  ),
  maxThreadRatio: amount.describe(
    "The most that one thread used in a second, in cores.",
  ),
  sustainedThreadRatio: amount.describe(
    "The most that the busiest thread used over five seconds on end, in cores. This is judged: one busy second is no overload.",
  ),
  busyThreads: z.array(serverThread).default([]).describe(
    "Threads that were ever busy, and the others of their name.",
  ),
  maxRssBytes: amount,
  maxFds: knownCount.describe(
    "Most open files; null when they may not be counted.",
  ),
  maxThreads: count,
  udpDrops: count.describe(
    "Datagrams that its own sockets lost, because their buffers were full.",
  ),
  hostUdpErrors: knownCount.describe(
    "The same for its whole host, other programs included; null when unknown.",
  ),
});

const serverReported = z.object({
  maxParticipants: knownCount,
  maxRooms: knownCount,
  maxConnections: knownCount,
  errors: knownCount.describe("Errors that it counted meanwhile."),
});

const serverPoint = z.object({
  cpuRatio: amount,
  maxProcessRatio: amount,
  rssBytes: amount,
  fds: knownCount,
  udpDrops: count,
});

const server = z.object({
  url: z.string(),
  engine: z.string().nullable().describe(
    "The embedded server's engine; null for a server elsewhere.",
  ),
  load: serverLoad.nullable().describe(
    "What it used, measured from outside; null when it was not watched.",
  ),
  reported: serverReported.nullable().describe(
    "What it said of itself over HTTP; null when it was not asked.",
  ),
  notes: z.array(z.string()).describe(
    "What watching it met: that it was gone, or could not be looked at.",
  ),
});

const unit = z.enum(["ms", "ratio", "bps", "fps", "packets", "bytes", "count"])
  .meta({ id: "unit" });

const OF_TYPE = {
  counter: z.object({
    type: z.literal("counter"),
    unit,
    values: z.object({ count: amount }),
  }).meta({ id: "counter" }),
  gauge: z.object({
    type: z.literal("gauge"),
    unit,
    values: z.object({ value: amount.describe("At the end.") }),
  }).meta({ id: "gauge" }),
  rate: z.object({
    type: z.literal("rate"),
    unit,
    values: z.object({
      rate: known.describe("Null when there is nothing to divide by."),
    }),
  }).meta({ id: "rate" }),
  trend: z.object({
    type: z.literal("trend"),
    unit,
    values: z.object({
      count,
      min: amount,
      max: amount,
      avg: amount,
      med: amount,
      "p(5)": amount,
      "p(95)": amount,
      "p(99)": amount,
    }).describe("In the metric's unit, all zero when count is."),
  }).meta({ id: "trend" }),
} as const satisfies Readonly<Record<MetricType, z.ZodType>>;

const room = z.object({
  roomId: z.string(),
  totalClients: count,
  successfulConnections: count,
  totalErrors: count,
  connectedAtEnd: count,
  unknownAtEnd,
  silentRatio: known.describe(
    "Time that tracks were silent, of the time that they should have come; null when none should.",
  ),
  lossRatio: z.number(),
  residualLossRatio: amount.describe("What no retransmission made up for."),
  sendBpsPerClient: amount,
  receiveBpsPerClient: amount,
  frameRate: known,
  frozenRatio: known,
  longestFreezeMs: amount,
  p50ConnectionTimeMs: known.default(null),
  ...roomFields(),
});

const lossOrigin = z.object({
  refused: count.describe("Our system refused to send them."),
  impairedOut: count.describe(
    "Impaired networks dropped them on their way to the server.",
  ),
  beforeServer: knownCount.describe(
    "They left us and did not come to the server.",
  ),
  inServer: knownCount.describe(
    "The server had them and sent them to nobody, although their numbers were given away.",
  ),
  afterServer: knownCount.describe(
    "The server sent them and they did not come to us.",
  ),
  impairedIn: count.describe(
    "Impaired networks dropped them on their way to us.",
  ),
  ourKernel: knownCount.describe(
    "Our own kernel dropped them unread; null when it does not say.",
  ),
  late: count.describe("Nobody lost them, but they left over 5 ms late."),
}).describe(
  "Packets lost at each place on their way, repairs included. Null where the server's own counts cannot be seen, or not yet: they are those of an embedded server, once all have left.",
);

const media = z.object({
  ...placed("media"),
  latencyAcrossMachines: z.object({ boundMs: known, isKnown: z.boolean() })
    .optional().describe(
      "Where clients were on several: by how much a latency between two is wrong at most, and whether such are among the figures.",
    ),
  loss: z.object({
    ...placed("media.loss"),
    ratio: z.number(),
    residualRatio: amount.describe(
      "What is lost in spite of retransmissions.",
    ),
  }).describe(
    "By sequence numbers, per consumer, late packets given back; retransmissions are apart.",
  ),
  lossOrigin,
  recoveryMs: z.object(placed("media.recoveryMs")),
  impaired: z.object({
    ...placed("media.impaired"),
    inbound: z.object(placed("media.impaired.inbound")),
    outbound: z.object(placed("media.impaired.outbound")),
  }).describe(
    "What impaired networks did to RTP packets, retransmissions included; all 0 without one.",
  ),
  video: z.object({ ...placed("media.video"), longestFreezeMs: amount })
    .describe("What viewers saw of videos."),
  audio: z.object(placed("media.audio")).describe("What listeners heard."),
  sendBpsPerClient: amount,
  receiveBpsPerClient: amount,
  consumerBps: z.object(placed("media.consumerBps")),
});

const generator = z.object({
  ...placed("generator"),
  lane: z.string(),
  cipher: z.string(),
  dtls: z.string().default(""),
  workers: count,
  cpuSeconds: amount,
  cpuRatio: known,
  cpuPerServerCpu: known.describe(
    "CPU time spent, divided by the server's over the same time; null when that was not watched.",
  ),
  kernelDrops: knownCount.describe(
    "Packets that our own kernel dropped unread; null when it does not say.",
  ),
  heldBackJoins: count.describe(
    "Joins that waited because the generator, not the server, was too busy.",
  ),
  standstills: z.array(z.object({
    atMs: z.number().describe(
      "Since the run began, standstills before it left out.",
    ),
    ms: amount,
    nodes: z.array(z.string()),
  })).describe(
    "When the generator, or a part of it, stood still: the process or machine was stopped.",
  ),
  wallJumps: z.array(z.object({
    node: z.string(),
    atMs: z.number(),
    byMs: z.number().describe("Negative when it was set back."),
  })).describe("When the wall clock was set; no figure follows it."),
  nodes: z.array(z.object({
    name: z.string(),
    host: z.string().nullable(),
    cores: knownCount,
    clockSynchronised: z.boolean().nullable(),
    clockAheadMs: z.number().nullable().describe("Of the coordinator's."),
    clockBoundMs: known.describe("By how much that is wrong at most."),
    linkRoundTripP95Ms: known,
    workers: count,
    clients: count,
    successfulConnections: count,
    failedConnections: count,
    connectedAtEnd: count,
    unknownAtEnd,
    packetsSent: count,
    packetsReceived: count,
    achievedRatio: known,
    latenessP95Ms: amount,
    loopLagP95Ms: amount,
    cpuRatio: known,
    kernelDrops: knownCount,
    heldBackJoins: count,
    trouble: z.string().nullable().describe(
      "What it did not keep up with, or how it was lost.",
    ),
  })).optional().describe("Each machine, where clients were on several."),
  notes: z.array(z.string()).describe(
    "What to know of the generator: why something portable was chosen, when it stood still.",
  ),
});

const thresholdResult = z.object({
  expression: z.string(),
  passed: z.boolean(),
  value: z.number().nullable().describe("Null when nothing was measured."),
  bound: z.number(),
  unit: z.enum(["ms", "ratio", "count", "fps", "bps"]),
  samples: count.optional().describe(
    "How many values a percentile is of, where it needs more.",
  ),
  worst: z.object({
    kind: z.enum(["client", "room"]),
    id: z.string(),
    value: z.number(),
  }).optional().describe(
    "The client or room that was hurt most, where it failed and that is known.",
  ),
});

const worstClient = z.object({
  clientId: z.string(),
  roomId: z.string(),
  isConnected: z.boolean().describe(
    "Whether it was connected at the end, or when it left.",
  ),
  silentRatio: known,
  withoutMediaMs: amount,
  lossRatio: known,
  frozenRatio: known,
  errorCount: count,
  reason: z.string().default("").describe("What hurt it, the worst first."),
}).meta({ id: "worstClient" });

const group = z.object({
  clients: count,
  connectedAtEnd: count,
  unknownAtEnd,
  silentRatio: known,
  lossRatio: known,
  residualLossRatio: known,
  frameRate: known.describe("Pictures a second, a track."),
  frozenRatio: known.describe("Of the time that a video was on, a track."),
  concealedRatio: known.default(null).describe("Sound made up."),
  p50ConnectionTimeMs: known,
  maxConnectionTimeMs: known,
}).meta({ id: "group" });

const incidentKind = z.enum([
  "lost",
  "noMedia",
  "away",
  "signaling",
  "loss",
  "freezes",
  "joins",
  "generator",
]).meta({ id: "incidentKind" });

const incident = z.object({
  kind: incidentKind,
  lost: z.object({ node: z.string(), atSec: amount, reason: z.string() })
    .optional().describe("The machine whose clients are unknown since."),
  from: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
  fromSec: amount.describe("Since the run began."),
  untilSec: known.describe("Null where it went on to the end."),
  clients: count.describe("Those that it hit at once, at most."),
  of: count,
  rooms: count,
  clientIds: z.array(z.string()).describe("The first of those it hit."),
  worstRatio: z.number().describe(
    "In its worst second, of those it hit: packets missing, time frozen, clients away, joins failed, packets late.",
  ),
  also: z.array(
    z.object({ kind: incidentKind, clients: count, worstRatio: z.number() }),
  ).describe("What came of it besides."),
  picturesAgainSec: known.describe(
    "When pictures moved again; null where none stood still, or they never did.",
  ),
  server: z.object({
    cpuRatioBefore: known,
    minCpuRatio: amount,
    maxCpuRatio: amount,
    udpDrops: count,
  }).nullable().describe("Meanwhile, CPU in cores; null when not watched."),
  generator: z.object({ maxCpuRatio: amount, maxLateRatio: amount }),
});

const timelinePoint = z.object({
  tSec: amount.describe("The end of the stretch, since the run began."),
  clients: count,
  packetsSentPerSec: amount,
  packetsReceivedPerSec: amount,
  sendBps: amount,
  receiveBps: amount,
  lossRatio: amount,
  tracksDue: amount.describe(
    "Tracks that clients want and that should have come, on average.",
  ),
  silentRatio: amount.describe(
    "The share of them of which nothing came for a second.",
  ),
  cpuRatio: amount,
  server: serverPoint.optional().describe(
    "What the server used, CPU in cores; missing where it was not watched.",
  ),
});

/** The schema of `load_test_summary.json`. */
export const summarySchema = z.object({
  version: z.string(),
  startedAt: z.iso.datetime(),
  elapsedMs: amount,
  seed: z.number(),
  config: z.record(z.string(), json).describe("The options as used."),
  scenario: z.object({
    name: z.string(),
    result: json,
    figuresOf: z.string().optional().describe(
      "What part of the run the figures are of; missing where it is all of it. Timeline and incidents always are.",
    ),
  }).optional().describe(
    "The scenario and what it found; missing for a given plan.",
  ),
  server,
  partial: z.boolean().describe("Whether the run was cut off before its end."),
  invalid: z.object({ reason: z.string() }).nullable().describe(
    "Set when the generator could not keep up: the numbers then say nothing of the server.",
  ),
  verdict: z.object({
    status: z.enum([
      "passed",
      "failed",
      "invalid",
      "interrupted",
      "gone",
      "broke",
    ]),
    reason: z.string(),
  }),
  judgement: z.array(z.object({
    figure: z.enum(BAND_METRICS),
    value: amount.describe("A share, cores of CPU, or bytes."),
    band: z.enum(["good", "warning", "critical"]),
    says: z.string().describe(
      "The figure in a sentence: what, who, since when.",
    ),
    reason: z.string().describe("Why its bounds are where they are."),
  })).describe(
    "What users had, figure by figure, the most telling first. It decides where no threshold was asked. What we did ourselves (impaired networks, clients cut off on purpose) makes a figure a warning at most, and is said.",
  ),
  exitCode: z.int(),
  totalClients: count.describe("Replacements of those who left included."),
  successfulConnections: count.describe(
    "Clients whose transports all finished ICE and DTLS. SimplestChat's tester counts a client as soon as it has joined its room.",
  ),
  failedConnections: count,
  connectedAtEnd: count.describe(
    "Clients that were connected at the end, or when they left: those that gave up or were on their way back are not.",
  ),
  unknownAtEnd: unknownAtEnd.describe(
    "Clients that had connected, and of which nothing is known since a machine was lost that may be (--allow-lost): they are in successfulConnections, and not in connectedAtEnd.",
  ),
  pendingConnections: count.describe(
    "Not scheduled yet, or still trying, when the run was cut off or their machine was lost.",
  ),
  averageConnectionTimeMs: amount.describe(
    "Connection times run from when a client was scheduled until its last transport was up, over successful connections; 0 when there was none. SimplestChat's tester stops at the joined room.",
  ),
  p50ConnectionTimeMs: amount,
  p95ConnectionTimeMs: amount,
  p99ConnectionTimeMs: amount,
  totalPacketsSent: count,
  totalPacketsReceived: count,
  totalBytesSent: count.describe("Whole RTP packets, headers included."),
  totalBytesReceived: count.describe(
    "Whole RTP packets, headers included, comparable with totalBytesSent. SimplestChat's tester counts payloads only.",
  ),
  averageSessionDurationMs: amount.describe("Over successful connections."),
  totalErrors: count.describe(
    "Failed connections and media errors included. SimplestChat's tester only logs those.",
  ),
  totalProducersCreated: count,
  totalConsumersCreated: count,
  totalReconnections: count.describe(
    "Times that a client came back after its channel was lost. SimplestChat's tester counts completed churn sessions.",
  ),
  totalReconnectionFailures: count,
  returns: z.object({
    ...placed("returns"),
    neverBack: count.describe(
      "Clients whose media did not flow again after their last loss.",
    ),
  }),
  signalingLatencies: signalingLatencies.describe(
    "Over all requests of all clients, from when each was scheduled. SimplestChat's tester takes percentiles of the clients' medians.",
  ),
  worstClients: z.object({
    clients: z.array(worstClient),
    others: count.describe("How many more were hurt."),
    worstOther: worstClient.nullable(),
  }).describe("The clients that were hurt most, the worst first."),
  groups: z.object({
    impaired: group.describe("Whose network we impaired."),
    roomMates: group.describe("Who are in a room with them."),
    others: group,
    publishers: group,
    viewers: group,
  }).partial().default({}).describe(
    "What different clients had; those without clients are missing.",
  ),
  rooms: z.array(room).describe("Sorted by id, room-2 before room-10."),
  media,
  metrics: z.record(z.string(), z.union(Object.values(OF_TYPE)))
    .describe(
      "Every metric by its name, as k6 has it; see metrics.md.",
    ) as unknown as z.ZodType<AllMetrics>,
  candidates: z.array(z.object({
    protocol: z.string().describe("udp or tcp."),
    address: z.string().describe("An IP address, or a name."),
    family: z.enum(["IPv4", "IPv6", "name"]),
    problem: z.string().nullable().describe(
      "Why it was not taken; null for one that was.",
    ),
    clients: count.describe("Clients that took it, or tried it in vain."),
  })).default([]).describe(
    "The server's addresses for media: those that clients took, then those that they tried in vain.",
  ),
  others: z.object({
    codecs: z.record(z.string(), count).describe(
      "Tracks that clients did not take, by codec, or by those that it may be.",
    ),
    refusals: z.record(z.string(), count).describe(
      "Tracks that the server did not hand out, by its words.",
    ),
    neverSent: count.describe("Tracks of which no packet ever came."),
    fellSilent: count.describe("Tracks that flowed, and then did not."),
    flowed: count,
    packetsReceived: count,
  }).default({
    codecs: {},
    refusals: {},
    neverSent: 0,
    fellSilent: 0,
    flowed: 0,
    packetsReceived: 0,
  }).describe(
    "Tracks in the rooms that no client of the run sends. They weigh in no figure of delivery, loss, freezes or latency.",
  ),
  consumerLimit: z.object({
    consumers: count,
    denied: count.describe("Tracks that clients wanted besides."),
  }).nullable().default(null).describe(
    "Consumers that the server grants a client in one stay, closed ones too; null when it refused none.",
  ),
  errors: z.record(
    z.string(),
    z.object({ count, example: z.string().nullable() }),
  ).describe("By kind, the most frequent first."),
  unknownMessages: count,
  malformedMessages: count,
  generator,
  thresholds: z.array(thresholdResult),
  incidents: z.array(incident).default([]).describe(
    "What began and ended, in the order of time.",
  ),
  incidentsLeftOut: count.default(0).describe("Lesser ones."),
  timeline: z.array(timelinePoint),
}).meta({
  title: "load_test_summary.json",
  description: "What a load test came to.",
});

/** The fields of one client that come from the catalog. */
export function clientFields(): Fields<ClientCounts & ClientMosts> {
  const counters = namesOf({ type: "counter", perClient: "sum" });
  const most = namesOf({ perClient: "max" });
  return {
    ...Object.fromEntries(counters.map((name) => [fileKey(name), field(name)])),
    ...Object.fromEntries(most.map((name) => [mostKey(name), known])),
  } as Fields<ClientCounts & ClientMosts>;
}

function roomFields(): Fields<RoomCounts> {
  const counters = namesOf({ type: "counter", perRoom: true });
  const most = namesOf({ perClient: "max", perRoom: true });
  return {
    ...Object.fromEntries(counters.map((name) => [roomKey(name), field(name)])),
    ...Object.fromEntries(most.map((name) => [mostKey(name), known])),
  } as Fields<RoomCounts>;
}

/** The fields of the metrics that have their place right in this section. */
function placed<Section extends string>(
  section: Section,
): Fields<PlacedIn<Section>> {
  const fields = METRIC_NAMES.flatMap((name) => {
    const { place = "" } = metric(name);
    const dot = place.lastIndexOf(".");
    return place.slice(0, dot) === section
      ? [[place.slice(dot + 1), field(name)]]
      : [];
  });
  return Object.fromEntries(fields) as Fields<PlacedIn<Section>>;
}

/** A metric's value at its place. */
function field(name: MetricName): z.ZodType {
  const { type, unit } = metric(name);
  switch (type) {
    case "trend":
      return unit === "ms" ? duration : distribution;
    case "rate":
      return known;
    case "counter":
    case "gauge":
      return unit === "ms" ? amount : count;
  }
}
