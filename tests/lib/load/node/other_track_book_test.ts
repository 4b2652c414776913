import { assertEquals } from "@std/assert";
import type { OtherTrackFound } from "../../../../lib/client/mod.ts";
import { OtherTrackBook } from "../../../../lib/load/node/other_track_book.ts";

type Found = OtherTrackFound["found"];

const NEW = {
  producerId: "p",
  hasFlowed: false,
  isSilent: false,
  codec: null,
  refusal: null,
};

Deno.test.each<{ why: string; found: Found[]; known: object[] }>([
  {
    why: "silent from the beginning",
    found: [{ is: "silent" }],
    known: [{ ...NEW, isSilent: true }],
  },
  {
    why: "silent after it flowed",
    found: [{ is: "flowing" }, { is: "silent" }],
    known: [{ ...NEW, hasFlowed: true, isSilent: true }],
  },
  {
    why: "flowing again",
    found: [{ is: "silent" }, { is: "flowing" }],
    known: [{ ...NEW, hasFlowed: true }],
  },
  {
    why: "of a codec that one client found, whatever others guess",
    found: [
      { is: "codec", codecs: ["video/VP9", "video/H264"] },
      { is: "codec", codecs: ["video/H264"] },
      { is: "codec", codecs: ["video/VP9", "video/H264"] },
    ],
    known: [{ ...NEW, codec: "video/H264" }],
  },
  {
    why: "of a codec that nobody names",
    found: [{ is: "codec", codecs: [] }],
    known: [{ ...NEW, codec: "another codec" }],
  },
  {
    why: "refused in many words",
    found: [{ is: "refused", reason: "no".repeat(1000) }],
    known: [{ ...NEW, refusal: "no".repeat(100) }],
  },
  {
    why: "a client's of the run after all",
    found: [{ is: "flowing" }, { is: "own" }],
    known: [],
  },
])("a track is $why", ({ found, known }) => {
  const book = new OtherTrackBook();
  for (const one of found) book.note({ producerId: "p", found: one });
  assertEquals<readonly object[]>(book.tracks, known);
});

Deno.test("of very many tracks the first thousand are kept", () => {
  const book = new OtherTrackBook();
  for (let i = 0; i < 1500; i++) {
    book.note({ producerId: `p${i}`, found: { is: "silent" } });
  }
  book.note({ producerId: "p3", found: { is: "flowing" } });
  assertEquals(book.tracks.length, 1000);
  assertEquals(book.tracks[3].hasFlowed, true);
});
