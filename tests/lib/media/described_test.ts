import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describeMedia } from "../../../lib/media/mod.ts";
import { interFrame, ivf, keyFrame } from "../clip/files.ts";
import { TempFolder } from "../../temp_folder.ts";

Deno.test("the clip that comes along in words, as far as it is sent", async () => {
  const [video, audio] = ["VP8 640x360 at 25 fps, 200 kbps", "Opus, 46 kbps"];
  assertEquals(await describeMedia("synthetic"), "synthetic");
  assertEquals(await describeMedia("builtin"), `builtin (${video}; ${audio})`);
  const audioOnly = { video: false };
  assertEquals(await describeMedia("builtin", audioOnly), `builtin (${audio})`);
  const videoOnly = { audio: false };
  assertEquals(await describeMedia("builtin", videoOnly), `builtin (${video})`);
});

Deno.test("what a file lacks is synthetic, but a file of which nothing is sent is a mistake", async () => {
  using temp = new TempFolder();
  const folder = temp.path;
  const file = `${folder}/a.ivf`;
  await Deno.writeFile(file, ivf([[0, keyFrame()], [100, interFrame(30)]]));
  assertMatch(
    await describeMedia(file),
    /a\.ivf \(VP8 320x240 at 10 fps, 2 kbps; its audio synthetic\)$/,
  );
  const error = await assertRejects(() =>
    describeMedia(file, { video: false })
  );
  assertMatch(
    (error as Error).message,
    /^Cannot use .*a\.ivf: it has video, of which nothing is sent\. Send some/,
  );
});
