/** Which hosts are the machine itself. */

import { assertEquals } from "@std/assert";
import { isLoopback } from "../../../lib/connection/mod.ts";

Deno.test.each([
  { url: "ws://localhost:3000/ws", is: true, why: "its name" },
  { url: "ws://sfu.localhost/ws", is: true, why: "a name below it" },
  { url: "nats://LocalHost:4222", is: true, why: "its name in capitals" },
  { url: "ws://localhost./ws", is: true, why: "its name with the root's dot" },
  { url: "ws://127.0.0.1/ws", is: true, why: "the usual address" },
  { url: "ws://127.9.8.7/ws", is: true, why: "another of the same network" },
  { url: "ws://127.1/ws", is: true, why: "one that is shortened" },
  { url: "wss://[::1]:3000/ws", is: true, why: "that of IPv6" },
  { url: "ws://[::ffff:127.0.0.1]/ws", is: true, why: "IPv4's in IPv6" },
  {
    url: "nats://[::ffff:127.0.0.1]",
    is: true,
    why: "as a broker's URL has it",
  },
  { url: "ws://127.0.0.1.example/ws", is: false, why: "a name like it" },
  { url: "ws://localhost.example/ws", is: false, why: "a domain like it" },
  { url: "ws://notlocalhost/ws", is: false, why: "a name that ends so" },
  { url: "ws://128.0.0.1/ws", is: false, why: "the next network" },
  { url: "ws://10.0.0.1/ws", is: false, why: "a private address" },
  { url: "ws://0.0.0.0/ws", is: false, why: "no address of anybody" },
  { url: "ws://[::2]/ws", is: false, why: "the next one of IPv6" },
  { url: "ws://[::ffff:8000:1]/ws", is: false, why: "another of IPv4 in IPv6" },
])("$url is this machine: $is, for it has $why", ({ url, is }) => {
  assertEquals(isLoopback(new URL(url)), is);
});
