/**
 * A transport against a server in memory, ended in every phase. werift waits
 * half a second after each flight of DTLS, so ends of one kind run at once.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { SrtpCipher } from "../../../lib/rtc/srtp_cipher.ts";
import type { RemoteTransport } from "../../../lib/rtc/transport.ts";
import {
  TransportError,
  type TransportFailure,
} from "../../../lib/rtc/transport_error.ts";
import { FROM, World, type WorldOptions } from "./transport_world.ts";

Deno.test("a transport comes up, and carries RTP and RTCP both ways", async () => {
  const world = new World();
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
});

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

Deno.test("the peer's close_notify loses the transport, once", async () => {
  const world = new World();
  await world.transport.connect(Promise.resolve());
  const closeNotify = Uint8Array.fromHex("15fefd000000000000000900020100");
  world.toClient(closeNotify);
  world.toClient(closeNotify);
  assertEquals(world.lost.map(({ kind }) => kind), ["peerClosed"]);
  assertEquals(world.transport.state, "failed");
  assertEquals(world.transport.send(0, 10, 10), 0);
  await world.end();
});

Deno.test("closing after any datagram of the setup leaves nothing", async () => {
  const whole = new World();
  await whole.transport.connect(Promise.resolve());
  await whole.end();
  assert(whole.delivered > 5);
  const runs = Array.from({ length: whole.delivered }, async (_, last) => {
    let closed: Promise<void> | undefined;
    const world: World = new World({
      afterDelivery: (index) => {
        if (index === last) closed = world.transport.close();
      },
    });
    await failsWith("closed", world.transport.connect(Promise.resolve()));
    await closed;
    await world.end();
  });
  await Promise.all(runs);
});

Deno.test("closing before it connects, or while it waits for anything, leaves nothing", async () => {
  const before = new World();
  await before.transport.close();
  await failsWith("closed", before.transport.connect(Promise.resolve()));

  const gate = Promise.withResolvers<void>();
  const opening = new World({ connecting: () => gate.promise });
  const opened = failsWith(
    "closed",
    opening.transport.connect(Promise.resolve()),
  );
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
  },
  {
    why: "the system refuses a socket",
    kind: "socket",
    world: { connecting: () => Promise.reject(new Error("no more files")) },
  },
  {
    why: "nobody answers ICE",
    kind: "iceTimeout",
    world: { answersIce: false, timeouts: { iceTimeoutMs: 1 } },
  },
  {
    why: "nobody answers DTLS",
    kind: "dtlsTimeout",
    world: { answersDtls: false, timeouts: { dtlsTimeoutMs: 1 } },
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

Deno.test("when the server refuses our fingerprint, connecting fails with its reason", async () => {
  const world = new World();
  const connected = world.transport.connect(world.ready.promise);
  world.ready.reject(new Error("connectTransport refused"));
  await assertRejects(() => connected, Error, "connectTransport refused");
  await world.end();
});

Deno.test("a refusal that comes after we have given up disturbs nobody", async () => {
  const world = new World({ answersIce: false, timeouts: { iceTimeoutMs: 1 } });
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
