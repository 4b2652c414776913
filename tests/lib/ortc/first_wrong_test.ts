import { assertEquals } from "@std/assert";
import {
  strictDtlsParametersSchema,
  strictRtpCapabilitiesSchema,
  strictRtpParametersSchema,
} from "../../../lib/ortc/mod.ts";

const wrong = (value: unknown) => Array.from({ length: 5000 }, () => value);
const codec = {
  kind: "video",
  mimeType: "video/VP8",
  payloadType: 96,
  clockRate: 90_000,
};
const parameters = {
  codecs: [codec],
  headerExtensions: [],
  encodings: [],
  rtcp: { reducedSize: true },
};
const capabilities = { codecs: [codec], headerExtensions: [] };
const tooMany = Object.fromEntries(
  wrong([]).map((value, i) => [`p${i}`, value]),
);

Deno.test.each([
  {
    why: "fingerprints that are none",
    schema: strictDtlsParametersSchema,
    value: { role: "client", fingerprints: wrong({}) },
    at: "fingerprints.0.algorithm",
  },
  {
    why: "extensions that lack all that they need",
    schema: strictRtpCapabilitiesSchema,
    value: { ...capabilities, headerExtensions: wrong({}) },
    at: "headerExtensions.0.kind",
  },
  {
    why: "codecs behind a right one",
    schema: strictRtpParametersSchema,
    value: { ...parameters, codecs: [codec, ...wrong(1)] },
    at: "codecs.1",
  },
  {
    why: "encodings",
    schema: strictRtpParametersSchema,
    value: { ...parameters, encodings: wrong({ ssrc: -1 }) },
    at: "encodings.0.ssrc",
  },
  {
    why: "feedback within a codec",
    schema: strictRtpCapabilitiesSchema,
    value: { ...capabilities, codecs: [{ ...codec, rtcpFeedback: wrong(1) }] },
    at: "codecs.0.rtcpFeedback.0",
  },
  {
    why: "settings within a codec",
    schema: strictRtpParametersSchema,
    value: { ...parameters, codecs: [{ ...codec, parameters: tooMany }] },
    at: "codecs.0.parameters.p0",
  },
])("of thousands of wrong values only the first is told: $why", (one) => {
  const { error } = one.schema.safeParse(one.value);
  assertEquals(error?.issues.map(({ path }) => path.join(".")), [one.at]);
});
