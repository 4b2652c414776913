/** Both implementations of DTLS, for tests that run over each. */

import type { DtlsSuite } from "../../../../lib/rtc/dtls/dtls.ts";
import {
  type DtlsTimers,
  openOpensslDtls,
} from "../../../../lib/rtc/dtls/openssl_dtls.ts";
import { openPortableDtls } from "../../../../lib/rtc/dtls/portable_dtls.ts";
import type { Task } from "../../../../lib/rtc/lane/reactor.ts";

/** A reactor of which nothing is left when its tasks are over. */
const timers: DtlsTimers = {
  nowMs: () => performance.now(),
  schedule(task: Task) {
    timers.cancel(task);
    const run = () => {
      task.heapIndex = -1;
      task.run(timers.nowMs());
    };
    task.heapIndex = +setTimeout(run, Math.max(0, task.dueMs - timers.nowMs()));
  },
  cancel(task: Task) {
    clearTimeout(task.heapIndex);
    task.heapIndex = -1;
  },
};

const portable = [await openPortableDtls(), await openPortableDtls()];
const openssl = hasLibssl()
  ? [openOpensslDtls(timers), openOpensslDtls(timers)]
  : [];

/** The implementations that work here: some systems have no libssl. */
export const KINDS: readonly DtlsSuite["kind"][] = openssl.length > 0
  ? ["openssl", "portable"]
  : ["portable"];

/** An implementation at the client, and one at the server. */
export interface Pair {
  readonly client: DtlsSuite;
  readonly server: DtlsSuite;
}

/** Each implementation with itself, and with the other. */
export const PAIRS: readonly Pair[] = KINDS.flatMap((client) =>
  KINDS.map((server) => ({
    client: suiteOf(client, 0),
    server: suiteOf(server, 1),
  }))
);

/** Shared by the tests, each with a certificate of its own. */
export function suiteOf(kind: DtlsSuite["kind"], which: 0 | 1 = 0): DtlsSuite {
  return kind === "openssl" ? openssl[which] : portable[which];
}

/** One whose associations are timed by a reactor of the caller, who closes it. */
export function openSuite(
  kind: DtlsSuite["kind"],
  reactor: DtlsTimers,
): DtlsSuite {
  return kind === "openssl" ? openOpensslDtls(reactor) : suiteOf(kind);
}

function hasLibssl(): boolean {
  try {
    openOpensslDtls(timers).close();
    return true;
  } catch {
    return false;
  }
}
