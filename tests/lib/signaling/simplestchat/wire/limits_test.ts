import { assertEquals } from "@std/assert";
import { utf8Length } from "../../../../../lib/signaling/simplestchat/wire/mod.ts";

Deno.test.each([
  { text: "", bytes: 0 },
  { text: "abc", bytes: 3 },
  { text: "ä", bytes: 2 },
  { text: "漢", bytes: 3 },
  { text: "🙂", bytes: 4 },
])("'$text' is $bytes bytes long to the server", ({ text, bytes }) => {
  assertEquals(utf8Length(text), bytes);
});
