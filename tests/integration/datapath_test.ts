/** The lanes over loopback, against plain UDP sockets, and how a datapath is chosen. */

import { createSocket } from "node:dgram";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { openDatapath } from "../../lib/rtc/mod.ts";
import { openNativeLane } from "../../lib/rtc/lane/native_lane.ts";
import { openPortableLane } from "../../lib/rtc/lane/portable_lane.ts";
import { Ends, nextTurn, openLane, Peer } from "./datapath_ends.ts";

const hasNativeLane = Deno.build.os === "linux" &&
  ["x86_64", "aarch64"].includes(Deno.build.arch);
const hasIpv6 = await canBind("udp6", "::1");

const matrix = (["native", "portable"] as const).flatMap((kind) =>
  ["127.0.0.1", "::1"].map((address) => ({ kind, address }))
).filter(({ kind, address }) =>
  (kind === "portable" || hasNativeLane) && (address !== "::1" || hasIpv6)
);
/** Without IPv6 or Linux the missing half is ignored, not forgotten. */
const missing = (["native", "portable"] as const).flatMap((kind) =>
  ["127.0.0.1", "::1"].map((address) => ({ kind, address }))
).filter((one) =>
  !matrix.some(({ kind, address }) =>
    kind === one.kind && address === one.address
  )
);

Deno.test.each(missing)(
  "the $kind lane to $address cannot be tried here",
  { ignore: true },
  () => {},
);

Deno.test.each(matrix)(
  "the $kind lane tells by another machine's clock when a datagram came to $address, where it was told to",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address, 5_000);
    ends.socket.sendCopy(Uint8Array.of(1));
    const [{ port }] = await ends.peer.received(1);
    const before = Date.now() + 5_000;
    await ends.peer.send(Uint8Array.of(2), port);
    const [{ receivedAtMs }] = await ends.received(1);
    assert(
      receivedAtMs > before - 50 && receivedAtMs < ends.lane.wallNowMs() + 50,
    );
  },
);

Deno.test.each(
  [
    { kind: "native", byMs: 10 },
    { kind: "native", byMs: -10 },
    { kind: "portable", byMs: 10 },
  ] as const,
)(
  "the $kind lane comes to go by a clock that is $byMs ms further ahead without a step",
  { ignore: !hasNativeLane },
  ({ kind, byMs }) => {
    const lane = openLane(kind, 5_000);
    const aheadMs = () => {
      lane.drain();
      return lane.wallNowMs() - performance.now();
    };
    const startMs = performance.now();
    const atStartMs = aheadMs();
    lane.aimWall(5_000 + byMs);
    while (performance.now() - startMs < 120);
    const movedMs = (aheadMs() - atStartMs) * Math.sign(byMs);
    const mostMs = (performance.now() - startMs) * 0.0005;
    assert(movedMs > 0.02 && movedMs < mostMs + 0.5, `${movedMs}`);
    lane.close();
  },
);

Deno.test.each(matrix)(
  "the $kind lane sends single datagrams to $address, and receives whole ones",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    ends.socket.sendCopy(Uint8Array.of(1, 2, 3));
    const [hello] = await ends.peer.received(1);
    assertEquals(hello.bytes, Uint8Array.of(1, 2, 3));
    assertEquals(hello.port, ends.socket.localPort);
    const sizes = [1, 2, 100, 1200, 1500];
    const before = Date.now();
    for (const size of sizes) await ends.peer.send(pattern(size), hello.port);
    const got = await ends.received(sizes.length);
    for (const [i, { bytes, receivedAtMs }] of got.entries()) {
      assertEquals(bytes, pattern(sizes[i]));
      // The kernel may round its clock otherwise than we do.
      assert(
        receivedAtMs > before - 50 && receivedAtMs < ends.lane.wallNowMs() + 50,
      );
    }
    assertEquals(ends.lane.counters.received, sizes.length);
    assertEquals([ends.lane.counters.refused, ends.lane.counters.failed], [
      0,
      0,
    ]);
  },
);

const bursts = [
  { why: "one datagram", length: 1000, segment: 1000 },
  { why: "two halves", length: 2000, segment: 1000 },
  { why: "a shorter last one", length: 3001, segment: 1000 },
  { why: "ten of a frame", length: 9 * 1140 + 33, segment: 1140 },
  {
    why: "more than the kernel cuts at once",
    length: 70 * 200 + 7,
    segment: 200,
  },
  { why: "more bytes than one call takes", length: 60 * 1140, segment: 1140 },
];

Deno.test.each(matrix)(
  "the $kind lane cuts bursts to $address right",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    for (const burst of bursts) await sendBurst(ends, burst);
    await ends.counted(() => ends.lane.counters.sent === total());
  },
);

Deno.test.each(matrix.filter(({ kind }) => kind === "native"))(
  "the $kind lane sends the same to $address where the kernel cannot cut",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    const { sending } = ends.lane as unknown as {
      sending: { segmented: boolean };
    };
    sending.segmented = false;
    for (const burst of bursts) await sendBurst(ends, burst);
    await ends.counted(() => ends.lane.counters.sent === total());
  },
);

