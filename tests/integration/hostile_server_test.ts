/** Runs against a server that tells one of its clients nonsense: the others do not notice. */

import { assertEquals, assertMatch } from "@std/assert";
// @ts-types="npm:@types/ws@8.18.2"
import { WebSocket } from "npm:ws@8.23.0";
import { rampAndHold } from "../../lib/load/mod.ts";
import { run } from "../../lib/run/mod.ts";
import { startSfu } from "../../lib/sfu/mod.ts";
import { LoopbackServer } from "./loopback_server.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { planOf } from "../plans.ts";

/** Goes between clients and a server, and changes what the second one is told. */
function relayTo(
  url: string,
  change: (message: Record<string, unknown>) => void,
): Promise<LoopbackServer> {
  let connections = 0;
  return LoopbackServer.webSocket((client) => {
    const isVictim = ++connections === 2;
    const server = new WebSocket(url);
    const waiting: string[] = [];
    client.on("message", (data) => {
      const text = data.toString();
      if (server.readyState === WebSocket.OPEN) server.send(text);
      else waiting.push(text);
    });
    server.on("open", () => {
      for (const text of waiting) server.send(text);
    });
    server.on("message", (data) => {
      const message = JSON.parse(data.toString());
      if (isVictim) change(message);
      client.send(JSON.stringify(message));
    });
    server.on("error", () => client.close());
    server.on("close", () => client.close());
    client.on("close", () => server.close());
  });
}

Deno.test(
  "an ICE user name of 70,000 letters fails its client, and the run goes on with both workers",
  async () => {
    const letters = 70_000;
    await using sfu = await startSfu({ engine: "werift" });
    await using relay = await relayTo(sfu.url, (message) => {
      if (message.type !== "transportCreated") return;
      const ice = message.iceParameters as Record<string, unknown>;
      ice.usernameFragment = "u".repeat(letters);
    });
    const { summary, snapshot } = await run({
      server: { url: `ws://127.0.0.1:${relay.port}/ws` },
      engine: null,
      plan: planOf(4, {
        ...mediaPlanOf({ video: false }),
        stages: rampAndHold(4, 200, 2000),
        room: "run",
      }),
      rampUpMs: 200,
      workers: 2,
      config: {},
      thresholds: [],
    });
    assertEquals(summary.partial, false);
    assertEquals(summary.totalClients, 4);
    assertEquals(summary.successfulConnections, 3);
    const states = snapshot.clients.map(({ state }) => state).toSorted();
    assertEquals(states, ["failed", "left", "left", "left"]);
    assertEquals(Object.keys(summary.errors), ["ice"]);
    assertMatch(
      JSON.stringify(summary.errors),
      new RegExp(`ICE user name has ${letters} characters, not 4 to 256`),
    );
  },
);
