/**
 * The other end of a transport: ICE-lite, DTLS server and SRTP, on a socket
 * of its own. The embedded SFU answers clients with it. It asks nothing of
 * the peer and keeps no timer: whoever owns it calls
 * {@linkcode RtcAcceptor.expire} now and then.
 *
 * @module
 */

import type { Datapath } from "./datapath.ts";
import { Buffer, createSocket, randomBytes, type Socket } from "./deps.ts";
import type { Dtls } from "./dtls/dtls.ts";
import type { SrtpCipher } from "./srtp/srtp_cipher.ts";
import { bindingResponse, parseStun } from "./ice/stun.ts";
import { isDtls, isMedia, isStun } from "./lane/protocol.ts";

/** Takes one decrypted packet, in place; valid only until the call returns. */
export type AcceptedPacketHandler = (
  bytes: Uint8Array,
  offset: number,
  length: number,
) => void;

/** Who is told of packets, and of the association's life. */
export interface AcceptHandlers {
  readonly onRtp: AcceptedPacketHandler;
  readonly onRtcp: AcceptedPacketHandler;
  /** ICE and DTLS are up: at first, and whenever a peer that was silent is heard again. */
  readonly onConnected: () => void;
}

/** The parts of a datapath that this end needs. */
export type AcceptParts = Pick<
  Datapath,
  "ciphers" | "dtls" | "profiles"
>;

/** The credentials that the peer's checks must show. */
export interface LocalIce {
  readonly usernameFragment: string;
  readonly password: string;
}

/** A peer that sends no check for this long is sent nothing (RFC 7675 section 5.1) until it is heard again. */
const CONSENT_MS = 30_000;
/** No datagram is larger: the sender keeps below the path MTU. */
const DATAGRAM_BYTES = 4096;
/** Received packets are decrypted here, one at a time: pointers into it are made once. */
const received = new Uint8Array(DATAGRAM_BYTES);

/** Addresses that have shown the password; more than a client with several networks has. */
const MAX_PEERS = 16;

/** Where datagrams come from and go to. */
interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Binds a socket to any free port of `address` and waits for a peer. */
export async function acceptTransport(
  parts: AcceptParts,
  address: string,
  handlers: AcceptHandlers,
): Promise<RtcAcceptor> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const bound = Promise.withResolvers<void>();
  socket.once("error", bound.reject);
  socket.bind(0, address, () => bound.resolve());
  await bound.promise;
  socket.off("error", bound.reject);
  return new RtcAcceptor(parts, socket, handlers);
}

/** One ICE, DTLS and SRTP association; we are the controlled side and the DTLS server. */
export class RtcAcceptor {
  /** The UDP port that the peer is told. */
  readonly port: number;
  readonly #parts: AcceptParts;
  readonly #socket: Socket;
  readonly #handlers: AcceptHandlers;
  #ice = newCredentials();
  /** Who has shown the password, the latest last. */
  readonly #peers: Peer[] = [];
  /** Where media goes: the pair that the peer nominated, before that the first one that it checked. */
  #selected: Peer | undefined;
  #heardMs = Infinity;
  #isSilent = false;
  #dtls: Dtls | undefined;
  #cipher: SrtpCipher | undefined;
  #closed = false;

  constructor(parts: AcceptParts, socket: Socket, handlers: AcceptHandlers) {
    this.#parts = parts;
    this.#socket = socket;
    this.#handlers = handlers;
    this.port = socket.address().port;
    socket.on("message", (message, from) => {
      try {
        this.#onDatagram(message, from);
      } catch {
        // Whatever one peer sends, it ends its own association at most.
        this.close();
      }
    });
    // A peer that has gone answers with "port unreachable"; consent ends it.
    socket.on("error", () => {});
  }

  /** What the peer must know for its checks. */
  get ice(): LocalIce {
    return this.#ice;
  }

  /** SHA-256 of our certificate (RFC 8122). */
  get fingerprint(): string {
    return this.#parts.dtls.fingerprint;
  }

  /** Whether packets can be sent. */
  get connected(): boolean {
    return this.#cipher !== undefined && !this.#closed && !this.#isSilent;
  }

  /**
   * Lets a peer with this SHA-256 fingerprint in; before, its DTLS is ignored.
   *
   * @throws {Error} When called twice.
   */
  accept(fingerprint: string): void {
    if (this.#dtls !== undefined) throw new Error("connect() already called");
    const dtls = this.#dtls = this.#parts.dtls.create({
      role: "server",
      remoteFingerprint: fingerprint,
      send: (bytes) => this.#send(bytes),
      profiles: this.#parts.profiles,
    });
    dtls.done.then((keys) => {
      if (this.#closed) return;
      this.#cipher = this.#parts.ciphers.create(keys);
      this.#handlers.onConnected();
    }).catch(() => {
      // The peer sees its own handshake fail; there is nobody here to tell.
    });
  }

