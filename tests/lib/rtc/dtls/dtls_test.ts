/**
 * Handshakes between our two roles over a pipe in memory. werift waits half a
 * second after each flight, so handshakes that belong together run at once.
 */

import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { createCertificate } from "../../../../lib/rtc/dtls/certificate.ts";
import {
  DtlsHandshake,
  type DtlsOptions,
} from "../../../../lib/rtc/dtls/dtls.ts";
import {
  CONTENT,
  readRecords,
  writeRecord,
} from "../../../../lib/rtc/dtls/dtls_record.ts";
import type {
  SrtpKeys,
  SrtpProfile,
} from "../../../../lib/rtc/srtp/srtp_cipher.ts";

const clientCertificate = await createCertificate();
const serverCertificate = await createCertificate();

Deno.test("both ends come to the same keys, whatever the other role's are called", async () => {
  const profiles: SrtpProfile[] = [
    "AEAD_AES_128_GCM",
    "AES_CM_128_HMAC_SHA1_80",
  ];
  await Promise.all([
    ...profiles.map((profile) =>
      agree({ profiles: [profile] }, { profiles: [profile] }, profile)
    ),
    agree({}, {}, "AEAD_AES_128_GCM"),
    agree({}, { profiles: profiles.slice(1) }, "AES_CM_128_HMAC_SHA1_80"),
    agree({}, { remoteFingerprint: undefined }, "AEAD_AES_128_GCM"),
    agree(
      { remoteFingerprint: serverCertificate.fingerprint.toLowerCase() },
      {},
      "AEAD_AES_128_GCM",
    ),
  ]);
});

Deno.test("any one datagram may be lost", async () => {
  const whole = new Pipe();
  await whole.keys();
  await whole.close();
  const runs = Array.from({ length: whole.sent.length }, async (_, lost) => {
    const pipe = new Pipe({ lose: (index) => index === lost });
    const [client, server] = await pipe.keys();
    sameKeys(client, server);
    await pipe.close();
  });
  await Promise.all(runs);
});

Deno.test("what the client sends again has record numbers of its own, for a server that drops replays", async () => {
  const whole = new Pipe();
  await whole.keys();
  await whole.close();
  const runs = Array.from({ length: whole.sent.length }, async (_, lost) => {
    const pipe = new Pipe({ lose: (index) => index === lost });
    const [client, server] = await pipe.keys();
    sameKeys(client, server);
    const numbers = pipe.sent.filter(({ to }) => to() === pipe.server)
      .flatMap(({ bytes }) => recordNumbers(bytes));
    assertEquals(new Set(numbers).size, numbers.length);
    await pipe.close();
    return numbers.length;
  });
  const counts = await Promise.all(runs);
  // The server's last flight was lost in some: the whole of ours came again.
  assertEquals(Math.max(...counts) > Math.min(...counts), true);
});

Deno.test("any one datagram may come twice, and all of them", async () => {
  const whole = new Pipe();
  await whole.keys();
  await whole.close();
  const repeats = Array.from(
    { length: whole.sent.length },
    (_, twice) => (index: number) => index === twice,
  );
  const runs = [...repeats, () => true].map(async (twice) => {
    const pipe = new Pipe({ twice });
    const [client, server] = await pipe.keys();
    sameKeys(client, server);
    await pipe.close();
  });
  await Promise.all(runs);
});

Deno.test("any one datagram of flights in small pieces may be lost, both ways", async () => {
  const whole = new Pipe({ pieces: 150 });
  await whole.keys();
  await whole.close();
  assertGreater(whole.sent.length, 15);
  const runs = Array.from({ length: whole.sent.length }, async (_, lost) => {
    const pipe = new Pipe({ pieces: 150, lose: (index) => index === lost });
    const [client, server] = await pipe.keys();
    sameKeys(client, server);
    await pipe.close();
  });
  await Promise.all(runs);
});

Deno.test("flights in pieces may come in any order, twice, and with half of them lost at first", async () => {
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
  await Promise.all(options.map(async (option) => {
    const pipe = new Pipe(option);
    const [client, server] = await pipe.keys();
    sameKeys(client, server);
    await pipe.close();
  }));
});

Deno.test("a peer that is silent at first is waited for", async () => {
  const runs = (["client", "server"] as const).map(async (silent) => {
    const began = performance.now();
    const pipe = new Pipe({
      pieces: 200,
      lose: (_, to) => to !== silent && performance.now() - began < 1600,
    });
    const [client, server] = await pipe.keys();
    sameKeys(client, server);
    await pipe.close();
  });
  await Promise.all(runs);
});

