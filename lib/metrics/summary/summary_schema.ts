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

import { BAND_METRICS } from "../judgement/bands.ts";
import {
  fileKey,
  metric,
  METRIC_NAMES,
  type MetricName,
  type MetricType,
  mostKey,
  namesOf,
  roomKey,
} from "../catalog.ts";
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

const unknownAtEnd = count.default(0).meta({
  id: "unknownAtEnd",
  description:
    "Had connected, and are unknown since their machine was lost (--allow-lost): not in connectedAtEnd.",
});

/** Any, as long as it is there: what was read from a file is JSON. */
const json = z.unknown().refine((value) => value !== undefined, {
  error: "missing",
}) as unknown as z.ZodType<JsonValue>;

/** What the summary says of a whole run, and of each room. */
const totals = z.object({
  totalClients: count.describe("Replacements of those who left included."),
  successfulConnections: count.describe(
    "All their transports finished ICE and DTLS. SimplestChat's tester counts joined clients.",
  ),
  connectedAtEnd: count.describe(
    "Or when they left; not those that gave up or were on their way back.",
  ),
  unknownAtEnd,
  totalErrors: count.describe(
    "Failed connections and media errors included, unlike in SimplestChat's tester.",
  ),
  totalPacketsSent: count,
  totalPacketsReceived: count,
  totalProducersCreated: count,
  totalConsumersCreated: count,
});

const serverThread = z.object({
  name: z.string(),
  meanCpuRatio: amount,
  maxCpuRatio: amount,
});

const serverLoad = z.object({
  samples: count,
  cpuSeconds: amount.describe(
    "CPU time of all its processes.",
  ),
  meanCpuRatio: amount.describe(
    "In cores: 1 is one core busy all the time.",
  ),
  maxCpuRatio: amount.describe("In its busiest second."),
  busiestProcess: z.object({ name: z.string(), cpuRatio: amount }).describe(
    "In that one's busiest second.",
  ),
  maxThreadRatio: amount.describe(
    "In the busiest second of one thread.",
  ),
  sustainedThreadRatio: amount.describe(
    "In the busiest five seconds of one thread; judged, as one busy second is no overload.",
  ),
  busyThreads: z.array(serverThread).default([]).describe(
    "Those that were ever busy, and others of their name.",
  ),
  maxRssBytes: amount,
  maxFds: knownCount.describe(
    "Most open files, if they may be counted.",
  ),
  maxThreads: count,
  udpDrops: count.describe(
    "Datagrams that its sockets had no room for.",
  ),
  hostUdpErrors: knownCount.describe(
    "Those of its whole host, other programs included.",
  ),
});

const serverReported = z.object({
  maxParticipants: knownCount,
  maxRooms: knownCount,
  maxConnections: knownCount,
  errors: knownCount.describe("That it counted meanwhile."),
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
    "The embedded server's; null for one elsewhere.",
  ),
  load: serverLoad.nullable().describe(
    "What it used, if it was watched from outside.",
  ),
  reported: serverReported.nullable().describe(
    "What it said of itself over HTTP, if asked.",
  ),
  notes: z.array(z.string()).describe(
    "What watching it met.",
  ),
});

const unit = z.enum(["ms", "ratio", "bps", "fps", "packets", "bytes", "count"])
  .meta({ id: "unit" });

const OF_TYPE = {
  counter: z.object({
    type: z.literal("counter"),
    unit,
    values: z.object({ count: amount }),
  }),
  gauge: z.object({
    type: z.literal("gauge"),
    unit,
    values: z.object({ value: amount.describe("At the end.") }),
  }),
  rate: z.object({
    type: z.literal("rate"),
    unit,
    values: z.object({
      rate: known.describe("Null when divided by nothing."),
    }),
  }),
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
  }),
} as const satisfies Readonly<Record<MetricType, z.ZodType>>;

const room = z.object({
  roomId: z.string(),
  ...totals.shape,
  silentRatio: known.describe(
    "Of the time that tracks should have come.",
  ),
  lossRatio: z.number(),
  residualLossRatio: amount,
  sendBpsPerClient: amount,
  receiveBpsPerClient: amount,
  frameRate: known,
  frozenRatio: known,
  longestFreezeMs: amount,
  p50ConnectionTimeMs: known.default(null),
  ...roomFields(),
});

