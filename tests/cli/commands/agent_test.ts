import { assertEquals } from "@std/assert";
import { AGENT_TABLE } from "../../../cli/commands/agent.ts";
import { parseOptions } from "../../../cli/commands/options/parse.ts";

Deno.test.each([
  {
    pattern: "wss://*.test.example/*",
    url: "wss://a.test.example/ws",
    may: true,
  },
  {
    pattern: "wss://*.test.example/*",
    url: "wss://a.testXexample/ws",
    may: false,
  },
  {
    pattern: "wss://*.test.example/*",
    url: "ws://a.test.example/ws",
    may: false,
  },
  { pattern: "wss://a.example/ws", url: "wss://a.example/ws2", may: false },
  { pattern: "*", url: "ws://10.0.0.1/a?b=c", may: true },
])(
  "an agent for $pattern alone may load $url: $may",
  ({ pattern, url, may }) => {
    const { values } = parseOptions(AGENT_TABLE, [`--only-server=${pattern}`]);
    assertEquals<boolean>(
      values.onlyServer.some((one) => one.matches(url)),
      may,
    );
  },
);
