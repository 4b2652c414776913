import { assertEquals, assertThrows } from "@std/assert";
import type {
  RtpCapabilities,
  RtpParameters,
} from "../../../../lib/ortc/mod.ts";
import { ROUTER_CAPABILITIES } from "../../../../lib/sfu/werift/capabilities.ts";
import {
  consumerParameters,
  planProducer,
} from "../../../../lib/sfu/werift/parameters.ts";

const CAPTURE_TIME =
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

const VIDEO: RtpParameters = {
  codecs: [{
    mimeType: "video/vp8",
    payloadType: 107,
    clockRate: 90000,
    rtcpFeedback: [{ type: "nack", parameter: "pli" }],
  }],
  headerExtensions: [{ uri: CAPTURE_TIME, id: 5, encrypt: false }],
  encodings: [{ ssrc: 7, maxBitrate: 1000 }],
  rtcp: { cname: "c", reducedSize: true },
};

Deno.test("a producer's own numbers are mapped to the router's", () => {
  const plan = planProducer("video", VIDEO);
  assertEquals(
    [plan.payloadType, plan.routerPayloadType, plan.ssrc, plan.takesPli],
    [107, 96, 7, true],
  );
  assertEquals([...plan.routerIds.entries()].filter(([, id]) => id > 0), [
    [5, 13],
  ]);
});

Deno.test.each<
  [why: string, parameters: Partial<RtpParameters>, error: string]
>([
  ["no codec", { codecs: [] }, "no codecs"],
  ["a codec that the router lacks", {
    codecs: [{ mimeType: "video/AV1", payloadType: 45, clockRate: 90000 }],
  }, "Unsupported codec [mimeType:video/AV1, payloadType:45]"],
  ["neither SSRC nor MID", { encodings: [{}] }, "neither ssrc nor mid"],
  [
    "several layers",
    { encodings: [{ ssrc: 1, rid: "r0" }, { ssrc: 2, rid: "r1" }] },
    "no simulcast",
  ],
])("a producer with %s is refused", (_why, parameters, error) => {
  assertThrows(
    () => planProducer("video", { ...VIDEO, ...parameters }),
    Error,
    `RTP mapping error: ${error}`,
  );
});

Deno.test("a consumer gets the router's numbers and only what this engine answers", () => {
  const plan = planProducer("video", VIDEO);
  assertEquals(consumerParameters(plan, ROUTER_CAPABILITIES, "3", 42), {
    mid: "3",
    codecs: [{
      mimeType: "video/VP8",
      payloadType: 96,
      clockRate: 90000,
      parameters: {},
      rtcpFeedback: [
        { type: "nack", parameter: "pli" },
        { type: "ccm", parameter: "fir" },
      ],
    }],
    headerExtensions: [
      { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 1, encrypt: false },
      { uri: "urn:3gpp:video-orientation", id: 11, encrypt: false },
      { uri: "urn:ietf:params:rtp-hdrext:toffset", id: 12, encrypt: false },
      { uri: CAPTURE_TIME, id: 13, encrypt: false },
      {
        uri: "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
        id: 14,
        encrypt: false,
      },
    ],
    encodings: [{ ssrc: 42, maxBitrate: 1000 }],
    rtcp: { cname: "c", reducedSize: true },
  });
});

Deno.test("a consumer that lacks the codec is refused", () => {
  const audioOnly: RtpCapabilities = {
    ...ROUTER_CAPABILITIES,
    codecs: ROUTER_CAPABILITIES.codecs.filter((c) => c.kind === "audio"),
  };
  assertThrows(
    () => consumerParameters(planProducer("video", VIDEO), audioOnly, "0", 1),
    Error,
    "Bad consumer RTP parameters: No compatible media codecs",
  );
});

Deno.test("the capabilities are mediasoup's: 7 codecs and 16 extensions", () => {
  const { codecs, headerExtensions } = ROUTER_CAPABILITIES;
  assertEquals(codecs.map((c) => c.preferredPayloadType), [
    111,
    96,
    100,
    98,
    101,
    102,
    103,
  ]);
  assertEquals(
    headerExtensions.map((e) => `${e.preferredId}${e.kind[0]}`).join(" "),
    "1a 1v 2v 3v 4a 4v 5a 5v 8v 10a 11v 12v 13a 13v 14a 14v",
  );
});

const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
const LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

const AUDIO: RtpParameters = {
  codecs: [{
    mimeType: "audio/OPUS",
    payloadType: 109,
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1 },
  }],
  headerExtensions: [
    { uri: MID, id: 9, encrypt: false },
    { uri: LEVEL, id: 2, encrypt: false },
  ],
  mid: "audio-0",
  encodings: [{}],
  rtcp: { reducedSize: true },
};

