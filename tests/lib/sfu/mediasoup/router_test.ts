/** mediasoup's router behind the engine's port, over a worker that only answers. */

import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import type { RouterEvents } from "../../../../lib/sfu/engine.ts";
import { ROUTER_CODECS } from "../../../../lib/sfu/mediasoup/codecs.ts";
import { mediasoupRouter } from "../../../../lib/sfu/mediasoup/router.ts";
import { ROUTER_CAPABILITIES } from "../../../../lib/sfu/werift/capabilities.ts";

type Arguments = Parameters<typeof mediasoupRouter>;

class FakeTransport {
  readonly id: string;
  readonly observer = new EventEmitter();
  readonly iceParameters = { usernameFragment: "u", password: "p" };
  readonly iceCandidates = [];
  readonly dtlsParameters = { role: "auto", fingerprints: [] };

  constructor(n: number, readonly done: unknown[]) {
    this.id = `t${n}`;
  }

  close(): void {
    this.done.push(`close ${this.id}`);
    this.observer.emit("close");
  }
}

class FakeObserver extends EventEmitter {
  constructor(readonly name: string, readonly done: unknown[]) {
    super();
  }

  addProducer({ producerId }: { readonly producerId: string }): Promise<void> {
    this.done.push(`${this.name} ${producerId}`);
    return Promise.resolve();
  }
}

async function open(options: Arguments[4] = {}) {
  const done: unknown[] = [];
  const speakers = new FakeObserver("speakers", done);
  const levels = new FakeObserver("levels", done);
  const asked: Record<string, unknown>[] = [];
  let transports = 0;
  const router = {
    rtpCapabilities: { codecs: [], headerExtensions: [] },
    createActiveSpeakerObserver: () => Promise.resolve(speakers),
    createAudioLevelObserver: (how: unknown) => {
      done.push(how);
      return Promise.resolve(levels);
    },
    createWebRtcTransport: (how: Record<string, unknown>) => {
      asked.push(how);
      return Promise.resolve(new FakeTransport(++transports, done));
    },
    close: () => done.push("close router"),
  };
  const worker = { createRouter: () => Promise.resolve(router) };
  const heard: unknown[] = [];
  const events: RouterEvents = {
    activeSpeaker: (id) => heard.push(id),
    audioLevels: (all) => heard.push(all),
  };
  const server = { name: "the sockets" };
  const made = await mediasoupRouter(
    worker as unknown as Arguments[0],
    server as unknown as Arguments[1],
    events,
    { born: () => {}, gone: () => {} },
    options,
  );
  return { router: made, speakers, levels, heard, done, asked, server };
}

Deno.test("it listens as SimplestChat does: ten voices above -50 dBov every 800 ms", async () => {
  const { done } = await open();
  assertEquals(done, [{ maxEntries: 10, threshold: -50, interval: 800 }]);
});

Deno.test("who speaks, and how loud, is told by producer", async () => {
  const { speakers, levels, heard } = await open();
  speakers.emit("dominantspeaker", { producer: { id: "a" } });
  levels.emit("volumes", [
    { producer: { id: "a" }, volume: -20 },
    { producer: { id: "b" }, volume: -40 },
  ]);
  assertEquals(heard, ["a", [
    { producerId: "a", volume: -20 },
    { producerId: "b", volume: -40 },
  ]]);
});

Deno.test("a microphone is listened to by both", async () => {
  const { router, done } = await open();
  await router.observeAudio("mic");
  assertEquals(done.slice(1), ["speakers mic", "levels mic"]);
});

Deno.test.each([
  { options: undefined, tcp: false },
  { options: { tcp: false }, tcp: false },
  { options: { tcp: true }, tcp: true },
])("transports share the sockets, UDP first, with TCP: $tcp", async (row) => {
  const { router, asked, server } = await open(row.options);
  await router.createTransport();
  assertEquals(asked, [{
    webRtcServer: server,
    enableUdp: true,
    enableTcp: row.tcp,
    preferUdp: true,
  }]);
});

Deno.test("closing closes each transport that is open first, as the sockets forget no others", async () => {
  const { router, done } = await open();
  await router.createTransport();
  const second = await router.createTransport();
  await router.createTransport();
  second.close();
  done.length = 0;
  router.close();
  assertEquals(done, ["close t1", "close t3", "close router"]);
});

Deno.test("both engines name the same codecs by the same numbers", () => {
  const named = (
    all: readonly {
      readonly mimeType: string;
      readonly preferredPayloadType?: number;
      readonly clockRate: number;
      readonly parameters?: unknown;
    }[],
  ) =>
    all.map(({ mimeType, preferredPayloadType, clockRate, parameters }) => ({
      mimeType,
      preferredPayloadType,
      clockRate,
      parameters,
    }));
  assertEquals(
    named(ROUTER_CODECS),
    named(
      ROUTER_CAPABILITIES.codecs.filter((one) => one.mimeType !== "video/rtx"),
    ),
  );
});