  /** Makes new credentials; checks with the old ones are ignored from now on. */
  restartIce(): LocalIce {
    this.#ice = newCredentials();
    return this.#ice;
  }

  /**
   * Protects the RTP packet in `bytes`, in place, and sends it. There must be
   * room behind it for the tag. Returns whether it was sent.
   */
  sendRtp(bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#cipher === undefined || !this.connected) return false;
    const sealed = this.#cipher.protectRtp(bytes, offset, length);
    if (sealed < 0) return false;
    this.#send(bytes.subarray(offset, offset + sealed));
    return true;
  }

  /** Protects the RTCP packet in `bytes`, in place, and sends it. */
  sendRtcp(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#cipher === undefined || !this.connected) return;
    const sealed = this.#cipher.protectRtcp(bytes, offset, length);
    if (sealed > 0) this.#send(bytes.subarray(offset, offset + sealed));
  }

  /**
   * Sends nothing more if the peer has not checked for 30 s; `nowMs` of
   * `performance.now()`. Its keys stay good: a later check, by the old
   * credentials or those of an ICE restart, has all go on.
   */
  expire(nowMs: number): void {
    if (nowMs - this.#heardMs >= CONSENT_MS) this.#isSilent = true;
  }

  /** Closes everything; resolves when nothing is left behind. Idempotent. */
  async close(): Promise<void> {
    // The peer hears of the end before the socket closes.
    const ended = this.#dtls?.close();
    if (!this.#closed) {
      this.#closed = true;
      this.#socket.close();
      this.#cipher?.close();
    }
    await ended;
  }

  /** Whatever comes, to whom it belongs. */
  #onDatagram(
    message: Uint8Array,
    from: Peer,
  ): void {
    if (this.#closed || message.length < 2) return;
    const first = message[0];
    if (isStun(first)) this.#onStun(message, from);
    else if (this.#knows(from) === undefined) return;
    else if (isMedia(first)) this.#onMedia(message);
    else if (isDtls(first)) this.#dtls?.receive(message);
  }

  /** Whether a peer has shown the password; that at which media goes is nearly always the one. */
  #knows({ address, port }: Peer): Peer | undefined {
    const selected = this.#selected;
    if (selected?.port === port && selected.address === address) {
      return selected;
    }
    return this.#peers.find((one) =>
      one.port === port && one.address === address
    );
  }

  #onMedia(message: Uint8Array): void {
    const cipher = this.#cipher;
    if (cipher === undefined || message.length > DATAGRAM_BYTES) return;
    received.set(message);
    // RFC 5761 section 4: RTCP packet types stand where RTP has marker and payload type.
    const second = message[1];
    const isRtcp = second >= 192 && second <= 223;
    const length = isRtcp
      ? cipher.unprotectRtcp(received, 0, message.length)
      : cipher.unprotectRtp(received, 0, message.length);
    if (length < 0) return;
    if (isRtcp) this.#handlers.onRtcp(received, 0, length);
    else this.#handlers.onRtp(received, 0, length);
  }

  #onStun(
    message: Uint8Array,
    from: Peer,
  ): void {
    const { usernameFragment, password } = this.#ice;
    const { mac } = this.#parts.ciphers;
    const request = parseStun(message, password, mac);
    if (request?.kind !== "request") return;
    if (!request.username?.startsWith(`${usernameFragment}:`)) return;
    this.#heardMs = performance.now();
    this.#follow(from, request.nominates);
    if (this.#isSilent) {
      this.#isSilent = false;
      if (this.connected) this.#handlers.onConnected();
    }
    const answer = bindingResponse(request.transaction, from, password, mac);
    this.#sendTo(answer, from);
  }

  /**
   * Every authentic check is answered; media goes to the pair that was
   * nominated last (RFC 8445 section 7.3.1.5), which may move at any time.
   */
  #follow({ address, port }: Peer, nominates: boolean): void {
    let peer = this.#knows({ address, port });
    if (peer === undefined) {
      peer = { address, port };
      this.#peers.push(peer);
      if (this.#peers.length > MAX_PEERS) this.#peers.shift();
    }
    if (nominates || this.#selected === undefined) this.#selected = peer;
  }

  #send(bytes: Uint8Array): void {
    if (this.#selected !== undefined) this.#sendTo(bytes, this.#selected);
  }

  #sendTo(bytes: Uint8Array, { address, port }: Peer): void {
    if (this.#closed) return;
    // The send is asynchronous, and the caller's buffer is reused at once.
    this.#socket.send(Buffer.from(bytes), port, address);
  }
}

/** As long as mediasoup's: 32 characters each. */
function newCredentials(): LocalIce {
  return {
    usernameFragment: randomBytes(16).toString("hex"),
    password: randomBytes(16).toString("hex"),
  };
}
