/** The wire as other servers write it. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  parseServerMessage,
  type ServerMessage,
} from "../../../../../lib/signaling/simplestchat/wire/mod.ts";
import { routerRtpCapabilities, serverExamples as s } from "./fixtures.ts";

type Example = Readonly<Record<string, unknown>>;

/** A copy of `message` with what stands at `path` replaced; `undefined` takes it out. */
function changed(message: Example, path: string, value: unknown): Example {
  const copy = structuredClone(message) as Record<string, unknown>;
  const keys = path.split(".");
  // deno-lint-ignore no-explicit-any -- any message, at any depth
  let at: any = copy;
  for (const key of keys.slice(0, -1)) at = at[key];
  if (value === undefined) delete at[keys.at(-1)!];
  else at[keys.at(-1)!] = value;
  return copy;
}

function read(message: Example) {
  return parseServerMessage(JSON.stringify(message));
}

const capabilities: Example = {
  type: "routerRtpCapabilities",
  rtpCapabilities: routerRtpCapabilities,
};
const CODEC = "rtpCapabilities.codecs.0";
const CONSUMED = "rtpParameters.codecs.0";

/** `is` is what is found at `at`, which is `path` unless it says so. */
const DIALECTS: readonly {
  readonly why: string;
  readonly message: Example;
  readonly path: string;
  readonly says: unknown;
  readonly at?: string;
  readonly is: unknown;
}[] = [
  {
    why: "feedback null",
    message: capabilities,
    path: `${CODEC}.rtcpFeedback`,
    says: null,
    is: undefined,
  },
  {
    why: "channels null",
    message: capabilities,
    path: `${CODEC}.channels`,
    says: null,
    is: undefined,
  },
  {
    why: "a parameter of feedback null",
    message: capabilities,
    path: `${CODEC}.rtcpFeedback.0.parameter`,
    says: null,
    is: undefined,
  },
  {
    why: "a clock rate as text",
    message: capabilities,
    path: `${CODEC}.clockRate`,
    says: "48000",
    is: 48000,
  },
  {
    why: "a codec's setting as a boolean",
    message: capabilities,
    path: `${CODEC}.parameters.useinbandfec`,
    says: true,
    is: 1,
  },
  {
    why: "a codec's setting null",
    message: capabilities,
    path: `${CODEC}.parameters.useinbandfec`,
    says: null,
    is: undefined,
  },
  {
    why: "feedback that nobody knows",
    message: capabilities,
    path: `${CODEC}.rtcpFeedback.0.type`,
    says: "novelty",
    is: "novelty",
  },
  {
    why: "no direction",
    message: capabilities,
    path: "rtpCapabilities.headerExtensions.0.direction",
    says: undefined,
    is: "sendrecv",
  },
  {
    why: "a direction that nobody knows",
    message: capabilities,
    path: "rtpCapabilities.headerExtensions.0.direction",
    says: "sideways",
    is: "sendrecv",
  },
  {
    why: "a codec of another kind of media is left out",
    message: capabilities,
    path: `${CODEC}.kind`,
    says: "text",
    at: `${CODEC}.mimeType`,
    is: "video/VP8",
  },
  {
    why: "mid null",
    message: s.consumerCreated,
    path: "rtpParameters.mid",
    says: null,
    is: undefined,
  },
  {
    why: "mid as a number",
    message: s.consumerCreated,
    path: "rtpParameters.mid",
    says: 0,
    is: "0",
  },
  {
    why: "a payload type as text",
    message: s.consumerCreated,
    path: `${CONSUMED}.payloadType`,
    says: "96",
    is: 96,
  },
  {
    why: "an SSRC as text",
    message: s.consumerCreated,
    path: "rtpParameters.encodings.0.ssrc",
    says: "12345",
    is: 12345,
  },
  {
    why: "SSRC of repairs null",
    message: changed(s.consumerCreated, "rtpParameters.encodings.0.rtx", {
      ssrc: 7,
    }),
    path: "rtpParameters.encodings.0.rtx.ssrc",
    says: null,
    at: "rtpParameters.encodings.0.rtx",
    is: undefined,
  },
  {
    why: "header extensions null",
    message: s.consumerCreated,
    path: "rtpParameters.headerExtensions",
    says: null,
    is: [],
  },
  {
    why: "no rtcp",
    message: s.consumerCreated,
    path: "rtpParameters.rtcp",
    says: undefined,
    is: { reducedSize: true },
  },
  {
    why: "a role of DTLS null",
    message: s.transportCreated,
    path: "dtlsParameters.role",
    says: null,
    is: "auto",
  },
  {
    why: "sctpParameters null",
    message: s.transportCreated,
    path: "sctpParameters",
    says: null,
    is: null,
  },
  {
    why: "a port as text",
    message: s.transportCreated,
    path: "iceCandidates.0.port",
    says: "40000",
    is: 40000,
  },
  {
    why: "candidate with an ip, as older mediasoup has it,",
    message: s.transportCreated,
    path: "iceCandidates",
    says: [{ ip: "192.0.2.7", protocol: "udp", port: "40001" }],
    is: [{
      ip: "192.0.2.7",
      address: "192.0.2.7",
      protocol: "udp",
      port: 40001,
    }],
  },
  {
    why: "candidate with a transport in place of a protocol",
    message: s.transportCreated,
    path: "iceCandidates",
    says: [{ address: "2001:db8::7", transport: "tcp", port: 443 }],
    is: [{
      address: "2001:db8::7",
      transport: "tcp",
      protocol: "tcp",
      port: 443,
    }],
  },
  {
    why: "candidates beside one without a port, which is kept to be refused,",
    message: s.transportCreated,
    path: "iceCandidates",
    says: [
      { address: "192.0.2.1", protocol: "udp", port: "none" },
      { address: "192.0.2.2", protocol: "udp", port: null },
      { address: "192.0.2.3", protocol: "udp", port: 4000, priority: {} },
    ],
    is: [
      { address: "192.0.2.1", protocol: "udp", port: 0 },
      { address: "192.0.2.2", protocol: "udp", port: 0 },
      { address: "192.0.2.3", protocol: "udp", port: 4000, priority: 0 },
    ],
  },
  {
    why: "candidates that are lines of SDP, as a browser has them, or nothing",
    message: s.transportCreated,
    path: "iceCandidates",
    says: [
      "candidate:1 1 udp 1 192.0.2.1 4000 typ host",
      {
        candidate:
          "a=candidate:2 1 TCP 7 2001:db8::1 4443 typ host tcptype passive generation 0",
        sdpMid: "0",
      },
      "candidate:1 1 udp high 192.0.2.1 4000 typ host",
      7,
      null,
    ],
    is: [
      {
        foundation: "1",
        priority: 1,
        address: "192.0.2.1",
        protocol: "udp",
        port: 4000,
        type: "host",
      },
      {
        foundation: "2",
        priority: 7,
        address: "2001:db8::1",
        protocol: "tcp",
        port: 4443,
        type: "host",
        tcpType: "passive",
      },
      {
        address: "candidate:1 1 udp high 192.0.2.1 4000 typ host",
        protocol: "",
        port: 0,
      },
      { address: "7", protocol: "", port: 0 },
    ],
  },
  {
    why: "candidates that are objects without a text of their own",
    message: s.transportCreated,
    path: "iceCandidates",
    says: [[{ toString: 1, valueOf: 1 }], [[["192.0.2.1"]]]],
    is: [
      { address: "[…]", protocol: "", port: 0 },
      { address: "[…]", protocol: "", port: 0 },
    ],
  },
  {
    why: "direction that is an object without a text of its own",
    message: capabilities,
    path: "rtpCapabilities.headerExtensions.0.direction",
    says: { toString: false },
    is: "sendrecv",
  },
  {
    why: "codec whose kind is such an object, which is left out,",
    message: capabilities,
    path: `${CODEC}.kind`,
    says: { toString: null, valueOf: {} },
    at: `${CODEC}.mimeType`,
    is: "video/VP8",
  },
  {
    why: "address of a STUN server as a text, which is nobody's business here,",
    message: s.transportCreated,
    path: "iceServers",
    says: { urls: "stun:192.0.2.1" },
    is: { urls: "stun:192.0.2.1" },
  },
  {
    why: "digest in capitals",
    message: s.transportCreated,
    path: "dtlsParameters.fingerprints",
    says: [{ algorithm: "SHA-256", value: "00" }],
    is: [{ algorithm: "sha-256", value: "00" }],
  },
  {
    why: "kind in capitals",
    message: s.consumerCreated,
    path: "kind",
    says: "VIDEO",
    is: "video",
  },
  {
    why: "a digest that nobody knows is left out",
    message: s.transportCreated,
    path: "dtlsParameters.fingerprints",
    says: [
      { algorithm: "sha3-256", value: "00" },
      ...s.transportCreated.dtlsParameters.fingerprints,
    ],
    is: s.transportCreated.dtlsParameters.fingerprints,
  },
  {
    why: "participants null",
    message: s.roomJoined,
    path: "participants",
    says: null,
    is: [],
  },
  {
    why: "a participant's producers absent",
    message: s.roomJoined,
    path: "participants",
    says: [{ id: "p", name: null, role: null }],
    is: [{ id: "p", name: "", producers: [] }],
  },
  {
    why: "a reconnect token null",
    message: s.roomJoined,
    path: "reconnectToken",
    says: null,
    is: undefined,
  },
  {
    why: "a switch of the room null",
    message: s.roomSettingsChanged,
    path: "settings.allowChat",
    says: null,
    is: undefined,
  },
  {
    why: "a volume as text",
    message: s.audioLevels,
    path: "levels",
    says: [{ participantId: "p", volume: "-42.5" }],
    is: [{ participantId: "p", volume: -42.5 }],
  },
  {
    why: "success as a number",
    message: s.reconnectResult,
    path: "success",
    says: 1,
    is: true,
  },
];

