/**
 * Watches a process through a real sshd. The client starts sshd itself, as
 * its proxy command, so there is no port; keys and configuration live in a
 * temporary folder. Without sshd it is ignored, but not in CI.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseTarget, startMonitor } from "../../lib/monitor/mod.ts";
import { listen, startMonitored } from "./monitored.ts";

const SSHD = "/usr/sbin/sshd";

const ignore = Deno.build.os !== "linux" ||
  !Deno.env.has("CI") && !await exists(SSHD);

Deno.test("a server is watched over ssh by the port it listens on there", {
  ignore,
}, async () => {
  await using box = await startBox();
  await using server = await startMonitored();
  const events = listen();
  await using monitor = startMonitor([parseTarget(`ssh:box:${server.port}`)], {
    sshOptions: ["-F", box.config],
    onEvent: events.onEvent,
  });
  assertStringIncludes(await events.note("found"), `process ${server.pid} `);
  const sample = await events.sample();
  assertEquals(
    sample.kind === "process" && sample.processes.map(({ pid }) => pid),
    [server.pid],
  );
  assertEquals(monitor.latest().size, 1);
  await server.kill();
  assertStringIncludes(await events.note("gone"), "No process listens on TCP");
});

Deno.test("a login that is refused is a warning with ssh's own words", {
  ignore,
}, async () => {
  await using box = await startBox();
  const events = listen();
  await using _monitor = startMonitor([parseTarget("ssh:box:3000")], {
    sshOptions: ["-F", box.config, "-o", "PubkeyAuthentication=no"],
    onEvent: events.onEvent,
  });
  const message = await events.note("warning");
  assertStringIncludes(message, "Cannot sample ssh:box:3000: ");
  assertStringIncludes(message, "Permission denied");
});

interface Box extends AsyncDisposable {
  /** The configuration file for ssh in which `box` is the machine. */
  readonly config: string;
}

async function startBox(): Promise<Box> {
  const folder = await Deno.makeTempDir({ prefix: "rtcrowd-ssh-" });
  const path = (name: string) => `${folder}/${name}`;
  for (const key of ["host_key", "user_key"]) {
    await new Deno.Command("ssh-keygen", {
      args: ["-q", "-t", "ed25519", "-N", "", "-f", path(key)],
    }).output();
  }
  await Deno.copyFile(path("user_key.pub"), path("authorized_keys"));
  await Deno.writeTextFile(
    path("sshd_config"),
    [
      `HostKey ${path("host_key")}`,
      `AuthorizedKeysFile ${path("authorized_keys")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PidFile none",
    ].join("\n") + "\n",
  );
  await Deno.writeTextFile(
    path("ssh_config"),
    [
      "Host box",
      `  ProxyCommand ${SSHD} -i -f ${path("sshd_config")}`,
      `  IdentityFile ${path("user_key")}`,
      "  IdentitiesOnly yes",
      "  IdentityAgent none",
      "  StrictHostKeyChecking no",
      `  UserKnownHostsFile ${path("known_hosts")}`,
      "  LogLevel ERROR",
    ].join("\n") + "\n",
  );
  // sshd gives up its privileges into this empty folder, which boot makes.
  if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true });
  return {
    config: path("ssh_config"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
