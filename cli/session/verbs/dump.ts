/**
 * The verb that looks closely at a few clients: dump.
 *
 * @module
 */

import { formatCounted, readDuration } from "../../../tool.ts";
import { isProblem } from "../parse.ts";
import {
  always,
  membersOf,
  needsClients,
  say,
  someClients,
  type Verb,
} from "./verb.ts";

/** Files of more would only fill the disk. */
const MOST = 20;
const USUAL = "30s";

/** Packets and events of some clients, in files. */
export const dump: Verb = {
  usage: "IDS [T]",
  help:
    `write packets and events of these clients down for a while, ${USUAL} unless told: client-7.pcapng, client-7.rtcstats`,
  examples: ["dump 3", "dump 0-2 2m"],
  words: [someClients, always("10s", USUAL, "2m")],
  most: 2,
  run(model, { words: [ids, time = USUAL] }) {
    if (ids === undefined) return needsClients("dump");
    const clients = membersOf(model, ids);
    if (isProblem(clients)) return clients;
    if (clients.length > MOST) {
      return { problem: `dump takes at most ${MOST} clients at once.` };
    }
    const forMs = readDuration(time);
    if (forMs === undefined || forMs === 0) {
      return {
        problem: `dump takes a duration such as ${USUAL} or 2m, not "${time}".`,
      };
    }
    const many = formatCounted(clients.length, "client");
    return {
      model: say(
        model,
        `${many} dumped for ${time}: client-N.pcapng and client-N.rtcstats, here`,
      ),
      effects: [{
        type: "command",
        command: {
          type: "dump",
          clients,
          dir: ".",
          keepMs: null,
          forMs,
          onTrouble: false,
        },
      }],
    };
  },
};
