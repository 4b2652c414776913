/** Whether a real browser shows every layer of what our clients send, and goes from one to another. */

import { assertLess } from "@std/assert";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { startSfu } from "../../lib/sfu/mod.ts";
import { openFleet } from "../../tool.ts";
import { BrowserInRoom, NO_BROWSER } from "./browser.ts";
import { planOf } from "../plans.ts";

/** Down, and up again. */
const STEPS = [
  { spatial: 2, temporal: 2 },
  { spatial: 2, temporal: 0 },
  { spatial: 1, temporal: 2 },
  { spatial: 1, temporal: 1 },
  { spatial: 0, temporal: 2 },
  { spatial: 0, temporal: 1 },
  { spatial: 0, temporal: 0 },
  { spatial: 1, temporal: 0 },
  { spatial: 2, temporal: 1 },
  { spatial: 2, temporal: 2 },
] as const;
const WIDTHS = [160, 320, 640];
/** Of 30 frames a second, how many of each layer in time and those below are looked at, and how many they are a second. */
const FRAMES = [3, 5, 10];
const MIN_FPS = [0, 9, 19];
const MAX_FPS = [11, 21, Infinity];
/** A browser draws grey as grey. */
const NO_CONTRAST = 4;
const LOOK_MS = 50;
/** No machine is that slow. */
const GIVE_UP_MS = 20_000;

Deno.test({
  name:
    "a browser shows each layer in size and in time of what clients send, and goes from one to another without a broken picture",
  ignore: NO_BROWSER,
  async fn() {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    await using _sender = await openSender(sfu.url);
    await using browser = await BrowserInRoom.join(sfu.url, "room", {
      watches: true,
    });
    const video = async () => {
      const all = await browser.stats();
      const one = all.find(({ kind }) => kind === "video") ?? {};
      return (name: string) => Number(one[name] ?? 0);
    };
    const until = async (
      isSo: (of: (name: string) => number) => boolean,
      ask: () => Promise<void> = () => Promise.resolve(),
    ) => {
      const giveUpMs = performance.now() + GIVE_UP_MS;
      for (;;) {
        const of = await video();
        if (isSo(of)) return of;
        if (performance.now() > giveUpMs) {
          throw new Error(
            `It shows ${of("framesDecoded")} frames, ${of("frameWidth")} wide.`,
          );
        }
        await ask();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    };
    const first = await until((of) => of("framesDecoded") > 10);
    const [{ consumerId }] = await browser.videos();
    for (const { spatial, temporal } of STEPS) {
      const prefer = () => browser.preferLayers(consumerId, spatial, temporal);
      await prefer();
      const begunMs = performance.now();
      for (
        let fps = NaN;
        !(fps > MIN_FPS[temporal] && fps < MAX_FPS[temporal]);
      ) {
        assertLess(performance.now() - begunMs, GIVE_UP_MS);
        // The server chooses itself while it learns what there is room for.
        const from = await until(
          (of) => of("frameWidth") === WIDTHS[spatial],
          prefer,
        );
        const fromMs = from("timestamp");
        const frames = from("framesDecoded");
        const to = await until(
          (of) => of("framesDecoded") >= frames + FRAMES[temporal],
        );
        fps = (to("framesDecoded") - frames) / (to("timestamp") - fromMs) *
          1000;
      }
      const [{ contrast }] = await browser.videos();
      assertLess(contrast, NO_CONTRAST);
    }
    const last = await video();
    const grown = (name: string) => last(name) - first(name);
    assertLess(grown("freezeCount"), 3);
    // It asks for a key frame where it sees nothing for long, or cannot decode.
    assertLess(grown("pliCount"), 3);
    assertLess(grown("framesDropped"), 10);
  },
});

/** A client that sends its video in layers. */
async function openSender(url: string) {
  const plan = planOf(1, { ...mediaPlanOf({ audio: false, simulcast: true }) });
  const fleet = await openFleet({ server: { url }, seed: plan.seed });
  await fleet.add(plan);
  return { [Symbol.asyncDispose]: () => fleet.close() };
}
