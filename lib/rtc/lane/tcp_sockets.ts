/**
 * The TCP sockets of one lane: they close with it.
 *
 * @module
 */

import {
  type DatagramHandler,
  type Endpoint,
  type LaneSocket,
  SocketRefusedError,
} from "./lane.ts";
import { openTcpSocket, type TcpLane } from "./tcp_socket.ts";

/** The sockets that {@linkcode Lane.connectTcp} opened. */
export class TcpSockets {
  readonly #lane: TcpLane;
  readonly #sockets = new Set<LaneSocket>();
  #isClosed = false;

  /** Those of a lane. */
  constructor(lane: TcpLane) {
    this.#lane = lane;
  }

  /** As {@linkcode Lane.connectTcp}. */
  async connect(
    remote: Endpoint,
    onDatagram: DatagramHandler,
    signal: AbortSignal,
  ): Promise<LaneSocket> {
    const onEnd = () => this.#sockets.delete(socket);
    const socket: LaneSocket = await openTcpSocket(
      ...[this.#lane, remote, onDatagram, signal, onEnd] as const,
    );
    this.#sockets.add(socket);
    if (this.#isClosed) {
      socket.close();
      throw new SocketRefusedError("the lane is closed");
    }
    return socket;
  }

  /** Closes them, and who connects meanwhile. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close();
  }
}
