/** A broker that breaks its protocol, as a program sees it. */

import { assertEquals } from "@std/assert";
import { runProgram } from "./program.ts";

const INFO =
  `INFO {"server_id":"x","version":"2.10.0","max_payload":1048576,"proto":1,"headers":true}\r\n`;

/** Takes connections, and answers a ping with a message that is none. */
async function serve(listener: Deno.Listener): Promise<void> {
  const served: Promise<void>[] = [];
  for await (const connection of listener) {
    served.push(answer(connection).catch(() => {}));
  }
  await Promise.all(served);
}

async function answer(connection: Deno.Conn): Promise<void> {
  using open = connection;
  const say = (text: string) => open.write(new TextEncoder().encode(text));
  await say(INFO);
  const buffer = new Uint8Array(65_536);
  while (await open.read(buffer) !== null) {
    await say("PONG\r\nMSG \x1b]0;title\x07 1 none\r\n");
  }
}

Deno.test("what a broker says that breaks its protocol is on no output", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = serve(listener);
  const { port } = listener.addr as Deno.NetAddr;
  const { code, stdout, stderr } = await runProgram(["agents"], {
    RTCROWD_BROKER: `nats://127.0.0.1:${port}`,
  });
  listener.close();
  await serving;
  assertEquals([code, stdout, stderr], [
    1,
    "",
    "Cannot see any agent of group default. Start some with the command agent.\n",
  ]);
});
