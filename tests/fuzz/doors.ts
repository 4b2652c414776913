/**
 * All doors, by name.
 *
 * @module
 */

import type { Door } from "./door.ts";
import { clients } from "./doors/clients.ts";
import { containers, ivf } from "./doors/clips.ts";
import { clientMessages, serverMessages } from "./doors/messages.ts";
import { procText, prometheus } from "./doors/monitors.ts";
import { rtcp, rtp, stun } from "./doors/packets.ts";
import { signaling } from "./doors/signaling.ts";
import { keys, lines, showable } from "./doors/terminal.ts";
import { grammars } from "./doors/texts.ts";

/** In the order in which they are attacked. */
export const DOORS: readonly Door[] = [
  serverMessages,
  clientMessages,
  rtp,
  rtcp,
  stun,
  prometheus,
  procText,
  keys,
  lines,
  showable,
  grammars,
  ivf,
  containers,
  clients,
  signaling,
];
