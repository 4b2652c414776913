/** The text of frames: from a server, and from a client of the embedded server. */

import {
  parseClientMessage,
  parseServerMessage,
} from "../../../lib/signaling/simplestchat/wire/mod.ts";
import {
  clientExamples,
  serverExamples,
} from "../../lib/signaling/simplestchat/wire/fixtures.ts";
import { damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

/** A reason is shown on one line, and kept. */
const MAX_REASON = 1000;

/** What a server sends. */
export const serverMessages: Door = door(
  "server_messages",
  parseServerMessage,
  Object.values(serverExamples),
);

/** What a client sends to the embedded server. */
export const clientMessages: Door = door(
  "client_messages",
  parseClientMessage,
  Object.values(clientExamples),
);

function door(
  name: string,
  parse: typeof parseServerMessage | typeof parseClientMessage,
  samples: readonly unknown[],
): Door {
  return {
    name,
    kind: "pure",
    open: () => ({
      property: fc.property(damagedJson(samples), (text) => {
        const parsed = parse(text);
        if (parsed.kind === "malformed") {
          if (parsed.reason.includes("\n")) throw new Error("two lines");
          if (parsed.reason.length > MAX_REASON) {
            throw new Error(`a reason of ${parsed.reason.length} characters`);
          }
        }
        if ("polluted" in {} || Object.keys(Object.prototype).length > 0) {
          throw new Error("a prototype was changed");
        }
      }),
    }),
  };
}
