/** A search for a path in virtual time, over sockets in memory. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Impairment, Network } from "../../../../lib/impairment/mod.ts";
import {
  chooseCandidates,
  type RemoteCandidate,
  type TransportChoice,
} from "../../../../lib/rtc/ice/candidates.ts";
import { IceSession } from "../../../../lib/rtc/ice/ice_session.ts";
import { TransportError } from "../../../../lib/rtc/ice/transport_error.ts";
import {
  type Endpoint,
  type LaneSocket,
  SocketRefusedError,
} from "../../../../lib/rtc/lane/lane.ts";
import { IceNet, type IceNetOptions, REMOTE } from "./ice_net.ts";

interface WorldOptions extends IceNetOptions {
  readonly candidates: readonly RemoteCandidate[];
  readonly transport?: TransportChoice;
  readonly impairment?: Impairment;
}

class World extends IceNet {
  readonly network: Network | undefined;
  readonly session: IceSession;
  /** Sockets that media was told to take. */
  readonly taken: LaneSocket[] = [];
  readonly lost: TransportError[] = [];
  readonly errors: unknown[] = [];
  readonly silences: boolean[] = [];
  nominated: "yes" | TransportError | undefined;
  #nominations = 0;

  constructor(options: WorldOptions) {
    super(options);
    if (options.impairment !== undefined) {
      this.network = new Network(() => () => 0);
    }
    this.session = new IceSession({
      datapath: this.datapath,
      remote: REMOTE,
      candidates: chooseCandidates(options.candidates, options.transport),
      nextNomination: () => ++this.#nominations,
      network: this.network,
      onDatagram: (bytes, offset, length) =>
        this.session.receive(
          bytes.subarray(offset, offset + length),
          this.deadlines.now,
        ),
      onSocket: (socket) => this.taken.push(socket),
      onSilent: (isSilent) => this.silences.push(isSilent),
      onLost: (error) => this.lost.push(error),
      onError: (error) => this.errors.push(error),
    });
    this.session.nominated.then(
      () => this.nominated = "yes",
      (error) => this.nominated = error,
    );
  }

  /** How each candidate fared, in a word. */
  get fates(): string[] {
    return this.session.outcomes.map((
      { address, isTaken, roundTripMs, problem },
    ) =>
      `${address}: ${isTaken ? "taken" : problem ?? "answered"}${
        roundTripMs === undefined ? "" : ` after ${roundTripMs}`
      }`
    );
  }

  /** Nothing is left of it. */
  assertGone(): void {
    assertEquals(this.open, []);
    assertEquals([this.deadlines.retained, this.deadlines.size], [0, 0]);
    assertEquals(this.errors, []);
  }
}

const udp = (address: string, priority = 1): RemoteCandidate => ({
  address,
  port: 4000,
  protocol: "udp",
  priority,
});
const tcp = (address: string): RemoteCandidate => ({
  ...udp(address),
  protocol: "tcp",
});

/** A server that answers only here. */
const only = (address: string, ms = 20) => (remote: Endpoint) =>
  remote.address === address ? ms : undefined;

Deno.test("of several candidates the one that answers carries media, and the sockets of the others are closed", async () => {
  const world = new World({
    candidates: [udp("192.0.2.1", 9), udp("192.0.2.2", 8), udp("192.0.2.3")],
    roundTripMs: only("192.0.2.2"),
  });
  await world.deadlines.comeTo(1000);
  assertEquals(world.nominated, "yes");
  assertEquals(world.session.selected?.address, "192.0.2.2");
  assertEquals(world.open, ["192.0.2.2"]);
  assertEquals(world.taken, [world.sockets[1]]);
  assertEquals(world.session.roundTripMs, 20);
  world.session.close();
  await world.deadlines.comeTo(2000);
  world.assertGone();
});

Deno.test("a candidate is said not to have answered once it had twice the time of the one that did", async () => {
  const candidates = [udp("192.0.2.1", 9), udp("192.0.2.2", 8)];
  // The second is asked 50 ms after the first; each answer is one more round trip to nominate.
  const patient = new World({ candidates, roundTripMs: only("192.0.2.2", 20) });
  await patient.deadlines.comeTo(1000);
  assertEquals(patient.fates, [
    "192.0.2.1: no answer",
    "192.0.2.2: taken after 20",
  ]);
  const hasty = new World({ candidates, roundTripMs: only("192.0.2.2", 90) });
  await hasty.deadlines.comeTo(1000);
  hasty.session.close();
  // 50 ms and two round trips of 90: more than twice 90.
  assertEquals(hasty.fates[0], "192.0.2.1: no answer");
  const first = new World({ candidates, roundTripMs: only("192.0.2.1", 40) });
  await first.deadlines.comeTo(1000);
  // It was not even asked.
  assertEquals(first.fates, ["192.0.2.1: taken after 40"]);
  patient.session.close();
  first.session.close();
});

