/** Names that other load generators give options. */

import { assertEquals } from "@std/assert";
import { namedElsewhere } from "../../../lib/options/mod.ts";

const KEYS = ["server", "clients", "duration", "rampUp", "out"];

Deno.test.each<{ name: string; keys?: string[]; meant: string[]; why: string }>(
  [
    { name: "url", meant: ["server"], why: "a name in full" },
    { name: "vus", meant: ["clients"], why: "users by another name" },
    { name: "u", meant: ["server", "clients"], why: "a letter for either" },
    {
      name: "u",
      keys: ["clients"],
      meant: ["clients"],
      why: "one is not there",
    },
    { name: "ramp", meant: ["rampUp"], why: "a key of two words" },
    { name: "url", keys: ["clients"], meant: [], why: "it is not there" },
    { name: "server", meant: [], why: "it is our own name" },
    { name: "constructor", meant: [], why: "it is what all objects have" },
  ],
)("by $name somebody means $meant: $why", ({ name, keys = KEYS, meant }) => {
  assertEquals(namedElsewhere(name, keys), meant);
});
