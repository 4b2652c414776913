import { assertEquals } from "@std/assert";
import { parseOptions } from "../../../../cli/commands/options/parse.ts";
import {
  SERVE_OPTIONS,
  serveContradictions,
  sfuOptionsOf,
} from "../../../../cli/commands/options/serve_options.ts";

Deno.test("every option reaches the server", () => {
  const line = "--engine mediasoup --port 0 --host 0.0.0.0 " +
    "--announce-ip 192.0.2.1 --max-connections 9 --max-consumers 8 " +
    "--idle-timeout 1m --grace 2 --room-password a=b --room-password c=d " +
    "--jwt-secret s --metrics-token t --stats --fresh-reconnect-token " +
    "--workers 2 --media-port 40000 --worker-choice round-robin --tcp";
  const { values, mistakes } = parse(line);
  assertEquals(mistakes, []);
  assertEquals(sfuOptionsOf(values), {
    engine: "mediasoup",
    port: 0,
    host: "0.0.0.0",
    announceIp: "192.0.2.1",
    maxConnections: 9,
    maxConsumersPerJoin: 8,
    idleTimeoutMs: 60_000,
    graceMs: 2_000,
    roomPasswords: { a: "b", c: "d" },
    jwtSecret: "s",
    metricsToken: "t",
    exposeStats: true,
    freshReconnectToken: true,
    workers: 2,
    mediaPort: 40_000,
    workerChoice: "round-robin",
    tcp: true,
  });
});

Deno.test("what only mediasoup takes is a mistake with werift", () => {
  const parsed = parse(
    "--workers 2 --media-port 4 --worker-choice round-robin --tcp",
  );
  assertEquals(serveContradictions(parsed), [
    "--workers: it needs --engine mediasoup.",
    "--media-port: it needs --engine mediasoup.",
    "--worker-choice: it needs --engine mediasoup.",
    "--tcp: it needs --engine mediasoup.",
  ]);
  assertEquals(serveContradictions(parse("--port 0")), []);
  assertEquals(
    serveContradictions(parse("--engine mediasoup --workers 2")),
    [],
  );
});

Deno.test("what mediasoup-demo's protocol has no words for is a mistake with it", () => {
  const line = "--max-consumers 5 --grace 1 --room-password a=b " +
    "--jwt-secret s --fresh-reconnect-token --max-connections 5";
  assertEquals(
    serveContradictions(parse(`--protocol protoo ${line}`)),
    [
      "--max-consumers: it needs --protocol simplestchat.",
      "--grace: it needs --protocol simplestchat.",
      "--room-password: it needs --protocol simplestchat.",
      "--jwt-secret: it needs --protocol simplestchat.",
      "--fresh-reconnect-token: it needs --protocol simplestchat.",
    ],
  );
  assertEquals(serveContradictions(parse(line)), []);
});

function parse(line: string) {
  return parseOptions(SERVE_OPTIONS, line.split(" "));
}
