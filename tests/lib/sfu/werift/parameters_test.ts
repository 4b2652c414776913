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