Deno.test("what is wrong with a candidate from the start is told behind those that were tried", async () => {
  const world = new World({
    candidates: [{ ...udp("192.0.2.7"), port: 0 }, udp("192.0.2.1")],
  });
  await world.deadlines.comeTo(500);
  assertEquals(world.fates, [
    "192.0.2.1: taken after 20",
    "192.0.2.7: its port is not a whole number from 1 to 65535",
  ]);
  world.session.close();
});

Deno.test.each<{
  why: string;
  refusal: () => Error;
  kind: string;
  says: string;
}>([
  {
    why: "the network has no way there",
    refusal: () => new Error("no route"),
    kind: "candidate",
    says: "udp 192.0.2.1:4000: no route; tcp 192.0.2.1:4000: no route",
  },
  {
    why: "this system has no socket left",
    refusal: () => new SocketRefusedError("too many open files"),
    kind: "socket",
    says: "udp 192.0.2.1:4000: too many open files",
  },
])("where no socket can be had, that is why: $why", async (row) => {
  const world = new World({
    candidates: [udp("192.0.2.1"), tcp("192.0.2.1")],
    refusal: row.refusal,
  });
  await world.deadlines.comeTo(100);
  assert(world.nominated instanceof TransportError);
  assertEquals(world.nominated.kind, row.kind);
  assertEquals(
    world.nominated.message.startsWith(
      `no address of the server can be reached (${row.says}`,
    ),
    true,
    world.nominated.message,
  );
  world.session.close();
  world.assertGone();
});

Deno.test("one that cannot be opened leaves the others their chance", async () => {
  const world = new World({
    candidates: [udp("192.0.2.1", 9), udp("192.0.2.2")],
    refusal: ({ address }) =>
      address === "192.0.2.1" ? new Error("no route") : undefined,
  });
  await world.deadlines.comeTo(100);
  assertEquals(world.nominated, "yes");
  assertEquals(world.fates[0], "192.0.2.1: no route");
  world.session.close();
});

Deno.test("a search without end says what each candidate did, of the first four", async () => {
  const world = new World({
    candidates: [1, 2, 3, 4, 5, 6].map((n) => udp(`192.0.2.${n}`, 9 - n)),
    roundTripMs: () => undefined,
  });
  await world.deadlines.comeTo(5000);
  const { kind, message } = world.session.timedOut(5000);
  assertEquals(kind, "iceTimeout");
  assertEquals(
    message,
    `no answer to ICE checks in 5000 ms (${
      [1, 2, 3, 4].map((n) => `udp 192.0.2.${n}:4000: no answer`).join("; ")
    })`,
  );
  world.session.close();
  await assertRejects(() => world.session.nominated, TransportError);
  await world.deadlines.comeTo(6000);
  world.assertGone();
});

Deno.test("a name is tried by each of its addresses, and is none itself", async () => {
  const asked: string[] = [];
  const world = new World({
    candidates: [udp("sfu.example.org")],
    resolve: (name) => {
      asked.push(name);
      return Promise.resolve(["2001:db8::1", "192.0.2.1"]);
    },
    roundTripMs: only("192.0.2.1"),
  });
  await world.deadlines.comeTo(1000);
  assertEquals(asked, ["sfu.example.org"]);
  assertEquals(world.fates, [
    "2001:db8::1: no answer",
    "192.0.2.1: taken after 20",
  ]);
  world.session.close();
});

Deno.test("a name that nobody knows fails alone, and where there is nothing else the search is over", async () => {
  const world = new World({ candidates: [udp("sfu.example.org")] });
  await world.deadlines.comeTo(10);
  assert(world.nominated instanceof TransportError);
  assertEquals(
    world.nominated.message,
    "no address of the server can be reached (udp sfu.example.org:4000: this name has no address)",
  );
  world.session.close();
});

Deno.test("what is resolved after the end is not tried", async () => {
  const name = Promise.withResolvers<readonly string[]>();
  const world = new World({
    candidates: [udp("sfu.example.org")],
    resolve: () => name.promise,
  });
  await world.deadlines.comeTo(10);
  world.session.close();
  name.resolve(["192.0.2.1"]);
  await world.deadlines.comeTo(1000);
  assertEquals(world.sockets, []);
  world.assertGone();
});

Deno.test("TCP waits for UDP, is taken where that is silent, and UDP is closed then", async () => {
  const world = new World({
    candidates: [tcp("192.0.2.2"), udp("192.0.2.1")],
    roundTripMs: only("192.0.2.2"),
  });
  await world.deadlines.comeTo(1999);
  assertEquals(world.open, ["192.0.2.1"]);
  await world.deadlines.comeTo(3000);
  assertEquals(world.session.selected?.protocol, "tcp");
  assertEquals(world.open, ["192.0.2.2"]);
  world.session.close();
  world.assertGone();
});

