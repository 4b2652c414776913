import { assertEquals, assertThrows } from "@std/assert";
import {
  ClientRecorder,
  EMPTY_SNAPSHOT,
  NodeMeter,
  type Snapshot,
  snapshotBetween,
  trendOf,
  worstHit,
} from "../../../../lib/metrics/mod.ts";
import { parseThreshold } from "../../../../lib/load/mod.ts";
import { recorderOf } from "../client.ts";

/** Three clients in two rooms: the first is well off, the second badly, the third never got in. */
function crowd(): Snapshot {
  const [good, bad, out] = ["a", "a", "b"].map((roomId, index) =>
    new ClientRecorder({
      clientId: `client-${index}`,
      index,
      roomId,
      role: "publisher",
      node: "n",
    })
  );
  for (const [one, factor] of [[good, 1], [bad, 10]] as const) {
    Object.assign(one.figures, {
      state: "connected",
      connectionSuccessful: true,
      connectionTimeMs: 100 * factor,
      joinMs: 5 * factor,
      maxRecoveryMs: 50 * factor,
      maxNetworkRecoveryMs: 40 * factor,
      packetsRepaired: 1,
      maxMediaLatencyMs: 30 * factor,
      maxJitterMs: factor,
      maxRoundTripTimeMs: 20 * factor,
      maxTimeToFirstFrameMs: 80 * factor,
      framesRendered: 300 / factor,
      playedMs: 10_000,
      freezeCount: factor - 1,
      totalFreezesDurationMs: 100 * (factor - 1),
      longestFreezeMs: 50 * (factor - 1),
      framesDropped: factor > 1 ? 2 : 0,
      retransmissionRequestsSent: 5 * factor,
      packetsExpected: 100,
      packetsLost: factor,
      packetsDeliverable: 100,
      packetsReceived: 100 - factor,
      packetsSent: 50,
    });
    one.addOperation("join_room", 5 * factor);
  }
  out.figures.state = "failed";
  out.addError("join", "no", 1);
  return new NodeMeter("n").snapshot({
    atMs: 1000,
    clients: [good, bad, out],
    generator: EMPTY_SNAPSHOT.generator,
  });
}

Deno.test.each(
  [
    { text: "loss < 1%", want: ["client", "client-1", 0.1] },
    { text: "mediaLatency p(95) < 20ms", want: ["client", "client-1", 300] },
    { text: "loss == 0", want: ["client", "client-1", 0.1] },
    { text: "deliveryRatio > 99%", want: ["client", "client-1", 0.9] },
    { text: "connected == 100%", want: ["room", "b", 0] },
    { text: "receiveSendRatio > 200%", want: ["room", "a", 1.89] },
    { text: "errors == 0", want: ["client", "client-2", 1] },
    { text: "join p(95) < 1ms", want: ["client", "client-1", 50] },
    { text: "join min > 1s", want: ["client", "client-0", 5] },
    { text: "signaling.join_room max < 1ms", want: ["client", "client-1", 50] },
    { text: "connection max < 1s", want: ["client", "client-1", 1000] },
    { text: "recovery max < 1s", want: ["client", "client-1", 500] },
    { text: "networkRecovery max < 9ms", want: ["client", "client-1", 400] },
    { text: "residualLoss < 1%", want: ["client", "client-1", 0.09] },
    { text: "jitter max < 1ms", want: ["client", "client-1", 10] },
    { text: "roundTrip p(95) < 9ms", want: ["client", "client-1", 200] },
    { text: "firstKeyFrame max < 1ms", want: ["client", "client-1", 800] },
    { text: "freezes == 0", want: ["client", "client-1", 9] },
    { text: "nackSent < 9", want: ["client", "client-1", 50] },
    { text: "framesDropped == 0", want: ["client", "client-1", 2] },
    { text: "longestFreeze max < 1ms", want: ["client", "client-1", 450] },
    { text: "freezeTime max < 1ms", want: ["client", "client-1", 900] },
    { text: "frozen < 1%", want: ["client", "client-1", 0.09] },
    { text: "frozen == 0", want: ["client", "client-1", 0.09] },
    { text: "frameRate > 40", want: ["client", "client-1", 3] },
  ] as const,
)("of $text, $want is worst off", ({ text, want }) => {
  const worst = worstHit(parseThreshold(text), crowd());
  assertEquals<unknown>([worst?.kind, worst?.id, worst?.value], want);
});

