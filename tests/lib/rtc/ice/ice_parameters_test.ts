/** Lengths of ICE credentials, by RFC 8445 section 5.3. */

import { assertEquals, assertThrows } from "@std/assert";
import { checkIceParameters } from "../../../../lib/rtc/ice/ice_parameters.ts";
import { TransportError } from "../../../../lib/rtc/ice/transport_error.ts";

const GOOD = { usernameFragment: "abcd", password: "p".repeat(22) };

Deno.test.each([
  { why: "the shortest", change: {} },
  {
    why: "the longest",
    change: {
      usernameFragment: "u".repeat(256),
      password: "p".repeat(256),
    },
  },
])("credentials of $why lengths are taken", ({ change }) => {
  checkIceParameters({ ...GOOD, ...change });
});

Deno.test.each([
  {
    change: { usernameFragment: "" },
    says: "the server's ICE user name has 0 characters, not 4 to 256",
  },
  {
    change: { usernameFragment: "a" },
    says: "the server's ICE user name has 1 character, not 4 to 256",
  },
  {
    change: { usernameFragment: "abc" },
    says: "the server's ICE user name has 3 characters, not 4 to 256",
  },
  {
    change: { usernameFragment: "u".repeat(257) },
    says: "the server's ICE user name has 257 characters, not 4 to 256",
  },
  {
    change: { password: "p".repeat(21) },
    says: "the server's ICE password has 21 characters, not 22 to 256",
  },
  {
    change: { password: "p".repeat(257) },
    says: "the server's ICE password has 257 characters, not 22 to 256",
  },
])("what is out of bounds is named, and not repeated: $says", (row) => {
  const error = assertThrows(
    () => checkIceParameters({ ...GOOD, ...row.change }),
    TransportError,
  );
  assertEquals([error.kind, error.message], ["iceParameters", row.says]);
});