Deno.test.each([
  { level: 2, description: 40, name: "handshake failure" },
  { level: 2, description: 42, name: "bad certificate" },
  { level: 2, description: 48, name: "unknown ca" },
  { level: 2, description: 70, name: "protocol version" },
  { level: 2, description: 80, name: "internal error" },
  { level: 2, description: 199, name: "alert 199" },
  { level: 1, description: 0, name: "close notify" },
])(
  "alert $level/$description ends a handshake at once, as $name, on either side",
  async ({ level, description, name }) => {
    await Promise.all((["client", "server"] as const).map(async (end) => {
      const pipe = new Pipe({ lose: () => true });
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

Deno.test("a warning, and what is no alert, ends nothing", async () => {
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
  const pipe = new Pipe({
    before: (end) => {
      for (const bytes of disturbances) end.receive(bytes);
    },
  });
  const [client, server] = await pipe.keys();
  sameKeys(client, server);
  await pipe.close();
});

Deno.test("a peer with another certificate than it announced is refused, on either side", async () => {
  const wrong = clientCertificate.fingerprint.replaceAll("A", "B");
  const distrustful = new Pipe({ client: { remoteFingerprint: wrong } });
  const cautious = new Pipe({ server: { remoteFingerprint: wrong } });
  await Promise.all([
    assertRejects(() => distrustful.client.done, Error, "another fingerprint"),
    assertRejects(() => cautious.server.done, Error, "another fingerprint"),
  ]);
  await Promise.all([distrustful.close(), cautious.close()]);
});

Deno.test("closing in the middle of a handshake ends it, and again does nothing", async () => {
  const pipe = new Pipe({ lose: (index) => index > 0 });
  const done = pipe.client.done;
  await Promise.all([pipe.close(), assertRejects(() => done, Error, "closed")]);
  await pipe.close();
});

Deno.test("after the handshake a late retransmission begins nothing anew", async () => {
  const pipe = new Pipe();
  const [client] = await pipe.keys();
  const sent = [...pipe.sent];
  for (const { to, bytes } of sent) to().receive(bytes);
  // Only a repeated Finished is answered: our last flight may have been lost.
  await pipe.carried(sent.length + 2);
  const answers = pipe.sent.slice(sent.length);
  assertEquals(answers.map(({ to }) => to() === pipe.client), [true, true]);
  assertEquals(await pipe.client.done, client);
  await pipe.close();
});

Deno.test("a handshake that was never started closes at once", async () => {
  const idle = new DtlsHandshake({
    role: "client",
    certificate: clientCertificate,
    remoteFingerprint: undefined,
    send: () => {},
  });
  await idle.close();
  await assertRejects(() => idle.done, Error, "closed");
});

Deno.test.each([
  { level: 1, description: 0, told: ["close notify"] },
  { level: 2, description: 20, told: ["bad record mac"] },
  { level: 1, description: 90, told: [] },
])(
  "alert $level/$description after the handshake is told as $told, once",
  async ({ level, description, told }) => {
    const pipe = new Pipe();
    await pipe.keys();
    for (const end of ["client", "server"] as const) {
      const names: string[] = [];
      pipe[end].onClosed = (name) => names.push(name);
      // Under keys that are not this association's it is none.
      pipe[end].receive(Uint8Array.fromHex(
        "15fefd0001000000000007001a00010000000000070123456789abcdef0123456789abcdef0123",
      ));
      assertEquals(names, []);
      pipe[end].receive(alert(level, description));
      pipe[end].receive(alert(level, description));
      assertEquals(names, [...told]);
    }
    await pipe.close();
  },
);

Deno.test("noise that looks like DTLS disturbs no handshake", async () => {
  const random = createRandom(1, "dtls");
  const pipe = new Pipe({
    before: (end) => {
      for (let length = 1; length < 40; length++) {
        const noise = Uint8Array.from({ length }, () => random() * 256);
        // Handshake records: an alert is believed, as RFC 6347 lets one be.
        noise[0] = 22;
        end.receive(noise);
      }
    },
  });
  const [client, server] = await pipe.keys();
  sameKeys(client, server);
  await pipe.close();
});

/** An alert in the clear. */
function alert(level: number, description: number): Uint8Array {
  const bytes = Uint8Array.fromHex("15fefd000000000000000900020000");
  bytes.set([level, description], 13);
  return bytes;
}

/** A datagram whose cleartext handshake messages are cut into records of at most so many bytes of message. */
function cut(bytes: Uint8Array, most: number): Uint8Array[] {
  return [...readRecords(bytes)].flatMap((record) => {
    const { type, epoch, body } = record;
    if (type !== CONTENT.handshake || epoch > 0) return [record.bytes.slice()];
    const parts: Uint8Array[] = [];
    for (let at = 12; at === 12 || at < body.length; at += most) {
      const data = body.subarray(at, at + most);
      const part = new Uint8Array(12 + data.length);
      part.set(body.subarray(0, 12));
      new DataView(part.buffer).setUint16(7, at - 12);
      new DataView(part.buffer).setUint16(10, data.length);
      part.set(data, 12);
      parts.push(writeRecord(record, part));
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
  client: Partial<DtlsOptions>,
  server: Partial<DtlsOptions>,
  profile: SrtpProfile,
): Promise<void> {
  const pipe = new Pipe({ client, server });
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
  readonly before?: (end: DtlsHandshake) => void;
}

/** A client and a server, and the way between them. */
class Pipe {
  /** Every datagram, lost or not. */
  readonly sent: {
    readonly bytes: Uint8Array;
    readonly to: () => DtlsHandshake;
  }[] = [];
  #onCarry = () => {};
  readonly client: DtlsHandshake;
  readonly server: DtlsHandshake;

  constructor(readonly options: PipeOptions = {}) {
    this.server = new DtlsHandshake({
      role: "server",
      certificate: serverCertificate,
      remoteFingerprint: clientCertificate.fingerprint,
      send: (bytes) => this.#carry(bytes, () => this.client),
      ...options.server,
    });
    this.client = new DtlsHandshake({
      role: "client",
      certificate: clientCertificate,
      remoteFingerprint: serverCertificate.fingerprint,
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

  #carry(bytes: Uint8Array, to: () => DtlsHandshake): void {
    const { pieces, arrange = (parts: Uint8Array[]) => parts } = this.options;
    if (pieces === undefined) return this.#carryOne(bytes, to);
    const parts = cut(new Uint8Array(bytes), pieces);
    for (const part of arrange(parts)) this.#carryOne(part, to);
  }

  #carryOne(bytes: Uint8Array, to: () => DtlsHandshake): void {
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
