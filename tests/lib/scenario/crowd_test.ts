import type { Duration } from "../../../lib/options/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Crowd, defineScenario } from "../../../lib/scenario/mod.ts";
import { DEFAULT_NEWCOMERS, roster } from "../../../lib/load/mod.ts";
import type { ScenarioContext } from "../../../lib/run/mod.ts";
import type { RunCrowd } from "../../../lib/load/mod.ts";
import {
  describeImpairment,
  type LinkImpairment,
} from "../../../lib/impairment/mod.ts";
import { EMPTY_SNAPSHOT, trendOf } from "../../../lib/metrics/mod.ts";
import { fakeCrowd, type FakeCrowdOptions } from "../../../lib/testing/mod.ts";

/** Plays a script in virtual time; what it throws is thrown. */
async function play(
  script: (crowd: Crowd, context: ScenarioContext) => Promise<unknown>,
  { thresholds = [], ...options }: FakeCrowdOptions & {
    readonly thresholds?: readonly string[];
  } = {},
) {
  const target = fakeCrowd(options);
  let done: Promise<unknown> = Promise.resolve();
  const scenario = defineScenario({
    name: "script",
    description: "",
    options: {},
    run: (crowd, _, context) => done = script(crowd, context),
  });
  const { summary, snapshot } = await target.perform(
    scenario.prepare({ thresholds }),
  );
  await done;
  return { summary, snapshot, server: target.server, clock: target.clock };
}

Deno.test("clients come one by one, and are numbered on", async () => {
  const seen: string[] = [];
  const { summary, snapshot } = await play(async (crowd) => {
    const anna = await crowd.join({ name: "Anna", room: "a" });
    const others = await crowd.fill({ clients: 3, room: "b", rooms: 3 });
    seen.push(
      ...[anna, ...others].map(({ id, room }) => `${id} in ${room}`),
      `${crowd.connected.length} of ${crowd.clients.length}`,
    );
  });
  assertEquals(seen, [
    "client-0 in a",
    "client-1 in b-0",
    "client-2 in b-1",
    "client-3 in b-2",
    "4 of 4",
  ]);
  assertEquals(summary.successfulConnections, 4);
  assertEquals(
    snapshot.clients.map(({ state }) => state),
    Array(4).fill("left"),
  );
});

Deno.test.each<{
  readonly why: string;
  readonly time: Duration;
  readonly ms: number;
}>([
  { why: "milliseconds", time: 2_500, ms: 2_500 },
  { why: "text", time: "10s", ms: 10_000 },
  { why: "text with blanks around it", time: " 1.5m ", ms: 90_000 },
  {
    why: "text without a unit is seconds, as everywhere",
    time: "4",
    ms: 4_000,
  },
  { why: "no time at all", time: 0, ms: 0 },
])(
  "a script waits, fills and plays for a time as it gives it: $why",
  async ({ time, ms }) => {
    const took: number[] = [];
    await play(async (crowd) => {
      const measure = async (work: () => Promise<unknown>) => {
        const begun = crowd.elapsedMs;
        await work();
        took.push(crowd.elapsedMs - begun);
      };
      await measure(() => crowd.wait(time));
      await measure(() => crowd.until(() => false, time));
      const stages = [{ durationMs: time, target: 1 }];
      await measure(() => crowd.play({ stages }));
      await crowd.joinAll([{}, {}], time);
      await crowd.fill({ clients: 1, rampUp: time });
    });
    assertEquals(took, [ms, ms, ms]);
  },
);

