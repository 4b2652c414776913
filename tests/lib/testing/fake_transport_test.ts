/** A transport without a network, through all of its life. */

import { assertEquals, assertRejects } from "@std/assert";
import { type Impairment, Network } from "../../../lib/impairment/mod.ts";
import { TransportError } from "../../../lib/rtc/mod.ts";
import {
  FakeClock,
  type FakePath,
  FakeTransport,
  type FakeTransportPeer,
} from "../../../lib/testing/mod.ts";

const ARRIVAL = { nowMs: 5, wallMs: 1_000_005 };

/** A transport that is up unless it is told otherwise, and all that becomes of it. */
async function made(
  { peer, path, isUp = true }: {
    readonly peer?: FakeTransportPeer;
    readonly path?: FakePath;
    readonly isUp?: boolean;
  } = {},
) {
  const heard: string[] = [];
  const transport = new FakeTransport(
    {
      onRtp: (bytes, offset, length, { nowMs, wallMs }) =>
        heard.push(`RTP ${bytes[offset]}x${length} at ${nowMs}, ${wallMs}`),
      onRtcp: (bytes, offset, length) =>
        heard.push(`RTCP ${bytes[offset]}x${length}`),
      onLost: ({ kind }) => heard.push(`lost: ${kind}`),
      onSilent: (isSilent) => heard.push(isSilent ? "silent" : "heard again"),
    },
    {
      onRtp: (packet) => heard.push(`to peer: RTP ${packet[0]}`),
      onRtcp: (packet) => heard.push(`to peer: RTCP ${packet[0]}`),
      ...peer,
    },
    path,
  );
  if (isUp) await transport.connect(Promise.resolve());
  return {
    transport,
    heard,
    /** One packet each way, of both kinds. */
    exchange() {
      transport.out[0] = 1;
      transport.send(0, 1, 1);
      transport.sendRtcp(0, 1);
      transport.deliverRtp(Uint8Array.of(2), ARRIVAL);
      transport.deliverRtcp(Uint8Array.of(3), ARRIVAL);
      return heard.splice(0);
    },
  };
}

const ALL = [
  "to peer: RTP 1",
  "to peer: RTCP 1",
  "RTP 2x1 at 5, 1000005",
  "RTCP 3x1",
];

Deno.test("nothing goes or comes before a transport is up, and nothing once it is closed", async () => {
  const { transport, exchange } = await made({ isUp: false });
  assertEquals([transport.state, transport.isUp], ["new", false]);
  assertEquals(exchange(), []);
  await transport.connect(Promise.resolve());
  assertEquals([transport.state, transport.isUp], ["connected", true]);
  assertEquals(exchange(), ALL);
  await transport.close();
  await transport.close();
  assertEquals([transport.state, transport.isUp], ["closed", false]);
  assertEquals(exchange(), []);
});

Deno.test("while the network is gone nothing gets through, and whoever asks for a path waits for it", async () => {
  const { transport, heard, exchange } = await made();
  transport.cutPath();
  assertEquals(heard.splice(0), ["silent"]);
  assertEquals([transport.isUp, exchange()], [true, []]);
  let isBack = false;
  const restarted = transport.restartIce().then(() => isBack = true);
  await Promise.resolve();
  assertEquals(isBack, false);
  transport.mendPath();
  await restarted;
  assertEquals([transport.iceRestarts, exchange()], [1, ALL]);
});

Deno.test("a network that is back before anybody did anything is heard again", async () => {
  const { transport, heard, exchange } = await made();
  transport.mendPath();
  assertEquals(heard, [], "it was never gone");
  transport.cutPath();
  transport.mendPath();
  assertEquals(heard.splice(0), ["silent", "heard again"]);
  assertEquals(exchange(), ALL);
});