Deno.test.each(matrix)(
  "the $kind lane outlives a closed port at $address, and the native one counts it",
  async ({ kind, address }) => {
    const gone = await Peer.open(address);
    const { port } = gone;
    await gone.close();
    const lane = openLane(kind);
    const socket = await lane.connect({ address, port }, () => {});
    // The refusal of one datagram is told by a later call, and not by every runtime.
    const isTold = () => kind === "portable" || lane.counters.failed > 0;
    let tries = 0;
    do {
      socket.sendCopy(Uint8Array.of(1));
      await nextTurn();
      lane.drain();
    } while (++tries < 200 && !isTold());
    assert(isTold());
    assertEquals(lane.counters.received, 0);
    lane.close();
  },
);

Deno.test.each(
  matrix.filter(({ kind }) => kind === "native").flatMap((where) =>
    [true, false].map((segmented) => ({ ...where, segmented }))
  ),
)(
  "to a closed port at $address the $kind lane sends all the same, cut by the kernel: $segmented",
  async ({ kind, address, segmented }) => {
    const gone = await Peer.open(address);
    const { port } = gone;
    await gone.close();
    const lane = openLane(kind);
    const socket = await lane.connect({ address, port }, () => {});
    (lane as unknown as { sending: { segmented: boolean } }).sending
      .segmented = segmented;
    for (let burst = 0; burst < 5; burst++) {
      assertEquals(socket.send(0, 3000, 1000), 3);
      assertEquals(socket.send(0, 100, 100), 1);
      await nextTurn();
    }
    assertEquals(lane.counters.refused, 0);
    lane.close();
  },
);

Deno.test.each(matrix)(
  "the $kind lane to $address tells a socket what its handler threw, and serves the others",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    const { lane, peer } = ends;
    const told: unknown[] = [];
    let got = 0;
    const bad = await lane.connect({ address, port: peer.port }, () => {
      if (++got === 2) throw new Error("a bug");
    });
    bad.onError = (error) => told.push(error);
    for (const n of [1, 2, 3]) {
      await peer.send(Uint8Array.of(n), bad.localPort);
      await peer.send(Uint8Array.of(n), ends.socket.localPort);
    }
    const others = await ends.received(3);
    assertEquals(others.map(({ bytes }) => bytes[0]), [1, 2, 3]);
    await ends.counted(() => told.length > 0);
    assertEquals(told.map(String), ["Error: a bug"]);
    // Its socket may go on, if whoever was told lets it.
    const before = got;
    await peer.send(Uint8Array.of(4), bad.localPort);
    await ends.counted(() => got > before);
  },
);

Deno.test.each(matrix)(
  "the $kind lane to $address refuses a control datagram that is too long, and sends the next",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    ends.socket.sendCopy(new Uint8Array(70_000));
    if (kind === "native") ends.socket.sendCopy(new Uint8Array(4097));
    ends.socket.sendCopy(Uint8Array.of(1));
    const [only] = await ends.peer.received(1);
    assertEquals(only.bytes, Uint8Array.of(1));
    const failed = kind === "native" ? 2 : 1;
    await ends.counted(() => ends.lane.counters.failed === failed);
  },
);

Deno.test.each(matrix)(
  "the $kind lane to $address closes once and for all",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    const { lane, socket } = ends;
    const other = await lane.connect(
      { address, port: ends.peer.port },
      () => {},
    );
    socket.close();
    socket.close();
    assertEquals(socket.send(0, 10, 10), 0);
    socket.sendCopy(Uint8Array.of(1));
    other.sendCopy(Uint8Array.of(2));
    const [only] = await ends.peer.received(1);
    assertEquals(only.bytes, Uint8Array.of(2));
    await ends.counted(() => lane.counters.sent === 1);
    lane.close();
    lane.close();
    other.sendCopy(Uint8Array.of(3));
    lane.drain();
    const again = async () =>
      await lane.connect({ address, port: 9 }, () => {});
    await assertRejects(again, Error, "the lane is closed");
    assertEquals(lane.counters.sent, 1);
  },
);

Deno.test.each(matrix)(
  "a handler of the $kind lane may close its socket while datagrams wait at $address",
  async ({ kind, address }) => {
    await using ends = await Ends.open(kind, address);
    let calls = 0;
    const socket = await ends.lane.connect(
      { address, port: ends.peer.port },
      () => {
        calls++;
        socket.close();
      },
    );
    for (let i = 0; i < 5; i++) {
      await ends.peer.send(Uint8Array.of(i), socket.localPort);
    }
    await ends.counted(() => calls > 0);
    // The other socket of the lane is as it was.
    await ends.peer.send(Uint8Array.of(9), ends.socket.localPort);
    await ends.received(1);
    assertEquals(calls, 1);
  },
);

