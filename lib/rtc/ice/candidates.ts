/**
 * Which of a server's candidates are worth a try, and in which order
 * (RFC 8445 section 6.1.2.3, RFC 6544 section 5). Nothing is sent here.
 *
 * @module
 */

import { parseAddress } from "../lane/socket_address.ts";

/** A candidate as the server tells it. */
export interface RemoteCandidate {
  /** An IP address, or a name. */
  readonly address: string;
  readonly port: number;
  /** `udp` or `tcp`; others are known to nobody here. */
  readonly protocol: string;
  /** Higher is tried first. @default {0} */
  readonly priority?: number | null | undefined;
  /** RFC 6544: only a `passive` one can be connected to. @default {"passive"} */
  readonly tcpType?: string | null | undefined;
}

/** Over what media goes; `auto` is TCP only where no UDP candidate answers. */
export type TransportChoice = "auto" | "udp" | "tcp";

/** One that is worth a try. */
export interface Candidate {
  readonly protocol: "udp" | "tcp";
  /** An IP address; a name where `isName`. */
  readonly address: string;
  readonly port: number;
  readonly priority: number;
  readonly isName: boolean;
}

/** One that is not. */
export interface RefusedCandidate {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** Why, as a part of a sentence. */
  readonly reason: string;
}

/** The candidates of one transport. */
export interface CandidateChoice {
  /** Preferred ones first: UDP before TCP, then by priority, then as told. */
  readonly tried: readonly Candidate[];
  readonly refused: readonly RefusedCandidate[];
}

/** RFC 8445 section 6.1.2.5 wants a limit; each costs a socket while it is tried. */
const MAX_CANDIDATES = 32;

/** Sorts the candidates that can be used over `transport`, and says what is wrong with the others. */
export function chooseCandidates(
  offered: readonly RemoteCandidate[],
  transport: TransportChoice = "auto",
): CandidateChoice {
  const tried: Candidate[] = [];
  const refused: RefusedCandidate[] = [];
  const seen = new Set<string>();
  for (const one of offered.map(inLowerCase)) {
    if (transport !== "auto" && isKnown(one) && one.protocol !== transport) {
      continue;
    }
    const label = candidateLabel(one);
    if (seen.has(label)) continue;
    seen.add(label);
    const reason = whyUnusable(one);
    if (reason !== undefined) refused.push(refusal(one, reason));
    else tried.push(usable(one));
  }
  tried.sort((a, b) =>
    Number(a.protocol === "tcp") - Number(b.protocol === "tcp") ||
    b.priority - a.priority
  );
  for (const one of tried.splice(MAX_CANDIDATES)) {
    refused.push(refusal(one, `only ${MAX_CANDIDATES} are tried`));
  }
  return { tried, refused };
}

/** Why there is nothing to try, as a sentence without a full stop. */
export function whyNothing(
  offered: readonly RemoteCandidate[],
  { refused }: CandidateChoice,
  transport: TransportChoice,
): string {
  const wanted = transport.toUpperCase();
  if (offered.length === 0) {
    // A server that was asked for the one leaves the other out by itself.
    return transport === "auto"
      ? "the server offers no address"
      : `the server offers no ${wanted} address: take the transport auto`;
  }
  if (refused.length > 0) {
    const reasons = refused.map((one) =>
      `${candidateLabel(one)}: ${one.reason}`
    );
    return `the server offers no address that can be used (${
      reasons.slice(0, 4).join("; ")
    })`;
  }
  const other = wanted === "UDP" ? "TCP" : "UDP";
  return `the server offers no ${wanted} address, only ${other}: take the transport auto`;
}

/** `udp 192.0.2.1:4000`, `tcp [2001:db8::1]:4000`; of what is none, what there is of it. */
export function candidateLabel(
  { protocol, address, port }: Pick<
    RemoteCandidate,
    "protocol" | "address" | "port"
  >,
): string {
  if (protocol === "") return `"${address}"`;
  if (address === "") return `${protocol} port ${port}`;
  const host = address.includes(":") ? `[${address}]` : address;
  return `${protocol} ${host}:${port}`;
}

/** SDP spells it `UDP`, and so do some servers. */
function inLowerCase(one: RemoteCandidate): RemoteCandidate {
  return {
    ...one,
    protocol: one.protocol.toLowerCase(),
    tcpType: one.tcpType?.toLowerCase(),
  };
}

function isKnown({ protocol }: RemoteCandidate): boolean {
  return protocol === "udp" || protocol === "tcp";
}

function refusal(
  { protocol, address, port }: RemoteCandidate,
  reason: string,
): RefusedCandidate {
  return { protocol, address, port, reason };
}

function usable({ protocol, address, port, priority }: RemoteCandidate) {
  return {
    protocol: protocol as Candidate["protocol"],
    address,
    port,
    priority: priority ?? 0,
    isName: parseAddress(address) === undefined,
  };
}

function whyUnusable(one: RemoteCandidate): string | undefined {
  if (one.protocol === "") return "it is no candidate";
  if (!isKnown(one)) return "its protocol is neither UDP nor TCP";
  if (!Number.isInteger(one.port) || one.port < 1 || one.port > 65535) {
    return "its port is not a whole number from 1 to 65535";
  }
  if (one.protocol === "tcp" && (one.tcpType ?? "passive") !== "passive") {
    return `nobody can connect to a TCP candidate of type ${one.tcpType}`;
  }
  const bytes = parseAddress(one.address);
  return bytes === undefined ? whyNoName(one.address) : whyNotUnicast(bytes);
}

/** Why an address reaches no single host; `undefined` for one that may. */
function whyNotUnicast(bytes: Uint8Array): string | undefined {
  const v4 = unmapped(bytes);
  if (bytes.every((byte) => byte === 0) || v4?.every((byte) => byte === 0)) {
    return "it is the unspecified address";
  }
  if (v4 === undefined) {
    return bytes[0] === 0xff ? "it is a multicast address" : undefined;
  }
  if (v4.every((byte) => byte === 255)) return "it is the broadcast address";
  return v4[0] >= 224 && v4[0] < 240 ? "it is a multicast address" : undefined;
}

/** The IPv4 address that bytes are, or that they map to IPv6 (RFC 4291 section 2.5.5.2). */
function unmapped(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length === 4) return bytes;
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.subarray(12) : undefined;
}

const MAX_NAME_LENGTH = 253;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

function whyNoName(text: string): string | undefined {
  const labels = text.replace(/\.$/, "").split(".");
  // A last label of digits alone is an address that went wrong.
  const isName = text.length <= MAX_NAME_LENGTH &&
    labels.every((label) => LABEL.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1)!);
  if (!isName) return "its address is neither an IP address nor a name";
  return labels.at(-1)!.toLowerCase() === "local"
    ? "a .local name is known to its own network alone (multicast DNS)"
    : undefined;
}
