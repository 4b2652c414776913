/** What an adapter may answer, and how what is wrong with it is told. */

import { assertEquals } from "@std/assert";
import type { z } from "../../../../lib/ortc/deps.ts";
import {
  ANSWERS,
  NEWS,
  problemOf,
  readSaid,
  sessionSchema,
} from "../../../../lib/signaling/adapted/answers.ts";

const DTLS = { role: "auto", fingerprints: [] };
const ICE = { usernameFragment: "u", password: "p" };

/** The candidates of a transport that was answered so, or what is wrong with it. */
function candidatesOf(...iceCandidates: unknown[]): unknown {
  const read = readSaid(ANSWERS.transport, {
    id: "t",
    iceParameters: ICE,
    iceCandidates,
    dtlsParameters: DTLS,
  });
  return "said" in read ? read.said.iceCandidates : problemOf(read.issue);
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
  // What cannot be used is left to who tries candidates, and must not cost the others.
  {
    why: "as something else",
    candidate: 7,
    is: [{ address: "7", protocol: "", port: 0 }],
  },
  {
    why: "without a port",
    candidate: { address: "192.0.2.1", protocol: "udp" },
    is: [{ ...CANDIDATE, port: 0 }],
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
  assertEquals(problemOf(inside!.issues[0]).startsWith("id: "), true);
  const { error: all } = ANSWERS.producer.safeParse(7);
  assertEquals(
    problemOf(all!.issues[0]),
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

const OPUS = {
  kind: "audio",
  mimeType: "audio/opus",
  preferredPayloadType: 100,
  clockRate: 48_000,
  channels: 2,
};
const CAPABILITIES = {
  codecs: [{ ...OPUS, rtcpFeedback: [{ type: "nack" }] }],
  headerExtensions: [],
};
const TRANSPORT = {
  id: "t",
  iceParameters: ICE,
  iceCandidates: [CANDIDATE],
  dtlsParameters: DTLS,
};
const CONSUMER = {
  id: "c",
  producerId: "p",
  peerId: "q",
  kind: "audio",
  rtpParameters: {
    codecs: [{ mimeType: "audio/opus", payloadType: 100, clockRate: 48_000 }],
    headerExtensions: [],
    encodings: [{ ssrc: 1 }],
    rtcp: { reducedSize: true },
  },
};

Deno.test.each<{ why: string; schema: z.ZodType; says: object; is: unknown }>([
  {
    why: "feedback null",
    schema: ANSWERS.capabilities,
    says: {
      ...CAPABILITIES,
      codecs: [{ ...CAPABILITIES.codecs[0], rtcpFeedback: null }],
    },
    is: {
      ...CAPABILITIES,
      codecs: [OPUS],
    },
  },
  {
    why: "extensions null",
    schema: ANSWERS.capabilities,
    says: { ...CAPABILITIES, headerExtensions: null },
    is: CAPABILITIES,
  },
  {
    why: "role null",
    schema: ANSWERS.transport,
    says: { ...TRANSPORT, dtlsParameters: { role: null, fingerprints: [] } },
    is: TRANSPORT,
  },
  {
    why: "port as text",
    schema: ANSWERS.transport,
    says: { ...TRANSPORT, iceCandidates: [{ ...CANDIDATE, port: "4" }] },
    is: TRANSPORT,
  },
  {
    why: "candidate null",
    schema: ANSWERS.transport,
    says: { ...TRANSPORT, iceCandidates: [null, CANDIDATE] },
    is: TRANSPORT,
  },
  {
    why: "mid and rtcp null",
    schema: NEWS.consumer,
    says: {
      ...CONSUMER,
      rtpParameters: { ...CONSUMER.rtpParameters, mid: null, rtcp: null },
    },
    is: CONSUMER,
  },
  {
    why: "repairs without an SSRC",
    schema: ANSWERS.consumer,
    says: {
      ...CONSUMER,
      rtpParameters: {
        ...CONSUMER.rtpParameters,
        encodings: [{ ssrc: "1", rtx: { ssrc: null } }],
      },
    },
    is: {
      id: "c",
      producerId: "p",
      kind: "audio",
      rtpParameters: CONSUMER.rtpParameters,
    },
  },
])("what other servers say is understood, and left as it is: $why", ({
  schema,
  says,
  is,
}) => {
  const before = structuredClone(says);
  assertEquals(readSaid(schema, says), { said: is });
  assertEquals(says, before);
});

Deno.test.each<{ why: string; says: unknown; wrong: string }>([
  {
    why: "an id that is a number, which the server would get back as a text",
    says: { ...CONSUMER, id: 7 },
    wrong: "id: Invalid input: expected string, received number",
  },
  {
    why: "no parameters, besides what is understood",
    says: { ...CONSUMER, paused: "no", rtpParameters: null },
    wrong: "rtpParameters: Invalid input: expected object, received undefined",
  },
  {
    why: "more than data",
    says: { ...CONSUMER, rtpParameters: null, close: () => {} },
    wrong: "rtpParameters: Invalid input: expected object, received null",
  },
  {
    why: "nothing",
    says: null,
    wrong: "Invalid input: expected object, received null",
  },
])("what is wrong is named: $why", ({ says, wrong }) => {
  const read = readSaid(NEWS.consumer, says);
  assertEquals("issue" in read ? problemOf(read.issue) : "", wrong);
});
