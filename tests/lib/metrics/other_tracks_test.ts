import { assertEquals } from "@std/assert";
import {
  mergeOtherTracks,
  type OtherTrack,
  summarizeOthers,
} from "../../../lib/metrics/mod.ts";

const NEW: OtherTrack = {
  producerId: "a",
  hasFlowed: false,
  isSilent: false,
  codec: null,
  refusal: null,
};

/** `a` to a track: flowing, silent, of which codec, refused. */
function track(producerId: string, over: Partial<OtherTrack>): OtherTrack {
  return { ...NEW, producerId, ...over };
}

const SILENT = { isSilent: true };
const FLOWING = { hasFlowed: true };
const FELL_SILENT = { hasFlowed: true, isSilent: true };

Deno.test.each<
  { why: string; a: Partial<OtherTrack>; b: Partial<OtherTrack>; both: unknown }
>([
  { why: "silent to both", a: SILENT, b: SILENT, both: SILENT },
  { why: "silent to one only", a: SILENT, b: FLOWING, both: FLOWING },
  {
    why: "silent to who came late",
    a: SILENT,
    b: FELL_SILENT,
    both: FELL_SILENT,
  },
  {
    why: "of a codec that one knows more of",
    a: { codec: "video/VP9" },
    b: { codec: "video/H264 or video/VP9" },
    both: { codec: "video/VP9" },
  },
  {
    why: "refused to one",
    a: { refusal: "no" },
    b: {},
    both: { refusal: "no" },
  },
])("a track that two nodes met counts once: $why", ({ a, b, both }) => {
  const [one, two] = [[track("a", a)], [track("a", b)]];
  const expected = [{ ...NEW, ...(both as Partial<OtherTrack>) }];
  assertEquals(mergeOtherTracks(one, two), expected);
  assertEquals(mergeOtherTracks(two, one), expected);
});

Deno.test("putting together what nodes met does not depend on the order", () => {
  const nodes = [
    [track("b", SILENT), track("a", FLOWING)],
    [track("c", { codec: "video/AV1" })],
    [track("a", FELL_SILENT)],
    [],
  ];
  const [first, ...others] = nodes;
  const forward = others.reduce<readonly OtherTrack[]>(mergeOtherTracks, first);
  const backward = nodes.toReversed().reduce<readonly OtherTrack[]>(
    mergeOtherTracks,
    [],
  );
  assertEquals(forward, backward);
  assertEquals(forward.map(({ producerId }) => producerId), ["a", "b", "c"]);
});

Deno.test("each track of others is in one figure", () => {
  const tracks = [
    track("a", SILENT),
    track("b", SILENT),
    track("c", FLOWING),
    track("d", FELL_SILENT),
    track("e", { codec: "video/H264" }),
    track("f", { codec: "video/H264" }),
    track("g", { codec: "audio/PCMU" }),
    track("h", { refusal: "no" }),
    // One client took it, and another could not.
    track("i", { ...FLOWING, refusal: "no" }),
  ];
  assertEquals(summarizeOthers(tracks, 7), {
    codecs: { "video/H264": 2, "audio/PCMU": 1 },
    refusals: { no: 1 },
    neverSent: 2,
    fellSilent: 1,
    flowed: 2,
    packetsReceived: 7,
  });
});
