import { assert, assertEquals } from "@std/assert";
import { runNeed, type RunSize } from "../../../lib/machine/mod.ts";

const SIZE: RunSize = {
  clients: 100,
  transports: 200,
  packetsHz: 50_000,
  workers: 1,
  datapath: "native",
  engine: null,
};

/** Files that do not come from clients. */
function base(change: Partial<RunSize> = {}): number {
  return runNeed({ ...SIZE, ...change, clients: 0, transports: 0 }).files;
}

Deno.test("a publisher needs three files: its WebSocket and two transports", () => {
  assertEquals(runNeed(SIZE).files - base(), 300);
});

Deno.test("a viewer needs two", () => {
  const viewers = runNeed({ ...SIZE, transports: 100 });
  assertEquals(viewers.files - base(), 200);
});

Deno.test("each worker needs some files and some memory", () => {
  const four = runNeed({ ...SIZE, workers: 4 });
  assert(four.files > runNeed(SIZE).files);
  assert(four.memoryBytes > runNeed(SIZE).memoryBytes);
});

Deno.test("an embedded server has the limit to itself: the larger need counts", () => {
  assertEquals(
    runNeed({ ...SIZE, engine: "werift" }).files,
    runNeed(SIZE).files,
  );
  const few = { clients: 1, transports: 2 };
  assert(
    runNeed({ ...SIZE, ...few, engine: "mediasoup" }).files >
      runNeed({ ...SIZE, ...few }).files,
    "its pipes to workers are more than one client's sockets",
  );
});

Deno.test("werift takes a port a transport, mediasoup one a worker", () => {
  assertEquals(runNeed({ ...SIZE, engine: "werift" }).udpPorts, 400);
  assertEquals(runNeed({ ...SIZE, engine: "mediasoup" }).udpPorts, 200);
});

Deno.test("portable code needs more CPU, and an embedded server adds its own", () => {
  const { cores } = runNeed(SIZE);
  assert(runNeed({ ...SIZE, datapath: "portable" }).cores > 3 * cores);
  assert(runNeed({ ...SIZE, engine: "mediasoup" }).cores > cores);
});
