/** Every scenario in virtual time, against a fake server. */

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { type FakeCrowd, fakeCrowd } from "../../lib/testing/mod.ts";
import {
  churn,
  classroom,
  conference,
  muteStorm,
  panel,
  ramp,
  reconnectStorm,
  scenarios,
  serverRestart,
  smoke,
  soak,
  webinar,
} from "../../mod.ts";
import type { AnyScenario } from "../../tool.ts";

const ALL: Readonly<Record<string, AnyScenario>> = scenarios;

Deno.test("every scenario is found by its own name, and all its options have defaults", async () => {
  const folder = new URL("../../scenarios/", import.meta.url);
  const files = (await Array.fromAsync(Deno.readDir(folder)))
    .map(({ name }) => name)
    .filter((name) =>
      Deno.readTextFileSync(new URL(name, folder)).includes("runAsProgram(")
    );
  assertEquals(
    Object.keys(ALL).sort(),
    files.map((name) =>
      name.replace(".ts", "").replace(
        /_(.)/g,
        (_, letter) => letter.toUpperCase(),
      )
    ).sort(),
  );
  for (const [name, scenario] of Object.entries(ALL)) {
    assertEquals(scenario.name, name);
    assertEquals(scenario.prepare({}).name, name);
  }
});

Deno.test("what is used by default is on record, and can be given again as it stands", () => {
  for (const scenario of Object.values(ALL)) {
    const { config } = scenario.prepare({});
    assertEquals(scenario.prepare(config).config, config);
  }
});

Deno.test.each([
  { meeting: conference, publishers: 20 },
  { meeting: classroom, publishers: 4 },
  { meeting: panel, publishers: 2 },
  { meeting: webinar, publishers: 1 },
])(
  "of 20 in a meeting, $publishers publish",
  async ({ meeting, publishers }) => {
    const summary = await meeting(fakeCrowd(), {
      clients: 20,
      duration: "2s",
      video: false,
      maxAudio: 1,
    });
    assertEquals(summary.successfulConnections, 20);
    assertEquals(summary.totalProducersCreated, publishers);
    assertEquals(summary.verdict.status, "passed");
  },
);

Deno.test("bad networks are drawn for shares of the clients by the seed, and stay with the seat", async () => {
  const impaired = async (seed: number) => {
    const { snapshot, summary } = await fakeCrowd({ seed }).perform(
      churn.prepare({
        clients: "10",
        duration: "10s",
        churnRate: "0.5",
        video: "false",
        impair: "loss=20%:30%; delay=50ms:0.2",
      }),
    );
    assertEquals(summary.config.impair, ["loss=20%:30%", "delay=50ms:20%"]);
    assertGreater(summary.media.impaired.inbound.dropped, 0);
    return snapshot.clients.map(({ impairment }) => impairment);
  };
  const first = await impaired(1);
  assertEquals(
    first.slice(0, 10).filter((one) => one === "loss=20%").length,
    3,
  );
  assertEquals(
    first.slice(0, 10).filter((one) => one === "delay=50ms").length,
    2,
  );
  assertEquals(first.length, 15);
  assertEquals(await impaired(1), first);
  assert(String(await impaired(2)) !== String(first));
});

Deno.test("media out of a file goes to everyone, at the file's own pace", async () => {
  const summary = await conference(fakeCrowd(), {
    clients: 3,
    duration: "1m",
    rampUp: "0s",
    media: "builtin",
  });
  assertEquals(summary.verdict.status, "passed");
  assertEquals(summary.config.media, "builtin");
  // 50 packets a second of audio, 35 of video; 59 s, as people get in by the first.
  const perSec = summary.totalPacketsSent / 3 / 59;
  assert(Math.abs(perSec - 85) < 1, `${perSec} packets a second`);
  assertEquals(summary.media.loss.lost, 0);
  assert(summary.media.deliveryRatio! > 0.99);
});

Deno.test("of simulcast everyone gets one layer of each, and all of it", async () => {
  const summary = await conference(fakeCrowd(), {
    clients: 3,
    duration: "1m",
    rampUp: "0s",
    audio: false,
    simulcast: true,
    // Layers in time need other numbers of packets.
    profile: "plain",
  });
  assertEquals(summary.verdict.status, "passed");
  assertEquals(summary.config.simulcast, true);
  assertEquals([summary.media.loss.lost, summary.media.deliveryRatio], [0, 1]);
  // Two tracks in the largest layer for each that goes out in three.
  const share = summary.totalPacketsReceived / summary.totalPacketsSent;
  assert(Math.abs(share - 2 * 122.6 / 216.6) < 0.02, `${share}`);
});

Deno.test("smoke fails when anything is lost", async () => {
  const good = await smoke(fakeCrowd());
  assertEquals(good.verdict.status, "passed");
  let count = 0;
  const bad = await smoke(fakeCrowd({ drops: () => ++count % 20 === 0 }));
  assertEquals(bad.verdict, {
    status: "failed",
    reason: '"loss < 1%" failed',
  });
});

Deno.test("a ramp goes up and down by its stages", async () => {
  const target = fakeCrowd();
  const { summary, snapshot } = await target.perform(ramp.prepare({
    stages: [
      { duration: "4s", target: 4 },
      { duration: "10s", target: 4 },
      { duration: "4s", target: 1 },
      { duration: "2s", target: 1 },
    ],
    video: false,
  }));
  assertEquals(summary.elapsedMs, 20_000);
  assertEquals(summary.totalClients, 4);
  const lengths = snapshot.clients.map(({ sessionDurationMs }) =>
    Math.round(sessionDurationMs / 1000)
  );
  assertEquals(lengths, [20, 17, 15, 12]);
  assertEquals(ramp.prepare({ stages: "1s:7,1s:3" }).peak, 7);
});

