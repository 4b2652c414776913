/** What of a client is written down. */

import { assertEquals } from "@std/assert";
import { ClientDump } from "../../../lib/dump/mod.ts";
import { RTP_BYTES } from "../../../lib/dump/client_dump.ts";
import { readRtcStats } from "./rtcstats_reader.ts";

const SUBJECT = {
  application: "rtcrowd 1",
  clientId: "client-7",
  url: "ws://sfu.example",
};
const HERE = { address: "0.0.0.0", port: 1 };
const THERE = { address: "10.0.0.1", port: 4000 };

/** Files in memory. */
class Files {
  packets: Uint8Array[] = [];
  events = "";
  appendPackets(bytes: Uint8Array): void {
    this.packets.push(bytes);
  }
  appendEvents(text: string): void {
    this.events += text;
  }
  get bytes(): number {
    return this.packets.reduce((sum, { length }) => sum + length, 0);
  }
  get text(): string {
    return this.packets.map((bytes) => new TextDecoder().decode(bytes)).join(
      "",
    );
  }
}

function seen(
  dump: ClientDump,
  wallMs: number,
  length = 20,
  protocol: "rtp" | "rtcp" = "rtp",
): void {
  dump.packet({
    protocol,
    direction: "in",
    bytes: new Uint8Array(length).fill(65 + wallMs % 26),
    wallMs,
    here: HERE,
    there: THERE,
  });
}

Deno.test("events are read as they happened, and an object that has ended as one that is no more", () => {
  const dump = new ClientDump(SUBJECT, undefined);
  const files = new Files();
  dump.event("create", "recv", {}, 1_000_000);
  dump.stats("recv", {
    a: { type: "inbound-rtp", packetsLost: 1 },
    b: { type: "inbound-rtp", packetsLost: 0 },
  }, 1_000_400);
  dump.write(files);
  dump.event("note", null, "away: consent expired", 1_000_900);
  dump.stats("recv", { a: { type: "inbound-rtp", packetsLost: 3 } }, 1_001_400);
  dump.write(files);
  const { clientId, events, stats } = readRtcStats(files.events);
  assertEquals(clientId, "client-7");
  assertEquals(events.map(({ name, atMs }) => [name, atMs]), [
    ["create", 1_000_000],
    ["getStats", 1_000_400],
    ["note", 1_000_900],
    ["getStats", 1_001_400],
  ]);
  assertEquals(Object.keys(stats.get("recv")!), ["a"]);
  assertEquals(stats.get("recv")!.a.packetsLost, 3);
});

Deno.test("only the last while is written, and begins with the connections that are left", () => {
  const dump = new ClientDump(SUBJECT, 10_000);
  const files = new Files();
  dump.event("create", "send", {}, 1_000);
  for (let ms = 1_000; ms <= 31_000; ms += 1_000) {
    seen(dump, ms);
    dump.stats("send", { pair: { type: "candidate-pair" } }, ms);
    dump.forget(ms);
  }
  dump.write(files);
  const { events } = readRtcStats(files.events);
  assertEquals(events.map(({ name }) => name), [
    "create",
    ...Array(11).fill("getStats"),
  ]);
  assertEquals(events[0].atMs, 21_000);
  const before = files.bytes;
  dump.write(files);
  assertEquals(files.bytes, before, "nothing is written twice");
});

Deno.test("of RTP the beginning is written, of RTCP all, and a comment stands beside the next packet alone", () => {
  const dump = new ClientDump(SUBJECT, undefined);
  const files = new Files();
  dump.comment("a picture froze");
  seen(dump, 65, 1200);
  dump.write(files);
  assertEquals(files.text.split("a picture froze").length, 2);
  const rtp = files.bytes;
  seen(dump, 65, 1200);
  dump.write(files);
  assertEquals(files.text.split("a picture froze").length, 2);
  seen(dump, 65, RTP_BYTES + 400, "rtcp");
  dump.write(files);
  const [, second, third] = files.packets.map(({ length }) => length);
  assertEquals(third - second, 400);
  assertEquals(second < rtp, true);
});
