import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { localWorkerBinary, spawnSfu } from "../../../lib/sfu/mod.ts";
import { ENGINES } from "./engines.ts";
import { TestClient } from "./test_client.ts";

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: a server in its own process serves, counts, and is gone after closing`,
    ignore,
    fn: async () => {
      const sfu = await spawnSfu({ engine, workers: 1 });
      assertNotEquals(sfu.pids[0], Deno.pid);
      assertEquals(sfu.pids.length, engine === "mediasoup" ? 2 : 1);
      {
        await using client = await TestClient.connect(sfu.url);
        await client.ask(
          { type: "joinRoom", roomId: "r", participantName: "a" },
          "roomJoined",
        );
        assertEquals(await sfu.stats(), {
          engine,
          producers: [],
          consumers: [],
          earlier: {
            streams: 0,
            received: 0,
            missedByReceivers: 0,
            sent: 0,
            retransmitted: 0,
          },
        });
      }
      await sfu[Symbol.asyncDispose]();
      await assertRejects(() => fetch(`${sfu.httpUrl}/health`));
      await sfu[Symbol.asyncDispose]();
    },
  });
}

Deno.test("a process that dies is a failure with a reason", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  Deno.kill(sfu.pids[0], "SIGKILL");
  assertStringIncludes(await sfu.failed, "SIGKILL");
  await assertRejects(() => sfu.stats());
});

Deno.test("a process that is asked to stop by a signal stops", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  Deno.kill(sfu.pids[0], "SIGTERM");
  assertStringIncludes(await sfu.failed, "code 0");
});

Deno.test("what keeps a process from starting is the error", async () => {
  await using first = await spawnSfu({ engine: "werift" });
  const error = await assertRejects(() =>
    spawnSfu({ engine: "werift", port: first.port })
  );
  assertStringIncludes(String(error), "Cannot listen on");
});

Deno.test({
  name: "a mediasoup worker that dies is a failure, not the end of the server",
  ignore: localWorkerBinary() === undefined && !Deno.env.get("CI"),
  fn: async () => {
    await using sfu = await spawnSfu({ engine: "mediasoup", workers: 1 });
    Deno.kill(sfu.pids[1], "SIGKILL");
    assertStringIncludes(await sfu.failed, "mediasoup worker 0 died");
    const response = await fetch(`${sfu.httpUrl}/health`);
    assert(response.ok);
    await response.body?.cancel();
    await using client = await TestClient.connect(sfu.url);
    assertEquals(
      await client.refused({
        type: "joinRoom",
        roomId: "r",
        participantName: "a",
      }),
      "Error: Worker error: No workers available",
    );
  },
});
