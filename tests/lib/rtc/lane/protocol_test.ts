/** Telling datagrams apart by their first byte, as the table of RFC 7983 section 7 has it. */

import { assertEquals } from "@std/assert";
import { isDtls, isMedia, isStun } from "../../../../lib/rtc/lane/protocol.ts";

/** The whole table; ZRTP (16 to 19) and TURN channels (64 to 79) are not for us. */
const TABLE = [
  { from: 0, to: 3, is: "STUN" },
  { from: 4, to: 19, is: "none" },
  { from: 20, to: 63, is: "DTLS" },
  { from: 64, to: 127, is: "none" },
  { from: 128, to: 191, is: "RTP" },
  { from: 192, to: 255, is: "none" },
];

Deno.test.each(TABLE)("first bytes from $from to $to are $is", (row) => {
  for (let first = row.from; first <= row.to; first++) {
    const found = [
      ...(isStun(first) ? ["STUN"] : []),
      ...(isDtls(first) ? ["DTLS"] : []),
      ...(isMedia(first) ? ["RTP"] : []),
    ];
    assertEquals(found, row.is === "none" ? [] : [row.is], `byte ${first}`);
  }
});
