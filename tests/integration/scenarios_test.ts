/** Every scenario, short, with real clients against the embedded server. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  capacity,
  churn,
  classroom,
  conference,
  muteStorm,
  openTarget,
  panel,
  ramp,
  reconnectStorm,
  type Scenario,
  serverRestart,
  smoke,
  soak,
  startSfu,
  webinar,
} from "../../mod.ts";
import { ChannelError } from "../../tool.ts";

const MEETING = { clients: 3, duration: "1s", rampUp: "0s" } as const;

// deno-lint-ignore no-explicit-any -- whatever its options and its finding
const SHORT: readonly [Scenario<any, any>, Record<string, unknown>][] = [
  [smoke, { ...MEETING, clients: 2 }],
  [conference, MEETING],
  [webinar, MEETING],
  [panel, MEETING],
  [classroom, MEETING],
  [ramp, { stages: "500ms:3,1500ms:3,500ms:1" }],
  [churn, { ...MEETING, duration: "3s", churnRate: 1 }],
  [muteStorm, { clients: 2, rounds: 1, pause: "500ms", rampUp: "0s" }],
  [soak, MEETING],
];

Deno.test("every scenario passes at a healthy server, one after another", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using target = await openTarget({ server: sfu.url, seed: 3 });
  for (const [scenario, options] of SHORT) {
    const summary = await scenario(target, options);
    assertEquals(
      [scenario.name, summary.verdict.status, summary.totalErrors],
      [scenario.name, "passed", 0],
    );
    assertEquals([summary.seed, summary.partial], [3, false]);
  }
});

Deno.test("after a reconnect storm each client's recovery is on record", async () => {
  await using sfu = await startSfu({ engine: "werift", graceMs: 300 });
  await using target = await openTarget({ server: sfu.url });
  const { scenario, totalReconnections } = await reconnectStorm(target, {
    clients: 3,
    before: "1s",
    after: "0s",
    rampUp: "0s",
  });
  assertEquals([scenario.result?.cut, scenario.result?.lost], [3, 0]);
  assertEquals(totalReconnections, 3);
});

Deno.test("a server that is restarted under load gets everyone back", async () => {
  let sfu = await startSfu({ engine: "werift" });
  const { port } = sfu;
  // The command asks us to restart the server, which runs in this process.
  await using doorbell = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async () => {
      await sfu[Symbol.asyncDispose]();
      sfu = await startSfu({ engine: "werift", port });
      return new Response("done");
    },
  );
  const url = `http://127.0.0.1:${doorbell.addr.port}`;
  await using target = await openTarget({ server: sfu.url });
  const { scenario, verdict } = await serverRestart(target, {
    command: `"${Deno.execPath()}" eval 'await (await fetch("${url}")).text()'`,
    clients: 2,
    before: "1s",
    after: "1s",
    rampUp: "0s",
  });
  await sfu[Symbol.asyncDispose]();
  const { cut, lost } = scenario.result!;
  assertEquals([cut, lost], [2, 0]);
  assertEquals(verdict.status, "passed");
});

Deno.test("a restart command that fails breaks the run, in its own words", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using target = await openTarget({ server: sfu.url });
  const command = "echo no such server >&2; exit 3";
  const { verdict } = await serverRestart(target, {
    command,
    clients: 1,
    before: "0s",
    rampUp: "0s",
  });
  assertEquals(verdict, {
    status: "broke",
    reason: `Cannot run "${command}": it ended with 3: no such server`,
  });
});

Deno.test("a capacity within its most is found with real clients, too", async () => {
  await using target = await openTarget({ embedded: "werift" });
  const { scenario } = await capacity(target, {
    start: 2,
    most: 3,
    video: false,
    warmUp: "1s",
    steady: "2s",
    thresholds: ["connected == 100%"],
  });
  const { largest, limitedBy, steps, clientsPerServerCore } = scenario.result!;
  assertEquals([largest, limitedBy.kind], [3, "most"]);
  assertEquals(steps.map(({ clients }) => clients), [2, 3]);
  assert(clientsPerServerCore! > 0);
});

Deno.test("a target is refused without a server, with two, and where nobody listens", async () => {
  await assertRejects(
    () => openTarget({}),
    TypeError,
    "give it either a server",
  );
  await assertRejects(
    () => openTarget({ server: "ws://x", embedded: "werift" }),
    TypeError,
  );
  await using nowhere = await openTarget({ server: "ws://127.0.0.1:9/ws" });
  await assertRejects(() => smoke(nowhere), ChannelError);
});
