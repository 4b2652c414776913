/**
 * Handshakes between our two roles over a pipe in memory, of each
 * implementation with itself and with the other. werift waits half a second
 * after each flight, so handshakes that belong together run at once.
 */

import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import type { Dtls, DtlsOptions } from "../../../../lib/rtc/dtls/dtls.ts";
import {
  CONTENT,
  readRecords,
  writeRecord,
} from "../../../../lib/rtc/dtls/dtls_record.ts";
import type {
  SrtpKeys,
  SrtpProfile,
} from "../../../../lib/rtc/srtp/srtp_cipher.ts";
import { KINDS, type Pair, PAIRS, suiteOf } from "./suites.ts";

/** A test of each pair of implementations, all at once. */
function testPairs(name: string, fn: (pair: Pair) => Promise<void>): void {
  Deno.test(name, async () => {
    await Promise.all(PAIRS.map(async (pair) => {
      try {
        await fn(pair);
      } catch (cause) {
        const { client, server } = pair;
        throw new Error(`${client.kind} to ${server.kind}`, { cause });
      }
    }));
  });
}

testPairs(
  "both ends come to the same keys, whatever the other role's are called",
  async (pair) => {
    const profiles: SrtpProfile[] = [
      "AEAD_AES_128_GCM",
      "AES_CM_128_HMAC_SHA1_80",
    ];
    await Promise.all([
      ...profiles.map((profile) =>
        agree(pair, { profiles: [profile] }, { profiles: [profile] }, profile)
      ),
      agree(pair, {}, {}, "AEAD_AES_128_GCM"),
      agree(
        pair,
        {},
        { profiles: profiles.slice(1) },
        "AES_CM_128_HMAC_SHA1_80",
      ),
      agree(pair, {}, { remoteFingerprint: undefined }, "AEAD_AES_128_GCM"),
      agree(
        pair,
        { remoteFingerprint: pair.server.fingerprint.toLowerCase() },
        {},
        "AEAD_AES_128_GCM",
      ),
    ]);
  },
);

testPairs(
  "any one datagram may be lost, and what the client sends again has record numbers of its own, for a server that drops replays",
  async (pair) => {
    const pipes = await agreeWithEach("lose", pair);
    const counts = pipes.map((pipe) => {
      const numbers = pipe.sent.filter(({ to }) => to() === pipe.server)
        .flatMap(({ bytes }) => recordNumbers(bytes));
      assertEquals(new Set(numbers).size, numbers.length);
      return numbers.length;
    });
    // The server's last flight was lost in some: the whole of ours came again.
    assertGreater(Math.max(...counts), Math.min(...counts));
  },
);

testPairs("any one datagram may come twice, and all of them", async (pair) => {
  await Promise.all([
    agreeWithEach("twice", pair),
    new Pipe(pair, { twice: () => true }).agree(),
  ]);
});

testPairs(
  "any one datagram of flights in small pieces may be lost, both ways",
  async (pair) => {
    const pipes = await agreeWithEach("lose", pair, { pieces: 150 });
    assertGreater(pipes.length, 15);
  },
);

testPairs(
  "flights in pieces may come in any order, twice, and with half of them lost at first",
  async (pair) => {
    const random = createRandom(3, "pieces");
    const shuffle = (parts: Uint8Array[]) =>
      parts.map((part) => ({ part, key: random() }))
        .toSorted((a, b) => a.key - b.key).map(({ part }) => part);
    const options: PipeOptions[] = [
      { pieces: 20, arrange: (parts) => parts.toReversed() },
      { pieces: 33, arrange: shuffle },
      { pieces: 60, arrange: (parts) => shuffle([...parts, ...parts]) },
      { pieces: 90, twice: () => true },
      { pieces: 90, lose: (index) => index < 30 && random() < 0.4 },
      { pieces: 50, arrange: (parts) => [concat(parts)] },
    ];
    await Promise.all(options.map((option) => new Pipe(pair, option).agree()));
  },
);

testPairs("a peer that is silent at first is waited for", async (pair) => {
  const runs = (["client", "server"] as const).map(async (silent) => {
    const began = performance.now();
    await new Pipe(pair, {
      pieces: 200,
      lose: (_, to) => to !== silent && performance.now() - began < 1600,
    }).agree();
  });
  await Promise.all(runs);
});

