import { assertEquals } from "@std/assert";
import { loadMediasoup } from "../../../lib/sfu/mediasoup/deps.ts";
import { mediasoupRouter } from "../../../lib/sfu/mediasoup/router.ts";
import { localWorkerBinary } from "../../../lib/sfu/mediasoup/worker_binary.ts";

Deno.test({
  name:
    "a router that closes leaves no transport with the server of the sockets",
  ignore: localWorkerBinary() === undefined && !Deno.env.get("CI"),
  async fn() {
    const binary = localWorkerBinary();
    if (binary !== undefined) Deno.env.set("MEDIASOUP_WORKER_BIN", binary);
    const { createWorker } = await loadMediasoup();
    const worker = await createWorker({ logLevel: "none" });
    const gone = new Promise<void>((resolve) =>
      worker.once("subprocessclose", () => resolve())
    );
    const server = await worker.createWebRtcServer({
      listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }],
    });
    let handled = 0;
    server.observer.on("webrtctransporthandled", () => handled++);
    server.observer.on("webrtctransportunhandled", () => handled--);

    const router = await mediasoupRouter(worker, server, {
      activeSpeaker: () => {},
      audioLevels: () => {},
    }, { born: () => {}, gone: () => {} });
    const transports = [];
    for (let i = 0; i < 3; i++) transports.push(await router.createTransport());
    assertEquals(handled, 3);
    transports[0].close();
    assertEquals(handled, 2);
    router.close();
    assertEquals(handled, 0);

    worker.close();
    await gone;
  },
});
