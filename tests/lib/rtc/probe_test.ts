/** Which candidates of a server answer, each asked by itself, in virtual time. */

import { assertEquals, assertRejects } from "@std/assert";
import type { Datapath } from "../../../lib/rtc/datapath.ts";
import type { RemoteCandidate } from "../../../lib/rtc/ice/candidates.ts";
import { TransportError } from "../../../lib/rtc/ice/transport_error.ts";
import { probeCandidates, type ProbeOptions } from "../../../lib/rtc/probe.ts";
import { IceNet, type IceNetOptions, REMOTE } from "./ice/ice_net.ts";

const udp = (address: string): RemoteCandidate => ({
  address,
  port: 4000,
  protocol: "udp",
});

/** Asks, and gives up after so long; what each candidate did, in a word. */
async function probe(
  iceCandidates: readonly RemoteCandidate[],
  net: IceNetOptions,
  options: Partial<ProbeOptions> = {},
  giveUpMs = 3000,
) {
  const world = new IceNet(net);
  const giveUp = new AbortController();
  let haste = 0;
  const reactor = Object.assign(world.datapath.reactor, {
    enterLowLatency: () => void haste++,
    leaveLowLatency: () => void haste--,
  });
  const ciphers: Datapath["ciphers"] = {
    kind: "portable",
    create: () => {
      throw new Error("nobody is asked for keys");
    },
    close: () => {},
  };
  const probed = probeCandidates({ ...world.datapath, ciphers, reactor }, {
    iceParameters: REMOTE,
    iceCandidates,
    timeoutMs: 60_000,
    signal: giveUp.signal,
    ...options,
  });
  probed.catch(() => {});
  await world.deadlines.comeTo(giveUpMs);
  giveUp.abort();
  try {
    return (await probed).map(({ address, roundTripMs, problem }) =>
      `${address}: ${problem ?? roundTripMs}`
    );
  } finally {
    assertEquals([world.open, haste, world.deadlines.retained], [[], 0, 0]);
  }
}

Deno.test("each candidate is asked at once, and told with its own round trip, in the order of trying", async () => {
  const times: Record<string, number> = { "192.0.2.1": 30, "192.0.2.2": 5 };
  assertEquals(
    await probe([
      { ...udp("192.0.2.2"), protocol: "tcp" },
      udp("192.0.2.1"),
      udp("192.0.2.3"),
    ], { roundTripMs: ({ address }) => times[address] }),
    ["192.0.2.1: 30", "192.0.2.3: no answer", "192.0.2.2: 5"],
  );
});

Deno.test("what cannot be used stands behind the others with its reason", async () => {
  assertEquals(
    await probe([udp("224.0.0.1"), udp("192.0.2.1")], {}),
    ["192.0.2.1: 20", "224.0.0.1: it is a multicast address"],
  );
});

Deno.test("one that cannot be opened, and a name that nobody knows, are told and keep nobody waiting", async () => {
  assertEquals(
    await probe([udp("192.0.2.1"), udp("nobody.example"), udp("192.0.2.2")], {
      refusal: ({ address }) =>
        address === "192.0.2.1" ? new Error("no route") : undefined,
    }),
    [
      "192.0.2.1: no route",
      "nobody.example: this name has no address",
      "192.0.2.2: 20",
    ],
  );
});

Deno.test("of a name each address is told", async () => {
  assertEquals(
    await probe([udp("sfu.example")], {
      resolve: () => Promise.resolve(["192.0.2.1", "192.0.2.2"]),
      roundTripMs: ({ address }) => address === "192.0.2.2" ? 7 : undefined,
    }),
    ["192.0.2.1: no answer", "192.0.2.2: 7"],
  );
});

Deno.test("over one transport only that is asked", async () => {
  const candidates = [udp("192.0.2.1"), {
    ...udp("192.0.2.2"),
    protocol: "tcp",
  }];
  assertEquals(await probe(candidates, {}, { transport: "tcp" }), [
    "192.0.2.2: 20",
  ]);
});

Deno.test.each<{
  why: string;
  candidates: readonly RemoteCandidate[];
  options: Partial<ProbeOptions>;
  kind: string;
  says: string;
}>([
  {
    why: "there is no candidate",
    candidates: [],
    options: {},
    kind: "candidate",
    says: "the server offers no address",
  },
  {
    why: "none can be used",
    candidates: [udp("0.0.0.0")],
    options: {},
    kind: "candidate",
    says:
      "the server offers no address that can be used (udp 0.0.0.0:4000: it is the unspecified address)",
  },
  {
    why: "none is of the transport",
    candidates: [udp("192.0.2.1")],
    options: { transport: "tcp" },
    kind: "candidate",
    says: "the server offers no TCP address, only UDP: take the transport auto",
  },
  {
    why: "the credentials are none",
    candidates: [udp("192.0.2.1")],
    options: { iceParameters: { ...REMOTE, password: "short" } },
    kind: "iceParameters",
    says: "the server's ICE password has 5 characters, not 22 to 256",
  },
])("where there is nothing to ask, that is the error: $why", async (row) => {
  const error = await assertRejects(
    () => probe(row.candidates, {}, row.options),
    TransportError,
  );
  assertEquals([error.kind, error.message], [row.kind, row.says]);
});

Deno.test("who has given up before hears of nobody's answer", async () => {
  assertEquals(
    await probe([udp("192.0.2.1")], {}, { signal: AbortSignal.abort() }),
    [],
  );
});
