import { assertEquals } from "@std/assert";
import { startSfu } from "../../../lib/sfu/mod.ts";
import { ENGINES } from "./engines.ts";
import { TestClient } from "./test_client.ts";

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: who asks for transport after transport is refused, and the server says so`,
    ignore,
    async fn() {
      await using sfu = await startSfu({
        engine,
        workers: 1,
        maxTransportsPerJoin: 3,
      });
      await using greedy = await TestClient.connect(sfu.url);
      await greedy.ask({
        type: "joinRoom",
        roomId: "r",
        participantName: "greedy",
      }, "roomJoined");
      for (let i = 0; i < 10; i++) greedy.say({ type: "createSendTransport" });
      for (let i = 0; i < 7; i++) await greedy.next("error");
      assertEquals(sfu.refusals().transports, 7);
      const response = await fetch(`${sfu.httpUrl}/health`);
      assertEquals((await response.json()).status, "ok");
    },
  });
}
