import { assertEquals } from "@std/assert";
import { nearest } from "../../../lib/text/mod.ts";

const WORDS = ["clients", "duration", "rooms", "room", "fps"];

Deno.test.each<{ word: string; is: string | undefined; why: string }>([
  { word: "clients", is: "clients", why: "it is one" },
  { word: "client", is: "clients", why: "a letter is missing" },
  { word: "clientss", is: "clients", why: "a letter is too many" },
  { word: "cliemts", is: "clients", why: "a letter is another" },
  { word: "cilents", is: "clients", why: "two have changed places" },
  { word: "DURATION", is: "duration", why: "letters may be large" },
  { word: "rooms", is: "rooms", why: "the one that it is, not the shorter" },
  { word: "roomx", is: "rooms", why: "of equally near ones the first" },
  { word: "roo", is: "room", why: "one letter is missing" },
  { word: "xps", is: "fps", why: "one letter of three is a third" },
  { word: "xpx", is: undefined, why: "two of three are more" },
  { word: "volume", is: undefined, why: "it is like none" },
])("who writes $word means $is: $why", ({ word, is }) => {
  assertEquals(nearest(word, WORDS), is);
});

Deno.test("of no words none was meant", () => {
  assertEquals(nearest("clients", []), undefined);
});
