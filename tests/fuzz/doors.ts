/**
 * All doors, by name.
 *
 * @module
 */

import type { Door } from "./door.ts";
import { agentBytes, agentMessages } from "./doors/agents.ts";
import { acceptors, transports } from "./doors/associations.ts";
import { clients } from "./doors/clients.ts";
import { containers, ivf } from "./doors/clips.ts";
import { connections, secrets } from "./doors/connections.ts";
import { dtlsFragments, dtlsRecords } from "./doors/dtls.ts";
import { localWorkerBinary } from "../../lib/sfu/mod.ts";
import { engines, mediasoupEngine } from "./doors/engines.ts";
import { savedRuns, summaries } from "./doors/files.ts";
import { forwarding, reportBlocks } from "./doors/forwarding.ts";
import { dialects, frames } from "./doors/frames.ts";
import { clientMessages, serverMessages } from "./doors/messages.ts";
import { procText, prometheus } from "./doors/monitors.ts";
import { rtcp, rtp, stun } from "./doors/packets.ts";
import { signaling } from "./doors/signaling.ts";
import { tcpFrames } from "./doors/streams.ts";
import { keys, lines, showable } from "./doors/terminal.ts";
import { grammars } from "./doors/texts.ts";

/** In the order in which they are attacked. */
export const DOORS: readonly Door[] = [
  serverMessages,
  clientMessages,
  rtp,
  rtcp,
  stun,
  dtlsFragments,
  dtlsRecords,
  tcpFrames,
  forwarding,
  reportBlocks,
  frames,
  agentMessages,
  agentBytes,
  connections,
  secrets,
  prometheus,
  procText,
  keys,
  lines,
  showable,
  grammars,
  ivf,
  dialects,
  summaries,
  savedRuns,
  containers,
  clients,
  signaling,
  engines,
  // It needs a worker, which a machine of CI has.
  ...(localWorkerBinary() === undefined && !Deno.env.get("CI")
    ? []
    : [mediasoupEngine]),
  transports,
  acceptors,
];