const FATAL_ALERTS = [
  { level: 2, description: 40, name: "handshake failure" },
  { level: 2, description: 42, name: "bad certificate" },
  { level: 2, description: 48, name: "unknown ca" },
  { level: 2, description: 70, name: "protocol version" },
  { level: 2, description: 80, name: "internal error" },
  { level: 2, description: 199, name: "alert 199" },
  { level: 1, description: 0, name: "close notify" },
];

testPairs(
  "an alert ends a handshake at once, by its name, on either side",
  async (pair) => {
    const ends = (["client", "server"] as const).flatMap((end) =>
      FATAL_ALERTS.map((one) => ({ ...one, end }))
    );
    await Promise.all(ends.map(async ({ end, level, description, name }) => {
      const pipe = new Pipe(pair, { lose: () => true });
      const done = assertRejects(
        () => pipe[end].done,
        Error,
        `the peer ended the handshake: ${name}`,
      );
      pipe[end].receive(alert(level, description));
      await done;
      // It is over, whatever comes.
      pipe[end].receive(alert(2, 10));
      await pipe.close();
    }));
  },
);

testPairs("a warning, and what is no alert, ends nothing", async (pair) => {
  const disturbances = [
    alert(1, 90),
    alert(1, 100),
    alert(1, 255),
    // Of no level that there is, too short, too long, under keys that nobody has yet.
    alert(0, 40),
    alert(3, 40),
    alert(2, 40).subarray(0, 14),
    Uint8Array.fromHex("15fefd000000000000000900010228"),
    Uint8Array.fromHex("15fefd00000000000000090003022800"),
    Uint8Array.fromHex("15fefd000100000000000900020228"),
  ];
  await new Pipe(pair, {
    before: (end) => {
      for (const bytes of disturbances) end.receive(bytes);
    },
  }).agree();
});

testPairs(
  "a peer with another certificate than it announced is refused, on either side, and libssl tells it",
  async (pair) => {
    const refusals = (["client", "server"] as const).map(async (end) => {
      const other = end === "client" ? "server" : "client";
      const { fingerprint } = pair[other];
      const wrong = (fingerprint[0] === "A" ? "B" : "A") + fingerprint.slice(1);
      const pipe = new Pipe(pair, { [end]: { remoteFingerprint: wrong } });
      await assertRejects(() => pipe[end].done, Error, "another fingerprint");
      if (pair[end].kind === "openssl") {
        const told = "the peer ended the handshake: bad certificate";
        await assertRejects(() => pipe[other].done, Error, told);
      }
      await pipe.close();
    });
    await Promise.all(refusals);
  },
);

testPairs(
  "who closes says goodbye, once, and whoever hears it may say so too",
  async (pair) => {
    const runs = (["client", "server"] as const).map(async (end) => {
      const other = end === "client" ? "server" : "client";
      const pipe = new Pipe(pair);
      await pipe.keys();
      const told: string[] = [];
      pipe[end].onClosed = () => told.push("who closed");
      const heard = Promise.withResolvers<void>();
      pipe[other].onClosed = (alert) => {
        told.push(alert);
        heard.resolve();
      };
      const { length } = pipe.sent;
      const closed = pipe[end].close();
      // Before anything else can happen.
      assertEquals(pipe.sent.length, length + 1);
      await heard.promise;
      pipe[end].close();
      await closed;
      await pipe.close();
      assertEquals(told, ["close notify"]);
    });
    await Promise.all(runs);
  },
);

testPairs(
  "who is slow is asked again, and the keys stay those of both",
  async (pair) => {
    for (const slow of ["client", "server"] as const) {
      let hasWaited = false;
      const pipe: Pipe = new Pipe(pair, {
        before: (end) => {
          if (hasWaited || end !== pipe[slow] || pipe.sent.length < 3) return;
          hasWaited = true;
          // Longer than libssl waits before it sends a flight again.
          const untilMs = performance.now() + 300;
          while (performance.now() < untilMs);
        },
      });
      sameKeys(...await pipe.keys());
      const other = slow === "client" ? "server" : "client";
      const told: string[] = [];
      pipe[other].onClosed = (alert) => told.push(alert);
      await pipe[slow].close();
      await pipe.close();
      assertEquals(told, ["close notify"]);
    }
  },
);

testPairs(
  "closing in the middle of a handshake ends it, and again does nothing",
  async (pair) => {
    const pipe = new Pipe(pair, { lose: (index) => index > 0 });
    const done = pipe.client.done;
    await Promise.all([
      pipe.close(),
      assertRejects(() => done, Error, "closed"),
    ]);
    await pipe.close();
  },
);