Deno.test("a path without consent is lost once, and only a restart brings it back", async () => {
  const { transport, heard, exchange } = await made();
  transport.cutPath("lost");
  transport.cutPath("lost");
  assertEquals(heard.splice(0), ["lost: consent"]);
  transport.mendPath();
  assertEquals([transport.state, exchange()], ["lost", []]);
  await transport.restartIce();
  assertEquals([transport.state, exchange()], ["connected", ALL]);
});

Deno.test("what the server closes is closed for good", async () => {
  const { transport, heard, exchange } = await made();
  transport.lose();
  transport.lose();
  assertEquals(heard.splice(0), ["lost: peerClosed"]);
  assertEquals([transport.state, exchange()], ["closed", []]);
  const { kind } = await assertRejects(
    () => transport.restartIce(),
    TransportError,
  );
  assertEquals(kind, "closed");
});

Deno.test("a transport that is not up yet has no path to restart", async () => {
  const { transport } = await made({ isUp: false });
  await assertRejects(() => transport.restartIce(), TransportError);
  assertEquals(transport.iceRestarts, 0);
});

Deno.test("whoever waits for a path when a transport is closed is told", async () => {
  const { transport } = await made();
  transport.cutPath();
  const restarting = transport.restartIce();
  restarting.catch(() => {});
  await transport.close();
  const { kind } = await assertRejects(() => restarting, TransportError);
  assertEquals(kind, "closed");
});

Deno.test.each([
  { why: "its handshake", peer: "no keys", server: undefined },
  { why: "the server", peer: undefined, server: "not allowed" },
])("a transport fails with what $why fails with", async ({ peer, server }) => {
  const { transport } = await made({
    isUp: false,
    peer: {
      handshake: () =>
        peer === undefined ? Promise.resolve() : Promise.reject(Error(peer)),
    },
  });
  const ready = server === undefined
    ? Promise.resolve()
    : Promise.reject(new Error(server));
  await assertRejects(() => transport.connect(ready), Error, peer ?? server);
  assertEquals(transport.isUp, false);
});

/** A network that is impaired from the beginning. */
function pathOf(impairment: Impairment): FakePath & { clock: FakeClock } {
  const clock = new FakeClock();
  const network = new Network(() => () => 0.5);
  network.impair(impairment, 0);
  return { network, clock };
}

Deno.test("what a network loses does not come, and is counted", async () => {
  const path = pathOf({ outbound: { lossRatio: 1 } });
  const { transport, heard } = await made({ path });
  // Whoever sends is none the wiser.
  assertEquals(transport.send(0, 30, 10), 3);
  transport.deliverRtp(Uint8Array.of(2), ARRIVAL);
  assertEquals(heard, ["RTP 2x1 at 5, 1000005"]);
  const { outboundCounts } = path.network;
  assertEquals([outboundCounts.packets, outboundCounts.dropped], [3, 3]);
});

Deno.test("what a network delays comes later, as it was sent, with the time at which it comes", async () => {
  const path = pathOf({
    inbound: { delayMs: 100 },
    outbound: { delayMs: 40 },
  });
  const { transport, heard } = await made({ path });
  transport.out[0] = 7;
  transport.send(0, 1, 1);
  // The next is built in the same place.
  transport.out[0] = 8;
  const bytes = Uint8Array.of(2);
  transport.deliverRtp(bytes, ARRIVAL);
  bytes[0] = 9;
  path.clock.advance(39);
  assertEquals(heard, []);
  path.clock.advance(1);
  assertEquals(heard.splice(0), ["to peer: RTP 7"]);
  path.clock.advance(60);
  assertEquals(heard, ["RTP 2x1 at 105, 1000105"]);
});

Deno.test("what is on its way when a transport is closed never comes, and keeps no timer", async () => {
  const path = pathOf({ inbound: { delayMs: 100 } });
  const { transport, heard } = await made({ path });
  transport.deliverRtp(Uint8Array.of(2), ARRIVAL);
  assertEquals(path.clock.pendingTimers, 1);
  await transport.close();
  assertEquals(path.clock.pendingTimers, 0);
  path.clock.advance(1_000);
  assertEquals(heard, []);
});
