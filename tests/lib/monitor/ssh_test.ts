import { assertEquals } from "@std/assert";
import { parseTarget } from "../../../lib/monitor/mod.ts";
import { sshArguments } from "../../../lib/monitor/ssh.ts";

function argumentsFor(
  text: string,
  options: readonly string[] = [],
  intervalMs = 1_000,
): readonly string[] {
  const target = parseTarget(text);
  if (target.kind !== "ssh") throw new Error(`${text} is not an ssh target`);
  return sshArguments(target, options, intervalMs);
}

Deno.test("ssh never asks, and notices a dead network", () => {
  assertEquals(argumentsFor("ssh:me@box:3000"), [
    "-T",
    "-o",
    "BatchMode=yes",
    "-o",
    "ConnectTimeout=5",
    "-o",
    "ServerAliveInterval=5",
    "-o",
    "ServerAliveCountMax=3",
    "--",
    "me@box",
    "sh -s 3000 1",
  ]);
});

Deno.test("the user's own ssh options go before the destination", () => {
  const args = argumentsFor("ssh:box:3000", ["-F", "my config"]);
  assertEquals(args.slice(-5), [
    "-F",
    "my config",
    "--",
    "box",
    "sh -s 3000 1",
  ]);
});

Deno.test("intervals are whole seconds there, and at least one", () => {
  assertEquals(argumentsFor("ssh:b:1", [], 200).at(-1), "sh -s 1 1");
  assertEquals(argumentsFor("ssh:b:1", [], 5_400).at(-1), "sh -s 1 5");
});