Deno.test.each(DIALECTS)("the server's $why is understood", ({
  message,
  path,
  says,
  at = path,
  is,
}) => {
  const parsed = read(changed(message, path, says));
  assertEquals(parsed.kind, "message", JSON.stringify(parsed));
  // deno-lint-ignore no-explicit-any -- any message, at any depth
  let found: any = (parsed as { readonly message: ServerMessage }).message;
  for (const key of at.split(".")) found = found[key];
  assertEquals(found, is);
});

Deno.test("ids that are numbers are read as text", () => {
  assertEquals<unknown>(
    read({ ...s.newProducer, producerId: 17, participantId: 4 }),
    {
      kind: "message",
      message: { ...s.newProducer, producerId: "17", participantId: "4" },
    },
  );
});

const UNREADABLE = [
  {
    message: changed(capabilities, "rtpCapabilities", null),
    reason: /^routerRtpCapabilities: `rtpCapabilities`: expected object/,
  },
  {
    message: changed(capabilities, `${CODEC}.clockRate`, "fast"),
    reason: /^routerRtpCapabilities: `rtpCapabilities.codecs\[0\].clockRate`/,
  },
  {
    message: changed(s.transportCreated, "iceParameters", undefined),
    reason: /^transportCreated: `iceParameters`: expected object/,
  },
  {
    message: changed(s.consumerCreated, "kind", "text"),
    reason: /^consumerCreated: `kind`/,
  },
  {
    message: changed(s.consumerCreated, "rtpParameters.encodings", []),
    reason:
      /^consumerCreated: `rtpParameters.encodings`: the first one has no SSRC/,
  },
  {
    message: changed(s.consumerCreated, "rtpParameters.encodings", [{
      rid: "a",
    }, { ssrc: 1 }]),
    reason:
      /^consumerCreated: `rtpParameters.encodings`: the first one has no SSRC/,
  },
];

