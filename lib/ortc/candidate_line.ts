/**
 * A candidate as SDP has it (RFC 8839 section 5.1), which some servers send in
 * place of an object: `candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host`.
 *
 * @module
 */

import type { IceCandidate } from "./parameters.ts";

/** Longer ones have no meaning. */
const MAX_CHARS = 1000;

/** Reads such a line, or an object that has it as its `candidate`, as browsers write it; `undefined` for anything else. */
export function readCandidateLine(value: unknown): IceCandidate | undefined {
  const line = lineOf(value);
  if (line === undefined || line.length > MAX_CHARS) return undefined;
  const [foundation, , protocol, priority, address, port, ...rest] = line
    .trim().replace(/^(a=)?candidate:/i, "").split(/\s+/);
  if (!/^\d+$/.test(priority ?? "") || !/^\d+$/.test(port ?? "")) {
    return undefined;
  }
  const attribute = (name: string) => {
    const at = rest.findIndex((word, i) => i % 2 === 0 && word === name);
    return at < 0 ? undefined : rest[at + 1];
  };
  const tcpType = attribute("tcptype");
  return {
    foundation,
    priority: Number(priority),
    address,
    protocol: protocol.toLowerCase(),
    port: Number(port),
    type: attribute("typ") ?? "host",
    ...(tcpType !== undefined && { tcpType }),
  };
}

function lineOf(value: unknown): string | undefined {
  const line = typeof value === "object" && value !== null &&
      "candidate" in value
    ? value.candidate
    : value;
  return typeof line === "string" ? line : undefined;
}
