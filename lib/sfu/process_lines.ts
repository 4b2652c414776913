/**
 * What a server in its own process tells the process that started it: one
 * JSON value a line on stdout. It reads its options from the first line of
 * stdin; each further line asks for statistics; the end of stdin ends it.
 *
 * @module
 */

import type { SfuStats } from "./signaling/stream_stats.ts";
import type { Sfu } from "./start_sfu.ts";

/** One line from the server's process. */
export type ProcessLine =
  | {
    readonly type: "ready";
    readonly sfu: Pick<Sfu, "url" | "httpUrl" | "port" | "pids">;
  }
  /** It could not start. */
  | { readonly type: "refused"; readonly reason: string }
  /** A part of it died. */
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "stats"; readonly stats: SfuStats };
