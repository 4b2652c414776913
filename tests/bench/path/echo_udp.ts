/**
 * The other end of a lane path: a UDP socket that sends each datagram back to
 * where it came from, or swallows it (`sink`). Linux only. It prints its port
 * and ends by itself when nothing has come for a while. It never sleeps: who
 * sends to one that does pays for waking it, up to a fifth of all, and as
 * often as chance will have it.
 *
 * @module
 */

import {
  AF_INET,
  IOVEC_BYTES,
  MSG_DONTWAIT,
  MSGHDR,
  SO_RCVBUF,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOL_SOCKET,
} from "../../../lib/rtc/lane/libc.ts";
import { NativeMemory } from "../../../lib/rtc/lane/native_memory.ts";
import type { FarEnd } from "./packet_path.ts";

const BATCH = 64;
const SLOT_BYTES = 2048;
const NAME_BYTES = 16;
const NAME_LENGTH = 8;
/** Whoever measures broke off when nothing comes for so long. */
const PATIENCE_MS = 10_000;
const BUFFER_BYTES = 4 * 1024 * 1024;

function echo(farEnd: FarEnd): void {
  const { symbols: sys } = Deno.dlopen("libc.so.6", {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    setsockopt: {
      parameters: ["i32", "i32", "i32", "buffer", "u32"],
      result: "i32",
    },
    sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
    recvmmsg: {
      parameters: ["i32", "buffer", "u32", "i32", "pointer"],
      result: "i32",
    },
  });
  const fd = sys.socket(AF_INET, SOCK_DGRAM, 0);
  const size = new Uint8Array(new Int32Array([BUFFER_BYTES]).buffer);
  sys.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, size.length);
  sys.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, size, size.length);
  const address = new NativeMemory(NAME_BYTES);
  address.view.setUint16(0, AF_INET, true);
  address.bytes.set([127, 0, 0, 1], 4);
  const length = new NativeMemory(4);
  length.view.setUint32(0, NAME_BYTES, true);
  sys.bind(fd, address.bytes, NAME_BYTES);
  sys.getsockname(fd, address.bytes, length.bytes);
  console.log(address.view.getUint16(2));

  const batch = new Batch();
  let lastMs = performance.now();
  for (;;) {
    const count = sys.recvmmsg(
      fd,
      batch.headers.bytes,
      BATCH,
      MSG_DONTWAIT,
      null,
    );
    if (count <= 0) {
      if (performance.now() - lastMs > PATIENCE_MS) return;
      continue;
    }
    lastMs = performance.now();
    if (farEnd === "sink") continue;
    batch.fit(count);
    for (let at = 0; at < count;) {
      const rest = batch.headers.bytes.subarray(at * MSGHDR.bytes);
      const sent = sys.sendmmsg(fd, rest, count - at, 0);
      if (sent < 0) break;
      at += sent;
    }
    batch.reset(count);
  }
}

/** The structures of a batch; what was received into them is sent from them. */
class Batch {
  readonly headers = new NativeMemory(BATCH * MSGHDR.bytes);
  readonly #data = new NativeMemory(BATCH * SLOT_BYTES);
  readonly #names = new NativeMemory(BATCH * NAME_BYTES);
  readonly #vectors = new NativeMemory(BATCH * IOVEC_BYTES);

  constructor() {
    for (let i = 0; i < BATCH; i++) {
      const header = i * MSGHDR.bytes;
      const vector = i * IOVEC_BYTES;
      this.headers.setWord(header, this.#names.address + i * NAME_BYTES);
      this.headers.setWord(
        header + MSGHDR.iov,
        this.#vectors.address + vector,
      );
      this.headers.setWord(header + MSGHDR.iovlen, 1);
      this.#vectors.setWord(vector, this.#data.address + i * SLOT_BYTES);
    }
    this.reset(BATCH);
  }

  /** Makes the first `count` slots as long as what they received. */
  fit(count: number): void {
    for (let i = 0; i < count; i++) {
      const length = this.headers.view.getUint32(
        i * MSGHDR.bytes + MSGHDR.length,
        true,
      );
      this.#vectors.setWord(i * IOVEC_BYTES + 8, length);
    }
  }

  /** Readies the first `count` slots to receive. */
  reset(count: number): void {
    for (let i = 0; i < count; i++) {
      this.headers.view.setUint32(
        i * MSGHDR.bytes + NAME_LENGTH,
        NAME_BYTES,
        true,
      );
      this.#vectors.setWord(i * IOVEC_BYTES + 8, SLOT_BYTES);
    }
  }
}

if (import.meta.main) echo(Deno.args[0] as FarEnd);
