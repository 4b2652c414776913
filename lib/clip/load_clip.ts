/**
 * Files as clips: where they are, what they are, and what is in them.
 *
 * @module
 */

import {
  type AudioClip,
  type Clip,
  ClipError,
  type VideoClip,
} from "./clip.ts";
import { readContainer, ReadTimeoutError } from "./container.ts";
import type { EncodedTrack } from "./encoded_track.ts";
import { isIvf, readIvf } from "./ivf.ts";
import { opusClip } from "./opus_clip.ts";
import { together } from "./together.ts";
import { vp8Clip } from "./vp8_clip.ts";
import { fetchBounded, readPathBounded } from "../read_bounded.ts";
import { messageOf } from "../text/mod.ts";

/** Reads a file, by a path or a URL. */
export type ReadFile = (pathOrUrl: string | URL) => Promise<Uint8Array>;

/** The clip that comes with the project: a moving test picture and an arpeggio, four seconds. */
const BUILTIN = "builtin";
const BUILTIN_URL = new URL("./builtin.webm", import.meta.url);

/**
 * Loads a clip by what `--media` takes: `builtin`, a file, or several with
 * commas between, such as `talk.ivf,talk.ogg`. Throws a
 * {@linkcode ClipError} for a file that cannot be used.
 */
export async function loadClip(
  names: string,
  readFile: ReadFile = readPathOrUrl,
): Promise<Clip> {
  let video: VideoClip | undefined;
  let audio: AudioClip | undefined;
  for (const name of names.split(",")) {
    const clip = await loadOne(name, readFile);
    if ((clip.video && video) || (clip.audio && audio)) {
      const kind = clip.video && video ? "video" : "audio";
      throw new ClipError(
        `Cannot use ${name}: there is ${kind} in another file already. Leave one of them out.`,
      );
    }
    video ??= clip.video;
    audio ??= clip.audio;
  }
  return together(video, audio);
}

async function loadOne(name: string, readFile: ReadFile): Promise<Clip> {
  const bytes = await bytesOf(name, readFile);
  const tracks = await tracksOf(name, bytes);
  const clipOf = <T>(
    kind: EncodedTrack["kind"],
    make: (track: EncodedTrack) => T | string,
  ): T | undefined => {
    const track = tracks.find((one) => one.kind === kind);
    const made = track && make(track);
    if (typeof made !== "string") return made;
    throw new ClipError(`Cannot use ${name}: ${made}. ${conversion(name)}`);
  };
  const video = clipOf("video", vp8Clip);
  const audio = clipOf("audio", opusClip);
  if (video === undefined && audio === undefined) {
    throw new ClipError(
      `Cannot use ${name}: there is neither video nor audio in it. ${WANTED}`,
    );
  }
  // What lies in files of its own begins with what lies in others.
  return together(video, audio);
}

async function bytesOf(name: string, readFile: ReadFile): Promise<Uint8Array> {
  try {
    return await readFile(name === BUILTIN ? BUILTIN_URL : name);
  } catch (error) {
    throw new ClipError(
      `Cannot use ${name || '""'}: ${whyNot(error)}. ${WANTED}`,
    );
  }
}

async function tracksOf(
  name: string,
  bytes: Uint8Array,
): Promise<EncodedTrack[]> {
  if (isIvf(bytes)) {
    const track = readIvf(bytes);
    if (typeof track !== "string") return [track];
    throw new ClipError(`Cannot use ${name}: ${track}. ${conversion(name)}`);
  }
  try {
    return await readContainer(bytes);
  } catch (error) {
    const why = error instanceof ReadTimeoutError
      ? `${error.message}: it is damaged`
      : "it is no WebM, Ogg or IVF, or broken";
    throw new ClipError(`Cannot use ${name}: ${why}. ${conversion(name)}`);
  }
}

const BOUNDS = { mostBytes: 100e6, mostFileBytes: 2e9, withinMs: 60_000 };

async function readPathOrUrl(pathOrUrl: string | URL): Promise<Uint8Array> {
  const isUrl = pathOrUrl instanceof URL || /^(https?|file):/.test(pathOrUrl);
  return await (isUrl ? fetchBounded : readPathBounded)(pathOrUrl, BOUNDS);
}

const WANTED =
  `Give a WebM or IVF file with VP8, a WebM or Ogg file with Opus, or "builtin".`;

function conversion(name: string): string {
  return `Make one that can: ffmpeg -i ${name} -c:v libvpx -c:a libopus -ac 2 media.webm`;
}

function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "it may not be read";
  }
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return messageOf(error).split("\n")[0];
}
