import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { parseTarget, startMonitor } from "../../lib/monitor/mod.ts";
import {
  createLocalSampler,
  type LocalTarget,
} from "../../lib/monitor/local.ts";
import { parseReading, type TreeReading } from "../../lib/monitor/proc.ts";
import { deriveSample } from "../../lib/monitor/sample.ts";
import { listen, startMonitored } from "./monitored.ts";
import { TempFolder } from "../temp_folder.ts";

const ignore = Deno.build.os !== "linux";

function samplerFor(text: string) {
  const target: LocalTarget = localTarget(text);
  const sampler = createLocalSampler(target);
  return (): TreeReading => {
    const reading = sampler.read();
    if (reading.kind === "tree") return reading;
    throw new Error(reading.reason);
  };
}

function localTarget(text: string): LocalTarget {
  const target = parseTarget(text);
  if (target.kind === "ssh" || target.kind === "http") {
    throw new Error(`${text} is not local`);
  }
  return target;
}

Deno.test(
  "CPU and memory agree with the server's own count",
  { ignore },
  async () => {
    await using server = await startMonitored();
    const look = samplerFor(`pid:${server.pid}`);
    const before = look();
    const usedMs = Number(await server.ask("burn 800"));
    const heldBytes = Number(await server.ask("hold 100000000"));
    const sample = deriveSample("", 0, before, look());
    const seenMs = sample.cpuRatio * sample.intervalMs;
    // What it used beyond the burning (its filling of memory) is not in usedMs.
    assertGreater(seenMs, usedMs * 0.9);
    assertLess(seenMs, usedMs * 1.1 + 100);
    assertAlmostEquals(sample.rssBytes, heldBytes, heldBytes * 0.1);
    assertGreater(sample.rssBytes, 100_000_000);
    assertGreater(sample.maxThreadRatio, sample.cpuRatio * 0.5);
  },
);

Deno.test(
  "a process is found by the port it listens on",
  { ignore },
  async () => {
    await using server = await startMonitored();
    const { rootPid, processes } = samplerFor(`port:${server.port}`)();
    assertEquals(rootPid, server.pid);
    assertGreater(processes[0].fds ?? 0, 3);
    assertGreater(processes[0].threads, 1);
    assertEquals(processes[0].threadTicks.size, processes[0].threads);
  },
);

