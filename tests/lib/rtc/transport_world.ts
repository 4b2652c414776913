/** A server in memory for the tests of transports: ICE-lite, DTLS and SRTP without a socket. */

import { assert, assertEquals } from "@std/assert";
import type { Datapath } from "../../../lib/rtc/datapath.ts";
import type { Dtls, DtlsSuite } from "../../../lib/rtc/dtls/dtls.ts";
import { createPortableCipher } from "../../../lib/rtc/srtp/portable_cipher.ts";
import { Reactor } from "../../../lib/rtc/lane/reactor.ts";
import type { SrtpCipher } from "../../../lib/rtc/srtp/srtp_cipher.ts";
import { bindingResponse, parseStun } from "../../../lib/rtc/ice/stun.ts";
import {
  type RemoteTransport,
  RtcTransport,
  type TransportHandlers,
  type TransportOptions,
} from "../../../lib/rtc/transport.ts";
import type { TransportError } from "../../../lib/rtc/ice/transport_error.ts";
import type { Endpoint } from "../../../lib/rtc/lane/lane.ts";
import { KINDS, openSuite, suiteOf } from "./dtls/suites.ts";
import { FakeLane, type FakeSocket } from "./lane/fake_lane.ts";

const serverDtls = suiteOf("portable", 1);
const ICE = { usernameFragment: "server", password: "password-of-the-server" };
/** Where the server is, and where it sees us. */
export const FROM = { address: "192.0.2.1", port: 4000 };

/** What the server leaves out, and who watches. */
export interface WorldOptions {
  readonly answersIce?: boolean;
  readonly answersDtls?: boolean;
  /** What the client shakes hands with; the server has the portable one. @default {openssl where it works} */
  readonly dtls?: DtlsSuite["kind"];
  readonly connecting?: (remote: Endpoint) => Promise<void>;
  /** Where the server answers. @default {everywhere} */
  readonly isAlive?: (remote: Endpoint) => boolean;
  readonly transport?: TransportOptions;
  /** What else is done with what comes. */
  readonly handlers?: Partial<TransportHandlers>;
  /** The addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Called after each datagram that the client got, counted from 0. */
  readonly afterDelivery?: (index: number) => void;
}

/** A transport, and an ICE-lite server with DTLS at the other end of its socket. */
export class World {
  readonly lane: FakeLane;
  readonly transport: RtcTransport;
  readonly received: [kind: "rtp" | "rtcp", bytes: Uint8Array][] = [];
  readonly lost: TransportError[] = [];
  readonly media: Uint8Array[] = [];
  readonly ready = Promise.withResolvers<void>();
  /** Addresses that were asked, in order. */
  readonly asked: string[] = [];
  /** The server's credentials; a restart changes them. */
  ice = ICE;
  checks = 0;
  delivered = 0;
  #peer: FakeSocket | undefined;
  readonly #options: WorldOptions;
  readonly #reactor: Reactor;
  readonly #dtls: DtlsSuite;
  readonly #server: Dtls;
  /** How the client said goodbye to the server. */
  readonly goodbyes: string[] = [];
  #openCiphers = 0;
  #lastDelivered = new Uint8Array(0);

