/** Small media files. */

import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  OggOutputFormat,
  Output,
} from "npm:mediabunny@1.61.0";
import type { AudioPacket } from "../../../lib/clip/mod.ts";

/** A VP8 key frame of this size in pixels, with so many bytes in all. */
export function keyFrame(width = 320, height = 240, bytes = 20): Uint8Array {
  const frame = new Uint8Array(bytes).fill(0x55);
  frame.set([
    0x10,
    2,
    0,
    0x9d,
    0x01,
    0x2a,
    width,
    width >> 8,
    height,
    height >> 8,
  ]);
  return frame;
}

/** Any other VP8 frame. */
export function interFrame(bytes = 12): Uint8Array {
  const frame = new Uint8Array(bytes).fill(0x66);
  frame[0] = 0x11;
  return frame;
}

/** A VP8 frame that is only there for others to be predicted from. */
export function unseenFrame(bytes = 12): Uint8Array {
  return interFrame(bytes).with(0, 0x01);
}

/** An IVF file; its frames are at these times, in units of `scale / rate` s. */
export function ivf(
  frames: readonly (readonly [time: number, data: Uint8Array])[],
  { fourcc = "VP80", rate = 1000, scale = 1 }: {
    readonly fourcc?: string;
    readonly rate?: number;
    readonly scale?: number;
  } = {},
): Uint8Array<ArrayBuffer> {
  const size = frames.reduce((sum, [, { length }]) => sum + 12 + length, 32);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(`DKIF\0\0\x20\0${fourcc}`));
  view.setUint32(16, rate, true);
  view.setUint32(20, scale, true);
  let at = 32;
  for (const [time, data] of frames) {
    view.setUint32(at, data.length, true);
    view.setBigUint64(at + 4, BigInt(time), true);
    bytes.set(data, at + 12);
    at += 12 + data.length;
  }
  return bytes;
}

/** An Ogg file of Opus, one channel. */
export async function ogg(
  packets: readonly AudioPacket[],
): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const track = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(track);
  await output.start();
  let at = 0;
  for (const { data, units } of packets) {
    const [sec, lengthSec] = [at / 48_000, units / 48_000];
    await track.add(new EncodedPacket(data, "key", sec, lengthSec), {
      decoderConfig: {
        codec: "opus",
        sampleRate: 48_000,
        numberOfChannels: 1,
        description: opusHead(),
      },
    });
    at += units;
  }
  await output.finalize();
  return new Uint8Array(target.buffer!);
}

/** RFC 7845 section 5.1. */
function opusHead(): Uint8Array {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode("OpusHead"));
  head.set([1, 1], 8);
  view.setUint16(10, 312, true);
  view.setUint32(12, 48_000, true);
  return head;
}

/** Where each page of an Ogg file ends (RFC 3533 section 6). */
export function oggPages(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const segments = bytes[at + 26];
    const sizes = bytes.subarray(at + 27, at + 27 + segments);
    at += 27 + segments + sizes.reduce((sum, size) => sum + size, 0);
    ends.push(at);
  }
  return ends;
}

/** The same Ogg file under another serial number. */
export function withSerial(
  bytes: Uint8Array<ArrayBuffer>,
  serial: number,
): Uint8Array<ArrayBuffer> {
  const other = bytes.slice();
  const view = new DataView(other.buffer);
  let at = 0;
  for (const end of oggPages(other)) {
    view.setUint32(at + 14, serial, true);
    view.setUint32(at + 22, 0, true);
    view.setUint32(at + 22, checksum(other.subarray(at, end)), true);
    at = end;
  }
  return other;
}

/** CRC-32 as Ogg has it: polynomial 0x04c11db7, nothing reflected. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
    }
  }
  return sum >>> 0;
}
