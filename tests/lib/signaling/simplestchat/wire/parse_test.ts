import { assertEquals, assertMatch } from "@std/assert";
import {
  parseClientMessage,
  parseServerMessage,
} from "../../../../../lib/signaling/simplestchat/wire/mod.ts";
import {
  clientExamples,
  routerRtpCapabilities,
  serverExamples,
  videoParameters,
} from "./fixtures.ts";

Deno.test.each(Object.values(serverExamples))(
  "the server's $type is read as it was written",
  (message) => {
    assertEquals(parseServerMessage(JSON.stringify(message)), {
      kind: "message",
      message,
    });
  },
);

Deno.test.each(Object.values(clientExamples))(
  "the client's $type is read as it was written",
  (message) => {
    assertEquals(parseClientMessage(JSON.stringify(message)), {
      kind: "message",
      message,
    });
  },
);

Deno.test("what an older server does not say may be missing", () => {
  const old = [
    {
      type: "roomJoined",
      participantId: "p1",
      participants: [{
        id: "p0",
        name: "A",
        producers: [{ id: "e0", kind: "audio" }],
      }],
    },
    {
      type: "roomJoined",
      participantId: "p1",
      participants: [],
      roomSettings: { allow_chat: true, owner_id: "p0" },
    },
    { type: "newProducer", participantId: "p", producerId: "e", kind: "audio" },
    { type: "participantJoined", participantId: "p", participantName: "B" },
    { type: "connectionStats" },
  ];
  for (const message of old) {
    assertEquals(parseServerMessage(JSON.stringify(message)).kind, "message");
  }
});

Deno.test("a producer that is no media keeps no room from being joined", () => {
  const kind = "data";
  const messages = [
    {
      ...serverExamples.roomJoined,
      participants: [{ id: "p", name: "A", producers: [{ id: "e", kind }] }],
    },
    { type: "newProducer", participantId: "p", producerId: "e", kind },
  ];
  for (const message of messages) {
    assertEquals(parseServerMessage(JSON.stringify(message)).kind, "message");
  }
});

Deno.test("a candidate that nobody can use costs none of the others", () => {
  const [candidate] = serverExamples.transportCreated.iceCandidates;
  const { address, port } = candidate;
  const odd = [
    { ...candidate, protocol: "ssltcp" },
    { ...candidate, port: 70_000.5 },
    { ...candidate, priority: null },
    { protocol: "udp", address, port },
  ];
  for (
    const message of [
      { ...serverExamples.transportCreated, iceCandidates: odd },
      { ...serverExamples.iceRestarted, iceCandidates: odd },
    ]
  ) assertEquals(parseServerMessage(JSON.stringify(message)).kind, "message");
});

Deno.test("fields of a newer server stay in the message", () => {
  const message = {
    ...serverExamples.transportCreated,
    iceCandidates: [{
      ...serverExamples.transportCreated.iceCandidates[0],
      ip: "192.0.2.10",
    }],
    sctpParameters: {},
  };
  assertEquals<unknown>(parseServerMessage(JSON.stringify(message)), {
    kind: "message",
    message,
  });
});

Deno.test("capabilities with unknown codecs and fields can be sent back verbatim", () => {
  const rtpCapabilities = {
    ...routerRtpCapabilities,
    codecs: [{
      ...routerRtpCapabilities.codecs[1],
      mimeType: "video/H266",
      novelty: 1,
    }],
    fecMechanisms: [],
  };
  const parsed = parseServerMessage(
    JSON.stringify({ type: "routerRtpCapabilities", rtpCapabilities }),
  );
  assertEquals<unknown>(parsed, {
    kind: "message",
    message: { type: "routerRtpCapabilities", rtpCapabilities },
  });
});

for (const parse of [parseServerMessage, parseClientMessage]) {
  Deno.test.each([
    { text: "{", reason: /^not JSON$/ },
    { text: "", reason: /^not JSON$/ },
    { text: "null", reason: /^not an object$/ },
    { text: "[]", reason: /^not an object$/ },
    { text: '"leaveRoom"', reason: /^not an object$/ },
    { text: "{}", reason: /^missing field `type`$/ },
    { text: '{"type":7}', reason: /^field `type` is not a string$/ },
  ])(`${parse.name} calls $text malformed`, ({ text, reason }) => {
    const parsed = parse(text);
    assertMatch(parsed.kind === "malformed" ? parsed.reason : "", reason);
  });

  Deno.test.each(["fooBar", "toString", "__proto__", "constructor"])(
    `${parse.name} calls the type %s unknown`,
    (type) => {
      assertEquals(parse(`{"type":"${type}"}`), { kind: "unknown", type });
    },
  );
}

