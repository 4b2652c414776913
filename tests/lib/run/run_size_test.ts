import { assertEquals, assertMatch } from "@std/assert";
import {
  type MediaPlan,
  type NodeFacts,
  rampAndHold,
} from "../../../lib/load/mod.ts";
import {
  type Quality,
  simulcastPresets,
  videoPreset,
} from "../../../lib/media/mod.ts";
import type { MachineFacts } from "../../../lib/machine/mod.ts";
import { whyImpossible } from "../../../lib/run/mod.ts";
import { runSize } from "../../../lib/run/run_size.ts";
import { planOf } from "../../plans.ts";

function plan(change: Parameters<typeof planOf>[1] = {}) {
  return planOf(10, {
    stages: rampAndHold(10, 1_000, 30_000),
    room: "r",
    ...change,
  });
}

function size(change: Parameters<typeof planOf>[1] = {}) {
  const { clients, transports, packetsHz } = runSize(
    plan(change),
    1,
    null,
    "native",
  );
  return { clients, transports, packetsHz };
}

Deno.test("publishers have two transports, viewers one", () => {
  assertEquals(size().transports, 20);
  assertEquals(size({ publishRatio: 0.2 }).transports, 12);
});

Deno.test("who receives nothing needs no transport for it", () => {
  assertEquals(size({ maxAudio: 0, maxVideo: 0 }).transports, 10);
  assertEquals(size({ maxAudio: 0, video: false }).transports, 10);
});

Deno.test("packets are those sent and those received, up to the consumers that there are", () => {
  const audio = { video: false, maxVideo: 0 };
  assertEquals(size({ ...audio, maxAudio: 0 }).packetsHz, 10 * 50);
  assertEquals(size(audio).packetsHz, 10 * 50 * 5);
  assertEquals(size({ ...audio, maxAudio: 99 }).packetsHz, 10 * 50 * 10);
  assertEquals(size({ ...audio, rooms: 5 }).packetsHz, 10 * 50 * 2);
});

Deno.test("of simulcast all layers are sent, and one is received", () => {
  const video = { audio: false, maxAudio: 0, simulcast: true };
  const rates = simulcastPresets(videoPreset("480p", 30))
    .map(({ packetsPerSecond }) => packetsPerSecond);
  const sent = rates.reduce((sum, hz) => sum + hz, 0);
  assertEquals(
    size({ ...video, maxVideo: 1 }).packetsHz,
    Math.round(10 * (sent + rates[2])),
  );
});

Deno.test("each client counts with media of its own, and receives of the others those that have most packets", () => {
  const { clients } = plan({ audio: false, publishRatio: 0.3 });
  const hz = (quality: Quality) => videoPreset(quality, 30).packetsPerSecond;
  const media = (change: Partial<MediaPlan>) => ({
    ...clients[0].media,
    ...change,
  });
  const own = [
    media({ quality: "1080p", maxVideo: 1 }),
    media({ quality: "720p", maxVideo: 1 }),
    media({ maxVideo: 2 }),
    media({ maxVideo: 2 }),
    media({ video: false, audio: true }),
    ...Array(5).fill(media({ maxVideo: 0 })),
  ];
  const { packetsHz } = runSize(
    { clients: clients.map((one, i) => ({ ...one, media: own[i] })) },
    1,
    null,
    "native",
  );
  const [small, middle, large] = [hz("480p"), hz("720p"), hz("1080p")];
  const sent = large + middle + small;
  const received = middle + large + 2 * (large + middle);
  assertEquals(packetsHz, Math.round(sent + received));
});

Deno.test("simulcast cannot go through an engine that forwards no layers", () => {
  const why = (engine: "werift" | "mediasoup" | null, publishes = true) => {
    const { clients, ...rest } = plan({ simulcast: true });
    const role = publishes ? "publisher" : "viewer";
    return whyImpossible({
      plan: { ...rest, clients: clients.map((one) => ({ ...one, role })) },
      workers: 1,
      engine,
    });
  };
  assertMatch(why("werift") ?? "", /^Cannot send simulcast .* mediasoup\.$/);
  for (const text of [why("mediasoup"), why(null), why("werift", false)]) {
    assertEquals(text, undefined);
  }
});

const MACHINE: MachineFacts = {
  files: { soft: 20_000, hard: 20_000 },
  startersSoftFiles: null,
  portRange: null,
  rmemMaxBytes: null,
  wmemMaxBytes: null,
  cores: 4,
  memoryBytes: null,
  clockSource: null,
  udp: null,
};

Deno.test.each([
  { files: [1000, 400], threads: [1, 1], clients: 60, want: null },
  { files: [1000, 70], threads: [1, 1], clients: 60, want: "30 clients" },
  { files: [1000, 70], threads: [5, 1], clients: 60, want: "10 clients" },
  { files: [1000, 70], threads: [29, 1], clients: 60, want: null },
])(
  "$clients clients on machines of $threads threads that may open $files files: $want are too many for the second",
  ({ files, threads, clients, want }) => {
    const nodes = files.map((soft, i): NodeFacts => ({
      ...{ node: `agent-${i}`, version: "1.2.3", threads: threads[i] },
      ...{ lanes: [], ciphers: [], dtls: [], clock: null },
      machine: { ...MACHINE, files: { soft, hard: soft } },
    }));
    const made = plan({ stages: rampAndHold(clients, 0, 1000) });
    const why = whyImpossible({ plan: made, workers: 1, engine: null, nodes });
    assertEquals(
      why?.match(/^Cannot run (\d+ clients?) on agent-1: open files:/)?.[1] ??
        null,
      want,
    );
  },
);

Deno.test("of a machine that is not known nothing is said", () => {
  const nodes: NodeFacts[] = [{
    ...{ node: "agent-0", version: "1.2.3", threads: 1 },
    ...{ lanes: [], ciphers: [], dtls: [], clock: null, machine: null },
  }];
  const question = {
    plan: plan({ stages: rampAndHold(9999, 0, 1000) }),
    workers: 1,
    engine: null,
  };
  assertEquals(whyImpossible({ ...question, nodes }), undefined);
});

Deno.test("clients that replace each other count while they overlap, not all together", () => {
  const { clients } = size({ churnRate: 2 });
  const all = plan({ churnRate: 2 }).clients.length;
  assertEquals(all > 40, true);
  assertEquals(clients > 10 && clients <= 20, true, `${clients} of ${all}`);
});
