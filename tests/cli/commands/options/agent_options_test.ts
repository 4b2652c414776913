import { assertEquals } from "@std/assert";
import {
  AGENT_OPTIONS,
  readAgents,
} from "../../../../cli/commands/options/agent_options.ts";
import { parseOptions } from "../../../../cli/commands/options/parse.ts";

Deno.test.each([
  { why: "none are asked for", args: [], mistakes: [] },
  { why: "all run here", args: ["--agents=local:2"], mistakes: [] },
  {
    why: "those run here whom a broker would have",
    args: ["--agents=local:2", "--broker=nats://127.0.0.1:4222", "--group=b"],
    mistakes: ["--broker", "--group"],
  },
  {
    why: "nobody runs elsewhere who is waited for",
    args: ["--agent-wait=3s", "--insecure-broker"],
    mistakes: ["--agent-wait", "--insecure-broker"],
  },
  {
    why: "there is nobody who may be lost",
    args: ["--allow-lost=1"],
    mistakes: ["--allow-lost"],
  },
  {
    why: "one of those here may be lost",
    args: ["--agents=local:2", "--allow-lost=1"],
    mistakes: [],
  },
])(
  "where $why, options of a broker's agents are looked at or refused",
  async ({ args, mistakes }) => {
    const { values } = parseOptions(AGENT_OPTIONS, args);
    const read = await readAgents({ ...values, workers: 1 });
    assertEquals<string[]>(
      "mistakes" in read ? read.mistakes.map((line) => line.split(":")[0]) : [],
      [...mistakes],
    );
  },
);
