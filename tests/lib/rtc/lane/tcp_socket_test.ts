/** Datagrams over TCP, on a connection in memory. */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  type LaneSocket,
  SocketRefusedError,
} from "../../../../lib/rtc/lane/lane.ts";
import { openTcpSocket } from "../../../../lib/rtc/lane/tcp_socket.ts";
import { FrameReader } from "../../../../lib/rtc/lane/tcp_frames.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";
import { connecting } from "../../connecting.ts";

const REMOTE = { address: "192.0.2.1", port: 4000 };

/** What the runtime would connect to. */
class FakeConnection {
  readonly localAddr = { transport: "tcp", hostname: "192.0.2.2", port: 5555 };
  readonly written: Uint8Array[] = [];
  noDelay = false;
  closed = 0;
  /** How many bytes a write takes; `undefined` while it takes none. */
  takes: number | undefined = Infinity;
  #onRoom: (() => void) | undefined;
  #read: PromiseWithResolvers<Uint8Array | null> | undefined;
  readonly #arrived: (Uint8Array | null)[] = [];

  setNoDelay(on: boolean): void {
    this.noDelay = on;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.takes === undefined) {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
    if (this.closed > 0) throw new Deno.errors.BrokenPipe();
    const count = Math.min(this.takes, bytes.length);
    this.written.push(bytes.slice(0, count));
    return count;
  }

