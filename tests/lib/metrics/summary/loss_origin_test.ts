import { assertEquals } from "@std/assert";
import {
  type CounterName,
  EMPTY_SNAPSHOT,
  lossOrigin,
  type ServerStreams,
  type Snapshot,
} from "../../../../lib/metrics/mod.ts";

/** 1,000 packets to the server, and from there to four receivers each. */
const SENT = { packetsSent: 1000, packetsExpected: 4000 };
const CLEAN: ServerStreams = {
  received: 1000,
  missedByReceivers: 0,
  sent: 4000,
  repairsSent: 0,
};
const NOWHERE = {
  refused: 0,
  impairedOut: 0,
  beforeServer: 0,
  inServer: 0,
  afterServer: 0,
  impairedIn: 0,
  ourKernel: 0,
  late: 0,
};

function measured(
  counters: Partial<Record<CounterName, number>>,
  kernelDrops: number | null = 0,
): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    counters: { ...SENT, ...counters },
    generator: { ...EMPTY_SNAPSHOT.generator, kernelDrops },
  };
}

Deno.test.each<{
  why: string;
  counters: Partial<Record<CounterName, number>>;
  streams?: Partial<ServerStreams>;
  kernelDrops?: number | null;
  want: Partial<typeof NOWHERE>;
}>([
  { why: "nothing lost", counters: {}, want: {} },
  {
    why: "refused by our system, it was never sent",
    counters: { sendRefused: 5 },
    want: { refused: 5 },
  },
  {
    why: "ten on the way in, and so 40 at the receivers",
    counters: { packetsLost: 40 },
    streams: { received: 990, missedByReceivers: 40, sent: 3960 },
    want: { beforeServer: 10 },
  },
  {
    why: "ten on the way in, of which the server has not made a report yet",
    counters: { packetsLost: 40 },
    streams: { received: 990, sent: 3960 },
    want: { beforeServer: 10 },
  },
  {
    why: "ten by our own network on the way in",
    counters: { packetsLost: 40, impairedOutDropped: 10 },
    streams: { received: 990, missedByReceivers: 40, sent: 3960 },
    want: { impairedOut: 10 },
  },
  {
    why: "ten that waited in our own network when we left",
    counters: { impairedOutUnfinished: 10 },
    streams: { received: 990, sent: 3960 },
    want: {},
  },
  {
    why: "ten on the way in that were sent again",
    counters: { retransmittedPacketsSent: 10 },
    want: { beforeServer: 10 },
  },
  {
    why: "numbers that the server gave away and sent nobody",
    counters: { packetsLost: 7 },
    streams: { sent: 3993 },
    want: { inServer: 7 },
  },
  {
    why: "twelve on the way out",
    counters: { packetsLost: 12 },
    want: { afterServer: 12 },
  },
  {
    why: "twelve on the way out, of which our own network took ten",
    counters: { packetsLost: 12, impairedInDropped: 10 },
    want: { afterServer: 2, impairedIn: 10 },
  },
  {
    why: "our own network took two repairs besides",
    counters: {
      packetsLost: 12,
      packetsRepaired: 12,
      retransmittedPacketsReceived: 12,
      impairedInDropped: 14,
    },
    streams: { repairsSent: 14 },
    want: { impairedIn: 14 },
  },
  {
    why: "our kernel took them",
    counters: { packetsLost: 12 },
    kernelDrops: 12,
    want: { ourKernel: 12 },
  },
  {
    why: "our kernel does not say",
    counters: { packetsLost: 12 },
    kernelDrops: null,
    want: { afterServer: 12, ourKernel: null as never },
  },
  {
    why: "late is not lost",
    counters: { packetsLate: 9 },
    want: { late: 9 },
  },
  {
    why: "everywhere",
    counters: {
      packetsLost: 40 + 7 + 12,
      impairedOutDropped: 4,
      impairedInDropped: 5,
      sendRefused: 1,
    },
    streams: { received: 990, missedByReceivers: 40, sent: 3953 },
    kernelDrops: 3,
    want: {
      refused: 1,
      impairedOut: 4,
      beforeServer: 6,
      inServer: 7,
      afterServer: 4,
      impairedIn: 5,
      ourKernel: 3,
    },
  },
  {
    why: "what the server sent after we had left is lost to nobody",
    counters: {},
    streams: { sent: 4100 },
    want: {},
  },
  {
    why: "the server missed it before there was a receiver",
    counters: { packetsLost: 4 },
    streams: { received: 990, missedByReceivers: 40 },
    want: { beforeServer: 10 },
  },
  {
    why: "duplicates outnumber losses",
    counters: { packetsLost: -3 },
    want: {},
  },
])(
  "$why",
  ({ counters, streams, kernelDrops, want }) => {
    assertEquals<unknown>(
      lossOrigin(measured(counters, kernelDrops), { ...CLEAN, ...streams }),
      { ...NOWHERE, ...want },
    );
  },
);

Deno.test("where the server is not seen, only our own ends are known", () => {
  const counters = {
    packetsLost: 50,
    impairedOutDropped: 4,
    impairedInDropped: 5,
    packetsLate: 2,
  };
  assertEquals<unknown>(lossOrigin(measured(counters, 3), null), {
    ...NOWHERE,
    beforeServer: null,
    inServer: null,
    afterServer: null,
    impairedOut: 4,
    impairedIn: 5,
    ourKernel: 3,
    late: 2,
  });
});
