/**
 * A transport against a server in memory, ended in every phase. werift waits
 * half a second after each flight of DTLS, so ends of one kind run at once.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Network } from "../../../lib/impairment/mod.ts";
import { SocketRefusedError } from "../../../lib/rtc/lane/lane.ts";
import type { SrtpCipher } from "../../../lib/rtc/srtp/srtp_cipher.ts";
import type { RemoteCandidate } from "../../../lib/rtc/ice/candidates.ts";
import { rememberNames } from "../../../lib/rtc/ice/resolver.ts";
import type { RemoteTransport } from "../../../lib/rtc/transport.ts";
import {
  TransportError,
  type TransportFailure,
} from "../../../lib/rtc/ice/transport_error.ts";
import { KINDS } from "./dtls/suites.ts";
import { FROM, World, type WorldOptions } from "./transport_world.ts";

const DTLS = KINDS.map((dtls) => ({ dtls }));

Deno.test.each(DTLS)(
  "a transport comes up by $dtls, and carries RTP and RTCP both ways",
  async ({ dtls }) => {
    const world = new World({ dtls });
    const { transport } = world;
    assertEquals(transport.state, "new");
    assertEquals(transport.send(0, 10, 10), 0);
    await transport.connect(Promise.resolve());
    assertEquals(transport.state, "connected");
    const server = await world.serverCipher();

    const packet = rtp(1);
    transport.out.set(packet);
    const length = transport.protectRtp(0, packet.length);
    assertEquals(transport.send(0, length, length), 1);
    const sealed = world.media.at(-1)!;
    assertEquals(server.unprotectRtp(sealed, 0, sealed.length), packet.length);
    assertEquals(sealed.subarray(0, packet.length), packet);
    assertEquals(transport.counters.bytesSent, length);

    const report = rtcp();
    transport.out.set(report);
    transport.sendRtcp(0, report.length);
    const sealedReport = world.media.at(-1)!;
    const plain = server.unprotectRtcp(sealedReport, 0, sealedReport.length);
    assertEquals(sealedReport.slice(0, plain), report);

    world.toClient(protectedBy(server, "protectRtp", rtp(7)));
    world.toClient(protectedBy(server, "protectRtcp", rtcp()));
    assertEquals(world.received, [["rtp", rtp(7)], ["rtcp", rtcp()]]);
    await world.end();
  },
);

Deno.test("what cannot be opened is counted by its reason, and goes nowhere", async () => {
  const world = new World();
  const { transport } = world;
  const connected = transport.connect(world.ready.promise);
  await world.until(() => world.socket !== undefined);
  world.toClient(rtp(1));
  world.toClient(Uint8Array.of(0x80));
  world.ready.resolve();
  await connected;
  const server = await world.serverCipher();
  const packet = protectedBy(server, "protectRtp", rtp(2));
  world.toClient(packet);
  world.toClient(packet);
  const changed = protectedBy(server, "protectRtp", rtp(3));
  changed[20] ^= 1;
  world.toClient(changed);
  const { early, replayed, authFailures } = transport.counters;
  assertEquals({ early, replayed, authFailures }, {
    early: 1,
    replayed: 1,
    authFailures: 1,
  });
  assertEquals(world.received.length, 1);
  await world.end();
});

Deno.test.each(DTLS)(
  "the peer's close_notify loses a transport of $dtls, once",
  async ({ dtls }) => {
    const world = new World({ dtls });
    await world.transport.connect(Promise.resolve());
    world.toClient(await world.serverEnds());
    assertEquals(world.lost.map(({ kind }) => kind), ["peerClosed"]);
    assertEquals(world.transport.state, "failed");
    assertEquals(world.transport.send(0, 10, 10), 0);
    await world.end();
  },
);

Deno.test.each(DTLS)(
  "the server hears of the end of a transport of $dtls before its socket closes",
  async ({ dtls }) => {
    const world = new World({ dtls });
    await world.transport.connect(Promise.resolve());
    await world.serverCipher().then((cipher) => cipher.close());
    const closed = world.transport.close();
    assertEquals(world.open, []);
    await world.until(() => world.goodbyes.length > 0);
    await closed;
    assertEquals(world.goodbyes, ["close notify"]);
    await world.end();
  },
);

Deno.test.each(DTLS)(
  "closing after any datagram of the setup by $dtls leaves nothing",
  async ({ dtls }) => {
    const whole = new World({ dtls });
    await whole.transport.connect(Promise.resolve());
    await whole.end();
    assert(whole.delivered > 5);
    const runs = Array.from({ length: whole.delivered }, async (_, last) => {
      let closed: Promise<void> | undefined;
      const world: World = new World({
        dtls,
        afterDelivery: (index) => {
          if (index === last) closed = world.transport.close();
        },
      });
      await failsWith("closed", world.transport.connect(Promise.resolve()));
      await closed;
      await world.end();
    });
    await Promise.all(runs);
  },
);

Deno.test("closing before it connects, or while it waits for anything, leaves nothing", async () => {
  const before = new World();
  await before.transport.close();
  await failsWith("closed", before.transport.connect(Promise.resolve()));

  const gate = Promise.withResolvers<void>();
  let isOpening = false;
  const opening = new World({
    connecting: () => {
      isOpening = true;
      return gate.promise;
    },
  });
  const opened = failsWith(
    "closed",
    opening.transport.connect(Promise.resolve()),
  );
  await opening.until(() => isOpening);
  await opening.transport.close();
  gate.resolve();
  await opened;
  await opening.until(() => opening.lane.sockets.length === 1);

  const checking = new World({ answersIce: false });
  const checked = failsWith(
    "closed",
    checking.transport.connect(Promise.resolve()),
  );
  await checking.until(() => checking.checks > 0);
  await checking.transport.close();
  await checked;

  const waiting = new World();
  const waited = failsWith(
    "closed",
    waiting.transport.connect(new Promise(() => {})),
  );
  await waiting.until(() => waiting.transport.roundTripMs > 0);
  await waiting.transport.close();
  await waited;

  const silent = new World({ answersDtls: false });
  const greeted = failsWith(
    "closed",
    silent.transport.connect(Promise.resolve()),
  );
  await silent.until(() => silent.transport.state === "dtls");
  await silent.transport.close();
  await greeted;

  // Closed in the very moment that what it waits for comes.
  const unlucky = new World();
  unlucky.ready.promise.then(() => unlucky.transport.close());
  const missed = failsWith(
    "closed",
    unlucky.transport.connect(unlucky.ready.promise),
  );
  await unlucky.until(() => unlucky.transport.roundTripMs > 0);
  unlucky.ready.resolve();
  await missed;

  for (
    const world of [before, opening, checking, waiting, silent, unlucky]
  ) {
    assertEquals(world.transport.state, "closed");
    await world.end();
  }
});

Deno.test.each<{
  why: string;
  kind: TransportFailure;
  remote?: Partial<RemoteTransport>;
  world?: WorldOptions;
}>([
  {
    why: "the server offers no UDP",
    kind: "candidate",
    remote: { iceCandidates: [{ ...FROM, protocol: "tcp" }] },
    world: { transport: { transport: "udp" } },
  },
  {
    why: "the server offers nothing",
    kind: "candidate",
    remote: { iceCandidates: [] },
  },
  {
    why: "there is no way to the server",
    kind: "candidate",
    world: { connecting: () => Promise.reject(new Error("no route")) },
  },
  {
    why: "the system refuses a socket",
    kind: "socket",
    world: {
      connecting: () => Promise.reject(new SocketRefusedError("no more files")),
    },
  },
  {
    why: "nobody answers ICE",
    kind: "iceTimeout",
    world: { answersIce: false, transport: { iceTimeoutMs: 1 } },
  },
  {
    why: "nobody answers DTLS",
    kind: "dtlsTimeout",
    world: { answersDtls: false, transport: { dtlsTimeoutMs: 1 } },
  },
  ...[3, 257, 5000, 70_000].map((length) => ({
    why: `the server's ICE user name has ${length} letters`,
    kind: "iceParameters" as const,
    remote: { iceParameters: credentials(length, 22) },
  })),
  ...[21, 257, 1_000_000].map((length) => ({
    why: `the server's ICE password has ${length} letters`,
    kind: "iceParameters" as const,
    remote: { iceParameters: credentials(4, length) },
  })),
  {
    why: "the server has no fingerprint of a digest that we know",
    kind: "dtls",
    remote: {
      dtlsParameters: { fingerprints: [{ algorithm: "md5", value: "AA" }] },
    },
  },
  {
    why: "the server is another than it said",
    kind: "dtls",
    remote: {
      dtlsParameters: { fingerprints: [{ algorithm: "sha-256", value: "AA" }] },
    },
  },
])(
  "when $why, connecting fails with $kind and leaves nothing",
  async ({ kind, remote = {}, world: options = {} }) => {
    const world = new World(options, remote);
    await failsWith(kind, world.transport.connect(Promise.resolve()));
    assertEquals(world.transport.state, "failed");
    assertEquals(world.lost, []);
    await world.end();
  },
);

Deno.test.each([
  { why: "when a packet is read", length: 40 },
  { why: "when a report is read", length: 28 },
])(
  "what throws $why ends the transport, and is told once",
  async ({ length }) => {
    const bug = new Error("cannot read this");
    const told: unknown[] = [];
    const fail = () => {
      throw bug;
    };
    for (const onError of [(error: unknown) => told.push(error), undefined]) {
      const world = new World({
        handlers: { onRtp: fail, onRtcp: fail, onError },
      });
      await world.transport.connect(Promise.resolve());
      const server = await world.serverCipher();
      for (const n of [1, 2]) {
        const packet = length === 40
          ? protectedBy(server, "protectRtp", rtp(n))
          : protectedBy(server, "protectRtcp", rtcp());
        world.toClient(packet);
      }
      assertEquals(world.transport.state, "failed");
      // Who has no ear for errors hears that it is lost, and why.
      const lost = onError === undefined ? ["internal: cannot read this"] : [];
      assertEquals(
        world.lost.map(({ kind, message }) => `${kind}: ${message}`),
        lost,
      );
      await world.end();
    }
    assertEquals(told, [bug]);
  },
);

Deno.test("what throws while it comes up ends the way up with its message", async () => {
  const world = new World({ answersIce: false });
  const connected = world.transport.connect(Promise.resolve());
  await world.until(() => world.checks > 0);
  world.socket!.onError!(new Error("no such thing"));
  const error = await assertRejects(() => connected, TransportError);
  assertEquals([error.kind, error.message], ["internal", "no such thing"]);
  await world.end();
});

Deno.test.each<{
  why: string;
  candidates: Partial<RemoteCandidate>[];
  taken: string;
}>([
  {
    why: "the live one is third, behind two dead ones",
    candidates: [
      { address: "192.0.2.7", priority: 9 },
      { address: "2001:db8::1", priority: 8 },
      { address: "192.0.2.1", priority: 7 },
    ],
    taken: "192.0.2.1",
  },
  {
    why: "the live one is told first, but has the lowest priority",
    candidates: [
      { address: "192.0.2.1", priority: 1 },
      { address: "192.0.2.8", priority: 2 },
      { address: "192.0.2.9", priority: 3 },
    ],
    taken: "192.0.2.1",
  },
  {
    why: "it is a name, and only its second address is alive",
    candidates: [{ address: "sfu.example" }],
    taken: "192.0.2.1",
  },
  {
    why: "some are no addresses",
    candidates: [
      { address: "224.0.0.1", priority: 9 },
      { port: 4000.7, priority: 8 },
      { address: "sfu.local", priority: 7 },
      { address: "unknown.example", priority: 6 },
      { address: "192.0.2.1" },
    ],
    taken: "192.0.2.1",
  },
])("a transport comes up where $why", async ({ candidates, taken }) => {
  const world = new World({
    isAlive: ({ address }) => address === taken,
    connecting: ({ address }) =>
      address.includes(":")
        ? Promise.reject(new Error("no route"))
        : Promise.resolve(),
    resolve: (name) =>
      name === "sfu.example"
        ? Promise.resolve(["192.0.2.6", taken])
        : Promise.reject(new Error("not found")),
  }, {
    iceCandidates: candidates.map((one) => ({
      ...FROM,
      protocol: "udp",
      ...one,
    })),
  });
  await world.transport.connect(Promise.resolve());
  assertEquals(world.transport.selectedCandidate?.address, taken);
  assertEquals(world.open.length, 1, "sockets of other candidates");
  const { candidateOutcomes } = world.transport;
  assertEquals(
    candidateOutcomes.filter(({ problem }) => problem === undefined)
      .map(({ address }) => address),
    [taken],
  );
  assertEquals(
    candidateOutcomes.length,
    candidates.length + (candidates[0].address === "sfu.example" ? 1 : 0),
  );
  await world.end();
});

Deno.test("a name that many ask for is resolved once, and again after a failure", async () => {
  const asked: string[] = [];
  let isKnown = false;
  const resolve = rememberNames((name) => {
    asked.push(name);
    return isKnown ? Promise.resolve(["192.0.2.1"]) : Promise.reject("no");
  });
  await Promise.allSettled([resolve("a"), resolve("a")]);
  assertEquals(asked, ["a"]);
  isKnown = true;
  assertEquals(await resolve("a"), ["192.0.2.1"]);
  await resolve("a");
  assertEquals(asked, ["a", "a"]);
});

Deno.test("the message of a search that found nothing says what each candidate did", async () => {
  const world = new World({
    isAlive: () => false,
    transport: { iceTimeoutMs: 120 },
  }, {
    iceCandidates: [
      { ...FROM, protocol: "udp" },
      { ...FROM, protocol: "udp", port: 0 },
    ],
  });
  const { message } = await assertRejects(() =>
    world.transport.connect(Promise.resolve())
  ) as Error;
  assertEquals(
    message,
    "no answer to ICE checks in 120 ms (udp 192.0.2.1:4000: no answer; udp 192.0.2.1:0: its port is not a whole number from 1 to 65535)",
  );
  await world.end();
});

Deno.test("an ICE restart moves media to another path, and DTLS and SRTP go on", async () => {
  let alive = "192.0.2.1";
  const world = new World({ isAlive: ({ address }) => address === alive });
  const { transport } = world;
  await transport.connect(Promise.resolve());
  const before = world.open;
  alive = "192.0.2.2";
  world.ice = { usernameFragment: "newer", password: "password-after-restart" };
  await transport.restartIce(world.ice, [
    { ...FROM, address: "192.0.2.2", protocol: "udp" },
  ]);
  assertEquals(transport.state, "connected");
  assertEquals(transport.selectedCandidate?.address, "192.0.2.2");
  assert(before.every(({ open }) => !open), "the old socket is closed");
  assertEquals(world.open.length, 1);

  const server = await world.serverCipher();
  world.toClient(protectedBy(server, "protectRtp", rtp(7)));
  assertEquals(world.received, [["rtp", rtp(7)]]);
  transport.out.set(rtp(1));
  const length = transport.protectRtp(0, 40);
  assertEquals(transport.send(0, length, length), 1);
  const sealed = world.media.at(-1)!;
  assertEquals(server.unprotectRtp(sealed, 0, sealed.length), 40);
  await world.end();
});

Deno.test.each([
  { how: "in a good network", impairment: { rebind: true } },
  {
    how: "in a bad one",
    impairment: { rebind: true, outbound: { delayMs: 1 } },
  },
  { how: "again and again", impairment: { rebindEveryMs: 1000 } },
])(
  "NAT gives a path another port $how, and media goes on both ways",
  async ({ impairment }) => {
    const network = new Network(() => () => 0.99);
    const world = new World({ transport: { network } });
    const { transport } = world;
    await transport.connect(Promise.resolve());
    const server = await world.serverCipher();
    const times = impairment.rebindEveryMs === undefined ? 1 : 2;
    network.impair(impairment, performance.now());
    await world.until(() => world.lane.sockets.length === 1 + times);
    // It answers to where it was nominated last.
    await world.until(() => world.peer === world.socket);
    network.impair(null, performance.now());
    assertEquals([network.rebinds, world.open.length], [times, 1]);
    assertEquals(transport.state, "connected");

    transport.out.set(rtp(1));
    const length = transport.protectRtp(0, 40);
    transport.send(0, length, length);
    await world.until(() => world.media.length === 1);
    const sealed = world.media.at(-1)!;
    assertEquals(server.unprotectRtp(sealed, 0, sealed.length), 40);
    world.toClient(protectedBy(server, "protectRtp", rtp(7)));
    assertEquals(world.received, [["rtp", rtp(7)]]);
    await world.end();
  },
);

Deno.test("NAT that forgets a TCP connection loses the path, and a restart finds another", async () => {
  const network = new Network(() => () => 0);
  const world = new World({ transport: { network } }, {
    iceCandidates: [{ ...FROM, protocol: "tcp", tcpType: "passive" }],
  });
  const { transport } = world;
  await transport.connect(Promise.resolve());
  network.impair({ rebind: true }, performance.now());
  await world.until(() => transport.state === "lost");
  assertEquals(world.lost.map(({ message }) => message), [
    "NAT forgot the connection",
  ]);
  await transport.restartIce(world.ice);
  assertEquals([transport.state, network.rebinds], ["connected", 1]);
  await world.end();
});

Deno.test("a restart that finds nothing leaves the path that there is, and may be tried again", async () => {
  const world = new World({ transport: { iceTimeoutMs: 100 } });
  const { transport } = world;
  await transport.connect(Promise.resolve());
  const old = world.ice;
  world.ice = { usernameFragment: "newer", password: "password-after-restart" };
  await failsWith(
    "iceTimeout",
    transport.restartIce({ ...old, usernameFragment: "another" }),
  );
  assertEquals(transport.state, "connected");
  assertEquals(world.open.length, 1);
  await transport.restartIce(world.ice);
  assertEquals(transport.state, "connected");
  assertEquals(world.open.length, 1);

  await transport.close();
  await failsWith("closed", transport.restartIce(world.ice));
  await world.end();
});

Deno.test("a TCP connection that the server closes is a lost path, and a restart finds another", async () => {
  const world = new World({}, {
    iceCandidates: [{ ...FROM, protocol: "tcp", tcpType: "passive" }],
  });
  const { transport } = world;
  await transport.connect(Promise.resolve());
  assertEquals(transport.selectedCandidate?.protocol, "tcp");
  world.socket!.onClosed!();
  assertEquals(world.lost.map(({ kind }) => kind), ["disconnected"]);
  assertEquals(transport.state, "lost");
  assertEquals(world.open, []);
  assertEquals(transport.send(0, 40, 40), 0);
  await transport.restartIce(world.ice);
  assertEquals(transport.state, "connected");
  assertEquals(world.open.length, 1);
  world.socket!.onClosed!();
  assertEquals(world.lost.length, 2);
  await world.end();
});

Deno.test("where UDP and TCP both answer, UDP is taken, and TCP is not even tried", async () => {
  const world = new World({}, {
    iceCandidates: [
      { ...FROM, protocol: "tcp", tcpType: "passive", priority: 99 },
      { ...FROM, protocol: "udp", priority: 1 },
    ],
  });
  await world.transport.connect(Promise.resolve());
  assertEquals(world.transport.selectedCandidate?.protocol, "udp");
  assertEquals(world.lane.sockets.length, 1);
  await world.end();
});

Deno.test("closing during a restart leaves nothing, and a second restart replaces the first", async () => {
  const world = new World();
  const { transport } = world;
  await transport.connect(Promise.resolve());
  const wrong = {
    usernameFragment: "wrong",
    password: "not-the-password-at-all",
  };
  const first = failsWith("closed", transport.restartIce(wrong));
  const second = failsWith("closed", transport.restartIce(wrong));
  await first;
  await transport.close();
  await second;
  await world.end();
});

Deno.test("when the server refuses our fingerprint, connecting fails with its reason", async () => {
  const world = new World();
  const connected = world.transport.connect(world.ready.promise);
  world.ready.reject(new Error("connectTransport refused"));
  await assertRejects(() => connected, Error, "connectTransport refused");
  await world.end();
});

Deno.test("a refusal that comes after we have given up disturbs nobody", async () => {
  const world = new World({
    answersIce: false,
    transport: { iceTimeoutMs: 1 },
  });
  await failsWith("iceTimeout", world.transport.connect(world.ready.promise));
  world.ready.reject(new Error("channel closed"));
  await world.end();
});

Deno.test("a sender that has not heard of the end does no harm", async () => {
  const world = new World();
  const { transport } = world;
  await transport.connect(Promise.resolve());
  await transport.close();
  transport.out.set(rtp(1));
  assertEquals(transport.protectRtp(0, 40), 40);
  assertEquals(transport.send(0, 40, 40), 0);
  transport.sendRtcp(0, 28);
  await world.end();
});

async function failsWith(
  kind: TransportFailure,
  work: Promise<void>,
): Promise<void> {
  const error = await assertRejects(() => work, TransportError);
  assertEquals(error.kind, kind, error.message);
}

function credentials(userLetters: number, passwordLetters: number) {
  return {
    usernameFragment: "u".repeat(userLetters),
    password: "p".repeat(passwordLetters),
  };
}

function rtp(sequence: number): Uint8Array {
  const packet = new Uint8Array(40).fill(0xaa);
  packet.set([0x80, 96, 0, sequence, 0, 0, 0, 1, 0, 0, 0, 9]);
  return packet;
}

function rtcp(): Uint8Array {
  const packet = new Uint8Array(28);
  packet.set([0x80, 200, 0, 6, 0, 0, 0, 9]);
  return packet;
}

function protectedBy(
  cipher: SrtpCipher,
  method: "protectRtp" | "protectRtcp",
  packet: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(packet.length + 32);
  bytes.set(packet);
  return bytes.slice(0, cipher[method](bytes, 0, packet.length));
}
