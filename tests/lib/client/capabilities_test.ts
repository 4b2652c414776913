import { assertEquals, assertThrows } from "@std/assert";
import {
  NoCodecError,
  receiveCapabilities,
  sendParameters,
  type SendTrack,
} from "../../../lib/client/capabilities.ts";
import type { RtpCapabilities, RtpParameters } from "../../../lib/ortc/mod.ts";
import { ROUTER_CAPABILITIES } from "../../../lib/sfu/werift/capabilities.ts";

const AUDIO: SendTrack = {
  kind: "audio",
  profile: "plain",
  mid: "a",
  cname: "c",
  encodings: [{ ssrc: 1111, maxBitrate: 128_000 }],
};
const VIDEO: SendTrack = {
  ...AUDIO,
  kind: "video",
  mid: "v",
  encodings: [{ ssrc: 2222 }],
};

function feedbackOf(
  codec: {
    readonly rtcpFeedback?: RtpCapabilities["codecs"][number]["rtcpFeedback"];
  },
): string[] {
  return (codec.rtcpFeedback ?? []).map(({ type, parameter }) =>
    `${type} ${parameter ?? ""}`.trim()
  );
}

Deno.test("plain audio is announced as Opus with the router's numbers", () => {
  const parameters = sendParameters(ROUTER_CAPABILITIES, AUDIO);
  assertEquals(parameters, {
    mid: "a",
    codecs: [{
      mimeType: "audio/opus",
      payloadType: 111,
      clockRate: 48000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1 },
      rtcpFeedback: [],
    }],
    headerExtensions: [
      { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 1, encrypt: false },
      {
        uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        id: 10,
        encrypt: false,
      },
      {
        uri: "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
        id: 13,
        encrypt: false,
      },
    ],
    encodings: [{ ssrc: 1111, maxBitrate: 128_000 }],
    rtcp: { cname: "c", reducedSize: true },
  });
});

Deno.test("plain video is announced as VP8 with the feedback that it answers, and without channels", () => {
  const { codecs: [codec], headerExtensions } = sendParameters(
    ROUTER_CAPABILITIES,
    VIDEO,
  );
  assertEquals([codec.mimeType, codec.payloadType, "channels" in codec], [
    "video/VP8",
    96,
    false,
  ]);
  assertEquals(feedbackOf(codec), ["nack", "nack pli", "ccm fir"]);
  assertEquals(headerExtensions.map(({ id }) => id), [1, 13]);
});

const WITH_RTX: SendTrack = {
  ...VIDEO,
  profile: "browser",
  encodings: [{ ssrc: 2222, rtx: { ssrc: 3333 } }],
};

Deno.test("repairs of video have a stream of their own where the router takes one", () => {
  const { codecs, encodings } = sendParameters(ROUTER_CAPABILITIES, WITH_RTX);
  assertEquals(codecs.slice(1), [{
    mimeType: "video/rtx",
    payloadType: 100,
    clockRate: 90_000,
    parameters: { apt: 96 },
    rtcpFeedback: [],
  }]);
  assertEquals(encodings, [{ ssrc: 2222, rtx: { ssrc: 3333 } }]);
});

Deno.test.each<{ why: string; codecs: RtpCapabilities["codecs"] }>([
  {
    why: "has none",
    codecs: ROUTER_CAPABILITIES.codecs.filter(({ mimeType }) =>
      mimeType !== "video/rtx"
    ),
  },
  {
    why: "has it for other codecs only",
    codecs: ROUTER_CAPABILITIES.codecs.map((codec) =>
      codec.parameters?.apt === 96
        ? { ...codec, parameters: { apt: 97 } }
        : codec
    ),
  },
  {
    why: "gives it no payload type",
    codecs: ROUTER_CAPABILITIES.codecs.map((codec) =>
      codec.mimeType === "video/rtx"
        ? { ...codec, preferredPayloadType: undefined }
        : codec
    ),
  },
  {
    why: "asks for nothing again",
    codecs: ROUTER_CAPABILITIES.codecs.map((codec) => ({
      ...codec,
      rtcpFeedback: codec.rtcpFeedback?.filter(({ type, parameter }) =>
        type !== "nack" || parameter === "pli"
      ),
    })),
  },
])(
  "of a stream for repairs nothing is said to a router that $why",
  ({ codecs }) => {
    const parameters = sendParameters(
      { ...ROUTER_CAPABILITIES, codecs },
      WITH_RTX,
    );
    assertEquals(parameters.codecs.map(({ mimeType }) => mimeType), [
      "video/VP8",
    ]);
    assertEquals(parameters.encodings, [{ ssrc: 2222 }]);
  },
);

