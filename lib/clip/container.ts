/**
 * WebM, Matroska and Ogg, read by mediabunny.
 *
 * @module
 */

import {
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  loadMediabunny,
} from "./deps.ts";
import type { EncodedChunk, EncodedTrack } from "./encoded_track.ts";

/** The tracks of a file. Throws an `Error` when it is none of these, or broken. */
export async function readContainer(
  bytes: Uint8Array,
): Promise<EncodedTrack[]> {
  const { BufferSource, Input, MATROSKA, OGG, WEBM } = await loadMediabunny();
  using input = new Input({
    formats: [WEBM, MATROSKA, OGG],
    source: new BufferSource(bytes),
  });
  const tracks: EncodedTrack[] = [];
  for (const track of await input.getTracks()) {
    if (isPlayed(track)) tracks.push(await readTrack(track));
  }
  return tracks;
}

function isPlayed(
  track: InputTrack,
): track is InputAudioTrack | InputVideoTrack {
  return track.type === "audio" || track.type === "video";
}

async function readTrack(
  track: InputAudioTrack | InputVideoTrack,
): Promise<EncodedTrack> {
  const { EncodedPacketSink } = await loadMediabunny();
  const chunks: EncodedChunk[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) {
    chunks.push({
      data: packet.data,
      atSec: packet.timestamp,
      lengthSec: packet.duration,
    });
  }
  return {
    kind: track.type === "audio" ? "audio" : "video",
    codec: track.codec ?? "unknown",
    channels: track.type === "audio"
      ? (track as InputAudioTrack).numberOfChannels
      : 0,
    chunks,
  };
}
