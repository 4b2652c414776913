/**
 * `struct sockaddr_in` and `sockaddr_in6` for the native lane.
 *
 * @module
 */

import type { Endpoint } from "./lane.ts";
import { AF_INET, AF_INET6 } from "./libc.ts";

/** The family of an address: IPv6 ones have colons. */
export function familyOf(address: string): typeof AF_INET | typeof AF_INET6 {
  return address.includes(":") ? AF_INET6 : AF_INET;
}

/** The 4 or 16 bytes of an IP address; `undefined` for text that is none. */
export function parseAddress(address: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(
      familyOf(address) === AF_INET6
        ? parseIpv6(address)
        : parseIpv4(address, address),
    );
  } catch {
    return undefined;
  }
}

/** Encodes an endpoint; throws on text that is no IP address. */
export function encodeSocketAddress(
  endpoint: Endpoint,
): Uint8Array<ArrayBuffer> {
  const v6 = familyOf(endpoint.address) === AF_INET6;
  const bytes = new Uint8Array(v6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, v6 ? AF_INET6 : AF_INET, true);
  view.setUint16(2, endpoint.port);
  if (v6) bytes.set(parseIpv6(endpoint.address), 8);
  else bytes.set(parseIpv4(endpoint.address, endpoint.address), 4);
  return bytes;
}

function parseIpv4(text: string, address: string): number[] {
  const parts = text.split(".");
  const valid = parts.length === 4 &&
    parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255);
  if (!valid) throw notAnAddress(address);
  return parts.map(Number);
}

function parseIpv6(address: string): number[] {
  const [head, tail, more] = withoutDots(address).split("::");
  if (more !== undefined) throw notAnAddress(address);
  const left = groupsOf(head, address);
  const right = tail === undefined ? [] : groupsOf(tail, address);
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) {
    throw notAnAddress(address);
  }
  return [...left, ...new Array(missing).fill(0), ...right]
    .flatMap((group) => [group >> 8, group & 0xff]);
}

/** Rewrites an IPv4 address at the end as two groups (RFC 4291 section 2.2). */
function withoutDots(address: string): string {
  if (!address.includes(".")) return address;
  const start = address.lastIndexOf(":") + 1;
  const [a, b, c, d] = parseIpv4(address.slice(start), address);
  const groups = [(a << 8) | b, (c << 8) | d].map((group) =>
    group.toString(16)
  );
  return address.slice(0, start) + groups.join(":");
}

function groupsOf(text: string, address: string): number[] {
  if (text === "") return [];
  return text.split(":").map((part) => {
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) throw notAnAddress(address);
    return parseInt(part, 16);
  });
}

function notAnAddress(address: string): Error {
  return new Error(`Cannot use address ${address}: not an IP address.`);
}
