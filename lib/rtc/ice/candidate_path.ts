/**
 * One candidate of the server with the socket to it.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import type { Candidate } from "./candidates.ts";
import type { Lane } from "../lane/lane.ts";
import type { Reactor } from "../lane/reactor.ts";
import type { Resolve } from "./resolver.ts";
import { ABORTED } from "../../time/mod.ts";
import type { IcePath } from "./ice_agent.ts";
import { throughNetwork } from "../lane/impaired_socket.ts";
import {
  type DatagramHandler,
  type LaneSocket,
  SocketRefusedError,
} from "../lane/lane.ts";

/** What candidates are reached by: sockets, timers, names. */
export interface CandidateNet {
  readonly reactor: Reactor;
  readonly lane: Lane;
  readonly resolve: Resolve;
}

/** What a path needs, and who is told of it. */
export interface CandidatePathOptions {
  readonly candidate: Candidate;
  readonly isFallback: boolean;
  readonly network: Network | undefined;
  readonly datapath: CandidateNet;
  readonly onDatagram: DatagramHandler;
  /** Told what `onDatagram` threw. */
  readonly onError: (error: unknown) => void;
  /** The socket is open. */
  readonly onOpened: () => void;
  /** There is none, or no more; without a problem when others stand for a name. */
  readonly onFailed: (problem: string | undefined) => void;
  /** The addresses of a name, to be tried in its place. */
  readonly onResolved: (addresses: readonly string[]) => void;
  /** The way to send has changed; see {@linkcode throughNetwork}. */
  readonly onSocket: (socket: LaneSocket) => void;
}

/** The way to one candidate. */
export class CandidatePath implements IcePath {
  readonly candidate: Candidate;
  readonly isFallback: boolean;
  /** Whether it was this system that refused a socket. */
  isRefusedHere = false;
  readonly #options: CandidatePathOptions;
  #socket: LaneSocket | undefined;
  #leaveNetwork: (() => void) | undefined;
  readonly #closing = new AbortController();
  #open = true;

  constructor(options: CandidatePathOptions) {
    this.#options = options;
    this.candidate = options.candidate;
    this.isFallback = options.isFallback;
  }

  get priority(): number {
    return this.candidate.priority;
  }

  /** By what to send; `undefined` before it is open. */
  get socket(): LaneSocket | undefined {
    return this.#socket;
  }

  open(): void {
    if (this.candidate.isName) this.#resolve();
    else this.#connect();
  }

  send(bytes: Uint8Array): void {
    this.#socket?.sendCopy(bytes);
  }

  /**
   * Another source port, as NAT may give one at any time: a new socket to
   * the same candidate; `onOpened` or `onFailed` follows. NAT has no other
   * for a TCP connection: that is over.
   */
  rebind(): void {
    if (this.candidate.protocol === "tcp") {
      return this.#options.onFailed("NAT forgot the connection");
    }
    this.#connect();
  }

  /** Closes the socket, or what opens it; idempotent. */
  close(): void {
    this.#open = false;
    if (this.candidate.protocol === "tcp") this.#closing.abort(ABORTED);
    this.#leaveNetwork?.();
    this.#leaveNetwork = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #resolve(): void {
    const { datapath, onResolved, onFailed } = this.#options;
    datapath.resolve(this.candidate.address).then((addresses) => {
      if (!this.#open) return;
      onResolved(addresses);
      onFailed(undefined);
    }, () => {
      if (this.#open) onFailed("this name has no address");
    }).catch(this.#options.onError);
  }

  #connect(): void {
    const { candidate } = this;
    const { datapath: { lane }, onDatagram } = this.#options;
    try {
      const socket = candidate.protocol === "tcp"
        ? lane.connectTcp(candidate, onDatagram, this.#closing.signal)
        : lane.connect(candidate, onDatagram);
      if (socket instanceof Promise) {
        socket.then(
          (opened) => this.#use(opened),
          (error) => this.#fail(error),
        ).catch(this.#options.onError);
      } else {
        this.#use(socket);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #use(socket: LaneSocket): void {
    if (!this.#open) return socket.close();
    const { network, datapath: { reactor, lane }, onSocket, onOpened } =
      this.#options;
    this.#leaveNetwork?.();
    this.#socket?.close();
    socket.onError = this.#options.onError;
    socket.onClosed = () =>
      this.#options.onFailed("the server closed the connection");
    this.#socket = socket;
    this.#leaveNetwork = network && throughNetwork({
      network,
      reactor,
      lane,
      socket,
      use: (changed) => {
        this.#socket = changed;
        onSocket(changed);
      },
    });
    onOpened();
  }

  #fail(error: unknown): void {
    if (!this.#open) return;
    this.isRefusedHere = error instanceof SocketRefusedError;
    const { message } = error as Error;
    this.#options.onFailed(message);
  }
}
