/**
 * A client's part of a plan, as the client itself takes it.
 *
 * @module
 */

import type { ClientOptions } from "../../client/mod.ts";
import { mostReceived, type PacketizedClip } from "../../media/mod.ts";
import type { ClientPlan } from "../plan/plan.ts";

/** What a client is made with. */
export function clientOptions(
  { participantName, roomId, role, clientId, patienceMs, media }: ClientPlan,
  clip: PacketizedClip | undefined,
): ClientOptions {
  const most = mostReceived(media);
  return {
    roomId,
    participantName,
    publish: role === "publisher" ? { ...media, clip } : undefined,
    maxAudio: most.audio,
    maxVideo: most.video,
    cname: clientId,
    patienceMs,
  };
}
