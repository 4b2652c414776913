import { assertEquals, assertThrows } from "@std/assert";
import { isHere, parseTarget } from "../../../lib/monitor/mod.ts";

const RIGHT = [
  ["pid:123", { kind: "pid", pid: 123 }],
  ["port:3000", { kind: "port", port: 3000 }],
  ["cmd:simplest-chat", { kind: "cmd", name: "simplest-chat" }],
  ["ssh:host:3000", { kind: "ssh", destination: "host", port: 3000 }],
  ["ssh:me@h.example:80", {
    kind: "ssh",
    destination: "me@h.example",
    port: 80,
  }],
  ["ssh:me@[::1]:3000", { kind: "ssh", destination: "me@::1", port: 3000 }],
  ["http://localhost:3000", {
    kind: "http",
    baseUrl: "http://localhost:3000",
  }],
  ["https://h.example/chat/metrics", {
    kind: "http",
    baseUrl: "https://h.example/chat",
  }],
] as const;

Deno.test("every form of target is read, and keeps its text", () => {
  for (const [text, target] of RIGHT) {
    assertEquals<unknown>(parseTarget(text), { ...target, text });
  }
});

Deno.test.each([
  ["3000", "Did you mean port:3000 or pid:3000?", "a number alone"],
  ["prot:3000", "Did you mean port:3000?", "two letters swapped"],
  ["shh:host:3000", "Did you mean ssh:host:3000?", "one letter off"],
  ["simplest-chat", "Did you mean cmd:simplest-chat?", "a word alone"],
  [
    "box:3000",
    "Did you mean http://box:3000 or ssh:box:3000?",
    "host and port",
  ],
  ["ws://h:3000/ws", "Did you mean http://h:3000?", "the test's own URL"],
  ["port:http", "port: needs a number from 1 to 65535", "no number"],
  ["port:70000", "port: needs a number from 1 to 65535", "too large"],
  ["pid:0", "pid: needs a number from 1 to 4194304", "no process"],
  ["cmd:", "cmd: needs the name of a program", "nothing"],
  ["cmd:node server.js", "without its path or arguments", "arguments"],
  ["ssh:box", "as in ssh:box:3000", "the port is missing"],
  ["ssh:-oProxyCommand=x:3000", "ssh: needs a host", "an option for ssh"],
  ["http:box", "http needs a whole URL", "half a URL"],
])("%s is refused with: %s (%s)", (text, hint, _why) => {
  const { message } = assertThrows(() => parseTarget(text), TypeError, hint);
  assertEquals(message.split("\n").length, 1);
});

Deno.test.each([
  ["pid:42", true],
  ["port:3000", true],
  ["cmd:node", true],
  ["ssh:me@localhost:3000", true],
  ["ssh:[::1]:3000", true],
  ["ssh:me@sfu.example:3000", false],
  ["http://localhost:3000", false],
])("%s reads processes of this machine: %s", (text, here) => {
  assertEquals(isHere(parseTarget(text)), here);
});
