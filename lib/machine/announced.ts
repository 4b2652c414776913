/**
 * The address to which a server has its clients send media, against the one
 * at which we reach the server: the commonest reason for "joined, but no
 * media".
 *
 * @module
 */

import type { Finding } from "./findings.ts";

/** Where a server is, and where it says that it is. */
export interface AnnouncedAddress {
  /** The IP address at which we have reached it. */
  readonly reachedAt: string;
  /** The IP addresses of its ICE candidates. */
  readonly announced: readonly string[];
  /** The IP addresses of this machine; loopback may be missing. */
  readonly own: readonly string[];
}

/** Whether media will find the way. */
export function findAnnounced(
  { reachedAt, announced, own }: AnnouncedAddress,
): Finding {
  const isHere = isLoopback(reachedAt) || own.includes(reachedAt);
  const judged = announced.map((address) =>
    [address, reproach(address, reachedAt, isHere, own)] as const
  );
  // One candidate that works is enough.
  const [address, wrong] = judged.find(([, wrong]) => wrong === null) ??
    judged.at(0) ?? ["no address", NO_ADDRESS];
  const about = "announced address";
  if (wrong === null) {
    return {
      level: "good",
      about,
      text: `the server sends media clients to ${address}`,
      fix: null,
    };
  }
  const right = isHere ? "127.0.0.1" : reachedAt;
  return {
    level: wrong.level,
    about,
    text: `the server sends media clients to ${address}: ${wrong.why}`,
    fix:
      `ANNOUNCE_IP=${right} scripts/server-restart.sh (rtcrowd's own: serve --announce-ip ${right})`,
  };
}

/** Whether an IP address is one of the machine that uses it. */
function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}

interface Reproach {
  readonly level: "warning" | "problem";
  readonly why: string;
}

const NO_ADDRESS: Reproach = {
  level: "problem",
  why: "there is no media without one",
};

function reproach(
  address: string,
  reachedAt: string,
  isHere: boolean,
  own: readonly string[],
): Reproach | null {
  if (address === "0.0.0.0" || address === "::") {
    return { level: "problem", why: "nobody can send there" };
  }
  if (isLoopback(address)) {
    return isHere ? null : {
      level: "problem",
      why: `that is this machine, and the server is at ${reachedAt}`,
    };
  }
  if (address === reachedAt) return null;
  if (isHere) {
    return own.includes(address) ? null : {
      level: "warning",
      why: "no address of this machine, though the server is here",
    };
  }
  return isPrivate(address) && !isPrivate(reachedAt)
    ? {
      level: "problem",
      why: `a private address, and we reach the server at ${reachedAt}`,
    }
    : null;
}

/** RFC 1918 and RFC 4193. */
function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i.test(
    address,
  );
}
