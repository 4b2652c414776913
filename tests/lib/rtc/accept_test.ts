/** The server's end of a transport, over a socket and keys that are none. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { EventEmitter } from "node:events";
import {
  type AcceptHandlers,
  type AcceptParts,
  RtcAcceptor,
} from "../../../lib/rtc/accept.ts";
import type { DtlsOptions } from "../../../lib/rtc/dtls/dtls.ts";
import { bindingRequest, parseStun } from "../../../lib/rtc/ice/stun.ts";
import type { SrtpKeys } from "../../../lib/rtc/srtp/srtp_cipher.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";

interface Place {
  readonly address: string;
  readonly port: number;
}

const HOME: Place = { address: "192.0.2.1", port: 1111 };
const CAFE: Place = { address: "198.51.100.2", port: 2222 };
const SIX: Place = { address: "2001:db8::7", port: 3333 };

const KEYS: SrtpKeys = {
  profile: "AEAD_AES_128_GCM",
  localKey: new Uint8Array(16),
  localSalt: new Uint8Array(12),
  remoteKey: new Uint8Array(16),
  remoteSalt: new Uint8Array(12),
};

const label = ({ address, port }: Place) => `${address}:${port}`;

/** A socket that keeps what is sent. */
class FakeSocket extends EventEmitter {
  readonly sent: [to: string, bytes: Uint8Array][] = [];
  closed = 0;

  address() {
    return { address: "0.0.0.0", port: 4444, family: "IPv4" };
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    this.sent.push([label({ address, port }), Uint8Array.from(bytes)]);
  }

  close(): void {
    this.closed++;
  }
}

/** Lets what is ready go on. */
const settle = () => new FakeClock().run(0);

class World {
  readonly socket = new FakeSocket();
  readonly acceptor: RtcAcceptor;
  readonly rtp: string[] = [];
  readonly rtcp: string[] = [];
  readonly handshake: Uint8Array[] = [];
  readonly keys = Promise.withResolvers<SrtpKeys>();
  connections = 0;
  ciphers = 0;
  dtls: DtlsOptions | undefined;
  readonly ended: string[] = [];

  constructor(handlers: Partial<AcceptHandlers> = {}) {
    this.keys.promise.catch(() => {});
    const hex =
      (into: string[]) => (bytes: Uint8Array, offset: number, length: number) =>
        void into.push(bytes.slice(offset, offset + length).toHex());
    const parts: AcceptParts = {
      profiles: undefined,
      ciphers: {
        kind: "portable",
        close: () => {},
        create: () => {
          this.ciphers++;
          return {
            kind: "portable",
            // The tag is a byte; what ends in 0xff is forged.
            protectRtp: (_bytes, _offset, length) => length + 1,
            protectRtcp: (_bytes, _offset, length) => length + 1,
            unprotectRtp: (bytes, offset, length) =>
              bytes[offset + length - 1] === 0xff ? -1 : length - 1,
            unprotectRtcp: (bytes, offset, length) =>
              bytes[offset + length - 1] === 0xff ? -1 : length - 1,
            close: () => {
              this.ciphers--;
              this.ended.push("cipher");
            },
          };
        },
      },
      dtls: {
        kind: "portable",
        fingerprint: "AA:BB",
        close: () => {},
        create: (options) => {
          this.dtls = options;
          return {
            done: this.keys.promise,
            onClosed: () => {},
            complaint: undefined,
            start: () => {},
            receive: (bytes) => void this.handshake.push(bytes),
            close: () => {
              this.ended.push(
                this.socket.closed === 0 ? "dtls" : "dtls too late",
              );
              return Promise.resolve();
            },
          };
        },
      },
    };
    this.acceptor = new RtcAcceptor(
      parts,
      this.socket as unknown as ConstructorParameters<typeof RtcAcceptor>[1],
      {
        onRtp: hex(this.rtp),
        onRtcp: hex(this.rtcp),
        onConnected: () => this.connections++,
        ...handlers,
      },
    );
  }

  /** A datagram comes. */
  from(place: Place, bytes: Uint8Array | readonly number[]): void {
    this.socket.emit("message", Uint8Array.from(bytes), place);
  }

  /** A check of the client comes; resolves with where it was answered to. */
  check(
    place: Place,
    { nominates = false, ice = this.acceptor.ice, local = "me" } = {},
  ): void {
    this.from(
      place,
      bindingRequest({
        username: `${ice.usernameFragment}:${local}`,
        password: ice.password,
        transactionId: new Uint8Array(12).fill(7),
        tieBreaker: 1n,
        nomination: nominates ? 1 : undefined,
      }),
    );
  }

  /** The handshake is through. */
  async connect(place = HOME): Promise<void> {
    this.check(place, { nominates: true });
    this.acceptor.accept("CC:DD");
    this.keys.resolve(KEYS);
    await settle();
    this.socket.sent.length = 0;
  }

  /** To whom a packet of ours goes. */
  whereTo(): string | undefined {
    const before = this.socket.sent.length;
    this.acceptor.sendRtp(new Uint8Array(20), 0, 12);
    return this.socket.sent[before]?.[0];
  }
}

