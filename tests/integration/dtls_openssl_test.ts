/** Handshakes with OpenSSL: large certificates in small datagrams, each of which may be lost, and its alerts. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";
import type { DtlsSuite } from "../../lib/rtc/dtls/dtls.ts";
import { KINDS, suiteOf } from "../lib/rtc/dtls/suites.ts";

/** A handshake that takes longer has failed. */
const DEADLINE_MS = 30_000;
const ignore = !await hasOpenssl();
const OURS = KINDS.map((kind) => ({ kind }));

Deno.test.each(OURS)(
  "any one datagram of a fragmented flight of an OpenSSL server may be lost: $kind",
  { ignore },
  async ({ kind }) => {
    await using openssl = await Openssl.create(kind);
    const whole = await openssl.meet({ mtu: 260 });
    assertEquals(whole.outcome, "AEAD_AES_128_GCM");
    assertGreater(whole.came, 8);
    const runs = Array.from(
      { length: whole.came },
      (_, lost) => openssl.meet({ mtu: 260, lost }),
    );
    for (const [lost, { outcome }] of (await Promise.all(runs)).entries()) {
      assertEquals(outcome, "AEAD_AES_128_GCM", `datagram ${lost} lost`);
    }
  },
);

Deno.test.each(OURS)(
  "OpenSSL's refusal of all our ciphers is told at once, by its name: $kind",
  { ignore },
  async ({ kind }) => {
    await using openssl = await Openssl.create(kind);
    const { outcome, sentByUs } = await openssl.meet({
      mtu: 1000,
      options: ["-cipher", "ECDHE-RSA-AES256-GCM-SHA384"],
    });
    assertEquals(outcome, "the peer ended the handshake: handshake failure");
    // The hello without the cookie and with it: nothing was sent again.
    assertEquals(sentByUs, 2);
  },
);

Deno.test.each(OURS)(
  "OpenSSL's goodbye, which is encrypted, is told as what it is: $kind",
  { ignore },
  async ({ kind }) => {
    await using openssl = await Openssl.create(kind);
    const { outcome, closed } = await openssl.visit({ quits: true });
    assertEquals(outcome, "AEAD_AES_128_GCM");
    assertEquals(closed, "close notify");
  },
);

Deno.test.each(OURS)(
  "our server side puts an OpenSSL client's large certificate together, with any datagram lost: $kind",
  { ignore },
  async ({ kind }) => {
    await using openssl = await Openssl.create(kind);
    const whole = await openssl.visit({});
    assertEquals(whole.outcome, "AEAD_AES_128_GCM");
    assertGreater(whole.came, 5);
    const runs = Array.from(
      { length: whole.came },
      (_, lost) => openssl.visit({ lost }),
    );
    for (const [lost, { outcome }] of (await Promise.all(runs)).entries()) {
      assertEquals(outcome, "AEAD_AES_128_GCM", `datagram ${lost} lost`);
    }
  },
);

interface Meeting {
  /** The profile of the keys, or why there are none. */
  readonly outcome: string;
  /** Datagrams of OpenSSL, the lost one too. */
  readonly came: number;
  readonly sentByUs: number;
  readonly closed: string;
}

/** OpenSSL's own program, with a large certificate. */
class Openssl implements AsyncDisposable {
  private constructor(
    readonly kind: DtlsSuite["kind"],
    readonly folder: string,
    readonly fingerprint: string,
  ) {}

  /** For handshakes of this implementation. */
  static async create(kind: DtlsSuite["kind"]): Promise<Openssl> {
    const folder = await Deno.makeTempDir();
    // deno-fmt-ignore
    await command(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes",
      "-days", "2", "-subj", "/CN=sfu", "-keyout", "key.pem", "-out", "cert.pem");
    // deno-fmt-ignore
    const said = await command(folder, "x509", "-in", "cert.pem", "-noout",
      "-fingerprint", "-sha256");
    return new Openssl(kind, folder, said.trim().split("=")[1]);
  }