Deno.test.each<{ readonly time: unknown; readonly shown: string }>([
  { time: "soon", shown: '"soon"' },
  { time: "10 parsecs", shown: '"10 parsecs"' },
  { time: "", shown: '""' },
  { time: "-5s", shown: '"-5s"' },
  { time: "999h", shown: '"999h"' },
  { time: NaN, shown: "NaN" },
  { time: -1, shown: "-1" },
  { time: Infinity, shown: "Infinity" },
  { time: undefined, shown: "undefined" },
])(
  "a script that gives $shown for a time is told so in one line",
  async ({ time, shown }) => {
    const given = time as Duration;
    const stages = [{ durationMs: given, target: 1 }];
    const problem = `${shown}: it is no length of time. Give milliseconds, or`;
    await play(async (crowd) => {
      const refused = (verb: string, work: () => Promise<unknown>) =>
        assertRejects(work, TypeError, `Cannot ${verb} ${problem}`);
      await refused("wait", () => crowd.wait(given));
      await refused(
        "wait until it is so within",
        () => crowd.until(() => true, given),
      );
      // What has a default may be left out.
      if (time === undefined) return;
      await refused("play a stage of", () => crowd.play({ stages }));
      await refused("join over", () => crowd.joinAll([{}], given));
      await refused(
        "ramp up over",
        () => crowd.fill({ clients: 1, rampUp: given }),
      );
      assertEquals(crowd.clients.length, 0);
    });
  },
);

Deno.test("a network's times may be text as well, and must be times", async () => {
  const text = (delay: unknown) => ({
    inbound: { delayMs: delay, lossRatio: 0.1 } as LinkImpairment,
  });
  await play(async (crowd) => {
    const anna = await crowd.join({ network: text("0.05s") });
    assertEquals(anna.impairment?.inbound?.delayMs, 50);
    await anna.impair(text("120ms"));
    assertEquals(anna.impairment, {
      inbound: { delayMs: 120, lossRatio: 0.1 },
    });
    await assertRejects(
      () => anna.impair(text("long")),
      TypeError,
      'Cannot impair packets with a delayMs of "long": it is no length of time.',
    );
  });
});

Deno.test("who asks for another layer of simulcast gets it, alone or together", async () => {
  const layers: string[] = [];
  const { summary } = await play(async (crowd) => {
    await crowd.join({ audio: false, simulcast: true });
    const viewers = await crowd.fill({
      clients: 2,
      publishRatio: 1,
      audio: false,
    });
    const mark = async () => {
      await crowd.wait(10_000);
      const { gauges } = crowd.snapshot();
      layers.push(
        [
          gauges.consumersLayer0,
          gauges.consumersLayer1,
          gauges.consumersLayer2,
        ].join(),
      );
    };
    await mark();
    await viewers[0].preferLayer(0);
    await mark();
    await crowd.preferLayer(viewers, 1);
    await mark();
    for (const layer of [-1, 3, 0.5]) {
      await assertRejects(
        () => viewers[0].preferLayer(layer),
        RangeError,
        `Cannot ask for layer ${layer}: there are 0 to 2`,
      );
    }
  });
  assertEquals(layers, ["0,0,2", "1,0,1", "0,2,0"]);
  assertEquals(summary.media.layerSwitches, 3);
});

Deno.test("who is mute sends nothing until unmuted, and who left is gone", async () => {
  const sent: number[] = [];
  const { server } = await play(async (crowd) => {
    const speaker = await crowd.join({ video: false });
    const mark = () => sent.push(speaker.record!.packetsSent);
    await speaker.mute();
    await crowd.wait(2000);
    mark();
    await crowd.wait(10_000);
    mark();
    await speaker.unmute();
    await crowd.wait(10_000);
    mark();
    await speaker.leave();
    await crowd.wait(2000);
    assertEquals(speaker.record?.state, "left");
    assertEquals(speaker.isConnected, false);
  });
  assertEquals(sent[1] - sent[0], 0);
  assert(sent[2] - sent[1] > 400, `${sent}`);
  assertEquals(server.participants.size, 0);
});

Deno.test("who is cut off comes back, and the time until media flows is measured", async () => {
  const { snapshot, summary } = await play(async (crowd) => {
    const [one] = await crowd.joinAll([
      { publish: false, maxAudio: 16 },
      { video: false },
    ]);
    await crowd.wait(3000);
    await one.cut();
    assert(
      await crowd.until(
        ({ clients }) => clients[0].maxRecoveryMs !== null,
        30_000,
      ),
    );
  });
  const [viewer, speaker] = snapshot.clients;
  assert(viewer.maxRecoveryMs! > 100 && viewer.maxRecoveryMs! < 3000);
  assertEquals(speaker.maxRecoveryMs, null);
  assertEquals(summary.totalReconnections, 1);
  assertEquals([summary.returns.losses, summary.totalErrors], [1, 0]);
});

