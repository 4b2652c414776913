import { assertEquals } from "@std/assert";
import {
  AGENTS,
  ASSIGNMENTS,
  brokerUrl,
  collectorUrl,
  dumpChoice,
  HEADERS,
  listenAddress,
  serverUrl,
  URL_PATTERNS,
} from "../../../../cli/commands/options/value_kind.ts";

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

Deno.test.each([
  { text: "failed", clients: "failed", keepMs: 10_000 },
  { text: "3", clients: 3, keepMs: null },
  { text: "3:10s", clients: 3, keepMs: 10_000 },
  { text: "12:1m", clients: 12, keepMs: 60_000 },
  { text: "client-7", clients: [7], keepMs: null },
  { text: "client-7, client-12", clients: [7, 12], keepMs: null },
])("$text says who is dumped", ({ text, clients, keepMs }) => {
  assertEquals<unknown>(dumpChoice.read(text), {
    value: { text, clients, keepMs },
  });
});

Deno.test.each([
  "0",
  "3:",
  "3:0s",
  "3:soon",
  "12345",
  "client-",
  "client-1,2",
  "client-1:10s",
  "client--1",
  "Failed",
])("%s is nobody to dump", (given) => {
  const read = dumpChoice.read(given);
  assertEquals(
    "problem" in read && read.problem.startsWith(`"${given}" is`),
    true,
  );
});

Deno.test.each([
  { text: "4", is: { kind: "broker", count: 4 } },
  { text: "local:3", is: { kind: "local", count: 3 } },
  { text: "ssh:me@h1", is: { kind: "ssh", destinations: ["me@h1"] } },
  {
    text: "ssh:me@h1, ssh:[::1]",
    is: { kind: "ssh", destinations: ["me@h1", "[::1]"] },
  },
])("$text says where clients run", ({ text, is }) => {
  assertEquals<unknown>(AGENTS.read(text), { value: { text, ...is } });
});

Deno.test.each([
  { given: "0", why: "nobody" },
  { given: "local:0", why: "nobody here" },
  { given: "1000", why: "too many" },
  { given: "me@h1", why: "no way to it" },
  { given: "ssh:h1,h2", why: "no way to the second" },
  { given: "ssh:-oProxyCommand=x", why: "an option in a host's place" },
  { given: "ssh:h1 reboot", why: "a command behind the host" },
  { given: "ssh:", why: "no host" },
])("$given is no place for clients: $why", ({ given }) => {
  assertEquals("problem" in AGENTS.read(given), true);
});

Deno.test.each([
  { pattern: "ws://h/*", url: "ws://h/ws", is: true },
  { pattern: "ws://h/*", url: "ws://h2/ws", is: false },
  { pattern: "*://h:3000/ws", url: "wss://h:3000/ws", is: true },
  { pattern: "ws://a.b/ws", url: "ws://aXb/ws", is: false },
  { pattern: "ws://h/ws", url: "ws://h/ws/more", is: false },
  { pattern: "*", url: "ws://any\nthing", is: true },
])("$pattern is a pattern, and $url one of it: $is", ({ pattern, url, is }) => {
  const read = URL_PATTERNS.read([pattern]);
  if ("problem" in read) throw new Error(read.problem);
  assertEquals(read.value[0].matches(url), is);
});

Deno.test.each([
  { kind: collectorUrl, given: "https://h:4318/v1/metrics", is: true },
  { kind: collectorUrl, given: "$OTEL_EXPORTER_OTLP_ENDPOINT", is: true },
  { kind: collectorUrl, given: "h:4318", is: false },
  { kind: collectorUrl, given: "https://", is: false },
  { kind: brokerUrl, given: "nats://h:4222", is: true },
  { kind: brokerUrl, given: "tls://me:word@h", is: true },
  { kind: brokerUrl, given: "nats://h:4222/path", is: false },
  { kind: brokerUrl, given: "http://h:4222", is: false },
  { kind: brokerUrl, given: "nats://:4222", is: false },
])("$given is taken: $is", ({ kind, given, is }) => {
  assertEquals("value" in kind.read(given), is);
});

Deno.test.each([
  {
    given: "Origin: https://a.example",
    is: { name: "Origin", value: "https://a.example" },
  },
  { given: "X-Key:@secret", is: { name: "X-Key", value: "", file: "secret" } },
  { given: "X-A:b: c", is: { name: "X-A", value: "b: c" } },
])("$given is a header", ({ given, is }) => {
  assertEquals<unknown>(HEADERS.read([given]), { value: [is] });
});

Deno.test.each([
  { given: "no colon", why: "nothing parts its name from its value" },
  { given: "X A: b", why: "a name with a space (RFC 9110 section 5.6.2)" },
  { given: "X-A:", why: "no value" },
  { given: "X-A: b\r\nX-B: c", why: "a second one hidden in it" },
  { given: "Upgrade: h2c", why: "it is the connection's own" },
])("no header is taken with $why", ({ given }) => {
  assertEquals("problem" in HEADERS.read([given]), true);
});
