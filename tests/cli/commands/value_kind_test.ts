import { assertEquals } from "@std/assert";
import {
  ASSIGNMENTS,
  listenAddress,
  serverUrl,
} from "../../../cli/commands/value_kind.ts";

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

Deno.test.each([
  { given: "9464", value: { hostname: "127.0.0.1", port: 9464 } },
  { given: "0.0.0.0:0", value: { hostname: "0.0.0.0", port: 0 } },
  { given: "[::1]:80", value: { hostname: "::1", port: 80 } },
])("$given is where to listen", ({ given, value }) => {
  assertEquals(listenAddress.read(given), { value });
});

Deno.test.each([["65536"], ["x"], ["a b:1"], [":1"], ["1:"], ["-1"]])(
  "%s is nowhere to listen",
  (given) => {
    assertEquals(listenAddress.read(given), {
      problem: `"${given}" is not a port from 0 to 65535, or HOST:PORT`,
    });
  },
);