const lossOrigin = z.object({
  refused: count.describe("Our system did not send them."),
  impairedOut: count.describe(
    "By impaired networks, to the server.",
  ),
  beforeServer: knownCount.describe(
    "Between us and the server.",
  ),
  inServer: knownCount.describe(
    "The server gave them a number and sent them to nobody.",
  ),
  afterServer: knownCount.describe(
    "Between the server and us.",
  ),
  impairedIn: count.describe(
    "By impaired networks, to us.",
  ),
  ourKernel: knownCount.describe(
    "Dropped unread by our kernel, if it says so.",
  ),
  late: count.describe("Not lost: sent over 5 ms late."),
}).describe(
  "Packets lost on their way, by place, retransmissions included; null without the counts of an embedded server.",
);

const video = z.object({ ...placed("media.video"), longestFreezeMs: amount });

const media = z.object({
  ...placed("media"),
  latencyAcrossMachines: z.object({ boundMs: known, isKnown: z.boolean() })
    .optional().describe(
      "By how much a latency between machines is wrong at most, and whether such are in the figures.",
    ),
  loss: z.object({
    ...placed("media.loss"),
    ratio: z.number(),
    residualRatio: amount.describe(
      "What no retransmission made up for.",
    ),
  }).describe(
    "By sequence numbers, per consumer; late packets are not lost, retransmissions apart.",
  ),
  lossOrigin,
  recoveryMs: z.object(placed("media.recoveryMs")),
  impaired: z.object({
    ...placed("media.impaired"),
    inbound: z.object(placed("media.impaired.inbound")),
    outbound: z.object(placed("media.impaired.outbound")),
  }).describe(
    "What impaired networks did to RTP packets, retransmissions included.",
  ),
  video: video.describe("What viewers saw of videos."),
  audio: z.object(placed("media.audio")).describe("What listeners heard."),
  sendBpsPerClient: amount,
  receiveBpsPerClient: amount,
  consumerBps: z.object(placed("media.consumerBps")),
});

const kernelDrops = knownCount.describe(
  "Packets that our kernel dropped unread, if it says so.",
);
const heldBackJoins = count.describe(
  "Joins that waited because the generator was too busy.",
);

const node = z.object({
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
  kernelDrops,
  heldBackJoins,
  trouble: z.string().nullable().describe(
    "What it did not keep up with, or how it was lost.",
  ),
});

const generator = z.object({
  ...placed("generator"),
  lane: z.string(),
  cipher: z.string(),
  dtls: z.string().default(""),
  workers: count,
  cpuSeconds: amount,
  cpuRatio: known.describe("Of its threads' time."),
  cpuPerServerCpu: known.describe(
    "CPU time, by the server's over the same time.",
  ),
  kernelDrops,
  heldBackJoins,
  standstills: z.array(z.object({
    atMs: z.number().describe(
      "Since the run began, without standstills before.",
    ),
    ms: amount,
    nodes: z.array(z.string()),
  })).describe(
    "When a process or machine of the generator was stopped.",
  ),
  wallJumps: z.array(z.object({
    node: z.string(),
    atMs: z.number(),
    byMs: z.number().describe("Negative when it was set back."),
  })).describe("When the wall clock was set; no figure follows it."),
  nodes: z.array(node).optional().describe(
    "Each machine, if several.",
  ),
  notes: z.array(z.string()).describe(
    "Why something portable was chosen, when it stood still.",
  ),
});

const thresholdResult = z.object({
  expression: z.string(),
  passed: z.boolean(),
  value: z.number().nullable().describe("Null when not measured."),
  bound: z.number(),
  unit: z.enum(["ms", "ratio", "count", "fps", "bps"]),
  samples: count.optional().describe(
    "Values that a percentile is of, where it needs more.",
  ),
  worst: z.object({
    kind: z.enum(["client", "room"]),
    id: z.string(),
    value: z.number(),
  }).optional().describe(
    "Who was hurt most, where it failed.",
  ),
});

const worstClient = z.object({
  clientId: z.string(),
  roomId: z.string(),
  isConnected: z.boolean().describe(
    "At the end, or when it left.",
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
    "In its worst second: packets missing, time frozen, clients away, joins failed, packets late.",
  ),
  also: z.array(
    z.object({ kind: incidentKind, clients: count, worstRatio: z.number() }),
  ).describe("What came of it besides."),
  picturesAgainSec: known.describe(
    "When frozen pictures moved again.",
  ),
  server: z.object({
    cpuRatioBefore: known,
    minCpuRatio: amount,
    maxCpuRatio: amount,
    udpDrops: count,
  }).nullable().describe("Meanwhile, if watched; CPU in cores."),
  generator: z.object({ maxCpuRatio: amount, maxLateRatio: amount }),
});

