/**
 * A client's part of a plan, as the client itself takes it.
 *
 * @module
 */

import type { ClientOptions } from "../../client/mod.ts";
import { type PacketizedClip, videoPreset } from "../../media/mod.ts";
import type { ClientPlan, MediaPlan } from "../plan/plan.ts";

/** What a client is made with. */
export function clientOptions(
  { participantName, roomId, role, clientId, patienceMs }: ClientPlan,
  media: MediaPlan,
  clip: PacketizedClip | undefined,
): ClientOptions {
  const video = media.video ? videoPreset(media.quality, media.fps) : undefined;
  return {
    roomId,
    participantName,
    publish: role === "publisher"
      ? { audio: media.audio, video, clip, simulcast: media.simulcast }
      : undefined,
    maxAudio: media.audio ? media.maxAudio : 0,
    maxVideo: media.video ? media.maxVideo : 0,
    cname: clientId,
    patienceMs,
  };
}
