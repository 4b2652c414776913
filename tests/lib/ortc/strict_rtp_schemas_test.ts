/** RTP parameters as SimplestChat's server demands them of its clients. */

import { assert, assertEquals } from "@std/assert";
import {
  strictRtpCapabilitiesSchema,
  strictRtpParametersSchema,
} from "../../../lib/ortc/strict_rtp_schemas.ts";
import { strictDtlsParametersSchema } from "../../../lib/ortc/transport_schemas.ts";

const OPUS = {
  mimeType: "audio/opus",
  payloadType: 111,
  clockRate: 48_000,
  channels: 2,
};
const VP8 = { mimeType: "video/VP8", payloadType: 96, clockRate: 90_000 };

const PARAMETERS = {
  codecs: [VP8],
  headerExtensions: [{ uri: "urn:x", id: 4, encrypt: false }],
  encodings: [{ ssrc: 1 }],
  rtcp: { reducedSize: true },
};

interface Row {
  readonly why: string;
  readonly change: Readonly<Record<string, unknown>>;
  /** Where it is wrong; nothing where it is right. */
  readonly wrong?: string;
}

/** The places at which a value is wrong. */
function placesOf(
  schema: {
    safeParse(value: unknown): {
      readonly error?: {
        readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
      };
    };
  },
  value: unknown,
): string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path }) => path.join("."));
}

const codec = (change: object, base: object = VP8) => ({
  codecs: [{ ...base, ...change }],
});
const encoding = (change: object) => ({ encodings: [{ ssrc: 1, ...change }] });

Deno.test.each<Row>([
  { why: "as browsers send them", change: {} },
  {
    why: "no codec at all, which is the router's to refuse",
    change: codec({}),
  },
  { why: "a name in other letters", change: codec({ mimeType: "VIDEO/vp8" }) },
  {
    why: "a name that nobody knows",
    change: codec({ mimeType: "video/VP10" }),
    wrong: "codecs.0.mimeType",
  },
  {
    why: "a name that nobody has",
    change: codec({ mimeType: "video/constructor" }),
    wrong: "codecs.0.mimeType",
  },
  {
    why: "audio without its channels",
    change: codec({ channels: undefined }, OPUS),
    wrong: "codecs.0.channels",
  },
  {
    why: "audio of no channel",
    change: codec({ channels: 0 }, OPUS),
    wrong: "codecs.0.channels",
  },
  { why: "audio of 255 channels", change: codec({ channels: 255 }, OPUS) },
  {
    why: "audio of 256 channels",
    change: codec({ channels: 256 }, OPUS),
    wrong: "codecs.0.channels",
  },
  {
    why: "repairs of audio without their channels",
    change: codec({ mimeType: "AUDIO/RTX", channels: undefined }, OPUS),
    wrong: "codecs.0.channels",
  },
  {
    why: "the largest payload type of a byte",
    change: codec({ payloadType: 255 }),
  },
  {
    why: "a payload type of nine bits",
    change: codec({ payloadType: 256 }),
    wrong: "codecs.0.payloadType",
  },
  {
    why: "a clock that stands still",
    change: codec({ clockRate: 0 }),
    wrong: "codecs.0.clockRate",
  },
  {
    why: "null for settings of a codec",
    change: codec({ parameters: null }),
    wrong: "codecs.0.parameters",
  },
  {
    why: "settings that are text or whole numbers",
    change: codec({ parameters: { apt: 96, "profile-id": "0" } }),
  },
  {
    why: "a setting below zero",
    change: codec({ parameters: { apt: -1 } }),
    wrong: "codecs.0.parameters.apt",
  },
  {
    why: "feedback with a key of its own",
    change: codec({ rtcpFeedback: [{ type: "nack", more: "pli" }] }),
    wrong: "codecs.0.rtcpFeedback.0",
  },
  {
    why: "feedback whose parameter is null",
    change: codec({ rtcpFeedback: [{ type: "nack", parameter: null }] }),
    wrong: "codecs.0.rtcpFeedback.0.parameter",
  },
  {
    why: "an extension of which nobody says whether it is encrypted",
    change: { headerExtensions: [{ uri: "urn:x", id: 4 }] },
    wrong: "headerExtensions.0.encrypt",
  },
  {
    why: "nobody says whether reports are of reduced size",
    change: { rtcp: {} },
    wrong: "rtcp.reducedSize",
  },
  { why: "no reports at all", change: { rtcp: undefined }, wrong: "rtcp" },
  { why: "the largest SSRC", change: encoding({ ssrc: 0xffff_ffff }) },
  {
    why: "an SSRC of 33 bits",
    change: encoding({ ssrc: 0x1_0000_0000 }),
    wrong: "encodings.0.ssrc",
  },
  {
    why: "repairs without their SSRC",
    change: encoding({ rtx: {} }),
    wrong: "encodings.0.rtx",
  },
  {
    why: "a mode of scalability that is null",
    change: encoding({ scalabilityMode: null }),
    wrong: "encodings.0.scalabilityMode",
  },
  {
    why: "several encodings, of which the last is wrong",
    change: { encodings: [{ rid: "r0" }, { rid: "r1" }, { rid: 2 }] },
    wrong: "encodings.2.rid",
  },
])("what a client sends is judged: $why", ({ change, wrong }) => {
  const places = placesOf(strictRtpParametersSchema, {
    ...PARAMETERS,
    ...change,
  });
  if (wrong === undefined) assertEquals(places, []);
  else assert(places.some((place) => place.startsWith(wrong)), `${places}`);
});

