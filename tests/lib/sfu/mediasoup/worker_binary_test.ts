import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { findWorkerBinary } from "../../../../lib/sfu/mediasoup/worker_binary.ts";

type Env = Readonly<Record<string, string>>;

function find(env: Env, files: readonly string[], packaged?: string): string {
  return findWorkerBinary({
    env: (name) => env[name],
    exists: (path) => files.includes(path),
    packaged,
  });
}

const CACHED = "/home/u/.cache/mediasoup-worker-3.18.1";

Deno.test.each<[why: string, env: Env, files: readonly string[], path: string]>(
  [
    ["the named one first", { MEDIASOUP_WORKER_BIN: "/w", HOME: "/home/u" }, [
      "/w",
      CACHED,
    ], "/w"],
    ["then the cached one", { HOME: "/home/u" }, [CACHED, "/packaged"], CACHED],
    ["in the cache that XDG names", { XDG_CACHE_HOME: "/x", HOME: "/home/u" }, [
      "/x/mediasoup-worker-3.18.1",
      CACHED,
    ], "/x/mediasoup-worker-3.18.1"],
    ["then the packaged one", {}, ["/packaged"], "/packaged"],
  ],
)("%s", (_why, env, files, path) => {
  assertEquals(find(env, files, "/packaged"), path);
});

Deno.test.each<[why: string, env: Env]>([
  ["there is none", { HOME: "/home/u" }],
  ["the named one does not exist", { MEDIASOUP_WORKER_BIN: "/w" }],
])("one line says what to do when %s", (_why, env) => {
  const { message } = assertThrows(() => find(env, []));
  assertStringIncludes(message, "Run scripts/mediasoup-worker.sh");
  assertEquals(message.includes("\n"), false);
});

Deno.test("a named one that does not exist is not quietly replaced by the cached one", () => {
  assertThrows(() =>
    find({ MEDIASOUP_WORKER_BIN: "/w", HOME: "/home/u" }, [CACHED])
  );
});
