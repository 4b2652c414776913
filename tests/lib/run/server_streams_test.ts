import { assertEquals } from "@std/assert";
import {
  lookAtEnd,
  lookAtServer,
  streamsBetween,
} from "../../../lib/run/server_streams.ts";
import type { SfuStats } from "../../../lib/sfu/mod.ts";

const NONE_EARLIER = {
  streams: 0,
  received: 0,
  missedByReceivers: 0,
  sent: 0,
  retransmitted: 0,
};

function stats(
  packets: number,
  lost: number,
  { closed = true, earlier = NONE_EARLIER } = {},
): SfuStats {
  const row = {
    roomId: "r",
    participantId: "p",
    kind: "audio",
    bytes: 0,
    nacked: 0,
    closed,
  } as const;
  const repairs = { retransmitted: 2, lost: 99 };
  return {
    engine: "mediasoup",
    producers: [
      { ...row, id: "a", packets, lost, retransmitted: 50, consumers: 2 },
      { ...row, id: "b", packets: 1, lost: 0, retransmitted: 0, consumers: 2 },
    ],
    consumers: [
      { ...row, ...repairs, id: "1", producerId: "a", packets },
      { ...row, ...repairs, id: "2", producerId: "a", packets },
      { ...row, ...repairs, id: "3", producerId: "b", packets: 1 },
      { ...row, ...repairs, id: "4", producerId: "b", packets: 1 },
    ],
    earlier,
  };
}

const NOTHING: SfuStats = {
  engine: "mediasoup",
  producers: [],
  consumers: [],
  earlier: NONE_EARLIER,
};

/** A clock on which whatever is waited for is there at once. */
function restless() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    setTimer(delayMs: number, fn: () => void) {
      nowMs += delayMs;
      fn();
      return () => {};
    },
  };
}

Deno.test("what a producer lost is missed by each of its receivers", () => {
  assertEquals(streamsBetween(NOTHING, stats(100, 3)), {
    received: 101,
    missedByReceivers: 6,
    sent: 202,
    repairsSent: 8,
  });
});

Deno.test("what was there before a run is not its own", () => {
  assertEquals(streamsBetween(stats(100, 3), stats(150, 4)), {
    received: 50,
    missedByReceivers: 2,
    sent: 100,
    repairsSent: 0,
  });
});

Deno.test("what was not seen from beginning to end says nothing", () => {
  const after = stats(100, 3);
  assertEquals(streamsBetween(null, after), null);
  assertEquals(streamsBetween(NOTHING, null), null);
});

Deno.test("streams that are no longer listed count all the same", () => {
  const earlier = {
    streams: 4,
    received: 1000,
    missedByReceivers: 10,
    sent: 2000,
    retransmitted: 20,
  };
  assertEquals(streamsBetween(NOTHING, stats(100, 3, { earlier })), {
    received: 1101,
    missedByReceivers: 16,
    sent: 2202,
    repairsSent: 28,
  });
});

Deno.test("a server that is not ours, or has died, is not seen", async () => {
  assertEquals(await lookAtServer(undefined), null);
  const dead = () => Promise.reject(new Error("gone"));
  assertEquals([await lookAtServer(dead), await lookAtEnd(dead)], [null, null]);
});

Deno.test("the end is when all streams have ended, and then once more", async () => {
  const looks = [
    stats(10, 0, { closed: false }),
    stats(20, 0, { closed: false }),
    stats(30, 0),
    stats(40, 0),
    stats(50, 0),
  ];
  const seen = await lookAtEnd(
    () => Promise.resolve(looks.shift()!),
    restless(),
  );
  assertEquals(seen?.producers[0].packets, 40);
});

Deno.test("a stream that never ends is not waited for for ever", async () => {
  let looks = 0;
  await lookAtEnd(() => {
    looks++;
    return Promise.resolve(stats(1, 0, { closed: false }));
  }, restless());
  assertEquals(looks, 32);
});

Deno.test("a server that never answers is asked no longer than patience lasts", async () => {
  const silent = () => new Promise<SfuStats>(() => {});
  assertEquals(await lookAtServer(silent, restless()), null);
});