Deno.test("churn replaces whoever leaves", async () => {
  const summary = await churn(fakeCrowd(), {
    clients: 5,
    duration: "20s",
    churnRate: 0.5,
    video: false,
  });
  assertEquals(summary.totalClients, 15);
  assertEquals(summary.failedConnections, 0);
});

Deno.test("a mute storm pauses and resumes every publisher, round by round", async () => {
  const said: string[] = [];
  const summary = await muteStorm(
    fakeCrowd({
      intercept: ({ type }) => {
        if (/Producer$/.test(type)) said.push(type);
        return undefined;
      },
    }),
    { clients: 3, rounds: 2, kind: "audio" },
  );
  const round = [
    ...Array(3).fill("pauseProducer"),
    ...Array(3).fill("resumeProducer"),
  ];
  assertEquals(said, [...round, ...round]);
  assertEquals(summary.verdict.status, "passed");
});

Deno.test("a reconnect storm tells each client's recovery, and passes when all recover", async () => {
  const { scenario, verdict } = await reconnectStorm(fakeCrowd(), {
    clients: 6,
  });
  assertEquals(scenario.result?.lost, 0);
  assertEquals(scenario.result?.clients.length, 6);
  for (const { recoveryMs } of scenario.result!.clients) {
    assertGreater(recoveryMs, 0);
  }
  assertEquals(verdict.status, "passed");
});

Deno.test("a reconnect storm fails when someone does not recover in time", async () => {
  // One is not answered when it comes back.
  const came = new Set<string>();
  const { scenario, verdict, exitCode } = await reconnectStorm(
    fakeCrowd({
      intercept(message) {
        if (message.type !== "joinRoom") return undefined;
        const { participantName: name } = message;
        if (name === "TestUser3" && came.has(name)) return [];
        came.add(name);
        return undefined;
      },
    }),
    { clients: 6, patience: "10s", thresholds: ["errors < 100"] },
  );
  assertEquals(scenario.result?.lost, 1);
  assertEquals(verdict, {
    status: "failed",
    reason: "1 of 6 clients did not recover",
  });
  assertEquals(exitCode, 99);
});

Deno.test("whoever has media again for a moment and then none has not recovered", async () => {
  // All are cut off after 3 s, and back some seconds later.
  const fake: FakeCrowd = fakeCrowd({
    drops: () => fake.clock.nowMs() >= 12_000,
  });
  const { scenario, verdict } = await reconnectStorm(fake, {
    clients: 4,
    video: false,
    rampUp: "0s",
    before: "3s",
    after: "15s",
    thresholds: ["errors < 100"],
  });
  assertEquals([scenario.result?.cut, scenario.result?.lost], [4, 4]);
  assertEquals(verdict.status, "failed");
});

Deno.test("a restart that leaves clients without media fails, whatever its thresholds say", async () => {
  const fake = fakeCrowd();
  const command = await Deno.makeTempFile();
  const restart = serverRestart(fake, {
    command: `touch ${command}`,
    clients: 3,
    patience: "30s",
    thresholds: ["connection p(95) < 1m"],
  });
  fake.server.isDown = false;
  fake.clock.setTimer(14_000, () => {
    fake.server.isDown = true;
    fake.server.dropChannels();
  });
  const { scenario, verdict } = await restart;
  await Deno.remove(command);
  assertEquals([scenario.result?.cut, scenario.result?.lost], [3, 3]);
  assertEquals(verdict.status, "failed");
  assertMatch(verdict.reason, /; 3 of 3 clients lost media for good;/);
});

Deno.test.each([
  { why: "for a moment", awaySec: 0.2 },
  { why: "for 5 s", awaySec: 5 },
  { why: "for 20 s", awaySec: 20 },
])(
  "a server that is away $why has everyone back within 8 s of its return",
  async ({ awaySec }) => {
    const fake = fakeCrowd();
    fake.clock.setTimer(14_000, () => {
      fake.server.isDown = true;
      fake.server.dropChannels();
      fake.clock.setTimer(awaySec * 1000, () => fake.server.isDown = false);
    });
    const { scenario, verdict, totalErrors } = await serverRestart(fake, {
      command: "true",
      clients: 6,
      video: false,
    });
    const { lost, how, recoveryMs } = scenario.result!;
    assertEquals([lost, how.rejoined, totalErrors], [0, 6, 0]);
    assert(recoveryMs.maxMs < (awaySec + 8) * 1000, `${recoveryMs.maxMs}`);
    assertEquals(verdict.status, "passed");
  },
);

Deno.test("a soak goes on for its time, and ends when too much is lost", async () => {
  const input = { clients: 2, duration: "10m", video: false };
  const good = await soak(fakeCrowd({ turnMs: 100 }), input);
  assertEquals([good.verdict.status, good.scenario.result], ["passed", null]);
  assertGreater(good.elapsedMs, 600_000);
  let count = 0;
  const drops = () => ++count % 20 === 0;
  const bad = await soak(fakeCrowd({ turnMs: 100, drops }), input);
  assertEquals(bad.exitCode, 99);
  assert(bad.elapsedMs < 70_000, `${bad.elapsedMs}`);
});