const timelinePoint = z.object({
  tSec: amount.describe("Its end, since the run began."),
  clients: count,
  packetsSentPerSec: amount,
  packetsReceivedPerSec: amount,
  sendBps: amount,
  receiveBps: amount,
  lossRatio: amount,
  tracksDue: amount.describe(
    "Tracks that should have come, on average.",
  ),
  silentRatio: amount.describe(
    "Of these, those silent for a second.",
  ),
  cpuRatio: amount,
  server: serverPoint.optional().describe(
    "If watched; CPU in cores.",
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
      "The part of the run that figures are of, if not all; timeline and incidents are of all.",
    ),
  }).optional().describe(
    "What it found; missing for a given plan.",
  ),
  server,
  partial: z.boolean().describe("Cut off before its end."),
  invalid: z.object({ reason: z.string() }).nullable().describe(
    "Set when the generator could not keep up: the numbers say nothing of the server.",
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
    "What users had, the most telling first; it decides where no threshold was asked. What the test did on purpose makes a warning at most.",
  ),
  exitCode: count,
  ...totals.shape,
  failedConnections: count,
  pendingConnections: count.describe(
    "Not scheduled yet, or still trying, when the run was cut off or their machine was lost.",
  ),
  averageConnectionTimeMs: amount.describe(
    "From scheduled to last transport up; 0 when none was. SimplestChat's tester stops at the joined room.",
  ),
  p50ConnectionTimeMs: amount,
  p95ConnectionTimeMs: amount,
  p99ConnectionTimeMs: amount,
  totalBytesSent: count.describe("Whole RTP packets, headers included."),
  totalBytesReceived: count.describe(
    "Whole RTP packets, headers included. SimplestChat's tester counts payloads.",
  ),
  averageSessionDurationMs: amount.describe("Over successful connections."),
  totalReconnections: count.describe(
    "Returns after a lost channel. SimplestChat's tester counts completed churn sessions.",
  ),
  totalReconnectionFailures: count,
  returns: z.object({
    ...placed("returns"),
    neverBack: count.describe(
      "Clients without media since their last loss.",
    ),
  }),
  signalingLatencies: signalingLatencies.describe(
    "Of all requests, from when each was scheduled. SimplestChat's tester takes percentiles of the clients' medians.",
  ),
  worstClients: z.object({
    clients: z.array(worstClient),
    others: count.describe("How many more were hurt."),
    worstOther: worstClient.nullable(),
  }).describe("Those that were hurt most, the worst first."),
  groups: z.object({
    impaired: group.describe("Whose network we impaired."),
    roomMates: group.describe("Who are in a room with them."),
    others: group,
    publishers: group,
    viewers: group,
  }).partial().default({}).describe(
    "What different clients had; empty ones are missing.",
  ),
  rooms: z.array(room).describe("Sorted by id, room-2 before room-10."),
  media,
  metrics: z.record(z.string(), z.union(Object.values(OF_TYPE)))
    .describe(
      "Every metric, as k6 has it; see metrics.md.",
    ) as unknown as z.ZodType<AllMetrics>,
  candidates: z.array(z.object({
    protocol: z.string().describe("udp or tcp."),
    address: z.string(),
    family: z.enum(["IPv4", "IPv6", "name"]),
    problem: z.string().nullable().describe(
      "Why it was not taken, if so.",
    ),
    clients: count.describe("That took or tried it."),
  })).default([]).describe(
    "The server's addresses for media: taken, then tried in vain.",
  ),
  others: z.object({
    codecs: z.record(z.string(), count).describe(
      "Not taken, by the codecs that they may have.",
    ),
    refusals: z.record(z.string(), count).describe(
      "Not handed out, by the server's words.",
    ),
    neverSent: count.describe("No packet ever came."),
    fellSilent: count.describe("Flowed, then did not."),
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
    "Tracks that no client of the run sends: in no figure of delivery, loss, freezes or latency.",
  ),
  consumerLimit: z.object({
    consumers: count,
    denied: count.describe("Tracks that clients wanted besides."),
  }).nullable().default(null).describe(
    "Consumers that the server grants a client from join to leave; null when it refused none.",
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

/** What a room or a machine says as all of them do together, by a name. */
export const SHARED_FIELDS: Readonly<Record<string, z.ZodObject>> = {
  totals,
  traffic: shared(room, media),
  pictures: shared(room, video),
  machine: shared(node, generator),
};

function shared(one: z.ZodObject, other: z.ZodObject): z.ZodObject {
  return z.object(Object.fromEntries(
    Object.entries(one.shape).filter(([key, type]) =>
      type === other.shape[key]
    ),
  ));
}

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
