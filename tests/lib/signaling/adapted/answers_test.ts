/** What an adapter may answer, and how what is wrong with it is told. */

import { assertEquals } from "@std/assert";
import {
  ANSWERS,
  NEWS,
  problemOf,
  sessionSchema,
} from "../../../../lib/signaling/adapted/answers.ts";

const DTLS = { role: "auto", fingerprints: [] };
const ICE = { usernameFragment: "u", password: "p" };

/** The candidates of a transport that was answered so, or what is wrong with it. */
function candidatesOf(...iceCandidates: unknown[]): unknown {
  const { data, error } = ANSWERS.transport.safeParse({
    id: "t",
    iceParameters: ICE,
    iceCandidates,
    dtlsParameters: DTLS,
  });
  return error === undefined ? data.iceCandidates : problemOf(error);
}

const CANDIDATE = { address: "192.0.2.1", port: 4, protocol: "udp" };

Deno.test.each<{ why: string; candidate: unknown; is: unknown }>([
  { why: "as mediasoup tells it", candidate: CANDIDATE, is: [CANDIDATE] },
  {
    why: "with ip, as mediasoup before 3.14 does",
    candidate: { ip: "192.0.2.9", port: 4, protocol: "udp" },
    is: [{ ...CANDIDATE, address: "192.0.2.9" }],
  },
  {
    why: "with both, of which the address counts",
    candidate: { ...CANDIDATE, ip: "10.0.0.1" },
    is: [CANDIDATE],
  },
  {
    why: "as a line of SDP",
    candidate: "candidate:1 1 UDP 7 192.0.2.1 4 typ host",
    is: [{
      ...CANDIDATE,
      foundation: "1",
      priority: 7,
      type: "host",
    }],
  },
  {
    why: "as something else",
    candidate: 7,
    is: "iceCandidates.0: Invalid input: expected object, received number",
  },
  {
    why: "without a port",
    candidate: { address: "192.0.2.1", protocol: "udp" },
    is:
      "iceCandidates.0.port: Invalid input: expected number, received undefined",
  },
])("a candidate may come $why", ({ candidate, is }) => {
  assertEquals(candidatesOf(candidate), is);
});

Deno.test("more candidates than an agent may check are no answer", () => {
  assertEquals(
    (candidatesOf(...Array(100).fill(CANDIDATE)) as unknown[]).length,
    100,
  );
  assertEquals(typeof candidatesOf(...Array(101).fill(CANDIDATE)), "string");
});

Deno.test("an ICE restart may leave the candidates out, or say null", () => {
  for (const rest of [{}, { iceCandidates: null }]) {
    const read = ANSWERS.restart.parse({ iceParameters: ICE, ...rest });
    assertEquals(read.iceCandidates, undefined);
  }
});

Deno.test.each([
  { value: { id: "p" }, right: true },
  { value: { id: "p", more: 1 }, right: true },
  { value: { id: "" }, right: false },
  { value: { id: 7 }, right: false },
  { value: null, right: false },
  { value: undefined, right: false },
])("a producer is one by its id: $value", ({ value, right }) => {
  assertEquals(ANSWERS.producer.safeParse(value).success, right);
});

Deno.test("the first thing that is wrong is told with its place, and without a place where it is all of it", () => {
  const { error: inside } = ANSWERS.producer.safeParse({ id: 7 });
  assertEquals(problemOf(inside!).startsWith("id: "), true);
  const { error: all } = ANSWERS.producer.safeParse(7);
  assertEquals(
    problemOf(all!),
    "Invalid input: expected object, received number",
  );
});

Deno.test("news of a track may leave out whose it is, which is nobody known", () => {
  assertEquals(NEWS.producer.parse({ id: "a" }).peerId, "");
  assertEquals(NEWS.producer.parse({ id: "a", peerId: null }).peerId, "");
  assertEquals(NEWS.producer.parse({ id: "a", peerId: "p" }).peerId, "p");
  assertEquals(
    NEWS.producer.safeParse({ id: "a", kind: "data" }).success,
    false,
  );
});

Deno.test.each([
  { value: ["c", 0], right: true },
  { value: ["c", null], right: true },
  { value: ["c", -1], right: false },
  { value: ["c", 1.5], right: false },
  { value: ["", 1], right: false },
  { value: ["c"], right: false },
])("a layer is a whole number from 0 on, or none: $value", (row) => {
  assertEquals(NEWS.layers.safeParse(row.value).success, row.right);
});

/** All that a session must have. */
const SESSION = {
  routerRtpCapabilities: () => {},
  createTransport: () => {},
  connectTransport: () => {},
  produce: () => {},
  leave: () => {},
};

Deno.test.each<{ change: Record<string, unknown>; wrong: string | undefined }>([
  { change: {}, wrong: undefined },
  { change: { peerId: null }, wrong: undefined },
  { change: { receiveTransports: "onePerConsumer" }, wrong: undefined },
  { change: { receiveTransports: "many" }, wrong: "receiveTransports" },
  { change: { leave: undefined }, wrong: "leave" },
  { change: { produce: "yes" }, wrong: "produce" },
  { change: { restartIce: 7 }, wrong: "restartIce" },
  { change: { peerId: "" }, wrong: "peerId" },
])("a session is judged when it is made: $change", ({ change, wrong }) => {
  const { error } = sessionSchema.safeParse({ ...SESSION, ...change });
  assertEquals(error?.issues[0].path.join("."), wrong);
});
