/**
 * WebM, Matroska and Ogg, parsed by mediabunny on this thread. A damaged file
 * may send its parser round in circles, reading the same over and over: so
 * reads are counted, and {@linkcode readContainer} has a deadline besides.
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
import { isOgg, oggLinks } from "./ogg_links.ts";

/** The tracks of a file. Throws an `Error` when it is none of these, or broken. */
export async function parseContainer(
  bytes: Uint8Array,
): Promise<EncodedTrack[]> {
  if (!isOgg(bytes)) return await parse(bytes);
  const links = [];
  for (const link of oggLinks(bytes)) links.push(await parse(link));
  return inARow(links);
}

async function parse(bytes: Uint8Array): Promise<EncodedTrack[]> {
  const { BufferSource, Input, MATROSKA, OGG, WEBM } = await loadMediabunny();
  const source = new BufferSource(bytes);
  limitReads(source as unknown as Readable, bytes.length + SPARE_READS);
  using input = new Input({ formats: [WEBM, MATROSKA, OGG], source });
  const tracks: EncodedTrack[] = [];
  for (const track of await input.getTracks()) {
    if (isPlayed(track)) tracks.push(await readTrack(track, bytes.length));
  }
  return tracks;
}

/** Through which the parser reads; its types do not tell. */
interface Readable {
  _read(...given: unknown[]): unknown;
}

/** No file is read once a byte, but a small one from several sides. */
const SPARE_READS = 100_000;
/** Why a file is given up that the parser never comes to the end of. */
export const IN_CIRCLES = "its parser reads the same over and over";

function limitReads(source: Readable, most: number): void {
  const read = source._read;
  let reads = 0;
  source._read = (...given) => {
    if (++reads > most) throw new Error(IN_CIRCLES);
    return read.apply(source, given);
  };
}

function isPlayed(
  track: InputTrack,
): track is InputAudioTrack | InputVideoTrack {
  return track.type === "audio" || track.type === "video";
}

async function readTrack(
  track: InputAudioTrack | InputVideoTrack,
  fileBytes: number,
): Promise<EncodedTrack> {
  const { EncodedPacketSink } = await loadMediabunny();
  const chunks: EncodedChunk[] = [];
  let bytes = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    chunks.push({
      data: packet.data,
      atSec: packet.timestamp,
      lengthSec: packet.duration,
    });
    bytes += packet.data.length;
    if (chunks.length > fileBytes || bytes > fileBytes) {
      throw new Error(IN_CIRCLES);
    }
  }
  const isAudio = track.type === "audio";
  return {
    kind: isAudio ? "audio" : "video",
    codec: track.codec ?? "unknown",
    channels: isAudio ? (track as InputAudioTrack).numberOfChannels : 0,
    streams: isAudio ? await streamsOf(track as InputAudioTrack) : 1,
    chunks,
  };
}

/** Opus streams in one packet: other mappings than the usual one may have several (RFC 7845 section 5.1.1). */
async function streamsOf(track: InputAudioTrack): Promise<number> {
  if (track.codec !== "opus") return 1;
  const description = (await track.getDecoderConfig())?.description;
  if (description === undefined) return 1;
  const head = ArrayBuffer.isView(description)
    ? new Uint8Array(
      description.buffer,
      description.byteOffset,
      description.byteLength,
    )
    : new Uint8Array(description);
  const [family, streams] = [head[18], head[19]];
  return family === undefined || family === 0 ? 1 : streams ?? 1;
}

/** What each kind has in one link after another. */
function inARow(links: readonly EncodedTrack[][]): EncodedTrack[] {
  const [first = [], ...others] = links;
  return first.map((track) => {
    let whole = track;
    for (const link of others) {
      const next = link.find(({ kind }) => kind === track.kind);
      if (next === undefined) continue;
      if (next.codec !== track.codec || next.streams !== track.streams) {
        throw new Error(`its ${track.kind} changes from one codec to another`);
      }
      whole = { ...whole, chunks: [...whole.chunks, ...after(whole, next)] };
    }
    return whole;
  });
}

/** The chunks of what follows, with times that go on. */
function after(
  { chunks }: EncodedTrack,
  next: EncodedTrack,
): EncodedChunk[] {
  const last = chunks.at(-1);
  const bySec = (last === undefined ? 0 : last.atSec + last.lengthSec) -
    (next.chunks.at(0)?.atSec ?? 0);
  return next.chunks.map((chunk) => ({ ...chunk, atSec: chunk.atSec + bySec }));
}