  async read(room: Uint8Array): Promise<number | null> {
    const next = this.#arrived.length > 0
      ? this.#arrived.shift()!
      : await (this.#read = Promise.withResolvers()).promise;
    if (next === null) return null;
    room.set(next);
    return next.length;
  }

  close(): void {
    this.closed++;
    this.#read?.reject(new Deno.errors.BadResource());
    this.#read = undefined;
  }

  /** The network takes what it is given again. */
  makeRoom(takes = Infinity): void {
    this.takes = takes;
    this.#onRoom?.();
  }

  /** Bytes come, or the end. */
  arrive(bytes: Uint8Array | null): void {
    if (this.#read === undefined) this.#arrived.push(bytes);
    else this.#read.resolve(bytes);
    this.#read = undefined;
  }

  fail(error: Error): void {
    this.#read?.reject(error);
    this.#read = undefined;
  }

  /** The packets in what was written. */
  get packets(): string[] {
    const packets: string[] = [];
    const reader = new FrameReader();
    for (const bytes of this.written) {
      reader.room.set(bytes);
      reader.advance(bytes.length, (all, offset, length) => {
        packets.push(all.slice(offset, offset + length).toHex());
      });
    }
    return packets;
  }
}

class World {
  readonly connection = new FakeConnection();
  readonly lane = {
    out: new Uint8Array(300_000),
    counters: { sent: 0, received: 0, refused: 0, failed: 0 },
    late: 0,
    onLate: () => void this.lane.late++,
    wallNowMs: () => 777,
  };
  readonly got: string[] = [];
  ended = 0;
  closed = 0;
  onDatagram = (text: string) => void this.got.push(text);

  async open(): Promise<LaneSocket> {
    using _doors = connecting(() => Promise.resolve(this.connection));
    const socket = await openTcpSocket(
      this.lane,
      REMOTE,
      (bytes, offset, length, arrival) => {
        assertEquals(arrival.wallMs, 777);
        this.onDatagram(bytes.slice(offset, offset + length).toHex());
      },
      new AbortController().signal,
      () => this.ended++,
    );
    socket.onClosed = () => this.closed++;
    return socket;
  }
}

/** Lets what is ready go on. */
const settle = () => new FakeClock().run(0);

Deno.test.each<{ why: string; error: Error; says: string; isOurs?: true }>([
  {
    why: "nobody listens",
    error: new Deno.errors.ConnectionRefused("os error 111"),
    says: "connection refused",
  },
  {
    why: "no file is left",
    error: Object.assign(new Error("os error 24"), { code: "EMFILE" }),
    says: "too many open files",
    isOurs: true,
  },
  {
    why: "the system has no file left",
    error: Object.assign(new Error("os error 23"), { code: "ENFILE" }),
    says: "too many open files",
    isOurs: true,
  },
  ...["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "EINVAL"].map((
    code,
  ) => ({
    why: `the system says ${code}`,
    error: Object.assign(new Error("os error"), { code }),
    says: "no route",
  })),
  {
    why: "it is something else",
    error: new Error("the moon is wrong"),
    says: "the moon is wrong",
  },
])("why there is no connection is a part of a sentence: $why", async (row) => {
  using _doors = connecting(() => Promise.reject(row.error));
  const { lane } = new World();
  const { signal } = new AbortController();
  const error = await assertRejects(
    () => openTcpSocket(lane, REMOTE, () => {}, signal, () => {}),
    Error,
  );
  assertEquals(error.message, row.says);
  // Only what this system refuses is its own doing.
  assertEquals(error instanceof SocketRefusedError, row.isOurs === true);
});

Deno.test("a burst goes out as a frame for each datagram, the last one as long as what is left", async () => {
  const world = new World();
  const socket = await world.open();
  assertEquals(socket.localPort, 5555);
  assertEquals(world.connection.noDelay, true);
  world.lane.out.set([1, 2, 3, 4, 5, 6, 7], 100);
  assertEquals(socket.send(100, 7, 3), 3);
  // The lane's buffer is used again at once.
  world.lane.out.fill(0xee);
  socket.sendCopy(Uint8Array.of(9, 9));
  await settle();
  assertEquals(world.connection.packets, ["010203", "040506", "07", "0909"]);
  assertEquals(world.lane.counters.sent, 4);
  socket.close();
});

Deno.test("what the network takes piece by piece arrives whole and in order", async () => {
  const world = new World();
  const socket = await world.open();
  world.connection.takes = 1;
  for (let i = 1; i <= 5; i++) {
    socket.sendCopy(new Uint8Array(i).fill(i));
  }
  await settle();
  assertEquals(
    world.connection.packets,
    ["01", "0202", "030303", "04040404", "0505050505"],
  );
  socket.close();
});

Deno.test("a full queue refuses a whole burst, and has room again once the network takes what waits", async () => {
  const world = new World();
  const socket = await world.open();
  world.connection.takes = undefined;
  // 256 KiB: 128 frames of 2 KiB with their lengths fill it to the byte.
  for (let i = 0; i < 128; i++) {
    assertEquals(socket.send(0, 2046, 2046), 1);
  }
  assertEquals(world.lane.counters, {
    sent: 128,
    received: 0,
    refused: 0,
    failed: 0,
  });
  assertEquals(socket.send(0, 4000, 2000), 0);
  socket.sendCopy(Uint8Array.of(1));
  assertEquals(world.lane.counters.refused, 3);
  world.connection.makeRoom();
  await settle();
  assertEquals(socket.send(0, 4000, 2000), 2);
  await settle();
  assertEquals(world.connection.packets.length, 130);
  assertEquals(world.lane.counters.sent, 130);
  socket.close();
});

Deno.test("what no frame can tell the length of has failed, and the rest goes on", async () => {
  const world = new World();
  const socket = await world.open();
  assertEquals(socket.send(0, 65_536, 65_536), 0);
  socket.sendCopy(new Uint8Array(65_536));
  assertEquals(world.lane.counters.failed, 2);
  assertEquals(socket.send(0, 65_535, 65_536), 1);
  await settle();
  assertEquals(world.connection.packets.map(({ length }) => length), [131_070]);
  socket.close();
});

Deno.test("packets come whole however the stream is cut, and each is counted", async () => {
  const world = new World();
  const socket = await world.open();
  await settle();
  for (const piece of ["00", "02aa", "bb0001", "cc000101", "0000", "00"]) {
    world.connection.arrive(Uint8Array.fromHex(piece));
    await settle();
  }
  assertEquals(world.got, ["aabb", "cc", "01"]);
  assertEquals(world.lane.counters.received, 3);
  // Before each piece the thread may have stood still.
  assertEquals(world.lane.late, 6);
  socket.close();
});

Deno.test.each<{ why: string; end: (connection: FakeConnection) => void }>([
  { why: "ends the stream", end: (connection) => connection.arrive(null) },
  {
    why: "resets it",
    end: (connection) => connection.fail(new Deno.errors.ConnectionReset()),
  },
])("a peer that $why closes the socket, and that is told once", async (row) => {
  const world = new World();
  const socket = await world.open();
  await settle();
  row.end(world.connection);
  await settle();
  assertEquals([world.closed, world.ended], [1, 1]);
  assertEquals(world.connection.closed, 1);
  assertEquals(socket.send(0, 10, 10), 0);
  socket.close();
  assertEquals([world.closed, world.ended, world.connection.closed], [1, 1, 1]);
});

Deno.test("a write that fails closes the socket, and what waited is dropped", async () => {
  const world = new World();
  const socket = await world.open();
  world.connection.takes = undefined;
  socket.sendCopy(Uint8Array.of(1));
  socket.sendCopy(Uint8Array.of(2));
  world.connection.closed = 1;
  world.connection.makeRoom();
  await settle();
  assertEquals([world.closed, world.ended], [1, 1]);
  assertEquals(world.connection.packets, []);
});

Deno.test("closing it here is no news of the peer, and nothing that comes then is handed over", async () => {
  const world = new World();
  const socket = await world.open();
  await settle();
  socket.close();
  world.connection.arrive(Uint8Array.fromHex("0001aa"));
  await settle();
  assertEquals([world.closed, world.ended], [0, 1]);
  assertEquals(world.got, []);
});

Deno.test("a socket that is closed from within a packet hands over no more of what was read with it", async () => {
  const world = new World();
  const socket = await world.open();
  await settle();
  world.onDatagram = (text) => {
    world.got.push(text);
    socket.close();
  };
  world.connection.arrive(Uint8Array.fromHex("0001aa0001bb"));
  await settle();
  assertEquals(world.got, ["aa"]);
  assertEquals(world.lane.counters.received, 1);
});

Deno.test("what reading a packet throws is told, and the next packet is read", async () => {
  const world = new World();
  const socket = await world.open();
  await settle();
  const told: unknown[] = [];
  socket.onError = (error) => told.push(error);
  world.onDatagram = (text) => {
    world.got.push(text);
    if (text === "aa") throw new TypeError("a slip");
  };
  world.connection.arrive(Uint8Array.fromHex("0001aa0001bb"));
  await settle();
  assertEquals(world.got, ["aa", "bb"]);
  assertEquals(told.length, 1);
  assertInstanceOf(told[0], TypeError);
  assertEquals(world.closed, 0);
  socket.close();
});

Deno.test("without anybody to tell, what reading a packet throws goes through to the event loop, and is no news of the peer", async () => {
  const world = new World();
  const socket = await world.open();
  await settle();
  const uncaught = Promise.withResolvers<unknown>();
  const onUncaught = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    uncaught.resolve(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", onUncaught);
  world.onDatagram = () => {
    throw new TypeError("a slip");
  };
  world.connection.arrive(Uint8Array.fromHex("0001aa"));
  assertInstanceOf(await uncaught.promise, TypeError);
  globalThis.removeEventListener("unhandledrejection", onUncaught);
  assertEquals([world.closed, world.ended], [0, 0]);
  socket.close();
});
