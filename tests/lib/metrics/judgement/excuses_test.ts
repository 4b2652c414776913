import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type BandMetric,
  type ClientFigures,
  type CounterName,
  NodeMeter,
  type Snapshot,
} from "../../../../lib/metrics/mod.ts";
import { excuseOf } from "../../../../lib/metrics/judgement/excuses.ts";
import { recordOf } from "../client.ts";

type OwnFigures = Partial<ClientFigures> & {
  readonly errorCount?: number;
  readonly roomId?: string;
};

const CALM = {};
const CUT = { cuts: 1 };

Deno.test.each(
  [
    {
      why: "without our doing there is none",
      metric: "deliveryRatio",
      value: 0.5,
      want: undefined,
    },
    {
      why:
        "what impaired networks dropped of what came and of what was sent adds up",
      metric: "deliveryRatio",
      value: 0.72,
      counters: {
        packetsReceived: 900,
        impairedInDropped: 100,
        packetsSent: 1000,
        impairedOutDropped: 200,
      },
      want: [1, "impaired networks dropped 28.0 % of the packets"],
    },
    {
      why: "a little that was dropped does not explain a lot that is missing",
      metric: "silent",
      value: 0.6,
      counters: { packetsReceived: 990, impairedInDropped: 10 },
      want: [0.59, "impaired networks dropped 1.0 % of the packets"],
    },
    {
      why: "as many as were cut off may be silent",
      metric: "silent",
      value: 0.3,
      clients: [CUT, CALM],
      want: [0, "1 of 2 clients was cut off on purpose"],
    },
    {
      why: "two that were cut off are told as two",
      metric: "silent",
      value: 0.3,
      clients: [CUT, CUT, CALM],
      want: [0, "2 of 3 clients were cut off on purpose"],
    },
    {
      why: "but not to the end",
      metric: "silentAtEnd",
      value: 0.3,
      clients: [CUT, CALM],
      want: undefined,
    },
    {
      why: "one that was cut off does not explain the errors of others",
      metric: "errors",
      value: 0.5,
      clients: [{ ...CUT, errorCount: 1 }, { errorCount: 1 }, CALM, CALM],
      want: [0.25, "1 of 4 clients was cut off on purpose"],
    },
    {
      why: "networks that we had out explain as much silence",
      metric: "silent",
      value: 0.5,
      counters: { tracksDueMs: 1000, tracksOutMs: 400 },
      want: [0.1, "networks were out on purpose 40.0 % of the time"],
    },
    {
      why: "who was away had no packets to miss",
      metric: "deliveryRatio",
      value: 0.8,
      counters: { tracksDueMs: 1000, tracksAwayMs: 300 },
      want: [1, "clients were away 30.0 % of the time"],
    },
    {
      why: "but that explains no silence of those that were there",
      metric: "silent",
      value: 0.3,
      counters: { tracksDueMs: 1000, tracksAwayMs: 300 },
      want: undefined,
    },
    {
      why: "nothing explains who has lost media for good",
      metric: "lostForGood",
      value: 1,
      clients: [CUT, CUT],
      counters: { packetsReceived: 1, impairedInDropped: 100 },
      want: undefined,
    },
    {
      why: "or is not connected",
      metric: "connected",
      value: 0,
      clients: [CUT],
      want: undefined,
    },
    {
      why: "one packet that an impaired network drops may freeze a room",
      metric: "frozen",
      value: 0.5,
      clients: [
        { impairedInDropped: 10, playedMs: 1000, totalFreezesDurationMs: 500 },
        { playedMs: 1000, totalFreezesDurationMs: 500 },
      ],
      counters: { packetsReceived: 990, impairedInDropped: 10 },
      want: [0, "impaired networks dropped 1.0 % of the packets"],
    },
    {
      why: "but not the pictures of other rooms",
      metric: "frozen",
      value: 0.35,
      clients: [
        { impairedInDropped: 10, playedMs: 1000, totalFreezesDurationMs: 300 },
        { roomId: "b", playedMs: 1000, totalFreezesDurationMs: 400 },
      ],
      counters: { packetsReceived: 990, impairedInDropped: 10 },
      want: [
        0.2,
        "impaired networks dropped 1.0 % of the packets, in rooms without any it is 40.0 %",
      ],
    },
    {
      why: "pictures freeze where the generator is late",
      metric: "frozen",
      value: 0.2,
      latenessMs: 80,
      want: [0, "the generator itself was 80 ms late at times"],
    },
    {
      why: "but not for longer than it can have been its doing",
      metric: "frozen",
      value: 0.7,
      latenessMs: 30,
      want: [
        0.2,
        "the generator itself was 30 ms late at times, which explains 50.0 % at most",
      ],
    },
    {
      why: "and not where it is a little late",
      metric: "frozen",
      value: 0.2,
      latenessMs: 20,
      want: undefined,
    },
  ] satisfies {
    why: string;
    metric: BandMetric;
    value: number;
    clients?: OwnFigures[];
    counters?: Partial<Record<CounterName, number>>;
    latenessMs?: number;
    want: readonly [number, string] | undefined;
  }[],
)("$metric: $why", (one) => {
  const { metric, value, want } = one;
  const excuse = excuseOf(metric, value, snapshotOf(one), false);
  if (want === undefined) return assertEquals(excuse, undefined);
  assertAlmostEquals(excuse!.without, want[0] as number, 1e-9);
  assertEquals(excuse!.says, want[1] as string);
});

function snapshotOf({ clients = [], counters = {}, latenessMs = 1 }: {
  readonly clients?: readonly OwnFigures[];
  readonly counters?: Partial<Record<CounterName, number>>;
  readonly latenessMs?: number;
}): Snapshot {
  const meter = new NodeMeter("n");
  Object.assign(meter.counters, counters);
  for (let i = 0; i < 100; i++) {
    meter.trend("lateness").record((i < 95 ? 1 : latenessMs) * 1000);
  }
  const snapshot = meter.snapshot({
    atMs: 0,
    clients: [],
    generator: {
      lanes: [],
      ciphers: [],
      dtls: [],
      workers: 1,
      cpuUs: 0,
      threadUs: 0,
      kernelDrops: 0,
      heldBackJoins: 0,
      notes: [],
    },
  });
  return {
    ...snapshot,
    clients: clients.map((figures, index) => ({
      ...recordOf(index),
      state: "left",
      connectionSuccessful: true,
      ...figures,
    })),
  };
}