Deno.test.each(UNREADABLE)("what cannot be understood is named: $reason", ({
  message,
  reason,
}) => {
  const parsed = read(message);
  assertMatch(parsed.kind === "malformed" ? parsed.reason : "", reason);
});

Deno.test("an error without a message has the words that it says elsewhere", () => {
  const words = [
    { error: "Room is full" },
    { message: null, reason: "full" },
    { code: 409 },
    { message: { code: 403, text: "not here" } },
    { error: { code: 17 } },
    {},
  ].map((error) => {
    const parsed = read({ type: "error", ...error });
    return parsed.kind === "message" && parsed.message.type === "error"
      ? parsed.message.message
      : parsed;
  });
  assertEquals(words, [
    "Room is full",
    "full",
    "409",
    "not here",
    "17",
    "no reason given",
  ]);
});

Deno.test("a message that is nested without end is read as any other", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const text = `{"type":"activeSpeaker","participantId":"p","x":${deep}}`;
  assertEquals(parseServerMessage(text).kind, "message");
});

Deno.test("a candidate that is nested without end is one of no use", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const text = JSON.stringify({ ...s.transportCreated, iceCandidates: [] })
    .replace(`"iceCandidates":[]`, `"iceCandidates":[${deep}]`);
  assertEquals(parseServerMessage(text).kind, "message");
});