Deno.test("a server that closes the TCP connection of the path loses it, once", async () => {
  const world = new World({ candidates: [tcp("192.0.2.1")] });
  await world.deadlines.comeTo(500);
  world.sockets[0].onClosed?.();
  world.sockets[0].onClosed?.();
  assertEquals(world.lost.map(({ kind, message }) => [kind, message]), [
    ["disconnected", "the server closed the connection"],
  ]);
  world.assertGone();
});

Deno.test("a path without an answer for 30 s is lost, after silence was told", async () => {
  const world = new World({ candidates: [udp("192.0.2.1")] });
  await world.deadlines.comeTo(100);
  world.answers = false;
  await world.deadlines.comeTo(29_000);
  assertEquals(world.silences, [true]);
  assertEquals(world.lost, []);
  await world.deadlines.comeTo(31_000);
  assertEquals(world.lost.map(({ kind }) => kind), ["consent"]);
  world.assertGone();
});

Deno.test("a path that is silent for a while and comes back is told of both", async () => {
  const world = new World({ candidates: [udp("192.0.2.1")] });
  await world.deadlines.comeTo(100);
  world.answers = false;
  await world.deadlines.comeTo(15_000);
  world.answers = true;
  await world.deadlines.comeTo(120_000);
  assertEquals(world.silences, [true, false]);
  assertEquals(world.lost, []);
  world.session.close();
  await world.deadlines.comeTo(121_000);
  world.assertGone();
});

Deno.test("closing before anything answered ends the search as closed, twice as well as once", async () => {
  const world = new World({
    candidates: [udp("192.0.2.1"), tcp("192.0.2.2")],
    roundTripMs: () => undefined,
  });
  await world.deadlines.comeTo(60);
  world.session.close();
  world.session.close();
  const error = await assertRejects(
    () => world.session.nominated,
    TransportError,
  );
  assertEquals(error.kind, "closed");
  assertEquals(world.lost, []);
  world.assertGone();
  const { length } = world.checks;
  await world.deadlines.comeTo(10_000);
  assertEquals(world.checks.length, length);
});

Deno.test("an answer that comes after the end does nothing", async () => {
  const world = new World({ candidates: [udp("192.0.2.1")] });
  await world.deadlines.comeTo(10);
  const [socket] = world.sockets;
  world.session.close();
  socket.isOpen = true;
  await world.deadlines.comeTo(1000);
  assertEquals(world.taken, []);
  socket.isOpen = false;
  world.assertGone();
});

Deno.test("NAT that gives another port has a new socket to the same candidate, which is checked at once", async () => {
  const world = new World({
    candidates: [udp("192.0.2.1"), udp("192.0.2.2")],
    impairment: {},
  });
  await world.deadlines.comeTo(1000);
  const before = world.checks.length;
  world.network!.impair({ rebind: true }, world.deadlines.now);
  await world.deadlines.comeTo(1100);
  assertEquals(world.network!.rebinds, 1);
  assertEquals(world.sockets.map(({ isOpen }) => isOpen), [false, true]);
  assertEquals(world.open, ["192.0.2.1"]);
  assertEquals(world.taken.at(-1), world.sockets[1]);
  assertEquals(world.checks[before], "192.0.2.1@1000");
  await world.deadlines.comeTo(100_000);
  assertEquals(world.network!.rebinds, 1);
  assertEquals([world.lost, world.silences], [[], []]);
  world.session.close();
  await world.deadlines.comeTo(101_000);
  world.assertGone();
});

Deno.test("NAT that forgets a TCP connection loses the path", async () => {
  const world = new World({
    candidates: [tcp("192.0.2.1")],
    impairment: {},
  });
  await world.deadlines.comeTo(1000);
  world.network!.impair({ rebind: true }, world.deadlines.now);
  await world.deadlines.comeTo(1100);
  assertEquals(world.lost.map(({ kind, message }) => [kind, message]), [
    ["disconnected", "NAT forgot the connection"],
  ]);
  world.assertGone();
});

Deno.test("a new port that cannot be had loses the path with its reason", async () => {
  let isFull = false;
  const world = new World({
    candidates: [udp("192.0.2.1")],
    impairment: {},
    refusal: () =>
      isFull ? new SocketRefusedError("too many open files") : undefined,
  });
  await world.deadlines.comeTo(1000);
  isFull = true;
  world.network!.impair({ rebind: true }, world.deadlines.now);
  await world.deadlines.comeTo(1100);
  assertEquals(world.lost.map(({ message }) => message), [
    "too many open files",
  ]);
  world.assertGone();
});
