import { assertEquals } from "@std/assert";
import { ASSIGNMENTS, serverUrl } from "../../../cli/commands/value_kind.ts";

Deno.test("a password of a room is all behind the first equals sign", () => {
  assertEquals(ASSIGNMENTS.read(["r=p=q"]), { value: [["r", "p=q"]] });
});

Deno.test("a server is where a WebSocket can be opened", () => {
  const url = "wss://example.org/ws";
  assertEquals(serverUrl.read(url), { value: url });
});

for (const given of ["http://example.org/ws", "ws://", "example.org"]) {
  Deno.test(`"${given}" is not ${serverUrl.takes}`, () => {
    assertEquals(serverUrl.read(given), {
      problem: `"${given}" is not ${serverUrl.takes}`,
    });
  });
}

for (const given of ["r", "=p", "r="]) {
  Deno.test(`"${given}" is no password of a room, and is not repeated`, () => {
    assertEquals(ASSIGNMENTS.read([given]), {
      problem: "it takes ROOM=PASSWORD",
    });
  });
}

Deno.test("a URL that is none of a server is shown without its password", () => {
  assertEquals(serverUrl.read("http://me:secret@h/ws?k=secret"), {
    problem: `"http://h/ws?k=***" is not a ws:// or wss:// URL`,
  });
});
