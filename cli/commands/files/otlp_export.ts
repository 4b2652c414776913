/**
 * The totals of a run on their way to an OpenTelemetry collector, now and then
 * and at the end. A collector that is slow misses some, one that fails is told
 * of once; neither costs the run anything.
 *
 * @module
 */

import {
  EMPTY_SNAPSHOT,
  type RunProgress,
  shownUrl,
  type Snapshot,
  VERSION,
} from "../../../tool.ts";
import type { TotalsInput } from "../../../lib/output/mod.ts";
import type { OtlpConnection } from "../../../lib/output/otlp/mod.ts";
import { OTLP_ENDPOINT } from "../options/output_options.ts";

/** Between two exports. */
const EVERY_MS = 5_000;
/** How long a collector may take for one. */
const TIMEOUT_MS = 5_000;

/** An export that goes on. */
export interface OtlpExport extends AsyncDisposable {
  /** A second is over. */
  onProgress(progress: Pick<RunProgress, "point" | "snapshot">): void;
  /** The run is over: sends the last totals. */
  end(snapshot: Snapshot): Promise<void>;
}

/** Opens it; `target` is a URL or {@linkcode OTLP_ENDPOINT}. */
export async function openOtlpExport(
  target: string,
  server: string,
  tell: (line: string) => void,
  timeoutMs: number = TIMEOUT_MS,
): Promise<OtlpExport> {
  const { openOtlp, otlpData } = await import(
    "../../../lib/output/otlp/mod.ts"
  );
  const url = target === OTLP_ENDPOINT ? undefined : target;
  const connection: OtlpConnection = openOtlp(url, timeoutMs);
  const id = crypto.randomUUID();
  const startedAtMs = Date.now();
  let input: TotalsInput = {
    snapshot: EMPTY_SNAPSHOT,
    point: undefined,
    info: { version: VERSION, server: shownUrl(server) },
  };
  let sending: Promise<void> | undefined;
  let sentAtMs = -Infinity;
  let isTold = false;
  const send = () => {
    sentAtMs = input.snapshot.atMs;
    const data = otlpData(input, { id, startedAtMs, nowMs: Date.now() });
    sending = connection.send(data).then((problem) => {
      sending = undefined;
      if (problem === undefined || isTold) return;
      isTold = true;
      tell(
        `Cannot send --otlp to ${
          url === undefined ? target : shownUrl(url)
        }: ${problem}. The run goes on, and it is tried again.`,
      );
    });
    return sending;
  };
  return {
    onProgress: ({ snapshot, point }) => {
      input = { ...input, snapshot, point };
      if (sending === undefined && snapshot.atMs - sentAtMs >= EVERY_MS) {
        void send();
      }
    },
    end: async (snapshot) => {
      await sending;
      input = { ...input, snapshot };
      await send();
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
