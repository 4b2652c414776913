/** What is called `ssh` here is a program of our own, which may do anything. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { AgentProcess } from "../../lib/agents/agent_process.ts";
import { sshCommand } from "../../lib/agents/ssh_agent.ts";
import { parseTarget, startMonitor } from "../../lib/monitor/mod.ts";
import { listen } from "./monitored.ts";
import { TempFolder } from "../temp_folder.ts";

const ignore = Deno.build.os === "windows";

/** Has `ssh` be this script of sh. */
async function withSsh(
  script: string,
  use: () => Promise<void>,
): Promise<void> {
  using temp = new TempFolder();
  const path = Deno.env.get("PATH");
  await Deno.writeTextFile(`${temp.path}/ssh`, `#!/bin/sh\n${script}\n`, {
    mode: 0o755,
  });
  Deno.env.set("PATH", `${temp.path}:${path}`);
  try {
    await use();
  } finally {
    Deno.env.set("PATH", path!);
  }
}

const ENDLESS = `while :; do echo "$0"; done`;

Deno.test.each([
  { does: "prints without an end", script: ENDLESS, says: "has no end" },
  {
    does: "prints a line without an end",
    script: "cat /dev/zero | tr '\\0' x",
    says: "a line of more than 65536 characters",
  },
  {
    does: "fails, and leaves its outputs to another",
    script: "sleep 20 & echo '\\033[2Jno way' >&2; exit 255",
    says: "ended with code 255",
  },
  { does: "says nothing", script: "exit 0", says: "neither Deno nor Node" },
])(
  "an agent behind an ssh that $does is refused",
  { ignore },
  ({ script, says }) =>
    withSsh(script, async () => {
      const startMs = performance.now();
      await assertRejects(
        () => sshCommand("me@h", "0", 1, new AbortController().signal),
        Error,
        says,
      );
      assert(performance.now() - startMs < 15_000);
    }),
);

Deno.test.each([
  { does: "ignores signals", script: "trap '' TERM; while :; do :; done" },
  { does: "complains without an end", script: `(${ENDLESS}) >&2` },
])(
  "an ssh that $does keeps nobody who gives up",
  { ignore },
  ({ script }) =>
    withSsh(script, async () => {
      const giveUp = new AbortController();
      setTimeout(() => giveUp.abort(new Error("enough")), 200);
      await assertRejects(
        () => sshCommand("me@h", "0", 1, giveUp.signal),
        Error,
        "enough",
      );
      const events = listen();
      const monitor = startMonitor([parseTarget("ssh:me@h:3000")], {
        sshOptions: [],
        onEvent: events.onEvent,
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await monitor[Symbol.asyncDispose]();
    }),
);

Deno.test(
  "an ssh that ends and leaves its outputs to another is a warning of the monitor",
  {
    ignore,
  },
  () =>
    withSsh("sleep 20 & exit 0", async () => {
      const events = listen();
      await using _monitor = startMonitor([parseTarget("ssh:me@h:3000")], {
        sshOptions: [],
        onEvent: events.onEvent,
      });
      assertEquals(
        await events.note("warning"),
        "Cannot sample ssh:me@h:3000: it ended with code 0",
      );
    }),
);

Deno.test("an agent that leaves its outputs to another ends all the same", {
  ignore,
}, async () => {
  const startMs = performance.now();
  await using agent = new AgentProcess({
    name: "ssh me@h",
    command: "sh",
    args: ["-c", "setsid sleep 20 & echo bye >&2; exit 3"],
  });
  await assertRejects(
    () => agent.ready(new AbortController().signal),
    Error,
    "ssh me@h ended with code 3: bye",
  );
  assert(performance.now() - startMs < 15_000);
});
