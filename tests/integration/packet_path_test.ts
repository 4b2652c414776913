/** What a packet leaves on the heap on its way out and back in, over real sockets and a real cipher. */

import { Session } from "node:inspector";
import { assert, assertLess } from "@std/assert";
import { openLanePath } from "../bench/path/lane_path.ts";

/** One fraction that is boxed. */
const BOX_BYTES = 16;
/** Until the hot code is compiled it boxes what it likes; a machine that is busy compiles late. */
const MAX_ROUNDS = 40;
const ROUND_MS = 500;
const SAMPLE_BYTES = 1024;

const hasNativeLane = Deno.build.os === "linux" &&
  ["x86_64", "aarch64"].includes(Deno.build.arch);

for (const profile of ["plain", "browser"] as const) {
  Deno.test({
    name:
      `a packet of a ${profile} publisher, sent and received again, leaves not one boxed fraction`,
    ignore: !hasNativeLane,
    async fn() {
      await using path = await openLanePath({
        datapath: { lane: "native", cipher: "openssl" },
        farEnd: "echo",
        tracks: 200,
        profile,
      });
      using heap = new HeapProfiler();
      let leastBytes = Infinity;
      for (let i = 0; i < MAX_ROUNDS && leastBytes >= BOX_BYTES; i++) {
        const received = path.received();
        const bytes = await heap.allocated(ROUND_MS);
        const packets = path.received() - received;
        if (packets > 0) leastBytes = Math.min(leastBytes, bytes / packets);
      }
      assert(path.received() > 0);
      assertLess(leastBytes, BOX_BYTES);
    },
  });
}

interface ProfileNode {
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

/** V8's sampling of what is allocated, also of what is collected soon. */
class HeapProfiler implements Disposable {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
  }

  /** Bytes allocated in the next `ms`. */
  async allocated(ms: number): Promise<number> {
    await this.#post("HeapProfiler.startSampling", {
      samplingInterval: SAMPLE_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    await new Promise((resolve) => setTimeout(resolve, ms));
    const { profile } = await this.#post("HeapProfiler.stopSampling") as {
      readonly profile: { readonly head: ProfileNode };
    };
    return bytesOf(profile.head);
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  #post(method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) =>
      this.#session.post(
        method,
        params,
        (error, result) => error === null ? resolve(result) : reject(error),
      )
    );
  }
}

function bytesOf({ selfSize, children }: ProfileNode): number {
  return children.reduce((sum, child) => sum + bytesOf(child), selfSize);
}
