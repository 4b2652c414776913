/** Where a broker is, and as whom one goes there. */

import { assertEquals } from "@std/assert";
import {
  brokerAddress,
  hasCredentials,
} from "../../../../lib/agents/link/mod.ts";

Deno.test.each([
  {
    url: "nats://me:word@h.example",
    is: {
      shown: "nats://h.example:4222",
      server: "h.example:4222",
      isHere: false,
    },
    why: "without who one is, at the usual port",
  },
  {
    url: "tls://localhost:4443/",
    is: {
      shown: "tls://localhost:4443",
      server: "localhost:4443",
      isHere: true,
    },
    why: "with its own port, on this machine",
  },
  {
    url: "nats://[::1]:4222",
    is: { shown: "nats://[::1]:4222", server: "[::1]:4222", isHere: true },
    why: "by an address of IPv6",
  },
])("a broker is shown $why", ({ url, is }) => {
  assertEquals(brokerAddress({ url }), is);
});

Deno.test.each([
  { given: { token: "t" }, is: true },
  { given: { nkey: "SU" }, is: true },
  { given: { creds: "-----BEGIN" }, is: true },
  { given: { url: "nats://me:word@h" }, is: true },
  { given: { url: "nats://t0ken@h" }, is: true },
  { given: { ca: "-----BEGIN" }, is: false },
  { given: {}, is: false },
])("who comes with $given has to be somebody: $is", ({ given, is }) => {
  const access = { url: "nats://h", isInsecure: false, ...given };
  assertEquals(hasCredentials(access), is);
});
