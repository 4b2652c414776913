/** A client's record, for tests of what is made of records. */

import { type ClientRecord, ClientRecorder } from "../../../lib/metrics/mod.ts";

/** The record of client `index`; what is not given is that of one who is only planned. */
export function recordOf(
  index: number,
  own: Partial<ClientRecord> = {},
): ClientRecord {
  const identity = {
    clientId: `client-${index}`,
    index,
    roomId: "room-0",
    role: "publisher",
    node: "local",
  } as const;
  return { ...new ClientRecorder(identity).toRecord(), ...own };
}