Deno.test(
  "a process is found by its name, with its descendants",
  { ignore },
  async () => {
    using temp = new TempFolder();
    const folder = temp.path;
    // Longer than the 15 letters that the kernel keeps.
    const name = `rtcrowd-watched-${Deno.pid}`;
    await Deno.symlink("/bin/sh", `${folder}/${name}`);
    const child = new Deno.Command(`${folder}/${name}`, {
      // Its fork has the same name, and is newer, but not the root.
      args: ["-c", '"$0" -c "cat; :"; :', `${folder}/${name}`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const input = child.stdin.getWriter();
    const output = child.stdout.getReader();
    await input.write(new TextEncoder().encode("cat is up\n"));
    await output.read();
    const { rootPid, processes } = samplerFor(`cmd:${name}`)();
    assertEquals(rootPid, child.pid);
    assertEquals(processes.map((process) => process.name), [
      name.slice(0, 15),
      name.slice(0, 15),
      "cat",
    ]);
    await input.close();
    await output.cancel();
    await child.status;
  },
);

Deno.test(
  "datagrams that the server's own sockets lost are counted, others' are not",
  { ignore },
  async () => {
    await using server = await startMonitored();
    await using neighbour = await startMonitored();
    const look = samplerFor(`pid:${server.pid}`);
    const before = look();
    await neighbour.ask("flood 1000");
    const between = look();
    await server.ask("flood 1000");
    const theirs = deriveSample("", 0, before, between);
    assertEquals(theirs.udpDrops, 0);
    assertGreater(theirs.hostUdpErrors ?? 0, 0);
    const ours = deriveSample("", 0, between, look());
    assertGreater(ours.udpDrops, 0);
    assertLess(ours.udpDrops, 1_000);
    assert((ours.hostUdpErrors ?? 0) >= ours.udpDrops);
  },
);

Deno.test(
  "the sockets of a wrapper are those of what it wraps",
  { ignore },
  async () => {
    await using server = await startMonitored(0, ["sh", "-c", '"$@"; :', "sh"]);
    // The socket is open by then.
    await server.ask("flood 1");
    const { processes, udpSockets } = samplerFor(`pid:${server.pid}`)();
    assertEquals(processes.map(({ name }) => name), ["sh", "deno"]);
    assertEquals(udpSockets, 1);
  },
);

Deno.test(
  "the sockets of a tree are counted until it has some, and after that no more",
  { ignore },
  async () => {
    const countsOf = (pid: number) => {
      const look = samplerFor(`pid:${pid}`);
      return [look(), look(), look(), look()].map((one) => one.udpSockets);
    };
    const none = new Deno.Command("sleep", { args: ["60"] }).spawn();
    assertEquals(countsOf(none.pid), [0, 0, 0, 0]);
    none.kill();
    await none.status;
    await using server = await startMonitored();
    await server.ask("flood 1");
    // Two looks make a sample, which says a number.
    assertEquals(countsOf(server.pid), [1, 1, null, null]);
  },
);

Deno.test(
  "the sampler for ssh sees what the local one sees",
  { ignore },
  async () => {
    await using server = await startMonitored();
    await using neighbour = await startMonitored();
    await neighbour.ask("flood 1000");
    await server.ask("flood 1000");
    const here = samplerFor(`port:${server.port}`)();
    const there = await firstLook(server.port);
    const shape = (reading: TreeReading) => ({
      ticksHz: reading.ticksHz,
      rootPid: reading.rootPid,
      socketDrops: reading.socketDrops,
      udpSockets: reading.udpSockets,
      processes: reading.processes.map((process) => ({
        pid: process.pid,
        name: process.name,
        startTicks: process.startTicks,
        threads: [...process.threadTicks.keys()].toSorted(),
        fds: process.fds,
      })),
    });
    assertEquals(shape(there), shape(here));
    assertEquals(there.hostUdpErrors === null, false);
    assertEquals(there.socketDrops.size, 1);
    assertAlmostEquals(there.uptimeSeconds, here.uptimeSeconds, 5);
  },
);

Deno.test("a server that is killed is gone, and found again on the same port", {
  ignore,
}, async () => {
  const first = await startMonitored();
  const events = listen();
  await using _monitor = startMonitor([parseTarget(`port:${first.port}`)], {
    intervalMs: 20,
    onEvent: events.onEvent,
  });
  assertStringIncludes(await events.note("found"), `process ${first.pid} `);
  await events.sample();
  await first.kill();
  assertStringIncludes(await events.note("gone"), "No process listens on TCP");
  await using second = await startMonitored(first.port);
  assertStringIncludes(await events.note("found"), `process ${second.pid} `);
  assertEquals((await events.sample()).kind, "process");
});

Deno.test("health and metrics are read over HTTP, with the token", async () => {
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      requests++;
      const { pathname } = new URL(request.url);
      if (pathname === "/health") {
        return Response.json({ participants: 2, rooms: 1, status: "ok" });
      }
      const known = request.headers.get("authorization") === "Bearer secret";
      return pathname === "/metrics" && known
        ? new Response(`simplestchat_messages_sent_total ${requests}\n`)
        : new Response(null, { status: 401 });
    },
  );
  const target = parseTarget(`http://127.0.0.1:${server.addr.port}`);
  {
    const events = listen();
    await using _monitor = startMonitor([target], {
      intervalMs: 20,
      token: "secret",
      onEvent: events.onEvent,
    });
    await events.sample();
    const sample = await events.sample();
    assert(sample.kind === "http");
    assertEquals(sample.health?.participants, 2);
    assertGreater(sample.metrics?.rates?.messagesSentHz ?? 0, 0);
  }
  {
    const events = listen();
    await using _monitor = startMonitor([target], { onEvent: events.onEvent });
    assertStringIncludes(await events.note("warning"), "METRICS_TOKEN");
    const sample = await events.sample();
    assert(sample.kind === "http");
    assertEquals([sample.health?.rooms, sample.metrics], [1, undefined]);
  }
  await server.shutdown();
  const events = listen();
  await using _monitor = startMonitor([target], { onEvent: events.onEvent });
  assertStringIncludes(await events.note("gone"), "connection refused");
});

async function firstLook(port: number): Promise<TreeReading> {
  const script = new URL("../../lib/monitor/sampler.sh", import.meta.url);
  const child = new Deno.Command("sh", {
    args: [script.pathname, String(port), "1"],
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\nend\n")) break;
  }
  child.kill("SIGTERM");
  await child.status;
  const reading = parseReading(text.split("\nend\n")[0].split("\n"));
  if (reading?.kind === "tree") return reading;
  throw new Error(`No sample in: ${text}`);
}