testPairs(
  "after the handshake a late retransmission begins nothing anew",
  async (pair) => {
    const pipe = new Pipe(pair);
    const [client] = await pipe.keys();
    const sent = [...pipe.sent];
    for (const { to, bytes } of sent) to().receive(bytes);
    if (pair.server.kind === "portable") {
      // A repeated Finished is answered: our last flight may have been lost.
      await pipe.carried(sent.length + 2);
    }
    // libssl takes the same bytes again for a replay.
    const answers = pipe.sent.slice(sent.length);
    assertEquals(
      answers.map(({ to }) => to() === pipe.client),
      pair.server.kind === "portable" ? [true, true] : [],
    );
    assertEquals(await pipe.client.done, client);
    await pipe.close();
  },
);

Deno.test.each(KINDS.map((kind) => ({ kind })))(
  "a handshake of $kind that was never started closes at once",
  async ({ kind }) => {
    const idle = suiteOf(kind).create({
      role: "client",
      remoteFingerprint: undefined,
      send: () => {},
    });
    await idle.close();
    await assertRejects(() => idle.done, Error, "closed");
  },
);

/** Records that end an association, or begin one anew, from somebody without its keys. */
const FORGED = [
  alert(1, 0),
  alert(2, 20),
  alert(2, 40),
  Uint8Array.fromHex("16fefd0000000000000b000c000000000009000000000000"),
  // Under keys that are not this association's.
  Uint8Array.fromHex(
    "15fefd0001000000000007001a00010000000000070123456789abcdef0123456789abcdef0123",
  ),
];

testPairs(
  "what somebody without its keys says ends no association",
  async (pair) => {
    const pipe = new Pipe(pair);
    await pipe.keys();
    const told: string[] = [];
    for (const end of ["client", "server"] as const) {
      pipe[end].onClosed = (name) => told.push(name);
      for (const record of FORGED) pipe[end].receive(record);
    }
    assertEquals(told, []);
    const heard = Promise.withResolvers<void>();
    pipe.client.onClosed = (name) => {
      told.push(name);
      heard.resolve();
    };
    const closed = pipe.server.close();
    await heard.promise;
    await closed;
    await pipe.close();
    assertEquals(told, ["close notify"]);
  },
);

testPairs("noise that looks like DTLS disturbs no handshake", async (pair) => {
  const random = createRandom(1, "dtls");
  await new Pipe(pair, {
    before: (end) => {
      for (let length = 1; length < 40; length++) {
        const noise = Uint8Array.from({ length }, () => random() * 256);
        // Handshake records: an alert is believed, as RFC 6347 lets one be.
        noise[0] = 22;
        end.receive(noise);
      }
    },
  }).agree();
});

/** An alert in the clear. */
function alert(level: number, description: number): Uint8Array {
  const bytes = Uint8Array.fromHex("15fefd000000000000000900020000");
  bytes.set([level, description], 13);
  return bytes;
}