const RTP = [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 1];

Deno.test("a check with the password is answered with where it came from", () => {
  for (const place of [HOME, SIX]) {
    const world = new World();
    world.check(place);
    const [[to, bytes]] = world.socket.sent;
    assertEquals(to, label(place));
    const answer = parseStun(bytes, world.acceptor.ice.password);
    assertEquals([answer?.kind, answer?.transaction], [
      "success",
      "07".repeat(12),
    ]);
  }
});

Deno.test("credentials are of the length that mediasoup's have, and differ", () => {
  const all = [new World(), new World()].map(({ acceptor }) => acceptor.ice);
  for (const { usernameFragment, password } of all) {
    assertEquals([usernameFragment.length, password.length], [32, 32]);
  }
  assert(all[0].usernameFragment !== all[1].usernameFragment);
  assert(all[0].password !== all[1].password);
});

Deno.test.each<{ why: string; send: (world: World) => void }>([
  {
    why: "under another password",
    send: (world) =>
      world.check(HOME, {
        ice: { ...world.acceptor.ice, password: "x".repeat(32) },
      }),
  },
  {
    why: "for another user",
    send: (world) =>
      world.check(HOME, {
        ice: { ...world.acceptor.ice, usernameFragment: "somebody" },
      }),
  },
  {
    why: "for one whose name only begins so",
    send: (world) => {
      const { usernameFragment, password } = world.acceptor.ice;
      world.check(HOME, {
        ice: { password, usernameFragment: `${usernameFragment}x` },
      });
    },
  },
  { why: "that is noise", send: (world) => world.from(HOME, [0, 1, 2, 3]) },
  { why: "of one byte", send: (world) => world.from(HOME, [0]) },
  { why: "of none", send: (world) => world.from(HOME, []) },
])("a check $why is not answered, and lets nobody in", async ({ send }) => {
  const world = new World();
  world.acceptor.accept("CC:DD");
  send(world);
  assertEquals(world.socket.sent, []);
  world.from(HOME, [22, 254, 253]);
  assertEquals(world.handshake, []);
  world.keys.resolve(KEYS);
  await settle();
  world.from(HOME, RTP);
  assertEquals(world.rtp, []);
});

Deno.test("the password that an ICE restart made counts, and the one of before no more", () => {
  const world = new World();
  const before = world.acceptor.ice;
  const after = world.acceptor.restartIce();
  assertEquals(world.acceptor.ice, after);
  world.check(HOME, { ice: before });
  assertEquals(world.socket.sent.length, 0);
  world.check(HOME, { ice: after });
  assertEquals(world.socket.sent.length, 1);
});

Deno.test("DTLS of who showed the password is taken once a fingerprint is known, and answered there", () => {
  const world = new World();
  world.check(HOME);
  world.from(HOME, [22, 254, 253]);
  assertEquals(world.handshake, []);
  world.acceptor.accept("CC:DD");
  assertEquals(world.dtls?.role, "server");
  assertEquals(world.dtls?.remoteFingerprint, "CC:DD");
  world.from(HOME, [22, 254, 253]);
  world.from(CAFE, [22, 254, 253, 1]);
  assertEquals(world.handshake.map(({ length }) => length), [3]);
  world.dtls?.send(Uint8Array.of(22, 1));
  assertEquals(world.socket.sent.at(-1), [label(HOME), Uint8Array.of(22, 1)]);
  assertThrows(() => world.acceptor.accept("EE:FF"), Error, "already called");
});

Deno.test("RTP and RTCP are told apart by their second byte (RFC 5761), decrypted and handed on", async () => {
  const world = new World();
  await world.connect();
  assertEquals([world.connections, world.acceptor.connected], [1, true]);
  // 191 and 224 are RTP with the marker; 192 and 223 are RTCP.
  for (const second of [0, 96, 191, 192, 200, 223, 224, 255]) {
    world.from(HOME, [0x80, second, 9]);
  }
  assertEquals(world.rtp, ["8000", "8060", "80bf", "80e0", "80ff"]);
  assertEquals(world.rtcp, ["80c0", "80c8", "80df"]);
});

Deno.test("what is forged, too long, or no protocol of ours is handed to nobody", async () => {
  const world = new World();
  await world.connect();
  world.from(HOME, [0x80, 96, 0xff]);
  world.from(HOME, [0x80, 200, 0xff]);
  world.from(HOME, new Uint8Array(4097).fill(0x80));
  for (const first of [4, 19, 64, 127, 192, 255]) {
    world.from(HOME, [first, 96, 1]);
  }
  assertEquals([world.rtp, world.rtcp, world.handshake], [[], [], []]);
  world.from(HOME, RTP);
  assertEquals(world.rtp.length, 1);
});

