/** A way in for tracks, of a transport that sends nothing. */

import type { Inlet } from "../../../lib/client/consumed_track.ts";
import { ArrivalLog } from "../../../lib/media/mod.ts";

export function newInlet(
  transport: Inlet["transport"] = {
    out: new Uint8Array(1500),
    sendRtcp: () => {},
  },
): Inlet {
  return { transport, arrivals: new ArrivalLog() };
}