Deno.test("words of a server are kept up to 300 characters, ids as they are", () => {
  const long = "x".repeat(5000);
  const kick = read({ ...s.participantKicked, reason: long });
  const room = read({
    ...s.roomJoined,
    participants: [{ id: long, name: long, producers: [] }],
  });
  const kept = `${"x".repeat(299)}…`;
  assertEquals<unknown>(kick, {
    kind: "message",
    message: { ...s.participantKicked, reason: kept },
  });
  assertEquals<unknown>(room, {
    kind: "message",
    message: {
      ...s.roomJoined,
      participants: [{ id: long, name: kept, producers: [] }],
    },
  });
});

Deno.test.each([{ kind: undefined }, { kind: null }, { kind: "" }])(
  "a header extension of kind $kind is there for sound and for pictures",
  ({ kind }) => {
    const path = "rtpCapabilities.headerExtensions.0.kind";
    const parsed = read(changed(capabilities, path, kind));
    const message = parsed.kind === "message" ? parsed.message : undefined;
    if (message?.type !== "routerRtpCapabilities") throw new Error(parsed.kind);
    const { headerExtensions } = message.rtpCapabilities;
    const { uri } = routerRtpCapabilities.headerExtensions[0];
    const kinds = headerExtensions.filter((one) => one.uri === uri)
      .map((one) => one.kind);
    assertEquals(new Set(kinds), new Set(["audio", "video"]));
  },
);

Deno.test.each<{ why: string; participant: unknown; count: number }>([
  { why: "people without anything", participant: {}, count: 250_000 },
  { why: "numbers for people", participant: 0, count: 250_000 },
  { why: "nobody at all", participant: null, count: 250_000 },
  { why: "ids as numbers", participant: { id: 1 }, count: 20_000 },
])(
  "a message of megabytes with something wrong everywhere is given up: $why",
  ({ participant, count }) => {
    const participants = Array.from({ length: count }, () => participant);
    const parsed = read({ ...s.roomJoined, participants });
    assertEquals(parsed.kind, "malformed");
  },
);

Deno.test("a room of thousands is read, and mended where each of them is wrong", () => {
  const people = (id: unknown) =>
    Array.from({ length: 2500 }, () => ({
      id,
      name: "n",
      producers: [{ id, kind: "audio" }, { id, kind: "video" }],
    }));
  const ids = ["7", 7].map((id) => {
    const parsed = read({ ...s.roomJoined, participants: people(id) });
    assertEquals(parsed.kind, "message");
    return parsed.kind === "message" && parsed.message.type === "roomJoined" &&
      parsed.message.participants.at(-1)?.producers[1].id;
  });
  assertEquals(ids, ["7", "7"]);
});

Deno.test("a field that this version does not know may hold as much as it likes, up to a bound", () => {
  const like = { ...s.activeSpeaker, x: Array(40_000).fill([]) };
  assertEquals(read(like).kind, "message");
  const { kind, reason } = read({ ...like, x: Array(60_000).fill([]) }) as {
    readonly kind: string;
    readonly reason?: string;
  };
  assertEquals([kind, reason], [
    "malformed",
    "activeSpeaker: more than 50000 values",
  ]);
});
