/** A client's record, for tests of what is made of records. */

import { type ClientRecord, ClientRecorder } from "../../../lib/metrics/mod.ts";

/** The recorder of client `index`, a publisher unless `own` says otherwise. */
export function recorderOf(
  index: number,
  own: Partial<ClientRecorder["identity"]> = {},
): ClientRecorder {
  return new ClientRecorder({
    clientId: `client-${index}`,
    index,
    roomId: "room-0",
    role: "publisher",
    node: "local",
    ...own,
  });
}

/** The record of client `index`; what is not given is that of one who is only planned. */
export function recordOf(
  index: number,
  own: Partial<ClientRecord> = {},
): ClientRecord {
  return { ...recorderOf(index).toRecord(), ...own };
}