Deno.test("who joins anew is somebody new at the server, and nothing of the old one stays", async () => {
  const ids: string[][] = [];
  const { snapshot, summary, server } = await play(
    async (crowd) => {
      await crowd.joinAll([{ publish: false }, { video: false }, {}]);
      await crowd.wait(3000);
      await crowd.rejoin(crowd.clients.slice(1));
      assert(
        await crowd.until(
          ({ clients }) =>
            clients.slice(1).every(({ maxRecoveryMs }) =>
              maxRecoveryMs !== null
            ),
          30_000,
        ),
      );
      ids.push(crowd.connected.map(({ id }) => id));
      await crowd.wait(3000);
    },
  );
  assertEquals(ids, [["client-0", "client-1", "client-2"]]);
  assertEquals(
    snapshot.clients.map(({ returnsByRejoin, cuts }) => [
      returnsByRejoin,
      cuts,
    ]),
    [[0, 0], [1, 1], [1, 1]],
  );
  assertEquals([summary.returns.losses, summary.totalErrors], [2, 0]);
  assertEquals(server.participants.size, 0);
});

Deno.test("a network is another one from the moment on that a script says so", async () => {
  const heard: number[] = [];
  let latencyMs = 0;
  const { snapshot } = await play(async (crowd) => {
    const viewer = await crowd.join({ publish: false, network: "delay=40ms" });
    await crowd.join({ video: false });
    const before = viewer.record!.packetsReceived;
    const listen = async () => {
      await crowd.wait(10_000);
      heard.push(viewer.record!.packetsReceived - before);
    };
    await listen();
    latencyMs = trendOf(crowd.snapshot(), "mediaLatency").percentile(50) /
      1000;
    assertEquals(viewer.impairment, {
      inbound: { delayMs: 40 },
      outbound: { delayMs: 40 },
    });
    await viewer.impair({ inbound: { lossRatio: 1 } });
    await listen();
    assertEquals(viewer.record!.impairment, "in.loss=100%");
    await crowd.impair(crowd.connected, null);
    assertEquals(viewer.impairment, null);
    await listen();
  });
  const [clear, gone, again] = [
    heard[0],
    heard[1] - heard[0],
    heard[2] - heard[1],
  ];
  assert(clear > 400 && gone < 60 && again > 400, `${heard}`);
  assert(latencyMs >= 39 && latencyMs <= 61, `${latencyMs}`);
  assert(snapshot.clients[0].impairedInDropped > 400);
  const longestMs = snapshot.clients[0].maxMediaLatencyMs!;
  assert(longestMs >= latencyMs - 1 && longestMs < 100, `${longestMs}`);
});

Deno.test("what a script without types gets wrong is said to it, and does not do nothing", async () => {
  await play(async (crowd) => {
    const one = await crowd.join({ video: false, maxAudio: "2" as never });
    const wrong: [() => Promise<unknown>, string][] = [
      [() => one.mute("vidio" as never), 'Cannot mute "vidio"'],
      [() => crowd.unmute([one], 7 as never), 'Cannot unmute "7"'],
      [() => one.impair({ loss: 0.1 } as never), "there is no loss in it"],
      [() => one.impair({ lossRatio: 0.1 } as never), "there is no lossRatio"],
      [() => one.impair(0.1 as never), "0.1 is no object"],
      [() => one.impair(["loss=5%"] as never), "is no object"],
      [
        () => one.impair({ inbound: { delay: 50 } } as never),
        "Cannot impair inbound packets: there is no delay in it",
      ],
      [() => one.impair({ outbound: 5 } as never), "5 is no object"],
      [
        () => crowd.join({ network: { inbound: { loss: 1 } } as never }),
        "there is no loss in it",
      ],
      [
        () => crowd.join({ quality: "4k" as never }),
        'Cannot join: quality "4k" is not 480p, 720p or 1080p.',
      ],
      [
        () => crowd.join({ maxVideo: -1 }),
        'Cannot join: maxVideo "-1" is not a whole number',
      ],
      [
        () => crowd.fill({ clients: 2, audioBitrate: NaN }),
        'Cannot join: audioBitrate "NaN" is not',
      ],
    ];
    for (const [attempt, says] of wrong) {
      await assertRejects(async () => await attempt(), Error, says);
    }
    assertEquals([one.impairment, crowd.clients.length], [null, 1]);
  });
});

