/** A client's part of a plan, as the client takes it. */

import { assertEquals } from "@std/assert";
import { clientOptions } from "../../../../lib/load/node/client_options.ts";
import { clientPlan } from "./node_bench.ts";

const PLAN = clientPlan(3);

Deno.test("a publisher sends the plan's media with the clip, a viewer nothing", () => {
  const publisher = clientOptions({ ...PLAN, role: "publisher" }, undefined);
  assertEquals(publisher.publish, { ...PLAN.media, clip: undefined });
  const viewer = clientOptions({ ...PLAN, role: "viewer" }, undefined);
  assertEquals(viewer.publish, undefined);
  // Who sends nothing receives as much.
  assertEquals(
    [viewer.maxAudio, viewer.maxVideo],
    [publisher.maxAudio, publisher.maxVideo],
  );
});

Deno.test.each([
  { audio: true, video: true, most: [4, 7] },
  { audio: true, video: false, most: [4, 0] },
  { audio: false, video: true, most: [0, 7] },
])(
  "a kind that nobody sends is not received: audio $audio, video $video",
  (row) => {
    const { audio, video } = row;
    const media = { ...PLAN.media, audio, video, maxAudio: 4, maxVideo: 7 };
    const { maxAudio, maxVideo } = clientOptions({ ...PLAN, media }, undefined);
    assertEquals<readonly number[]>([maxAudio, maxVideo], row.most);
  },
);

Deno.test("its streams are named after it, so that no two clients' are taken for one", () => {
  const { cname, roomId, participantName, patienceMs } = clientOptions(
    { ...PLAN, clientId: "client-3", patienceMs: 5000 },
    undefined,
  );
  assertEquals(cname, "client-3");
  assertEquals(
    [roomId, participantName, patienceMs],
    [PLAN.roomId, PLAN.participantName, 5000],
  );
});