  constructor(
    options: WorldOptions = {},
    remote: Partial<RemoteTransport> = {},
  ) {
    this.#options = options;
    this.lane = new FakeLane({
      onSent: (bytes, socket) => this.#toServer(bytes, socket),
      ...options.connecting === undefined
        ? {}
        : { connecting: options.connecting },
    });
    this.#reactor = new Reactor(this.lane);
    this.#dtls = openSuite(options.dtls ?? KINDS[0], this.#reactor);
    this.#server = serverDtls.create({
      role: "server",
      remoteFingerprint: this.#dtls.fingerprint,
      send: (bytes) => this.#later(bytes),
    });
    this.#server.onClosed = (alert) => this.goodbyes.push(alert);
    this.#server.done.catch(() => {});
    const keep =
      (kind: "rtp" | "rtcp") =>
      (bytes: Uint8Array, offset: number, length: number) => {
        this.received.push([kind, bytes.slice(offset, offset + length)]);
      };
    this.transport = new RtcTransport(
      this.#datapath(),
      {
        iceParameters: ICE,
        iceCandidates: [{ ...FROM, protocol: "udp" }],
        dtlsParameters: {
          fingerprints: [
            { algorithm: "sha-256", value: serverDtls.fingerprint },
          ],
        },
        ...remote,
      },
      {
        onRtp: keep("rtp"),
        onRtcp: keep("rtcp"),
        onLost: (error) => this.lost.push(error),
        ...options.handlers,
      },
      options.transport,
    );
  }

  /** The socket that was opened last. */
  get socket(): FakeSocket | undefined {
    return this.lane.sockets.at(-1);
  }

  /** Sockets that are open. */
  get open(): FakeSocket[] {
    return this.lane.sockets.filter(({ open }) => open);
  }

  /** The socket that was nominated last. */
  get peer(): FakeSocket | undefined {
    return this.#peer;
  }

  /** A datagram of the server arrives. */
  toClient(bytes: Uint8Array): void {
    (this.#peer ?? this.socket)?.deliver(bytes);
  }

  async serverCipher(): Promise<SrtpCipher> {
    return createPortableCipher(await this.#server.done);
  }

  /** The server ends its association; resolves with what told so, once that has arrived. */
  async serverEnds(): Promise<Uint8Array> {
    const before = this.delivered;
    await this.#server.close();
    await this.until(() => this.delivered > before);
    return this.#lastDelivered;
  }

  /** Waits until something is so; looked at again in each turn of the event loop. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Closes all, and checks that nothing is left. */
  async end(): Promise<void> {
    await Promise.all([this.transport.close(), this.#server.close()]);
    await this.transport.close();
    if (this.#dtls.kind === "openssl") this.#dtls.close();
    this.#reactor.close();
    // What the server was about to send finds nobody.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(this.#openCiphers, 0, "ciphers left");
    assert(this.lane.sockets.every(({ open }) => !open), "sockets left");
  }

  #toServer(bytes: Uint8Array, socket: FakeSocket): void {
    if (this.#options.isAlive?.(socket.remote) === false) return;
    if (bytes[0] >= 128) {
      this.media.push(bytes);
    } else if (bytes[0] < 4) {
      this.checks++;
      const request = parseStun(bytes, this.ice.password);
      if (request === undefined || this.#options.answersIce === false) return;
      if (request.nominates) this.#peer = socket;
      this.asked.push(socket.remote.address);
      const { password } = this.ice;
      this.#later(bindingResponse(request.transaction, FROM, password), socket);
    } else if (this.#options.answersDtls !== false) {
      queueMicrotask(() => this.#server.receive(bytes));
    }
  }

  #later(bytes: Uint8Array, to = this.#peer): void {
    const copy = bytes.slice();
    setTimeout(() => {
      if (to?.open !== true) return;
      this.#lastDelivered = copy;
      to.deliver(copy);
      const index = this.delivered++;
      this.#options.afterDelivery?.(index);
    }, 0);
  }

  #datapath(): Datapath {
    return {
      reactor: this.#reactor,
      lane: this.lane,
      ciphers: {
        kind: "portable",
        create: (keys) => {
          const cipher = createPortableCipher(keys);
          this.#openCiphers++;
          const close = cipher.close.bind(cipher);
          cipher.close = () => {
            this.#openCiphers--;
            close();
          };
          return cipher;
        },
        close: () => {},
      },
      dtls: this.#dtls,
      profiles: undefined,
      resolve: this.#options.resolve ??
        (() => Promise.reject(new Error("no name is known"))),
      notes: [],
      [Symbol.dispose]: () => {},
    };
  }
}