  /** A handshake with its server, of whose datagrams one may be lost. */
  async meet({ mtu, lost = -1, options = [] }: {
    readonly mtu: number;
    readonly lost?: number;
    readonly options?: readonly string[];
  }): Promise<Meeting> {
    const port = await freePort();
    // deno-fmt-ignore
    const server = this.#spawn("s_server", "-dtls1_2", "-mtu", `${mtu}`,
      "-cert", "cert.pem", "-key", "key.pem", "-Verify", "1",
      "-use_srtp", "SRTP_AEAD_AES_128_GCM", "-accept", `127.0.0.1:${port}`,
      ...options);
    try {
      await server.says("ACCEPT");
      const ours = await bound();
      return await shake(this.kind, ours, {
        role: "client",
        remoteFingerprint: this.fingerprint,
        peer: () => port,
        lost,
      });
    } finally {
      await server.end();
    }
  }

  /** A handshake with its client, of whose datagrams one may be lost. */
  async visit({ lost = -1, quits = false }: {
    readonly lost?: number;
    /** Whether it says goodbye. */
    readonly quits?: boolean;
  }): Promise<Meeting> {
    const ours = await bound();
    const port = ours.address().port;
    // deno-fmt-ignore
    const client = this.#spawn("s_client", "-dtls1_2", "-mtu", "260",
      "-cert", "cert.pem", "-key", "key.pem",
      "-use_srtp", "SRTP_AEAD_AES_128_GCM", "-connect", `127.0.0.1:${port}`);
    try {
      return await shake(this.kind, ours, {
        role: "server",
        remoteFingerprint: this.fingerprint,
        peer: (from) => from,
        lost,
        connected: quits ? () => client.type("Q\n") : undefined,
      });
    } finally {
      await client.end();
    }
  }

  #spawn(...args: string[]): Program {
    return new Program(this.folder, args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** OpenSSL as it runs, until it is ended. */
class Program {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #said: Promise<void>;
  #text = "";
  #heard = () => {};

  constructor(folder: string, args: readonly string[]) {
    this.#child = new Deno.Command("openssl", {
      args: [...args],
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#said = this.#listen();
  }

  async says(word: string): Promise<void> {
    while (!this.#text.includes(word)) {
      await new Promise<void>((resolve) => this.#heard = resolve);
    }
  }

  type(text: string): void {
    this.#input.write(new TextEncoder().encode(text)).catch(() => {});
  }

  async end(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#said;
    await this.#input.abort().catch(() => {});
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stdout) {
      this.#text += decoder.decode(bytes, { stream: true });
      this.#heard();
    }
  }
}

/** One handshake of ours at a socket, which is closed afterwards. */
async function shake(kind: DtlsSuite["kind"], socket: Socket, options: {
  readonly role: "client" | "server";
  readonly remoteFingerprint: string;
  /** The peer's port, told who spoke last. */
  readonly peer: (from: number) => number;
  readonly lost: number;
  /** What to do once there are keys; the peer's goodbye is waited for. */
  readonly connected?: (() => void) | undefined;
}): Promise<Meeting> {
  const { role, remoteFingerprint, peer, lost, connected } = options;
  let from = 0;
  let came = 0;
  let sentByUs = 0;
  const handshake = suiteOf(kind).create({
    role,
    remoteFingerprint,
    send: (bytes) => {
      sentByUs++;
      socket.send(bytes, peer(from), "127.0.0.1");
    },
  });
  const goodbye = Promise.withResolvers<string>();
  handshake.onClosed = goodbye.resolve;
  socket.on("message", (bytes: Uint8Array, { port }: { port: number }) => {
    from = port;
    if (came++ !== lost) handshake.receive(bytes);
  });
  handshake.start();
  const late = setTimeout(() => handshake.close(), DEADLINE_MS);
  try {
    const { profile } = await handshake.done;
    connected?.();
    const closed = connected === undefined ? "" : await goodbye.promise;
    return { outcome: profile, came, sentByUs, closed };
  } catch (error) {
    const { message } = error as Error;
    return { outcome: message, came, sentByUs, closed: "" };
  } finally {
    clearTimeout(late);
    await handshake.close();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}

async function freePort(): Promise<number> {
  const socket = await bound();
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

async function command(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command("openssl", {
    args,
    cwd: folder,
    stderr: "null",
  }).output();
  assert(success, `openssl ${args[0]}`);
  return new TextDecoder().decode(stdout);
}

async function hasOpenssl(): Promise<boolean> {
  try {
    return (await new Deno.Command("openssl", { args: ["version"] }).output())
      .success;
  } catch {
    return false;
  }
}