Deno.test("a network that cannot be is said to the script, before anyone has it", async () => {
  await play(async (crowd) => {
    const one = await crowd.join({ video: false });
    await assertRejects(() => one.impair("wifi-losy"), SyntaxError);
    await assertRejects(
      () => one.impair({ inbound: { lossRatio: 2 } }),
      RangeError,
    );
    assertEquals(one.impairment, null);
    await assertRejects(() => crowd.join({ network: "delay=20s" }), RangeError);
    assertEquals(crowd.clients.length, 1);
  });
});

Deno.test("whoever is asked to come keeps a network of its own, while a file is read for another and after one that is not there", async () => {
  await play(async (crowd) => {
    const [slow, quick] = await Promise.all([
      crowd.join({ media: "builtin", network: "delay=40ms" }),
      crowd.join({ network: "loss=1%" }),
    ]);
    await assertRejects(
      () => crowd.join({ media: "nowhere.webm", network: "3g" }),
      Error,
      "there is no such file",
    );
    const last = await crowd.join({ network: "loss=2%" });
    assertEquals(
      [slow, quick, last].map(({ id, impairment }) => [
        id,
        describeImpairment(impairment!),
      ]),
      [
        ["client-0", "delay=40ms"],
        ["client-1", "loss=1%"],
        ["client-3", "loss=2%"],
      ],
    );
  });
});

Deno.test("who could not be carried is not counted, and who is on the way is", async () => {
  const asked: number[] = [];
  const never = () => new Promise<void>(() => {});
  const onTheWay: RunCrowd = {
    startedAt: "",
    isHere: true,
    nodes: [],
    firstIndex: 0,
    elapsedMs: 0,
    add: never,
    command: never,
    close: never,
    snapshot: () => EMPTY_SNAPSHOT,
    timeline: () => [],
  };
  const crowd = new Crowd({
    crowd: onTheWay,
    clock: { nowMs: () => 0, wallNowMs: () => 0, setTimer: () => () => {} },
    seed: 1,
    roster: {
      value: roster.newRoster(DEFAULT_NEWCOMERS, 1),
      nowMs: () => 0,
    },
    over: new AbortController().signal,
    watch() {},
    obstacle: ({ clients }) => {
      asked.push(clients.length);
      return clients.length > 2 ? "too many" : undefined;
    },
    onExpectedEnd() {},
    timeline: () => [],
    cpuTimes: () => null,
    serverLoad: () => null,
    focus: () => {},
    serverIsHere: false,
  });
  crowd.join();
  crowd.join();
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => crowd.join(), Error, "too many");
  }
  assertEquals([asked, crowd.clients.length], [[1, 2, 3, 3], 2]);
});

Deno.test("a part of a run is between two snapshots, the earlier one first", async () => {
  await play(async (crowd) => {
    await crowd.join();
    const before = crowd.snapshot();
    await crowd.wait("2s");
    const after = crowd.snapshot();
    const wrong: readonly (readonly unknown[])[] = [
      [],
      [before],
      [before, before, "nothing"],
      [after, before, "the other way round"],
      [before, after],
    ];
    for (const given of wrong) {
      assertThrows(
        () => crowd.focus(...given as Parameters<Crowd["focus"]>),
        TypeError,
        "Cannot focus: give two snapshots",
      );
    }
    crowd.focus(before, after, "two seconds");
  });
});

Deno.test("a file is refused beside what it settles itself, unless that is as by default", async () => {
  await play(async (crowd) => {
    const differences = [
      ["quality", { quality: "720p" }],
      ["fps", { fps: 15 }],
      ["simulcast", { simulcast: true }],
    ] as const;
    for (const [key, difference] of differences) {
      const options = { media: "builtin", ...difference };
      const comings = [
        () => crowd.join(options),
        () => crowd.fill({ clients: 1, ...options }),
        () => crowd.play({ stages: [], ...options }),
      ];
      for (const come of comings) {
        await assertRejects(
          come,
          TypeError,
          `media, ${key}: they exclude each other, leave one out.`,
        );
      }
    }
    assertEquals(crowd.clients.length, 0);
    await crowd.join({
      media: "builtin",
      quality: "480p",
      fps: 30,
      simulcast: false,
    });
    await crowd.join({ media: "synthetic", quality: "720p", fps: 15 });
  });
});

