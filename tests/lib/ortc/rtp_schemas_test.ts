/** Numbers of RTP that a server tells: each only as large as its field. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  consumerRtpParametersSchema,
  type RtpParameters,
} from "../../../lib/ortc/mod.ts";

const GOOD: RtpParameters = {
  codecs: [{ mimeType: "video/VP8", payloadType: 96, clockRate: 90_000 }],
  headerExtensions: [{ uri: "urn:x", id: 4, encrypt: false }],
  encodings: [{ ssrc: 1, rtx: { ssrc: 2 } }],
  rtcp: { reducedSize: true },
};

type Changes = (parameters: typeof GOOD) => unknown;

const CASES: readonly {
  readonly why: string;
  readonly change: Changes;
  /** Where it is wrong; nothing where it is right. */
  readonly wrong?: RegExp;
}[] = [
  { why: "as servers tell it", change: (good) => good },
  {
    why: "the largest payload type",
    change: codec({ payloadType: 127 }),
  },
  {
    why: "a payload type of eight bits",
    change: codec({ payloadType: 200 }),
    wrong: /codecs\.0\.payloadType/,
  },
  {
    why: "a payload type below zero",
    change: codec({ payloadType: -1 }),
    wrong: /codecs\.0\.payloadType/,
  },
  {
    why: "half a payload type",
    change: codec({ payloadType: 96.5 }),
    wrong: /codecs\.0\.payloadType/,
  },
  {
    why: "a clock that stands still",
    change: codec({ clockRate: 0 }),
    wrong: /codecs\.0\.clockRate/,
  },
  {
    why: "the largest SSRC",
    change: (good) => ({ ...good, encodings: [{ ssrc: 0xffff_ffff }] }),
  },
  {
    why: "an SSRC of more than 32 bits",
    change: (good) => ({ ...good, encodings: [{ ssrc: 2 ** 32 }] }),
    wrong: /encodings\.0\.ssrc/,
  },
  {
    why: "repairs under an SSRC that is none",
    change: (good) => ({
      ...good,
      encodings: [{ ssrc: 1, rtx: { ssrc: -2 } }],
    }),
    wrong: /encodings\.0\.rtx\.ssrc/,
  },
  {
    why: "no stream at all",
    change: (good) => ({ ...good, encodings: [] }),
    wrong: /^encodings/,
  },
  {
    why: "an extension without a number",
    change: (good) => ({
      ...good,
      headerExtensions: [{ uri: "urn:x", id: 0, encrypt: false }],
    }),
    wrong: /headerExtensions\.0\.id/,
  },
  {
    why: "more codecs than any router has",
    change: (good) => ({
      ...good,
      codecs: Array.from({ length: 201 }, () => good.codecs[0]),
    }),
    wrong: /^codecs/,
  },
];

function codec(change: Record<string, number>): Changes {
  return (good) => ({ ...good, codecs: [{ ...good.codecs[0], ...change }] });
}

for (const { why, change, wrong } of CASES) {
  Deno.test(`what a consumer is sent as is taken within its bounds, and its mistake named: ${why}`, () => {
    const { success, error } = consumerRtpParametersSchema.safeParse(
      change(GOOD),
    );
    assertEquals(success, wrong === undefined);
    if (wrong !== undefined) {
      assertMatch(error!.issues[0].path.join("."), wrong);
    }
  });
}