Deno.test(
  "the native lane tells exactly what our kernel dropped, and keeps it after closing",
  {
    ignore: !hasNativeLane,
  },
  async () => {
    const sent = 4000;
    await using ends = await Ends.open("native", "127.0.0.1");
    const { lane, socket } = ends;
    assertEquals(lane.kernelDrops(), 0);
    for (let i = 0; i < sent; i++) {
      await ends.peer.send(pattern(1200), socket.localPort);
    }
    lane.drain();
    const dropped = lane.kernelDrops() ?? 0;
    assert(dropped > 0);
    assertEquals(lane.counters.received + dropped, sent);
    socket.close();
    assertEquals(lane.kernelDrops(), dropped);
    lane.close();
    assertEquals(lane.kernelDrops(), dropped);
  },
);

Deno.test(
  "what our kernel dropped of a socket that closed before it was read counts, too",
  {
    ignore: !hasNativeLane,
  },
  async () => {
    const sent = 4000;
    await using ends = await Ends.open("native", "127.0.0.1");
    for (let i = 0; i < sent; i++) {
      await ends.peer.send(pattern(1200), ends.socket.localPort);
    }
    ends.socket.close();
    const dropped = ends.lane.kernelDrops() ?? 0;
    assert(dropped > 0 && dropped < sent, `${dropped}`);
  },
);

Deno.test("the portable lane does not know what the kernel dropped", () => {
  const lane = openPortableLane();
  assertEquals(lane.kernelDrops(), null);
  lane.close();
});

Deno.test("a name is no address for the native lane, and leaves no socket", {
  ignore: !hasNativeLane,
}, () => {
  const lane = openNativeLane();
  assertThrows(
    () => lane.connect({ address: "localhost", port: 1 }, () => {}),
    Error,
    "not an IP address",
  );
  lane.close();
});

Deno.test("a portable lane that closes while it connects leaves no socket", async () => {
  const lane = openPortableLane();
  const socket = lane.connect({ address: "127.0.0.1", port: 9 }, () => {});
  lane.close();
  await assertRejects(async () => await socket, Error, "the lane is closed");
});

Deno.test("a portable lane that cannot connect says so, and leaves no socket", async () => {
  const lane = openPortableLane();
  const socket = lane.connect({ address: "127.0.0.1", port: 70_000 }, () => {});
  await assertRejects(async () => await socket, Error, "70000");
  lane.close();
});

Deno.test("a datapath takes what it is told to", async () => {
  using portable = await openDatapath({
    lane: "portable",
    cipher: "portable",
    dtls: "portable",
    profiles: ["AES_CM_128_HMAC_SHA1_80"],
  });
  const { lane, ciphers, dtls } = portable;
  assertEquals([lane.kind, ciphers.kind, dtls.kind], [
    "portable",
    "portable",
    "portable",
  ]);
  assertEquals(portable.profiles, ["AES_CM_128_HMAC_SHA1_80"]);
  assertEquals(portable.notes, []);
});

Deno.test("where FFI is denied a datapath is portable, and says why", async () => {
  const note = (got: string, what: string) =>
    `Using ${got} instead of ${what}: FFI is not allowed; add --allow-ffi.`;
  assertEquals(await openWithoutFfi({}), {
    lane: "portable",
    cipher: "portable",
    dtls: "portable",
    notes: [
      note("portable", "native"),
      note("portable", "openssl"),
      note("portable DTLS", "openssl"),
    ],
  });
});

Deno.test.each([{ lane: "native" }, { cipher: "openssl" }, {
  dtls: "openssl",
}])(
  "where FFI is denied, what was asked for by name is refused",
  async (options) => {
    assertEquals(await openWithoutFfi(options), {
      error: "FFI is not allowed; add --allow-ffi.",
    });
  },
);

async function openWithoutFfi(options: object): Promise<unknown> {
  const script = new URL("../fixtures/open_datapath.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "-A",
      "--deny-ffi",
      script.href,
      JSON.stringify(options),
    ],
    stdin: "null",
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function sendBurst(
  ends: Ends,
  { why, length, segment }: (typeof bursts)[number],
): Promise<void> {
  const at = 128;
  ends.lane.out.set(pattern(length), at);
  const count = Math.ceil(length / segment);
  assertEquals(ends.socket.send(at, length, segment), count, why);
  ends.lane.out.fill(0);
  const got = await ends.peer.received(count);
  const whole = pattern(length);
  for (const [i, { bytes }] of got.entries()) {
    const end = Math.min(length, (i + 1) * segment);
    assertEquals(bytes, whole.subarray(i * segment, end), `${why}: ${i}`);
  }
}

function total(): number {
  return bursts.reduce(
    (sum, { length, segment }) => sum + Math.ceil(length / segment),
    0,
  );
}

/** Bytes that differ at every offset of a burst. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

async function canBind(
  type: "udp4" | "udp6",
  address: string,
): Promise<boolean> {
  const socket = createSocket(type);
  const bound = await new Promise<boolean>((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(0, address, () => resolve(true));
  });
  await new Promise<void>((resolve) => socket.close(resolve));
  return bound;
}
