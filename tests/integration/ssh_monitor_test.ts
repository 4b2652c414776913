import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseTarget, startMonitor } from "../../lib/monitor/mod.ts";
import { listen, startMonitored } from "./monitored.ts";
import { noSshd, startBox } from "./ssh_box.ts";

const ignore = await noSshd();

Deno.test("a server is watched over ssh by the port it listens on there", {
  ignore,
}, async () => {
  await using box = await startBox();
  await using server = await startMonitored();
  const events = listen();
  await using _monitor = startMonitor([parseTarget(`ssh:box:${server.port}`)], {
    sshOptions: ["-F", box.config],
    onEvent: events.onEvent,
  });
  assertStringIncludes(await events.note("found"), `process ${server.pid} `);
  const sample = await events.sample();
  assertEquals(
    sample.kind === "process" && sample.processes.map(({ pid }) => pid),
    [server.pid],
  );
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
