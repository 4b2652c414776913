/** Whether a real browser takes our clients for people, and they take it for one. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { loadClip } from "../../lib/clip/mod.ts";
import type { Snapshot } from "../../mod.ts";
import { type ClientFleet, openFleet } from "../../tool.ts";
import type { ServerTarget } from "../../lib/load/mod.ts";
import { TestClient } from "../integration/sfu/test_client.ts";
import { ivf } from "../lib/clip/files.ts";
import { BrowserInRoom, NO_BROWSER } from "./browser.ts";
import { OutDir, Program } from "./program.ts";
import { planOf } from "../plans.ts";

Deno.test({
  name:
    "a browser sees and hears the clients of its room, and they receive what it sends and are judged without it",
  ignore: NO_BROWSER,
  async fn() {
    await using server = await serve();
    await using people = await PeopleInRoom.join(server.url, 2, "builtin");
    await using ear = await TestClient.connect(server.url);
    const listening = { type: "joinRoom", roomId: "room" } as const;
    await ear.ask({ ...listening, participantName: "Ear" }, "roomJoined");
    const { levels } = await ear.next("audioLevels");
    assertEquals(levels[0].volume, -40);
    ear.say({ type: "leaveRoom" });

    await using browser = await BrowserInRoom.join(server.url, "room");
    const first = await browser.until((tracks) =>
      tracks.length === 4 &&
      tracks.every(({ kind, width, audioLevel }) =>
        kind === "video" ? width > 0 : audioLevel > 0.1
      )
    );
    const later = await browser.until((tracks) =>
      tracks.every(({ kind, framesDecoded }, i) =>
        kind === "audio" || framesDecoded >= first[i].framesDecoded + 75
      )
    );
    for (const [i, track] of later.entries()) {
      assertEquals(track.packetsLost, 0);
      if (track.kind === "video") assertEquals(track.width, 640);
      // A level of a quarter is 0.0625 a second, and three have passed.
      else assertGreater(track.audioEnergy - first[i].audioEnergy, 0.12);
    }

    const { clients } = await people.until(({ clients }) =>
      clients.every(({ consumersFlowing, packetsReceived }) =>
        consumersFlowing === 4 && packetsReceived > 1000
      )
    );
    assertEquals(clients.length, 2);
    for (const client of clients) {
      const { packetsLost, packetsReceived, packetsFromOthers } = client;
      assertGreater(packetsFromOthers, 100);
      assertEquals(
        [packetsLost, packetsReceived - packetsFromOthers],
        [0, client.packetsDeliverable],
      );
    }
  },
});

Deno.test({
  name:
    "a browser that comes late has a picture at once, though the file has a key frame every ten seconds only",
  ignore: NO_BROWSER,
  async fn() {
    using folder = new OutDir();
    const file = `${folder.path}/rare.ivf`;
    await Deno.writeFile(file, await slowIvf());
    await using server = await serve();
    await using people = await PeopleInRoom.join(server.url, 1, file);
    // Far from the last key frame, and from the next one of its own accord.
    await people.until(({ atMs }) => atMs > 3000);
    await using browser = await BrowserInRoom.join(server.url, "room", {
      watches: true,
    });
    const tracks = await browser.until((tracks) =>
      tracks.some(({ firstPictureMs }) => firstPictureMs !== null)
    );
    const { firstPictureMs } = tracks.find(({ kind }) => kind === "video")!;
    assertLess(firstPictureMs!, 2000);
    const { counters } = await people.until(() => true);
    assertGreater(counters.pliCountReceived + counters.firCountReceived, 0);
  },
});

Deno.test({
  name:
    "a page with mediasoup-demo's own protoo-client sees and hears the clients of its room, and they it",
  ignore: NO_BROWSER,
  async fn() {
    await using server = await serve("--protocol", "protoo");
    await using people = await PeopleInRoom.join(server.url, 2, "builtin", {
      signaling: { module: "protoo" },
    });
    await using browser = await BrowserInRoom.join(server.url, "room", {
      script: "protoo.js",
    });
    const tracks = await browser.until((tracks) =>
      tracks.length === 4 &&
      tracks.every(({ kind, width, framesDecoded, audioLevel }) =>
        kind === "video" ? width > 0 && framesDecoded > 30 : audioLevel > 0.1
      )
    );
    for (const { kind, width, packetsLost } of tracks) {
      assertEquals([packetsLost, width], [0, kind === "video" ? 640 : 0]);
    }
    const { clients } = await people.until(({ clients }) =>
      clients.every(({ consumersFlowing, packetsFromOthers }) =>
        consumersFlowing === 4 && packetsFromOthers > 100
      )
    );
    assertEquals(clients.map(({ packetsLost }) => packetsLost), [0, 0]);
  },
});

/** The server as people start it. */
async function serve(...options: readonly string[]) {
  const program = new Program([
    "serve",
    "--engine",
    "mediasoup",
    "--port",
    "0",
    ...options,
  ]);
  const [, url] = await program.printed("stdout", /^Serving (ws:\S+) /m);
  return {
    url,
    async [Symbol.asyncDispose]() {
      program.kill("SIGTERM");
      assertEquals((await program.ended()).code, 0);
    },
  };
}

/** Clients of ours that send a file in the room "room". */
class PeopleInRoom implements AsyncDisposable {
  #crowd: ClientFleet | undefined;
  #onSecond: (snapshot: Snapshot) => void = () => {};

  private constructor() {}

  static async join(
    url: string,
    clients: number,
    clip: string,
    way: Omit<ServerTarget, "url"> = {},
  ): Promise<PeopleInRoom> {
    const people = new PeopleInRoom();
    const plan = planOf(clients, { clip });
    const crowd = people.#crowd = await openFleet({
      server: { url, ...way },
      seed: plan.seed,
      onSecond: (_, snapshot) => people.#onSecond(snapshot),
    });
    await crowd.add(plan);
    await people.until(({ gauges }) => gauges.clientsConnected === clients);
    return people;
  }

  /** Resolves with the numbers when they are as wanted. */
  async until(isSo: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return await new Promise<Snapshot>((resolve) => {
      this.#onSecond = (snapshot) => {
        if (isSo(snapshot)) resolve(snapshot);
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crowd?.close();
  }
}

/** The first two seconds of the clip that comes along, at a fifth of their speed. */
async function slowIvf(): Promise<Uint8Array> {
  const { video } = await loadClip("builtin");
  return ivf(video!.frames.slice(0, 50).map(({ data }, i) => [200 * i, data]));
}