Deno.test("before the keys media is neither taken nor sent", async () => {
  const world = new World();
  world.check(HOME);
  world.acceptor.accept("CC:DD");
  world.from(HOME, RTP);
  assertEquals(world.acceptor.sendRtp(new Uint8Array(20), 0, 12), false);
  world.acceptor.sendRtcp(new Uint8Array(20), 0, 8);
  assertEquals([world.rtp, world.socket.sent.length], [[], 1]);
  world.keys.resolve(KEYS);
  await settle();
  assertEquals(world.acceptor.sendRtp(new Uint8Array(20), 4, 12), true);
  assertEquals(world.socket.sent.at(-1)?.[1].length, 13);
});

Deno.test("a handshake that fails leaves it without keys, and nobody is told", async () => {
  const world = new World();
  world.check(HOME);
  world.acceptor.accept("CC:DD");
  world.keys.reject(new Error("wrong fingerprint"));
  await settle();
  assertEquals([world.connections, world.acceptor.connected], [0, false]);
});

Deno.test.each<{
  why: string;
  checks: (world: World) => void;
  to: Place;
}>([
  {
    why: "a second network that is only checked",
    checks: (world) => world.check(CAFE),
    to: HOME,
  },
  {
    why: "a second network that is nominated",
    checks: (world) => world.check(CAFE, { nominates: true }),
    to: CAFE,
  },
  {
    why: "back again",
    checks: (world) => {
      world.check(CAFE, { nominates: true });
      world.check(HOME, { nominates: true });
    },
    to: HOME,
  },
  {
    why: "another port of the same address",
    checks: (world) => world.check({ ...HOME, port: 9 }, { nominates: true }),
    to: { ...HOME, port: 9 },
  },
  {
    why: "many networks that were checked since",
    checks: (world) => {
      for (let port = 1; port <= 100; port++) world.check({ ...CAFE, port });
    },
    to: HOME,
  },
])("media goes to the pair that was nominated last: $why", async (row) => {
  const world = new World();
  await world.connect();
  row.checks(world);
  assertEquals(world.whereTo(), label(row.to));
  // And from there it is taken.
  world.from(row.to, RTP);
  assertEquals(world.rtp.length, 1);
});

Deno.test("media is taken from every network that showed the password, but of a crowd only from the latest", async () => {
  const world = new World();
  await world.connect();
  for (let port = 1; port <= 16; port++) world.check({ ...CAFE, port });
  world.from({ ...CAFE, port: 1 }, RTP);
  assertEquals(world.rtp.length, 1);
  world.check({ ...CAFE, port: 17 });
  world.from({ ...CAFE, port: 1 }, RTP);
  assertEquals(world.rtp.length, 1);
  world.from({ ...CAFE, port: 17 }, RTP);
  assertEquals(world.rtp.length, 2);
});

Deno.test("who has not checked for 30 s is sent nothing until the next check, and that is told", async () => {
  const world = new World();
  await world.connect();
  const nowMs = performance.now();
  world.acceptor.expire(nowMs + 29_000);
  assertEquals(world.whereTo(), label(HOME));
  world.acceptor.expire(nowMs + 30_001);
  assertEquals([world.acceptor.connected, world.whereTo()], [
    false,
    undefined,
  ]);
  world.check(HOME);
  assertEquals([world.connections, world.acceptor.connected], [2, true]);
  assertEquals(world.whereTo(), label(HOME));
  world.check(HOME);
  assertEquals(world.connections, 2);
});

Deno.test("who was never heard does not expire", () => {
  const world = new World();
  world.acceptor.expire(1e12);
  world.check(HOME);
  assertEquals(world.connections, 0);
});

Deno.test("closing says goodbye before the socket closes, frees the keys, and is the end, twice as well as once", async () => {
  const world = new World();
  await world.connect();
  await world.acceptor.close();
  await world.acceptor.close();
  assertEquals(world.socket.closed, 1);
  assertEquals(world.ciphers, 0);
  assertEquals(world.ended.slice(0, 2), ["dtls", "cipher"]);
  world.socket.sent.length = 0;
  world.check(HOME);
  world.from(HOME, RTP);
  assertEquals(world.acceptor.sendRtp(new Uint8Array(20), 0, 12), false);
  world.dtls?.send(Uint8Array.of(22));
  assertEquals([world.socket.sent, world.rtp], [[], []]);
});

Deno.test("keys that come after the end are not used", async () => {
  const world = new World();
  world.check(HOME);
  world.acceptor.accept("CC:DD");
  await world.acceptor.close();
  world.keys.resolve(KEYS);
  await settle();
  assertEquals([world.ciphers, world.connections], [0, 0]);
});

Deno.test("what reading a packet throws ends this association, and the process goes on", async () => {
  const world = new World({
    onRtp: () => {
      throw new Error("a slip");
    },
  });
  await world.connect();
  world.from(HOME, RTP);
  assertEquals([world.socket.closed, world.acceptor.connected], [1, false]);
});

Deno.test("a port that is unreachable ends nothing", async () => {
  const world = new World();
  await world.connect();
  world.socket.emit("error", new Error("ECONNREFUSED"));
  assertEquals(world.whereTo(), label(HOME));
});
