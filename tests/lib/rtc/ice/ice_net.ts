/** A server's ends of ICE in virtual time, and the sockets to it, in memory. */

import { bindingResponse, parseStun } from "../../../../lib/rtc/ice/stun.ts";
import type { CandidateNet } from "../../../../lib/rtc/ice/candidate_path.ts";
import {
  Arrival,
  type DatagramHandler,
  type Endpoint,
  type Lane,
  type LaneSocket,
} from "../../../../lib/rtc/lane/lane.ts";
import type { Reactor } from "../../../../lib/rtc/lane/reactor.ts";
import { Deadlines } from "../lane/deadlines.ts";

/** The server's credentials. */
export const REMOTE = {
  usernameFragment: "server",
  password: "of-the-server-22-chars",
};

/** A socket to it. */
export class IceSocket implements LaneSocket {
  readonly localPort = 1;
  onError: ((error: unknown) => void) | undefined;
  onClosed: (() => void) | undefined;
  isOpen = true;

  constructor(
    readonly remote: Endpoint,
    public onDatagram: DatagramHandler,
    private readonly net: IceNet,
  ) {}

  send(): number {
    return 0;
  }

  sendCopy(bytes: Uint8Array): void {
    if (this.isOpen) this.net.hear(bytes.slice(), this);
  }

  close(): void {
    this.isOpen = false;
  }
}

/** How it answers. */
export interface IceNetOptions {
  /** The round trip to a server that answers there, in ms; `undefined` where none does. @default {20} */
  readonly roundTripMs?: (remote: Endpoint) => number | undefined;
  /** Why a socket cannot be had. */
  readonly refusal?: (remote: Endpoint) => Error | undefined;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** The network, and the server. */
export class IceNet {
  readonly deadlines = new Deadlines();
  readonly sockets: IceSocket[] = [];
  /** Checks that reached the server: from which socket, and when. */
  readonly checks: string[] = [];
  answers = true;
  readonly #options: IceNetOptions;

  constructor(options: IceNetOptions) {
    this.#options = options;
  }

  /** What a session takes of it. */
  get datapath(): CandidateNet & { readonly ciphers: { mac: undefined } } {
    const open = (remote: Endpoint, onDatagram: DatagramHandler) => {
      const refusal = this.#options.refusal?.(remote);
      if (refusal !== undefined) throw refusal;
      const socket = new IceSocket(remote, onDatagram, this);
      this.sockets.push(socket);
      return socket;
    };
    const lane: Pick<Lane, "connect" | "connectTcp" | "out"> = {
      out: new Uint8Array(),
      connect: open,
      connectTcp: (remote, onDatagram, signal) =>
        Promise.try(() => {
          signal.throwIfAborted();
          return open(remote, onDatagram);
        }),
    };
    return {
      reactor: this.deadlines as unknown as Reactor,
      lane: lane as Lane,
      resolve: this.#options.resolve ??
        (() => Promise.reject(new Error("none"))),
      ciphers: { mac: undefined },
    };
  }

  /** Addresses of the sockets that are open. */
  get open(): string[] {
    return this.sockets.filter(({ isOpen }) => isOpen)
      .map(({ remote }) => remote.address);
  }

  /** The server hears a datagram, and answers in its time. */
  hear(bytes: Uint8Array, socket: IceSocket): void {
    const { address } = socket.remote;
    const { now } = this.deadlines;
    this.checks.push(`${address}@${now}`);
    const { roundTripMs = () => 20 } = this.#options;
    const ms = roundTripMs(socket.remote);
    const request = parseStun(bytes, REMOTE.password);
    if (ms === undefined || !this.answers || request === undefined) return;
    const answer = bindingResponse(
      request.transaction,
      { address: "198.51.100.9", port: 9 },
      REMOTE.password,
    );
    this.deadlines.schedule({
      dueMs: now + ms,
      heapIndex: -1,
      onError: undefined,
      run() {
        this.dueMs = Infinity;
        if (!socket.isOpen) return;
        const arrival = new Arrival();
        arrival.nowMs = now + ms;
        arrival.wallMs = 0;
        socket.onDatagram(answer, 0, answer.length, arrival);
      },
    });
  }
}
