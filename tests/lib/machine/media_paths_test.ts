import { assertEquals } from "@std/assert";
import { findMediaPaths } from "../../../lib/machine/mod.ts";
import type { MediaPath } from "../../../lib/machine/media_paths.ts";

const ALIVE: MediaPath = {
  protocol: "udp",
  address: "192.0.2.1",
  port: 4000,
  roundTripMs: 0.4321,
  problem: undefined,
};
const DEAD: MediaPath = {
  protocol: "udp",
  address: "2001:db8::1",
  port: 5000,
  roundTripMs: undefined,
  problem: "no route",
};

Deno.test.each<{ why: string; paths: MediaPath[]; found: string[] }>([
  {
    why: "what answers is good, with its time",
    paths: [ALIVE, { ...ALIVE, protocol: "tcp", roundTripMs: 12.34 }],
    found: [
      "good: udp 192.0.2.1:4000 answers in 0.43 ms",
      "good: tcp 192.0.2.1:4000 answers in 12 ms",
    ],
  },
  {
    why: "a dead one before it is a warning, one behind it is not",
    paths: [DEAD, ALIVE, { ...DEAD, problem: undefined }],
    found: [
      "warning: udp [2001:db8::1]:5000: no route, and clients try it first",
      "good: udp 192.0.2.1:4000 answers in 0.43 ms",
      "good: udp [2001:db8::1]:5000: no answer; clients take another",
    ],
  },
  {
    why: "none is a problem",
    paths: [DEAD, { ...ALIVE, problem: "stopped answering" }],
    found: [
      "problem: no address of the server can be reached (udp [2001:db8::1]:5000: no route; udp 192.0.2.1:4000: stopped answering)",
    ],
  },
])("of the server's addresses $why", ({ paths, found }) => {
  assertEquals(
    findMediaPaths(paths).map(({ level, text }) => `${level}: ${text}`),
    found,
  );
});