Deno.test("a wrong field is named with its path in one line", () => {
  assertEquals(
    parseServerMessage(
      '{"type":"audioLevels","levels":[{"participantId":"p","volume":"x"}]}',
    ),
    {
      kind: "malformed",
      reason:
        "audioLevels: `levels[0].volume`: expected number, received string",
    },
  );
});

Deno.test("a null stands for an absent optional field, and is gone after reading", () => {
  const parsed = parseClientMessage(
    '{"type":"joinRoom","roomId":"r","participantName":"n","password":null,"extra":1}',
  );
  assertEquals<unknown>(parsed, {
    kind: "message",
    message: {
      type: "joinRoom",
      roomId: "r",
      participantName: "n",
      password: undefined,
    },
  });
});

const codec = videoParameters.codecs[0];
const opus = {
  mimeType: "audio/opus",
  payloadType: 111,
  clockRate: 48000,
  channels: 2,
};
const encoding = videoParameters.encodings[0];

Deno.test.each([
  {
    why: "another case of the MIME type",
    codecs: [{ ...codec, mimeType: "VIDEO/vp8" }],
  },
  { why: "no parameters and no feedback", codecs: [opus] },
  {
    why: "feedback without a parameter",
    codecs: [{ ...codec, rtcpFeedback: [{ type: "nack" }] }],
  },
  {
    why: "a string parameter",
    codecs: [{ ...codec, parameters: { "profile-level-id": "42e01f" } }],
  },
  {
    why: "an unknown encoding key",
    encodings: [{ ...encoding, scaleResolutionDownBy: 2 }],
  },
  {
    why: "null where only absence counts",
    encodings: [{ ssrc: 1, rid: null, rtx: null, dtx: null }],
  },
  {
    why: "an unknown extension",
    headerExtensions: [{ uri: "x", id: 3, encrypt: false }],
  },
  { why: "no cname", rtcp: { reducedSize: true } },
])("produce is accepted with $why", ({ why: _, ...change }) => {
  assertEquals(produce(change).kind, "message");
});

Deno.test.each([
  {
    why: "an unknown MIME type",
    codecs: [{ ...codec, mimeType: "video/H265" }],
    at: "codecs[0].mimeType",
  },
  {
    why: "an audio codec without channels",
    codecs: [{ ...opus, channels: undefined }],
    at: "codecs[0].channels",
  },
  {
    why: "a null for codec parameters",
    codecs: [{ ...codec, parameters: null }],
    at: "codecs[0].parameters",
  },
  {
    why: "a null for feedback",
    codecs: [{ ...codec, rtcpFeedback: null }],
    at: "codecs[0].rtcpFeedback",
  },
  {
    why: "a null for a feedback's parameter",
    codecs: [{ ...codec, rtcpFeedback: [{ type: "nack", parameter: null }] }],
    at: "codecs[0].rtcpFeedback[0].parameter",
  },
  {
    why: "another key in a feedback",
    codecs: [{ ...codec, rtcpFeedback: [{ type: "nack", x: 1 }] }],
    at: "codecs[0].rtcpFeedback[0]",
  },
  {
    why: "a boolean codec parameter",
    codecs: [{ ...codec, parameters: { a: true } }],
    at: "codecs[0].parameters.a",
  },
  {
    why: "a negative codec parameter",
    codecs: [{ ...codec, parameters: { a: -1 } }],
    at: "codecs[0].parameters.a",
  },
  {
    why: "a float codec parameter",
    codecs: [{ ...codec, parameters: { a: 0.5 } }],
    at: "codecs[0].parameters.a",
  },
  {
    why: "a clock rate of 0",
    codecs: [{ ...codec, clockRate: 0 }],
    at: "codecs[0].clockRate",
  },
  {
    why: "a payload type over 255",
    codecs: [{ ...codec, payloadType: 256 }],
    at: "codecs[0].payloadType",
  },
  {
    why: "an extension without encrypt",
    headerExtensions: [{ uri: "x", id: 1 }],
    at: "headerExtensions[0].encrypt",
  },
  {
    why: "a null scalability mode",
    encodings: [{ ssrc: 1, scalabilityMode: null }],
    at: "encodings[0].scalabilityMode",
  },
  {
    why: "an SSRC over 32 bits",
    encodings: [{ ssrc: 2 ** 32 }],
    at: "encodings[0].ssrc",
  },
  { why: "no reducedSize", rtcp: { cname: "c" }, at: "rtcp.reducedSize" },
  { why: "no rtcp", rtcp: undefined, at: "rtcp" },
])("produce is rejected with $why", ({ why: _, at, ...change }) => {
  assertRejectedAt(produce(change), `rtpParameters.${at}`);
});

