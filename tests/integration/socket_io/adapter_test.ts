/** The adapter of the README, at a server as tutorials make them. */

import { assert, assertEquals } from "@std/assert";
import { meeting, openTarget } from "../../../mod.ts";
import { checkAdapter, mediaPlanOf } from "../../../tool.ts";
import { printedAdapter } from "../../fixtures/printed_adapter.ts";
import { ENGINES } from "../sfu/engines.ts";
import { TutorialServer } from "./server.ts";

const [, { ignore }] = ENGINES;

Deno.test({
  name:
    "the socket.io adapter of the README fills a tutorial's server, by one receive transport and by one a consumer",
  ignore,
  async fn() {
    const file = await printedAdapter("socketIo");
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n").length;
    assert(lines <= 70, `it has ${lines} lines`);
    try {
      await Promise.all([false, true].map((each) => fill(file, each)));
    } finally {
      await Deno.remove(file);
    }
  },
});

async function fill(file: string, each: boolean): Promise<void> {
  await using server = await TutorialServer.start({
    engine: "mediasoup",
    transportPerConsumer: each,
  });
  const options: Record<string, string> = each ? { each: "yes" } : {};
  const signaling = { module: `file://${file}`, options };
  const findings = await checkAdapter({
    server: { url: server.url, signaling },
    media: mediaPlanOf({}),
  });
  const of = (wanted: string) =>
    findings.filter(({ level }) => level === wanted).map(({ about }) => about);
  assertEquals(of("problem"), []);
  assertEquals(of("warning"), ["pauseProducer", "restartIce", "preferLayer"]);
  assert(of("good").includes("leaving"));

  const before = server.transportsMade;
  await using target = await openTarget({ server: server.url, signaling });
  const summary = await meeting(target, {
    clients: 6,
    maxAudio: 5,
    maxVideo: 5,
    duration: "2s",
    rampUp: "1s",
  });
  assertEquals(
    [
      summary.connectedAtEnd,
      summary.totalErrors,
      summary.totalConsumersCreated,
      server.transportsMade - before,
    ],
    [6, 0, 60, 6 + (each ? 60 : 6)],
  );
  assert(summary.totalPacketsReceived > 0.9 * summary.totalPacketsSent);
  assertEquals(server.rooms, 0);
}
