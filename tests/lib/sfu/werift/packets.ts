/** Packets by hand. */

/** An RTP packet with one-byte header extensions by id. */
export function rtpPacket(options: {
  readonly sequence?: number;
  readonly payloadType?: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
  readonly csrcs?: number;
  readonly extensions?: Readonly<Record<number, readonly number[]>>;
  readonly payload?: readonly number[];
  /** Bytes of padding behind the payload. */
  readonly padding?: number;
}): Uint8Array {
  const {
    sequence = 1,
    payloadType = 96,
    ssrc = 0x01020304,
    csrcs = 0,
    payload = [],
    padding = 0,
  } = options;
  const entries = Object.entries(options.extensions ?? {});
  const extension = entries.flatMap(([id, value]) => [
    (Number(id) << 4) | (value.length - 1),
    ...value,
  ]);
  while (extension.length % 4 !== 0) extension.push(0);
  return new Uint8Array([
    0x80 | (padding > 0 ? 0x20 : 0) | (entries.length > 0 ? 0x10 : 0) | csrcs,
    payloadType | (options.marker ? 0x80 : 0),
    sequence >> 8,
    sequence & 0xff,
    ...[0, 0, 0, 9],
    ...[ssrc >>> 24, (ssrc >> 16) & 0xff, (ssrc >> 8) & 0xff, ssrc & 0xff],
    ...Array(4 * csrcs).fill(7),
    ...(entries.length > 0 ? [0xbe, 0xde, 0, extension.length / 4] : []),
    ...extension,
    ...payload,
    ...(padding > 0 ? [...Array(padding - 1).fill(0), padding] : []),
  ]);
}

/** The start of a VP8 key frame, and of another frame. */
export const KEY_FRAME = [0x90, 0x80, 0x01, 0x10, 0x02, 0x00];
export const INTER_FRAME = [0x90, 0x80, 0x02, 0x11, 0x02, 0x00];