Deno.test.each([
  {
    why: "no direction",
    extension: { direction: undefined },
    at: "headerExtensions[0].direction",
  },
  {
    why: "an unknown direction",
    extension: { direction: "both" },
    at: "headerExtensions[0].direction",
  },
  {
    why: "no preferredEncrypt",
    extension: { preferredEncrypt: undefined },
    at: "headerExtensions[0].preferredEncrypt",
  },
  {
    why: "a codec of the other kind",
    codec: { kind: "audio" },
    at: "codecs[0]",
  },
  {
    why: "no headerExtensions",
    capabilities: { headerExtensions: undefined },
    at: "headerExtensions",
  },
])(
  "consume is rejected with $why",
  ({ extension, codec, capabilities, at }) => {
    const rtpCapabilities = {
      codecs: [{ ...routerRtpCapabilities.codecs[1], ...codec }],
      headerExtensions: [{
        ...routerRtpCapabilities.headerExtensions[0],
        ...extension,
      }],
      ...capabilities,
    };
    assertRejectedAt(
      client({ ...clientExamples.consume, rtpCapabilities }),
      `rtpCapabilities.${at}`,
    );
  },
);

Deno.test.each([
  { why: "no role", ends: { role: undefined }, at: "role" },
  { why: "a role of its own", ends: { role: "both" }, at: "role" },
  {
    why: "a short fingerprint",
    print: { value: "7F:03" },
    at: "fingerprints[0]",
  },
  {
    why: "no colons",
    print: { value: "7F".repeat(32) },
    at: "fingerprints[0].value",
  },
  {
    why: "an unknown algorithm",
    print: { algorithm: "md5" },
    at: "fingerprints[0].algorithm",
  },
  {
    why: "another key in a fingerprint",
    print: { extra: 1 },
    at: "fingerprints[0]",
  },
])("connectTransport is rejected with $why", ({ ends, print, at }) => {
  const { dtlsParameters } = clientExamples.connectTransport;
  const [fingerprint] = dtlsParameters.fingerprints;
  const parsed = client({
    ...clientExamples.connectTransport,
    dtlsParameters: {
      ...dtlsParameters,
      fingerprints: [{ ...fingerprint, ...print }],
      ...ends,
    },
  });
  assertRejectedAt(parsed, `dtlsParameters.${at}`);
});

Deno.test("a fingerprint may be written in lower case", () => {
  const [fingerprint] =
    clientExamples.connectTransport.dtlsParameters.fingerprints;
  const parsed = client({
    ...clientExamples.connectTransport,
    dtlsParameters: {
      role: "client",
      fingerprints: [{
        ...fingerprint,
        value: fingerprint!.value.toLowerCase(),
      }],
    },
  });
  assertEquals(parsed.kind, "message");
});

Deno.test("produce needs a transport id, although the server ignores it", () => {
  assertRejectedAt(
    client({ ...clientExamples.produce, transportId: undefined }),
    "transportId",
  );
});

function client(message: object) {
  return parseClientMessage(JSON.stringify(message));
}

function produce(change: object) {
  return client({
    ...clientExamples.produce,
    rtpParameters: { ...videoParameters, ...change },
  });
}

function assertRejectedAt(parsed: ReturnType<typeof client>, path: string) {
  assertEquals(parsed.kind, "malformed");
  if (parsed.kind !== "malformed") return;
  assertEquals(parsed.reason.match(/`([^`]*)`/)?.[1], path, parsed.reason);
}
