/** A lane whose sockets are sent to faster than they are read. */

import { assertGreater, assertLess } from "@std/assert";
import { openNativeLane } from "../../lib/rtc/lane/native_lane.ts";
import { textLines } from "../../lib/sfu/text_lines.ts";

const FLOOD_MS = 10_000;
/** Reading one takes so long. */
const SLOW_MS = 0.1;

/** Tells its port, is told another one, and sends there as fast as it can. */
const FLOODER = `
import { createSocket } from "node:dgram";
const socket = createSocket("udp4");
socket.bind(0, "127.0.0.1", () => console.log(socket.address().port));
const told = new Uint8Array(8);
const count = await Deno.stdin.read(told);
const port = Number(new TextDecoder().decode(told.subarray(0, count)));
socket.connect(port, "127.0.0.1", () => {
  const until = performance.now() + ${FLOOD_MS};
  const more = () => {
    for (let i = 0; i < 500; i++) socket.send("x");
    if (performance.now() < until) setTimeout(more);
    else Deno.exit();
  };
  more();
});`;

Deno.test({
  name: "a drain ends, however fast more comes",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        `data:text/javascript,${encodeURIComponent(FLOODER)}`,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lane = openNativeLane();
    try {
      const lines = textLines(child.stdout)[Symbol.asyncIterator]();
      const port = Number((await lines.next()).value);
      let read = 0;
      const socket = await lane.connect({ address: "127.0.0.1", port }, () => {
        read++;
        const untilMs = performance.now() + SLOW_MS;
        while (performance.now() < untilMs);
      });
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(String(socket.localPort)));
      while (read === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        lane.drain();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      read = 0;
      const beganMs = performance.now();
      lane.drain();
      assertLess(performance.now() - beganMs, FLOOD_MS / 2);
      assertGreater(read, 0);
      child.kill("SIGKILL");
      await writer.abort().catch(() => {});
      await lines.return?.(undefined);
    } finally {
      lane.close();
      await child.status;
    }
  },
});