Deno.test.each([
  { text: "lateness p(95) < 1us", why: "it is the generator's" },
  { text: "join count > 9", why: "it is one number of all" },
  { text: "videoBitrate p(5) > 1Mbps", why: "it is not kept a client" },
  { text: "networkNotRecovered == 0", why: "it is not kept a client" },
  { text: "unknownMessages == 0", why: "it is not kept a client" },
  { text: "consumerLoss max < 1%", why: "a mean is no single second's" },
  { text: "consumerResidualLoss max < 1%", why: "as above" },
  { text: "consumerFrameRate min > 40", why: "as above" },
  { text: "jitter min > 1s", why: "of jitters only the largest is kept" },
  { text: "nackSent > 900", why: "nobody is to blame for too small a sum" },
  { text: "pliSent == 0", why: "nobody sent one" },
])("of $text nobody is named: $why", ({ text }) => {
  assertEquals(worstHit(parseThreshold(text), crowd()), undefined);
});

Deno.test.each(
  [
    { text: "loss < 1%", want: null },
    { text: "loss < 1% abort", want: 0 },
    { text: "loss < 1% abort after 10s", want: 10_000 },
    { text: "errors < 5 abort after 1.5m", want: 90_000 },
  ] as const,
)("$text may end a run after $want ms", ({ text, want }) => {
  const { abortAfterMs, expression } = parseThreshold(text);
  assertEquals<unknown>([abortAfterMs, expression], [want, text]);
});

Deno.test("a delay without a unit, or out of place, is refused", () => {
  for (
    const text of [
      "loss < 1% abort after 10",
      "loss abort < 1%",
      "loss < 1% abort soon",
    ]
  ) {
    const { message } = assertThrows(() => parseThreshold(text), SyntaxError);
    assertEquals(
      message,
      `Cannot read threshold "${text}": end it with "abort" or "abort after 10s"`,
    );
  }
});

Deno.test("the longest freeze of a window is none from before it", () => {
  const person = recorderOf(0, { role: "viewer" });
  const meter = new NodeMeter("n");
  const look = (totalFreezesDurationMs: number, longestFreezeMs: number) => {
    Object.assign(person.figures, { totalFreezesDurationMs, longestFreezeMs });
    const { generator } = EMPTY_SNAPSHOT;
    return meter.snapshot({
      atMs: totalFreezesDurationMs,
      clients: [person],
      generator,
    });
  };
  const first = look(900, 500);
  const second = look(1000, 500);
  const third = look(1700, 700);
  const longest = (before: Snapshot, after: Snapshot) =>
    snapshotBetween(before, after).clients[0].longestFreezeMs;
  assertEquals([longest(first, second), longest(second, third)], [100, 700]);
});

Deno.test("a window holds what came between two looks, and not who had left before", () => {
  const meter = new NodeMeter("n");
  const people = [0, 1].map((index) => recorderOf(index, { role: "viewer" }));
  const look = (atMs: number, kernelDrops: number) =>
    meter.snapshot({
      atMs,
      clients: people,
      generator: { ...crowd().generator, cpuUs: atMs * 10, kernelDrops },
    });
  meter.counters.packetsSent = 100;
  meter.trend("mediaLatency").record(5000);
  people[0].figures.state = "left";
  people[1].figures.packetsLost = 7;
  people[1].figures.packetsRepaired = 3;
  const before = look(1000, 2);
  meter.counters.packetsSent = 130;
  meter.trend("mediaLatency").record(200);
  people[1].figures.packetsLost = 9;
  people[1].figures.packetsRepaired = 4;
  const window = snapshotBetween(before, look(3000, 5));
  assertEquals(window.counters.packetsSent, 30);
  assertEquals(trendOf(window, "mediaLatency").count, 1);
  assertEquals(trendOf(window, "mediaLatency").percentile(100) < 5000, true);
  assertEquals(
    window.clients.map(({ clientId, packetsLost, packetsRepaired }) => [
      clientId,
      packetsLost,
      packetsRepaired,
    ]),
    [["client-1", 2, 1]],
  );
  assertEquals([window.generator.cpuUs, window.generator.kernelDrops], [
    20_000,
    3,
  ]);
});
