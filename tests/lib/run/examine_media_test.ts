import { assertEquals } from "@std/assert";
import { whatIsWrong } from "../../../lib/run/examine_media.ts";
import type { ClientRecord } from "../../../lib/metrics/mod.ts";
import { recordOf } from "../metrics/client.ts";

const MEDIA = { maxAudio: 4, maxVideo: 4 } as Parameters<typeof whatIsWrong>[1];

const WELL: Partial<ClientRecord> = {
  state: "connected",
  connectionSuccessful: true,
  sends: ["audio", "video"],
  receives: ["audio", "video"],
  packetsSent: 100,
  packetsReceived: 90,
  consumersFlowing: 2,
};
const UNREAD = {
  kind: "codec",
  message: "Cannot read what the server sends.",
  atMs: 900,
};

Deno.test.each<
  { why: string; client: Partial<ClientRecord>; is: string | undefined }
>([
  { why: "all comes", client: {}, is: undefined },
  {
    why: "of video nothing comes that can be read",
    client: { consumersFlowing: 1, errors: [UNREAD] },
    is:
      "a client receives 1 of 2 tracks of another one: Cannot read what the server sends",
  },
  {
    why: "of neither",
    client: { consumersFlowing: 0, packetsFromOthers: 90, errors: [UNREAD] },
    is:
      "a client receives nothing of another one: Cannot read what the server sends",
  },
  {
    why: "one kind has not come yet",
    client: { consumersFlowing: 1 },
    is: "a client receives 1 of 2 tracks of another one in 12 s",
  },
  {
    why: "of the only one nothing comes any more",
    client: { consumersFlowing: 0, receives: ["audio"] },
    is: "a client receives 0 of 1 track of another one in 12 s",
  },
  {
    why: "only sound is asked for",
    client: { consumersFlowing: 1, receives: ["audio"] },
    is: undefined,
  },
])("media between two clients, where $why: $is", ({ client, is }) => {
  const record = recordOf(0, { ...WELL, ...client });
  assertEquals(whatIsWrong([record], MEDIA, 12_000), is);
});
