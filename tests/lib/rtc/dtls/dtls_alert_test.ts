/** The alerts of RFC 5246 section 7.2. */

import { assertEquals } from "@std/assert";
import {
  CLOSE_NOTIFY_ALERT,
  type DtlsAlert,
  readAlert,
} from "../../../../lib/rtc/dtls/dtls_alert.ts";

Deno.test.each<{ why: string; bytes: number[]; is: DtlsAlert | undefined }>([
  {
    why: "a close notify is a warning that ends the association",
    bytes: [1, 0],
    is: { ends: true, name: "close notify" },
  },
  {
    why: "a close notify that calls itself fatal ends it too",
    bytes: [2, 0],
    is: { ends: true, name: "close notify" },
  },
  {
    why: "any other warning ends nothing",
    bytes: [1, 90],
    is: { ends: false, name: "user canceled" },
  },
  {
    why: "what is fatal ends it",
    bytes: [2, 40],
    is: { ends: true, name: "handshake failure" },
  },
  {
    why: "of a number without a name the number is told",
    bytes: [2, 255],
    is: { ends: true, name: "alert 255" },
  },
  { why: "level 0 is none", bytes: [0, 0], is: undefined },
  { why: "level 3 is none", bytes: [3, 40], is: undefined },
  { why: "nothing is none", bytes: [], is: undefined },
  { why: "half of one is none", bytes: [2], is: undefined },
  { why: "what is longer is under the keys", bytes: [2, 40, 0], is: undefined },
])("an alert is read: $why", ({ bytes, is }) => {
  assertEquals(readAlert(Uint8Array.from(bytes)), is);
});

Deno.test("our goodbye is read as one by ourselves", () => {
  assertEquals(readAlert(Uint8Array.from(CLOSE_NOTIFY_ALERT)), {
    ends: true,
    name: "close notify",
  });
});
