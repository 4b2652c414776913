/** Which engines a test can run with on this machine. */

import { type EngineKind, localWorkerBinary } from "../../../lib/sfu/mod.ts";

/** For `Deno.test({ ignore })`: mediasoup needs a worker, and CI always has one. */
export const ENGINES: readonly { engine: EngineKind; ignore: boolean }[] = [
  { engine: "werift", ignore: false },
  {
    engine: "mediasoup",
    ignore: localWorkerBinary() === undefined && !Deno.env.get("CI"),
  },
];