/** A router that prefers no payload types, in the order and spelling of nobody else. */
const ODD: RtpCapabilities = {
  ...ROUTER_CAPABILITIES,
  codecs: ROUTER_CAPABILITIES.codecs.toReversed().map((
    { preferredPayloadType: _, ...codec },
    i,
  ) => ({
    ...codec,
    mimeType: i % 2 === 0
      ? codec.mimeType.toUpperCase()
      : codec.mimeType.toLowerCase(),
  })),
};

Deno.test.each<{ why: string; router: RtpCapabilities; types: number[] }>([
  {
    why: "none is preferred at all",
    router: ODD,
    types: [96, 97],
  },
  {
    why: "others of its codecs have the first ones",
    router: {
      ...ODD,
      codecs: [
        ...[96, 97, 99].map((preferredPayloadType) => ({
          kind: "video" as const,
          mimeType: "video/H264",
          clockRate: 90_000,
          preferredPayloadType,
        })),
        ...ODD.codecs,
      ],
    },
    types: [98, 100],
  },
])(
  "a router that prefers no payload types gets ours: $why",
  ({ router, types }) => {
    const sent = [AUDIO, WITH_RTX].map((track) =>
      sendParameters(router, track)
    );
    assertEquals(sent.map(({ codecs: [codec] }) => codec.payloadType), types);
    assertEquals(
      sent.map(({ codecs }) =>
        codecs.map(({ mimeType }) => mimeType.toLowerCase())
      ),
      [["audio/opus"], ["video/vp8"]],
    );
    assertEquals(
      receiveCapabilities(router).codecs.map(({ mimeType }) =>
        mimeType.toLowerCase()
      ).toSorted(),
      ["audio/opus", "video/vp8"],
    );
  },
);

interface Announced {
  readonly codecs: readonly string[];
  readonly feedback: readonly string[];
  readonly ids: readonly number[];
  readonly encodings: RtpParameters["encodings"];
}

/** What is announced of a track, in short. */
function announced(router: RtpCapabilities, track: SendTrack): Announced {
  const { codecs, headerExtensions, encodings } = sendParameters(router, track);
  return {
    codecs: codecs.map(({ mimeType }) => mimeType),
    feedback: feedbackOf(codecs[0]),
    ids: headerExtensions.map(({ id }) => id),
    encodings,
  };
}

const LAYERS: SendTrack = {
  ...WITH_RTX,
  encodings: [0, 1].map((i) => ({
    ssrc: 10 + i,
    rtx: { ssrc: 20 + i },
    rid: `r${i}`,
  })),
};
const NAMED = [{ rid: "r0" }, { rid: "r1" }];
const NUMBERED = LAYERS.encodings;
const UNREPAIRED = [{ ssrc: 10, rid: "r0" }, { ssrc: 11, rid: "r1" }];
const ALL_FEEDBACK = ["nack", "nack pli", "ccm fir", "transport-cc"];

Deno.test("a browser's audio is sent again too, and its packets are numbered and reported on", () => {
  assertEquals(
    announced(ROUTER_CAPABILITIES, { ...AUDIO, profile: "browser" }),
    {
      codecs: ["audio/opus"],
      feedback: ["nack", "transport-cc"],
      ids: [1, 4, 5, 10, 13],
      encodings: AUDIO.encodings,
    },
  );
});

Deno.test("what nobody says is a browser's", () => {
  const { profile: _, ...track } = LAYERS;
  assertEquals(
    announced(ROUTER_CAPABILITIES, track),
    announced(ROUTER_CAPABILITIES, LAYERS),
  );
});

/** A router without the extensions of these ids. */
function without(...ids: number[]): RtpCapabilities {
  return {
    ...ROUTER_CAPABILITIES,
    headerExtensions: ROUTER_CAPABILITIES.headerExtensions.filter(
      ({ preferredId }) => !ids.includes(preferredId),
    ),
  };
}

