/** A server in memory for the tests of transports: ICE-lite, DTLS and SRTP without a socket. */

import { assert, assertEquals } from "@std/assert";
import { createCertificate } from "../../../lib/rtc/certificate.ts";
import type { Datapath } from "../../../lib/rtc/datapath.ts";
import { DtlsHandshake } from "../../../lib/rtc/dtls.ts";
import { createPortableCipher } from "../../../lib/rtc/portable_cipher.ts";
import { Reactor } from "../../../lib/rtc/reactor.ts";
import type { SrtpCipher } from "../../../lib/rtc/srtp_cipher.ts";
import { bindingResponse, parseStun } from "../../../lib/rtc/stun.ts";
import {
  type RemoteTransport,
  RtcTransport,
  type TransportHandlers,
  type TransportTimeouts,
} from "../../../lib/rtc/transport.ts";
import type { TransportError } from "../../../lib/rtc/transport_error.ts";
import { FakeLane, type FakeSocket } from "./fake_lane.ts";

const clientCertificate = await createCertificate();
const serverCertificate = await createCertificate();
const ICE = { usernameFragment: "server", password: "password-of-the-server" };
/** Where the server is, and where it sees us. */
export const FROM = { address: "192.0.2.1", port: 4000 };

/** What the server leaves out, and who watches. */
export interface WorldOptions {
  readonly answersIce?: boolean;
  readonly answersDtls?: boolean;
  readonly connecting?: () => Promise<void>;
  readonly timeouts?: TransportTimeouts;
  /** What else is done with what comes. */
  readonly handlers?: Partial<TransportHandlers>;
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
  checks = 0;
  delivered = 0;
  readonly #options: WorldOptions;
  readonly #reactor: Reactor;
  readonly #server: DtlsHandshake;
  #openCiphers = 0;

  constructor(
    options: WorldOptions = {},
    remote: Partial<RemoteTransport> = {},
  ) {
    this.#options = options;
    this.lane = new FakeLane({
      onSent: (bytes) => this.#toServer(bytes),
      ...options.connecting === undefined
        ? {}
        : { connecting: options.connecting },
    });
    this.#reactor = new Reactor(this.lane);
    this.#server = new DtlsHandshake({
      role: "server",
      certificate: serverCertificate,
      remoteFingerprint: clientCertificate.fingerprint,
      send: (bytes) => this.#later(bytes),
    });
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
            { algorithm: "sha-256", value: serverCertificate.fingerprint },
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
      options.timeouts,
    );
  }

  get socket(): FakeSocket | undefined {
    return this.lane.sockets.at(-1);
  }

  /** A datagram of the server arrives. */
  toClient(bytes: Uint8Array): void {
    this.socket?.deliver(bytes);
  }

  async serverCipher(): Promise<SrtpCipher> {
    return createPortableCipher(await this.#server.done);
  }

  /** Waits until something is so; looked at again in each turn of the event loop. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Closes all, and checks that nothing is left. */
  async end(): Promise<void> {
    await Promise.all([this.transport.close(), this.#server.close()]);
    await this.transport.close();
    this.#reactor.close();
    assertEquals(this.#openCiphers, 0, "ciphers left");
    assert(this.lane.sockets.every(({ open }) => !open), "sockets left");
  }

  #toServer(bytes: Uint8Array): void {
    if (bytes[0] >= 128) {
      this.media.push(bytes);
    } else if (bytes[0] < 4) {
      this.checks++;
      const request = parseStun(bytes, ICE.password);
      if (request === undefined || this.#options.answersIce === false) return;
      this.#later(bindingResponse(request.transaction, FROM, ICE.password));
    } else if (this.#options.answersDtls !== false) {
      queueMicrotask(() => this.#server.receive(bytes));
    }
  }

  #later(bytes: Uint8Array): void {
    const copy = bytes.slice();
    setTimeout(() => {
      if (this.socket?.open !== true) return;
      this.toClient(copy);
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
      certificate: clientCertificate,
      profiles: undefined,
      notes: [],
      [Symbol.dispose]: () => {},
    };
  }
}