Deno.test("waiting for what never comes ends in time", async () => {
  let answer: boolean | undefined;
  const { summary } = await play(async (crowd) => {
    answer = await crowd.until(() => false, 5000);
  });
  assertEquals(answer, false);
  assertEquals(summary.elapsedMs, 5000);
});

Deno.test("a threshold with abort ends the run, names the one who was hurt, and stops the script", async () => {
  let ended: unknown;
  const { summary, server } = await play(
    async (crowd, { signal }) => {
      await crowd.fill({ clients: 3, video: false });
      await crowd.wait(3_600_000).catch((error) => ended = error);
      assert(signal.aborted);
      await assertRejects(() => crowd.join(), DOMException);
    },
    {
      thresholds: ["loss < 5% abort after 10s", "connected == 100%"],
      drops: everyNth(5),
    },
  );
  assert(ended instanceof DOMException);
  assertEquals(summary.verdict, {
    status: "failed",
    reason: '"loss < 5% abort after 10s" failed, which ended the run',
  });
  assertEquals([summary.exitCode, summary.partial], [99, true]);
  assert(summary.elapsedMs >= 10_000 && summary.elapsedMs < 12_000);
  const [loss, connected] = summary.thresholds;
  assertEquals([loss.passed, loss.worst?.kind, connected.passed], [
    false,
    "client",
    true,
  ]);
  assertEquals(server.participants.size, 0);
});

Deno.test.each([
  { room: "constructor", why: "a word that every object knows" },
  { room: "__proto__", why: "the word for what it is made from" },
  { room: "toString", why: "what it is asked for as text" },
])("a room may be called $room, $why", async ({ room }) => {
  const { summary, snapshot } = await play(async (crowd) => {
    await crowd.joinAll([{ room, name: room }, {
      room,
      name: "hasOwnProperty",
    }]);
    await crowd.wait("5s");
  });
  assertEquals(snapshot.clients.map(({ roomId }) => roomId), [room, room]);
  assertEquals(summary.successfulConnections, 2);
  assertEquals(summary.rooms.map((one) => [one.roomId, one.totalClients]), [
    [room, 2],
  ]);
  assert(snapshot.clients.every(({ packetsReceived }) => packetsReceived > 0));
});

Deno.test("the same seed gives the same run, another one another", async () => {
  const run = async (seed: number) => {
    const { snapshot } = await play(async (crowd) => {
      await crowd.play({
        stages: [
          { durationMs: 1000, target: 5 },
          { durationMs: 20_000, target: 5 },
        ],
        churnRate: 0.5,
        video: false,
      });
    }, { seed });
    return snapshot.clients.map((client) => [
      client.clientId,
      client.roomId,
      client.connectionTimeMs,
      client.sessionDurationMs,
      client.packetsSent,
      client.packetsReceived,
    ]);
  };
  const first = await run(1);
  assertEquals(first.length, 15);
  assertEquals(await run(1), first);
  assert(JSON.stringify(await run(2)) !== JSON.stringify(first));
});

Deno.test("a scenario draws from streams of its own", async () => {
  const draws: number[] = [];
  const draw = (seed: number) =>
    play((crowd) => {
      draws.push(crowd.random("a")(), crowd.random("a")(), crowd.random("b")());
      return Promise.resolve();
    }, { seed });
  await draw(1);
  await draw(2);
  assertEquals(draws[0], draws[1]);
  assertEquals(new Set(draws).size, 4);
});

Deno.test("nothing is left behind", async () => {
  const { clock, server } = await play(async (crowd) => {
    await crowd.fill({ clients: 3 });
    await crowd.wait(1000);
  });
  assertEquals([clock.pendingTimers, server.openChannels], [0, 0]);
});

function everyNth(n: number): () => boolean {
  let count = 0;
  return () => ++count % n === 0;
}