Deno.test("a microphone that is named by its MID alone is planned without an SSRC, and waits for no key frame", () => {
  const plan = planProducer("audio", AUDIO);
  assertEquals(
    {
      ssrc: plan.ssrc,
      mid: plan.mid,
      midId: plan.midId,
      routerPayloadType: plan.routerPayloadType,
      mimeType: plan.mimeType,
      takesPli: plan.takesPli,
      isKeyFrameStart: plan.isKeyFrameStart,
      level: plan.routerIds[2],
    },
    {
      ssrc: undefined,
      mid: "audio-0",
      midId: 9,
      routerPayloadType: 111,
      mimeType: "audio/opus",
      takesPli: false,
      isKeyFrameStart: undefined,
      level: 10,
    },
  );
});

Deno.test.each<{
  why: string;
  kind: "audio" | "video";
  codec: Partial<RtpParameters["codecs"][number]>;
}>([
  { why: "a camera as a microphone", kind: "audio", codec: {} },
  { why: "repairs alone", kind: "video", codec: { mimeType: "video/rtx" } },
  {
    why: "a codec at another clock",
    kind: "video",
    codec: { clockRate: 48_000 },
  },
])("$why is refused as a codec that the router lacks", ({ kind, codec }) => {
  const codecs = [{ ...VIDEO.codecs[0], ...codec }];
  assertThrows(
    () => planProducer(kind, { ...VIDEO, codecs }),
    Error,
    "RTP mapping error: Unsupported codec",
  );
});

Deno.test.each([
  { id: 0, to: [] },
  { id: 1, to: [[1, 13]] },
  { id: 14, to: [[14, 13]] },
  // Of the two-byte form alone (RFC 8285 section 4.3).
  { id: 15, to: [] },
  { id: 255, to: [] },
])("an extension of number $id is forwarded as $to", ({ id, to }) => {
  const headerExtensions = [{ uri: CAPTURE_TIME, id, encrypt: false }];
  const { routerIds } = planProducer("video", { ...VIDEO, headerExtensions });
  assertEquals<unknown>(
    [...routerIds.entries()].filter(([, router]) => router > 0),
    to,
  );
});

Deno.test("extensions of one hop are not forwarded, as they would lie on the next", () => {
  const headerExtensions = ROUTER_CAPABILITIES.headerExtensions
    .filter(({ kind }) => kind === "video")
    .map(({ uri, preferredId: id }) => ({ uri, id, encrypt: false }));
  const { routerIds } = planProducer("video", { ...VIDEO, headerExtensions });
  assertEquals([...routerIds].filter((id) => id > 0), [11, 12, 13, 14]);
});

Deno.test.each<{
  why: string;
  change: (one: RtpCapabilities["headerExtensions"][number]) => object[];
  ids: number[];
}>([
  { why: "all of them", change: (one) => [one], ids: [1, 11, 12, 13, 14] },
  { why: "none", change: () => [], ids: [] },
  {
    why: "the MID under another number",
    change: (one) => [one.uri === MID ? { ...one, preferredId: 6 } : one],
    ids: [11, 12, 13, 14],
  },
])("a consumer that knows $why is sent extensions $ids", (row) => {
  const capabilities = {
    ...ROUTER_CAPABILITIES,
    headerExtensions: ROUTER_CAPABILITIES.headerExtensions
      .flatMap((one) => row.change(one)),
  } as RtpCapabilities;
  const { headerExtensions } = consumerParameters(
    planProducer("video", VIDEO),
    capabilities,
    "0",
    1,
  );
  assertEquals(headerExtensions.map(({ id }) => id), row.ids);
});

Deno.test("a consumer has the producer's settings of the codec, the channels of the router, and no bitrate or name that nobody gave", () => {
  const { codecs, encodings, rtcp } = consumerParameters(
    planProducer("audio", AUDIO),
    ROUTER_CAPABILITIES,
    "0",
    5,
  );
  assertEquals(codecs, [{
    mimeType: "audio/opus",
    payloadType: 111,
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1 },
    rtcpFeedback: [],
  }]);
  assertEquals(encodings, [{ ssrc: 5 }]);
  assertEquals(rtcp, { reducedSize: true });
});

Deno.test("a consumer that cannot ask for key frames is promised no answer", () => {
  const mute: RtpCapabilities = {
    ...ROUTER_CAPABILITIES,
    codecs: ROUTER_CAPABILITIES.codecs.map((one) => ({
      ...one,
      rtcpFeedback: [{ type: "nack", parameter: "" }],
    })),
  };
  const { codecs } = consumerParameters(
    planProducer("video", VIDEO),
    mute,
    "0",
    1,
  );
  assertEquals(codecs[0].rtcpFeedback, []);
});
