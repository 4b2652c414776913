/** What a channel uses of a WebSocket, without a network. */

import { EventEmitter } from "node:events";
import { Buffer } from "node:buffer";
import type { WebSocket } from "../../../../lib/signaling/websocket/deps.ts";

/** A socket that is open, writes down what is asked of it and says what it is told to. */
export class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState: 0 | 1 | 2 | 3 = 1;
  isPaused = false;
  /** All that was done to it, in order. */
  readonly did: string[] = [];

  /** As the channel takes it. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  ping(): void {
    this.did.push("ping");
  }

  pong(data: Uint8Array): void {
    this.did.push(`pong ${Buffer.from(data).toString()}`);
  }

  send(text: string, done: (error?: Error) => void): void {
    this.did.push(`send ${text}`);
    done(this.readyState === this.OPEN ? undefined : new Error("not open"));
  }

  pause(): void {
    this.isPaused = true;
    this.did.push("pause");
  }

  resume(): void {
    this.isPaused = false;
    this.did.push("resume");
  }

  close(code: number): void {
    this.readyState = 2;
    this.did.push(`close ${code}`);
  }

  terminate(): void {
    this.did.push("terminate");
    this.ends(1006);
  }

  /** The server says something, as text or as bytes. */
  says(data: string | Uint8Array | ArrayBuffer | Uint8Array[]): void {
    this.emit("message", typeof data === "string" ? Buffer.from(data) : data);
  }

  /** It is closed. */
  ends(code: number, reason = ""): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.emit("close", code, Buffer.from(reason));
  }
}
