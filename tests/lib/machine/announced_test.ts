import { assertEquals, assertStringIncludes } from "@std/assert";
import { findAnnounced, type Finding } from "../../../lib/machine/mod.ts";
import type { AnnouncedAddress } from "../../../lib/machine/announced.ts";

const OWN = ["127.0.0.1", "10.0.0.7"];

Deno.test.each<
  & Omit<AnnouncedAddress, "own">
  & { level: Finding["level"]; right: string | null; why: string }
>([
  {
    reachedAt: "127.0.0.1",
    announced: ["127.0.0.1"],
    level: "good",
    right: null,
    why: "both here",
  },
  {
    reachedAt: "::1",
    announced: ["10.0.0.7"],
    level: "good",
    right: null,
    why: "an address of this machine",
  },
  {
    reachedAt: "10.0.0.7",
    announced: ["127.0.0.1"],
    level: "good",
    right: null,
    why: "reached by an address of this machine, loopback serves",
  },
  {
    reachedAt: "203.0.113.5",
    announced: ["203.0.113.5"],
    level: "good",
    right: null,
    why: "elsewhere, at the same address",
  },
  {
    reachedAt: "203.0.113.5",
    announced: ["fdroid.example"],
    level: "good",
    right: null,
    why: "a name that begins as a private address of IPv6 does",
  },
  {
    reachedAt: "203.0.113.5",
    announced: ["fd12:3456::7"],
    level: "problem",
    right: "203.0.113.5",
    why: "a private address of IPv6",
  },
  {
    reachedAt: "10.0.0.9",
    announced: ["10.0.0.10"],
    level: "good",
    right: null,
    why: "elsewhere, another address of the same kind",
  },
  {
    reachedAt: "203.0.113.5",
    announced: ["127.0.0.1"],
    level: "problem",
    right: "203.0.113.5",
    why: "loopback to a client elsewhere",
  },
  {
    reachedAt: "127.0.0.1",
    announced: ["198.51.100.4"],
    level: "warning",
    right: "127.0.0.1",
    why: "the reverse",
  },
  {
    reachedAt: "203.0.113.5",
    announced: ["192.168.1.4"],
    level: "problem",
    right: "203.0.113.5",
    why: "private, though reached in public",
  },
  {
    reachedAt: "127.0.0.1",
    announced: ["0.0.0.0"],
    level: "problem",
    right: "127.0.0.1",
    why: "no address at all",
  },
  {
    reachedAt: "127.0.0.1",
    announced: [],
    level: "problem",
    right: "127.0.0.1",
    why: "no candidate",
  },
  {
    reachedAt: "203.0.113.5",
    announced: ["127.0.0.1", "203.0.113.5"],
    level: "good",
    right: null,
    why: "one of two works",
  },
])(
  "reached at $reachedAt and announced as $announced is $level: $why",
  ({ reachedAt, announced, level, right }) => {
    const found = findAnnounced({ reachedAt, announced, own: OWN });
    assertEquals(found.level, level);
    if (right === null) assertEquals(found.fix, null);
    else assertStringIncludes(found.fix!, `ANNOUNCE_IP=${right} `);
  },
);