Deno.test.each<{ why: string; router: RtpCapabilities; says: Announced }>([
  {
    why: "takes all",
    router: ROUTER_CAPABILITIES,
    says: {
      codecs: ["video/VP8", "video/rtx"],
      feedback: ALL_FEEDBACK,
      ids: [1, 2, 3, 4, 5, 13],
      encodings: NAMED,
    },
  },
  {
    why: "knows no names of repairs",
    router: without(3),
    says: {
      codecs: ["video/VP8", "video/rtx"],
      feedback: ALL_FEEDBACK,
      ids: [1, 4, 5, 13],
      encodings: NUMBERED,
    },
  },
  {
    why: "knows no names of streams, nor when packets leave",
    router: without(2, 4),
    says: {
      codecs: ["video/VP8", "video/rtx"],
      feedback: ALL_FEEDBACK,
      ids: [1, 5, 13],
      encodings: NUMBERED,
    },
  },
  {
    why: "knows no extension",
    router: { ...ROUTER_CAPABILITIES, headerExtensions: [] },
    says: {
      codecs: ["video/VP8", "video/rtx"],
      feedback: ALL_FEEDBACK,
      ids: [],
      encodings: NUMBERED,
    },
  },
  {
    why: "gives no feedback and takes no repairs",
    router: {
      ...ROUTER_CAPABILITIES,
      codecs: ROUTER_CAPABILITIES.codecs
        .filter(({ mimeType }) => mimeType !== "video/rtx")
        .map((codec) => ({ ...codec, rtcpFeedback: undefined })),
    },
    says: {
      codecs: ["video/VP8"],
      feedback: [],
      ids: [1, 2, 3, 4, 13],
      encodings: NAMED,
    },
  },
])(
  "a browser's layers are announced to a router that $why as it takes them",
  ({ router, says }) => {
    assertEquals(announced(router, LAYERS), says);
  },
);

Deno.test("plain layers are known by their SSRCs, and are sent again in them", () => {
  assertEquals(
    announced(ROUTER_CAPABILITIES, { ...LAYERS, profile: "plain" }),
    {
      codecs: ["video/VP8"],
      feedback: ["nack", "nack pli", "ccm fir"],
      ids: [1, 13],
      encodings: UNREPAIRED,
    },
  );
});

Deno.test("ids and payload types are the router's, whatever they are", () => {
  const renumbered: RtpCapabilities = {
    codecs: ROUTER_CAPABILITIES.codecs.map((codec) => ({
      ...codec,
      mimeType: codec.mimeType.toUpperCase(),
      preferredPayloadType: codec.preferredPayloadType! + 20,
    })),
    headerExtensions: ROUTER_CAPABILITIES.headerExtensions.map((one) => ({
      ...one,
      preferredId: 15 - one.preferredId,
    })),
  };
  const { codecs, headerExtensions } = sendParameters(renumbered, VIDEO);
  assertEquals(codecs[0].payloadType, 116);
  assertEquals(headerExtensions.map(({ id }) => id), [14, 2]);
});

Deno.test("an extension that the router does not receive is not sent", () => {
  const sendOnly: RtpCapabilities = {
    ...ROUTER_CAPABILITIES,
    headerExtensions: ROUTER_CAPABILITIES.headerExtensions.map((one) => ({
      ...one,
      direction: one.preferredId === 13 ? "sendonly" : one.direction,
    })),
  };
  const { headerExtensions } = sendParameters(sendOnly, VIDEO);
  assertEquals(headerExtensions.map(({ id }) => id), [1]);
});

Deno.test("a router without our codec is an error that names it", () => {
  const none = { codecs: [], headerExtensions: [] };
  assertThrows(
    () => sendParameters(none, VIDEO),
    NoCodecError,
    "the server has no video/VP8",
  );
});

Deno.test("we receive Opus and VP8 with its repairs, and nothing that we would not understand", () => {
  const { codecs, headerExtensions } = receiveCapabilities(ROUTER_CAPABILITIES);
  assertEquals(
    codecs.map(({ mimeType, preferredPayloadType }) => [
      mimeType,
      preferredPayloadType,
    ]),
    [["audio/opus", 111], ["video/VP8", 96], ["video/rtx", 100]],
  );
  assertEquals(codecs.map(feedbackOf), [
    ["nack", "transport-cc"],
    ["nack", "nack pli", "ccm fir", "transport-cc"],
    [],
  ]);
  assertEquals(
    [...new Set(headerExtensions.map(({ preferredId }) => preferredId))],
    [1, 5, 10, 13],
  );
});

Deno.test("feedback is sent back without what a router says beyond type and parameter", () => {
  const strange = { type: "nack", parameter: "pli", vendor: 1 };
  const router = {
    codecs: [{ ...ROUTER_VIDEO, rtcpFeedback: [strange] }],
    headerExtensions: [],
  };
  const plain = [{ type: "nack", parameter: "pli" }];
  assertEquals(receiveCapabilities(router).codecs[0].rtcpFeedback, plain);
  const { codecs } = sendParameters(router, {
    kind: "video",
    mid: "v",
    cname: "c",
    encodings: [{ ssrc: 1 }],
  });
  assertEquals(codecs[0].rtcpFeedback, plain);
});

/** A router's VP8. */
const ROUTER_VIDEO = {
  kind: "video",
  mimeType: "video/VP8",
  preferredPayloadType: 96,
  clockRate: 90_000,
} as const;
