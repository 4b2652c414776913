/** A run by an adapter of one's own, on threads of its own. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { meeting, openTarget, reconnectStorm, startSfu } from "../../mod.ts";
import { openSessions } from "../../lib/load/mod.ts";
import { checkAdapter, mediaPlanOf } from "../../tool.ts";

const ADAPTER = import.meta.resolve("../e2e/own_adapter.ts");

Deno.test("an adapter of one's own fills a server from several threads, whatever it throws where nobody waits", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using target = await openTarget({
    server: sfu.url,
    workers: 2,
    signaling: { module: ADAPTER, options: { slip: "oops" } },
  });
  const summary = await meeting(target, {
    clients: 4,
    rooms: 2,
    duration: "3s",
    rampUp: "0s",
  });
  const { generator, totalErrors, signalingLatencies } = summary;
  assertEquals(
    [summary.connectedAtEnd, summary.media.loss.ratio, totalErrors],
    [4, 0, 0],
  );
  assertEquals([summary.totalConsumersCreated, generator.workers], [8, 2]);
  assertEquals(generator.notes.toSorted(), [
    "the adapter threw where nobody waits for it: oops",
    "the adapter threw where nobody waits for it: oops, as a text",
    "the adapter threw where nobody waits for it: oops, later",
  ]);
  assertEquals(
    Object.keys(signalingLatencies.operations).toSorted(),
    [
      "connect",
      "connect_recv_transport",
      "connect_send_transport",
      "consume",
      "create_recv_transport",
      "create_send_transport",
      "get_router_caps",
      "leave",
      "produce_audio",
      "produce_video",
      "resume_consumer",
    ],
  );
});

Deno.test("what is no adapter is refused before anything begins", async () => {
  const of = (module: string) =>
    openTarget({ server: "ws://127.0.0.1:9/ws", signaling: { module } });
  await assertRejects(() => of("smoke-signals"), TypeError, "no protocol");
  await assertRejects(
    () => of(import.meta.resolve("../../version.ts")),
    TypeError,
    "its default export is no function",
  );
  await assertRejects(
    () => openTarget({ embedded: "werift", signaling: { module: ADAPTER } }),
    TypeError,
    "no other signaling than its own",
  );
});

Deno.test.each<{
  protocol: "protoo" | "protoo-js";
  options: Record<string, string>;
  consumers: number;
}>([
  // Two of audio and, of those on offer, one of video.
  { protocol: "protoo", options: {}, consumers: 3 * 3 },
  // Two of each of two of audio.
  { protocol: "protoo-js", options: { consumerReplicas: "1" }, consumers: 15 },
])(
  "clients that speak mediasoup-demo's protocol fill a server that speaks it: $protocol",
  async ({ protocol, options, consumers }) => {
    await using sfu = await startSfu({ engine: "werift", protocol });
    await using target = await openTarget({
      server: sfu.url,
      signaling: { module: "protoo", options },
    });
    const viewers = { clients: 3, duration: "2s", rampUp: "0s", maxVideo: 1 };
    const summary = await meeting(target, viewers);
    assertEquals(
      [summary.connectedAtEnd, summary.totalErrors],
      [3, 0],
    );
    assertEquals(summary.totalConsumersCreated, consumers);
    if (protocol === "protoo-js") return;
    const storm = await reconnectStorm(target, {
      clients: 2,
      before: "1s",
      after: "0s",
      rampUp: "0s",
    });
    assertEquals(storm.scenario.result?.lost, 0);
    assertEquals(await (await fetch(`${sfu.httpUrl}/health`)).json(), {
      participants: 0,
      rooms: 0,
      status: "ok",
    });
  },
);

Deno.test("who comes with the name of a client that is there puts it out, and it says why", async () => {
  await using sfu = await startSfu({ engine: "werift", protocol: "protoo" });
  const openSession = await openSessions(
    { url: sfu.url, signaling: { module: "protoo" } },
    { random: Math.random },
  );
  const closed = Promise.withResolvers<string>();
  const session = openSession({
    roomId: "room",
    participantName: "A",
    onEvent(event) {
      if (event.type === "closed") closed.resolve(event.message);
    },
  });
  const { signal } = new AbortController();
  const { peerId } = await session.connect({ signal });
  const query = `roomId=room&peerId=${peerId}`;
  const twin = new WebSocket(`${sfu.url}/?${query}`, "protoo");
  assertEquals(
    await closed.promise,
    "connection lost (code 4000, closed by protoo-server)",
  );
  twin.close();
  await new Promise((resolve) => twin.onclose = resolve);
  await session.leave();
});

Deno.test("a check of an adapter says what works and what it lacks", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const findings = await checkAdapter({
    server: { url: sfu.url, signaling: { module: ADAPTER } },
    media: mediaPlanOf({}),
  });
  const of = (wanted: string) =>
    findings.filter(({ level }) => level === wanted).map(({ about }) => about);
  assertEquals(of("problem"), []);
  assertEquals(of("warning"), ["pauseProducer", "restartIce", "preferLayer"]);
  for (const about of ["connect", "consume", "leave", "media", "leaving"]) {
    assert(of("good").includes(about), about);
  }
});

Deno.test("a check of an adapter that gets nobody in says why", async () => {
  await using sfu = await startSfu({ engine: "werift", protocol: "protoo" });
  const findings = await checkAdapter({
    server: { url: sfu.url, signaling: { module: ADAPTER } },
    media: mediaPlanOf({}),
  });
  assertEquals(findings.map(({ level, about }) => [level, about]), [
    ["problem", "entering"],
  ]);
});