Deno.test("null where a field may be absent is read as absent", () => {
  const nothing = {
    ssrc: null,
    rid: null,
    codecPayloadType: null,
    rtx: null,
    dtx: null,
    maxBitrate: null,
  };
  const read = strictRtpParametersSchema.parse({
    ...PARAMETERS,
    mid: null,
    encodings: [nothing],
    rtcp: { cname: null, reducedSize: true },
  });
  assertEquals(read.mid, undefined);
  assertEquals(read.rtcp.cname, undefined);
  assertEquals(
    Object.values(read.encodings[0]).every((value) => value === undefined),
    true,
  );
});

const CAPABILITIES = {
  codecs: [{
    kind: "video",
    mimeType: "video/VP8",
    clockRate: 90_000,
  }],
  headerExtensions: [{
    kind: "video",
    uri: "urn:x",
    preferredId: 4,
    preferredEncrypt: false,
    direction: "sendrecv",
  }],
};

Deno.test.each<Row>([
  { why: "as browsers send them", change: {} },
  {
    why: "a codec of another kind than its name says",
    change: { codecs: [{ ...CAPABILITIES.codecs[0], kind: "audio" }] },
    wrong: "codecs.0",
  },
  {
    why: "a kind that begins as one",
    change: {
      codecs: [{ ...CAPABILITIES.codecs[0], mimeType: "videos/VP8" }],
    },
    wrong: "codecs.0.mimeType",
  },
  ...["preferredEncrypt", "direction"].map((field) => ({
    why: `an extension without ${field}`,
    change: {
      headerExtensions: [{
        ...CAPABILITIES.headerExtensions[0],
        [field]: undefined,
      }],
    },
    wrong: `headerExtensions.0.${field}`,
  })),
  {
    why: "a direction that there is not",
    change: {
      headerExtensions: [{
        ...CAPABILITIES.headerExtensions[0],
        direction: "both",
      }],
    },
    wrong: "headerExtensions.0.direction",
  },
])("what a client can receive is judged: $why", ({ change, wrong }) => {
  const places = placesOf(strictRtpCapabilitiesSchema, {
    ...CAPABILITIES,
    ...change,
  });
  if (wrong === undefined) assertEquals(places, []);
  else assert(places.some((place) => place.startsWith(wrong)), `${places}`);
});

/** A digest of so many bytes. */
const digest = (bytes: number) => Array(bytes).fill("aB").join(":");

Deno.test.each<{
  why: string;
  algorithm: string;
  value: string;
  right: boolean;
}>([
  { why: "SHA-1", algorithm: "sha-1", value: digest(20), right: true },
  { why: "SHA-224", algorithm: "sha-224", value: digest(28), right: true },
  { why: "SHA-256", algorithm: "sha-256", value: digest(32), right: true },
  { why: "SHA-384", algorithm: "sha-384", value: digest(48), right: true },
  { why: "SHA-512", algorithm: "sha-512", value: digest(64), right: true },
  { why: "a byte less", algorithm: "sha-256", value: digest(31), right: false },
  { why: "a byte more", algorithm: "sha-256", value: digest(33), right: false },
  {
    why: "that of another digest",
    algorithm: "sha-256",
    value: digest(20),
    right: false,
  },
  {
    why: "as long, and without colons",
    algorithm: "sha-1",
    value: "a".repeat(59),
    right: false,
  },
  {
    why: "as long, and no hex",
    algorithm: "sha-1",
    value: digest(20).replace("aB", "xy"),
    right: false,
  },
  {
    why: "a digest that nobody knows",
    algorithm: "md5",
    value: digest(16),
    right: false,
  },
  { why: "nothing", algorithm: "sha-1", value: "", right: false },
])("a fingerprint is judged: $why", ({ algorithm, value, right }) => {
  const { success } = strictDtlsParametersSchema.safeParse({
    role: "client",
    fingerprints: [{ algorithm, value }],
  });
  assertEquals(success, right);
});

Deno.test("a fingerprint has no other keys, and the role is one of three", () => {
  const fingerprint = { algorithm: "sha-1", value: digest(20) };
  const right = (parameters: unknown) =>
    strictDtlsParametersSchema.safeParse(parameters).success;
  assertEquals(right({ role: "auto", fingerprints: [fingerprint] }), true);
  assertEquals(
    right({ role: "auto", fingerprints: [{ ...fingerprint, more: 1 }] }),
    false,
  );
  assertEquals(right({ role: "passive", fingerprints: [] }), false);
  assertEquals(right({ fingerprints: [] }), false);
});
