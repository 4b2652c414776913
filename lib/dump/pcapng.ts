/**
 * Decrypted RTP and RTCP as pcapng blocks (draft-ietf-opsawg-pcapng), in
 * Wireshark's link type 252: each packet stands behind tags that name its
 * dissector and its addresses, so that nothing has to be guessed.
 *
 * @module
 */

/** One end of a path. */
export interface PacketEnd {
  /** An IPv4 or IPv6 address; both ends have the same kind. */
  readonly address: string;
  readonly port: number;
}

/** One packet as it is written. */
export interface WrittenPacket {
  readonly dissector: "rtp" | "rtcp";
  /** Microseconds since 1970. */
  readonly atUs: number;
  readonly direction: "in" | "out";
  readonly from: PacketEnd;
  readonly to: PacketEnd;
  readonly bytes: Uint8Array;
  /** What it was before it was cut. */
  readonly originalLength: number;
  /** What is to be known of it. @default {nothing} */
  readonly comment?: string | undefined;
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;
/** Exported protocol data units. */
const LINK_TYPE = 252;
const UNKNOWN_LENGTH = -1n;

const OPTION_COMMENT = 1;
const OPTION_FLAGS = 2;
const OPTION_NAME = 2;
const OPTION_APPLICATION = 4;
const OPTION_RESOLUTION = 9;
const MICROSECONDS = 6;
const DIRECTIONS = { in: 1, out: 2 } as const;

/** Tags of exported PDUs, as in Wireshark's `exported_pdu_tlvs.h`. */
const TAG_END = 0;
const TAG_DISSECTOR = 12;
const TAG_FROM = { 4: 20, 6: 22 } as const;
const TAG_TO = { 4: 21, 6: 23 } as const;
const TAG_PORT_TYPE = 24;
const TAG_FROM_PORT = 25;
const TAG_TO_PORT = 26;
const PORT_TYPE_UDP = 3;

const TEXT = new TextEncoder();

/** How a file begins: who wrote it, and whose packets these are. */
export function pcapngHead(application: string, name: string): Uint8Array {
  const section = new Uint8Array(16);
  const view = new DataView(section.buffer);
  view.setUint32(0, BYTE_ORDER, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, UNKNOWN_LENGTH, true);
  const link = new Uint8Array(8);
  new DataView(link.buffer).setUint16(0, LINK_TYPE, true);
  return joined([
    block(SECTION, [
      section,
      ...options([[OPTION_APPLICATION, TEXT.encode(application)]]),
    ]),
    block(INTERFACE, [
      link,
      ...options([
        [OPTION_NAME, TEXT.encode(name)],
        [OPTION_RESOLUTION, new Uint8Array([MICROSECONDS])],
      ]),
    ]),
  ]);
}

/** One packet, whole: what is cut off within a block makes nothing before it unreadable. */
export function pcapngPacket(packet: WrittenPacket): Uint8Array {
  const data = joined([...tagsOf(packet), packet.bytes]);
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  view.setUint32(4, Math.floor(packet.atUs / 2 ** 32), true);
  view.setUint32(8, packet.atUs % 2 ** 32, true);
  view.setUint32(12, data.length, true);
  const cut = packet.originalLength - packet.bytes.length;
  view.setUint32(16, data.length + cut, true);
  const flags = new Uint8Array(4);
  flags[0] = DIRECTIONS[packet.direction];
  const { comment } = packet;
  return block(ENHANCED_PACKET, [
    head,
    padded(data),
    ...options([
      [OPTION_FLAGS, flags],
      ...(comment === undefined
        ? []
        : [[OPTION_COMMENT, TEXT.encode(comment)] as const]),
    ]),
  ]);
}

function tagsOf({ dissector, from, to }: WrittenPacket): Uint8Array[] {
  const version = from.address.includes(":") ? 6 : 4;
  return [
    tag(TAG_DISSECTOR, padded(TEXT.encode(dissector))),
    tag(TAG_FROM[version], addressBytes(from.address)),
    tag(TAG_TO[version], addressBytes(to.address)),
    tag(TAG_PORT_TYPE, number32(PORT_TYPE_UDP)),
    tag(TAG_FROM_PORT, number32(from.port)),
    tag(TAG_TO_PORT, number32(to.port)),
    tag(TAG_END, new Uint8Array()),
  ];
}

/** Big-endian, unlike what is around it. */
function tag(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + value.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, value.length);
  bytes.set(value, 4);
  return bytes;
}

function options(
  entries: readonly (readonly [number, Uint8Array])[],
): Uint8Array[] {
  const end = new Uint8Array(4);
  return [
    ...entries.flatMap(([code, value]) => {
      const head = new Uint8Array(4);
      const view = new DataView(head.buffer);
      view.setUint16(0, code, true);
      view.setUint16(2, value.length, true);
      return [head, padded(value)];
    }),
    end,
  ];
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = joined(parts);
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, bytes.length, true);
  bytes.set(body, 8);
  view.setUint32(bytes.length - 4, bytes.length, true);
  return bytes;
}

function number32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  result.set(bytes);
  return result;
}

/** One after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The 4 or 16 bytes of an address; all 0 for what is none. */
function addressBytes(address: string): Uint8Array {
  if (!address.includes(":")) return ipv4Bytes(address);
  const bytes = new Uint8Array(16);
  const [left, right = ""] = address.split("%")[0].split("::");
  const first = groupsOf(left);
  const last = groupsOf(right);
  if (first.length + last.length > bytes.length) return bytes;
  bytes.set(first);
  bytes.set(last, bytes.length - last.length);
  return bytes;
}

function ipv4Bytes(address: string): Uint8Array {
  const bytes = new Uint8Array(4);
  const parts = address.split(".").map(Number);
  if (parts.length === 4) bytes.set(parts);
  return bytes;
}

/** Two bytes a group; the last one may be an IPv4 address, which has four (RFC 4291 section 2.2). */
function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return [...ipv4Bytes(group)];
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