/** A datagram whose cleartext handshake messages are cut into records of at most so many bytes of message, with numbers of their own. */
function cut(
  bytes: Uint8Array,
  most: number,
  nextNumber: () => number,
): Uint8Array[] {
  return [...readRecords(bytes)].flatMap((record) => {
    const { type, epoch, body } = record;
    if (epoch > 0) return [record.bytes.slice()];
    if (type !== CONTENT.handshake) {
      return [writeRecord({ ...record, sequence: nextNumber() }, body)];
    }
    const parts: Uint8Array[] = [];
    for (let at = 12; at === 12 || at < body.length; at += most) {
      const data = body.subarray(at, at + most);
      const part = new Uint8Array(12 + data.length);
      part.set(body.subarray(0, 12));
      new DataView(part.buffer).setUint16(7, at - 12);
      new DataView(part.buffer).setUint16(10, data.length);
      part.set(data, 12);
      parts.push(writeRecord({ ...record, sequence: nextNumber() }, part));
    }
    return parts;
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Epoch and sequence number of each record of a datagram, in hexadecimal. */
function recordNumbers(bytes: Uint8Array): string[] {
  const numbers: string[] = [];
  for (let at = 0; at < bytes.length;) {
    numbers.push(bytes.subarray(at + 3, at + 11).toHex());
    at += 13 + (bytes[at + 11] << 8) + bytes[at + 12];
  }
  return numbers;
}

async function agree(
  pair: Pair,
  client: Partial<DtlsOptions>,
  server: Partial<DtlsOptions>,
  profile: SrtpProfile,
): Promise<void> {
  const pipe = new Pipe(pair, { client, server });
  const [ours, theirs] = await pipe.keys();
  assertEquals(ours.profile, profile);
  assertEquals(ours.localKey.length, 16);
  assertEquals(ours.localSalt.length, profile === "AEAD_AES_128_GCM" ? 12 : 14);
  sameKeys(ours, theirs);
  await pipe.close();
}

function sameKeys(client: SrtpKeys, server: SrtpKeys): void {
  const { profile, localKey, localSalt, remoteKey, remoteSalt } = client;
  assertEquals(server, {
    profile,
    localKey: remoteKey,
    localSalt: remoteSalt,
    remoteKey: localKey,
    remoteSalt: localSalt,
  });
}

/** A handshake for each datagram of a whole one, in which that is lost, or comes twice. */
async function agreeWithEach(
  happens: "lose" | "twice",
  pair: Pair,
  options: PipeOptions = {},
): Promise<Pipe[]> {
  const { sent } = await new Pipe(pair, options).agree();
  return await Promise.all(sent.map((_, at) => {
    const does = { [happens]: (index: number) => index === at };
    return new Pipe(pair, { ...options, ...does }).agree();
  }));
}

interface PipeOptions {
  readonly client?: Partial<DtlsOptions>;
  readonly server?: Partial<DtlsOptions>;
  /** Whether the datagram of this number, counted over both directions, is lost. */
  readonly lose?: (index: number, to: "client" | "server") => boolean;
  /** Cuts what is sent into datagrams with at most so many bytes of a handshake message. */
  readonly pieces?: number;
  /** What becomes of the pieces of a datagram. */
  readonly arrange?: (pieces: Uint8Array[]) => Uint8Array[];
  /** Whether the datagram of this number comes twice. */
  readonly twice?: (index: number) => boolean;
  /** Called before each datagram with the end that will get it. */
  readonly before?: (end: Dtls) => void;
}

/** A client and a server, and the way between them. */
class Pipe {
  /** Every datagram, lost or not. */
  readonly sent: {
    readonly bytes: Uint8Array;
    readonly to: () => Dtls;
  }[] = [];
  #onCarry = () => {};
  /** Records in the clear so far, of each end. */
  readonly #numbers = { client: 0, server: 0 };
  readonly client: Dtls;
  readonly server: Dtls;

  constructor(pair: Pair, readonly options: PipeOptions = {}) {
    this.server = pair.server.create({
      role: "server",
      remoteFingerprint: pair.client.fingerprint,
      send: (bytes) => this.#carry(bytes, () => this.client),
      ...options.server,
    });
    this.client = pair.client.create({
      role: "client",
      remoteFingerprint: pair.server.fingerprint,
      send: (bytes) => this.#carry(bytes, () => this.server),
      ...options.client,
    });
    for (const end of [this.client, this.server]) end.done.catch(() => {});
    this.client.start();
  }

  keys(): Promise<[client: SrtpKeys, server: SrtpKeys]> {
    return Promise.all([this.client.done, this.server.done]);
  }

  /** Waits until so many datagrams were sent, lost ones too. */
  async carried(count: number): Promise<void> {
    while (this.sent.length < count) {
      await new Promise<void>((resolve) => this.#onCarry = resolve);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), this.server.close()]);
  }

  /** Both come to the same keys, and close. */
  async agree(): Promise<Pipe> {
    sameKeys(...await this.keys());
    await this.close();
    return this;
  }

  #carry(bytes: Uint8Array, to: () => Dtls): void {
    const { pieces, arrange = (parts: Uint8Array[]) => parts } = this.options;
    if (pieces === undefined) return this.#carryOne(bytes, to);
    const from = to() === this.client ? "server" : "client";
    const next = () => this.#numbers[from]++;
    const parts = cut(new Uint8Array(bytes), pieces, next);
    for (const part of arrange(parts)) this.#carryOne(part, to);
  }

  #carryOne(bytes: Uint8Array, to: () => Dtls): void {
    const copy = bytes.slice();
    const index = this.sent.push({ bytes: copy, to }) - 1;
    this.#onCarry();
    const end = to() === this.client ? "client" : "server";
    if (this.options.lose?.(index, end)) return;
    queueMicrotask(() => {
      this.options.before?.(to());
      to().receive(copy);
      if (this.options.twice?.(index)) to().receive(copy);
    });
  }
}
