/** A real browser in a room: Debian's Chromium with the page of `tests/fixtures/browser`. */

import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
import { localWorkerBinary } from "../../lib/sfu/mod.ts";

const PAGE = new URL("../fixtures/browser/", import.meta.url);
/** Debian's. */
export const CHROMIUM = "/usr/bin/chromium";
/** It runs as root and without a person, on a machine that may have nothing but loopback. */
export const CHROMIUM_ARGS: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection",
  "--autoplay-policy=no-user-gesture-required",
];
const POLL_MS = 100;
/** No machine is that slow. */
const GIVE_UP_MS = 60_000;

/** Whether tests with a browser alone are to be ignored: it is not here, and this is not CI. */
export const NO_CHROMIUM: boolean = !Deno.env.has("CI") &&
  await Deno.stat(CHROMIUM).then(() => false, () => true);

/** Whether tests with a browser are to be ignored: it or mediasoup's worker is not here, and this is not CI. */
export const NO_BROWSER: boolean = !Deno.env.has("CI") &&
  (NO_CHROMIUM || localWorkerBinary() === undefined);

/** One track of somebody else's, as the browser has it. */
export interface SeenTrack {
  readonly kind: "audio" | "video";
  /** Of the picture in pixels; 0 before there is one. */
  readonly width: number;
  /** From asking for the track to its first picture; `null` before. */
  readonly firstPictureMs: number | null;
  readonly framesDecoded: number;
  /** Now, from 0 to 1. */
  readonly audioLevel: number;
  /** Of all that was heard: level squared, by seconds. */
  readonly audioEnergy: number;
  readonly packetsLost: number;
}

/** A video that the browser shows. */
export interface ShownVideo {
  readonly consumerId: string;
  /** From the darkest to the brightest of its picture, from 0 to 255. */
  readonly contrast: number;
}

/** How a browser joins. */
export interface JoinOptions {
  /** Whether it sends nothing. @default {false} */
  readonly watches?: boolean;
  /** What it speaks to the server. @default {"room.js"} */
  readonly script?: "room.js" | "protoo.js";
  /** What it sends of its camera. @default {320 by 240 pixels in one stream} */
  readonly camera?: Camera;
  /** What is done once it runs, before it joins: a machine on which a browser starts is busy. */
  readonly onLaunched?: () => Promise<void>;
  /** A file that its camera shows over and over (y4m). @default {a test picture of the browser's own} */
  readonly film?: string;
}

/** A picture, and the streams in which it is sent. */
export interface Camera {
  readonly width: number;
  readonly height: number;
  /** Its bit rate does not fall below, whatever the network is like. @default {the browser's own choice} */
  readonly leastKbps?: number;
  readonly encodings?: readonly {
    readonly rid?: string;
    readonly maxBitrate?: number;
    readonly scaleResolutionDownBy?: number;
    readonly scalabilityMode?: string;
  }[];
}

/** A browser with the page, in a room. */
export class BrowserInRoom implements AsyncDisposable {
  readonly #web: Deno.HttpServer<Deno.NetAddr>;
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(
    web: Deno.HttpServer<Deno.NetAddr>,
    browser: Browser,
    page: Page,
  ) {
    this.#web = web;
    this.#browser = browser;
    this.#page = page;
  }

  /** Has a browser join. */
  static async join(
    server: string,
    room: string,
    { watches = false, script = "room.js", camera, film, onLaunched }:
      JoinOptions = {},
  ): Promise<BrowserInRoom> {
    const web = servePage(await bundled(script));
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        ...CHROMIUM_ARGS,
        ...film === undefined
          ? []
          : [`--use-file-for-fake-video-capture=${film}`],
      ],
    });
    const page = await browser.newPage();
    await onLaunched?.();
    const query = new URLSearchParams({
      server,
      room,
      ...(watches && { watch: "" }),
      ...(camera && { camera: JSON.stringify(camera) }),
    });
    await page.goto(`http://127.0.0.1:${web.addr.port}/?${query}`);
    return new BrowserInRoom(web, browser, page);
  }

  /** Resolves when what it sees and hears is as wanted. */
  async until(
    isSo: (tracks: readonly SeenTrack[]) => boolean,
  ): Promise<readonly SeenTrack[]> {
    const giveUpMs = performance.now() + GIVE_UP_MS;
    for (;;) {
      const state = await this.#page.locator("#state").textContent();
      const tracks = await this.#page.evaluate<SeenTrack[]>("room.figures()");
      if (isSo(tracks)) return tracks;
      if (performance.now() > giveUpMs || state?.startsWith("failed")) {
        throw new Error(`It is ${state}, and sees ${JSON.stringify(tracks)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** The videos that it shows. */
  async videos(): Promise<readonly ShownVideo[]> {
    return await this.#page.evaluate("room.videos()");
  }

  /** Asks the server for these layers of a video at most. */
  async preferLayers(
    consumerId: string,
    spatial: number,
    temporal: number,
  ): Promise<void> {
    const wanted = JSON.stringify([consumerId, spatial, temporal]);
    await this.#page.evaluate(`room.preferLayers(...${wanted})`);
  }

  /** What it says itself of what each track received, by the names of W3C webrtc-stats. */
  async stats(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return await this.#page.evaluate("room.stats()");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.evaluate("room.leave()").catch(() => {});
    await this.#browser.close();
    await this.#web.shutdown();
  }
}

async function bundled(script: string): Promise<Uint8Array<ArrayBuffer>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--format=iife",
      new URL(script, PAGE).pathname,
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout;
}

/** A page of this machine may use the camera. */
function servePage(script: Uint8Array<ArrayBuffer>) {
  const html = Deno.readFileSync(new URL("index.html", PAGE));
  return Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) =>
      new URL(request.url).pathname === "/room.js"
        ? new Response(script, {
          headers: { "content-type": "text/javascript" },
        })
        : new Response(html, { headers: { "content-type": "text/html" } }),
  );
}
