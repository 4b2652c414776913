/** Sockets of both lanes over TCP, and a crowd that sends its media to mediasoup that way. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { conference, openTarget } from "../../mod.ts";
import { spawnSfu } from "../../tool.ts";
import type { Lane, LaneSocket } from "../../lib/rtc/lane/lane.ts";
import { FrameReader, writeFrame } from "../../lib/rtc/lane/tcp_frames.ts";
import { openLane } from "./datapath_ends.ts";
import { ENGINES } from "./sfu/engines.ts";

const kinds: Lane["kind"][] = Deno.build.os === "linux"
  ? ["native", "portable"]
  : ["portable"];
const matrix = kinds.flatMap((kind) =>
  ["127.0.0.1", "::1"].map((address) => ({ kind, address }))
);

Deno.test.each(matrix)(
  "the $kind lane carries datagrams by TCP to $address, both ways",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    const { lane, socket } = ends;
    for (let i = 0; i < 250; i++) lane.out[i] = i;
    assertEquals(socket.send(0, 250, 100), 3);
    socket.sendCopy(Uint8Array.of(7));
    assertEquals((await ends.peerGot(4)).map(({ length }) => length), [
      100,
      100,
      50,
      1,
    ]);
    // Two packets in one write, the second of them cut.
    const stream = new Uint8Array(2 + 3 + 2 + 1200);
    writeFrame(
      stream,
      writeFrame(stream, 0, Uint8Array.of(1, 2, 3)),
      many(1200),
    );
    await ends.peer.write(stream.subarray(0, 600));
    await ends.until(() => ends.received.length === 1);
    await ends.peer.write(stream.subarray(600));
    await ends.until(() => ends.received.length === 2);
    assertEquals(ends.received[0], Uint8Array.of(1, 2, 3));
    assertEquals(ends.received[1].length, 1200);
    const { sent, received, refused, failed } = lane.counters;
    assertEquals({ sent, received, refused, failed }, {
      sent: 4,
      received: 2,
      refused: 0,
      failed: 0,
    });
  },
);

Deno.test.each(kinds.map((kind) => ({ kind })))(
  "a peer that does not read costs the $kind lane whole bursts, which are counted, and no more memory",
  async ({ kind }) => {
    await using ends = await Ends.open(kind, "127.0.0.1");
    const { socket, lane } = ends;
    let taken = 0;
    let asked = 0;
    // Far more than the buffers of both kernels.
    for (let i = 0; i < 2000; i++) {
      const count = socket.send(0, 60_000, 1200);
      assert(count === 0 || count === 50);
      taken += count;
      asked += 50;
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    assertEquals(lane.counters.sent, taken);
    assertEquals(lane.counters.refused, asked - taken);
    assert(taken < asked);
    // What was taken comes whole, once the peer reads.
    const got = await ends.peerGot(taken);
    assert(got.every(({ length }) => length === 1200));
  },
);

Deno.test.each(kinds.map((kind) => ({ kind })))(
  "a TCP connection that the peer closes is told once, and its socket is closed in the $kind lane",
  async ({ kind }) => {
    await using ends = await Ends.open(kind, "127.0.0.1");
    let closed = 0;
    ends.socket.onClosed = () => closed++;
    ends.peer.close();
    await ends.until(() => closed > 0);
    assertEquals(ends.socket.send(0, 100, 100), 0);
    ends.socket.close();
    assertEquals(closed, 1);
  },
);

Deno.test.each(kinds.map((kind) => ({ kind })))(
  "the $kind lane gives up connecting when nobody listens, or it is told to",
  async ({ kind }) => {
    const lane = openLane(kind);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const { signal } = new AbortController();
    await assertRejects(
      () => lane.connectTcp({ address: "127.0.0.1", port }, () => {}, signal),
      Error,
      "connection refused",
    );
    const ended = AbortSignal.abort();
    await assertRejects(() =>
      lane.connectTcp({ address: "192.0.2.77", port: 9 }, () => {}, ended)
    );
    lane.close();
  },
);

Deno.test.each(["127.0.0.1", "::1"])(
  "eight clients send and receive by TCP through mediasoup at %s without loss",
  { ignore: ENGINES.some((one) => one.engine === "mediasoup" && one.ignore) },
  async (announceIp) => {
    await using sfu = await spawnSfu({
      engine: "mediasoup",
      workers: 1,
      tcp: true,
      announceIp,
    });
    await using target = await openTarget({
      server: sfu.url,
      workers: 1,
      datapath: { transport: "tcp" },
    });
    const summary = await conference(target, {
      clients: 8,
      duration: "2s",
      rampUp: "0s",
      video: false,
    });
    assertEquals(summary.successfulConnections, 8);
    assert(summary.totalPacketsReceived > 500);
    assertEquals(summary.media.loss.lost, 0);
  },
);

/** A lane with one TCP socket, and the connection at its other end. */
class Ends {
  readonly received: Uint8Array[] = [];
  readonly #reader = new FrameReader();

  private constructor(
    readonly lane: Lane,
    readonly socket: LaneSocket,
    readonly peer: Deno.TcpConn,
  ) {}

  static async open(kind: Lane["kind"], hostname: string): Promise<Ends> {
    using listener = Deno.listen({ hostname, port: 0 });
    const lane = openLane(kind);
    const { port } = listener.addr as Deno.NetAddr;
    const { signal } = new AbortController();
    const [socket, peer] = await Promise.all([
      lane.connectTcp({ address: hostname, port }, () => {}, signal),
      listener.accept(),
    ]);
    const ends = new Ends(lane, socket, peer);
    socket.onDatagram = (bytes, offset, length) => {
      ends.received.push(bytes.slice(offset, offset + length));
    };
    return ends;
  }

  /** Reads so many packets at the other end. */
  async peerGot(count: number): Promise<Uint8Array[]> {
    const got: Uint8Array[] = [];
    while (got.length < count) {
      const read = await this.peer.read(this.#reader.room);
      assert(read !== null, "closed");
      this.#reader.advance(read, (bytes, offset, length) => {
        got.push(bytes.slice(offset, offset + length));
      });
    }
    return got;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lane.close();
    try {
      this.peer.close();
    } catch {
      // It was closed by the test.
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function many(length: number): Uint8Array {
  return new Uint8Array(length).fill(5);
}
