/** How the end of a channel is told in a phrase. */

import { assertEquals } from "@std/assert";
import {
  type ChannelClosed,
  describeClosed,
} from "../../../../lib/signaling/websocket/channel.ts";

Deno.test.each<{ closed: ChannelClosed; says: string }>([
  {
    closed: { kind: "clean", code: 1000, reason: "bye" },
    says: "connection closed",
  },
  {
    closed: { kind: "abnormal", code: 1006, reason: "" },
    says: "connection lost (code 1006)",
  },
  {
    closed: { kind: "abnormal", code: 4001, reason: "kicked" },
    says: "connection lost (code 4001, kicked)",
  },
  {
    closed: { kind: "silent", silentMs: 75_400 },
    says: "no sign of life for 75 s",
  },
  {
    closed: { kind: "error", message: "read ECONNRESET" },
    says: "read ECONNRESET",
  },
])("the end of a channel is told: $says", ({ closed, says }) => {
  assertEquals(describeClosed(closed), says);
});
