/**
 * What a network does to the packets of one client, as plain JSON data.
 *
 * @module
 */

/** What happens to packets in one direction. What is absent does not happen. */
export interface LinkImpairment {
  /** Share of the packets that are lost, from 0 to 1. */
  readonly lossRatio?: number | undefined;
  /**
   * Losses come in bursts: mean length of a bad stretch, in packets. The
   * share that is lost over time stays `lossRatio` (Gilbert and Elliott's
   * model: a chain of a good and a bad state).
   */
  readonly lossBurstPackets?: number | undefined;
  /** Share of the packets of a bad stretch that are lost. @default {1} */
  readonly lossInBurstRatio?: number | undefined;
  /** Every packet takes this much longer. */
  readonly delayMs?: number | undefined;
  /** The delay varies evenly by up to so much either way; it never gets below 0. */
  readonly jitterMs?: number | undefined;
  /** Whether jitter lets packets overtake each other. @default {false} */
  readonly jitterReorders?: boolean | undefined;
  /** Share of the packets that are held back by `reorderMs`, so that others overtake them. */
  readonly reorderRatio?: number | undefined;
  /** How long those are held back. @default {30} */
  readonly reorderMs?: number | undefined;
  /** Share of the packets that arrive twice. */
  readonly duplicateRatio?: number | undefined;
  /** What goes through at most, in bits a second; each packet counts with 28 bytes of IPv4 and UDP. */
  readonly rateBps?: number | undefined;
  /** Room in the queue before that; packets that find it full are dropped. @default {what `rateBps` takes 500 ms for} */
  readonly queueBytes?: number | undefined;
  /** The network is gone for so long, once in each `outageEveryMs`. */
  readonly outageMs?: number | undefined;
  /** From one outage to the next; when the first one is, chance decides. @default {only one outage, at once} */
  readonly outageEveryMs?: number | undefined;
}

/** What a network does to the packets of one client, and to its signaling. */
export interface Impairment {
  /** From the server to the client. */
  readonly inbound?: LinkImpairment | undefined;
  /** From the client to the server. */
  readonly outbound?: LinkImpairment | undefined;
  /**
   * NAT gives the client's packets other source ports, once and at once, or
   * soon after a client that has no path yet has one; what was on its way
   * to the ports of before is lost. @default {false}
   */
  readonly rebind?: boolean | undefined;
  /** Signaling is left alone. @default {false} */
  readonly mediaOnly?: boolean | undefined;
  /** NAT gives other ports once in each of these times; when the first one is, chance decides. */
  readonly rebindEveryMs?: number | undefined;
}

type Field = keyof LinkImpairment;

const LINK_FIELDS: Readonly<Record<Field, true>> = {
  lossRatio: true,
  lossBurstPackets: true,
  lossInBurstRatio: true,
  delayMs: true,
  jitterMs: true,
  jitterReorders: true,
  reorderRatio: true,
  reorderMs: true,
  duplicateRatio: true,
  rateBps: true,
  queueBytes: true,
  outageMs: true,
  outageEveryMs: true,
};
const NETWORK_FIELDS: Readonly<Record<keyof Impairment, true>> = {
  inbound: true,
  outbound: true,
  rebind: true,
  mediaOnly: true,
  rebindEveryMs: true,
};

const RATIOS: readonly Field[] = [
  "lossRatio",
  "lossInBurstRatio",
  "reorderRatio",
  "duplicateRatio",
];
const TIMES: readonly Field[] = [
  "delayMs",
  "jitterMs",
  "reorderMs",
  "outageMs",
  "outageEveryMs",
];
/** Longer than this is not late, it is lost. */
const MAX_DELAY_MS = 10_000;
const MAX_OUTAGE_MS = 86_400_000;
/** A packet of full size must fit into the queue. */
const MIN_QUEUE_BYTES = 1500;
const MAX_QUEUE_BYTES = 1e9;
const MIN_RATE_BPS = 1000;
const MAX_RATE_BPS = 1e12;
const MAX_BURST_PACKETS = 1e6;
/** Each takes a socket, and some round trips until the server knows. */
const MIN_REBIND_MS = 1000;

/** Throws a `RangeError` in one line for what no network can do, and for what is none. */
export function checkImpairment(impairment: Impairment): void {
  const whole = shapeProblem(impairment, NETWORK_FIELDS);
  if (whole !== undefined) {
    throw new RangeError(`Cannot impair a network: ${whole}`);
  }
  for (const direction of ["inbound", "outbound"] as const) {
    const link = impairment[direction];
    const problem = link === undefined ? undefined : problemOf(link);
    if (problem === undefined) continue;
    throw new RangeError(`Cannot impair ${direction} packets: ${problem}`);
  }
  const { rebindEveryMs: everyMs } = impairment;
  if (everyMs === undefined) return;
  if (!isBetween(everyMs, MIN_REBIND_MS, MAX_OUTAGE_MS)) {
    throw new RangeError(
      `Cannot impair a network: rebindEveryMs ${everyMs} is not from ${MIN_REBIND_MS} to ${MAX_OUTAGE_MS}`,
    );
  }
}

/** What has another name does nothing, which whoever wrote it cannot see. */
function shapeProblem(given: unknown, known: object): string | undefined {
  const names = Object.keys(known).join(", ");
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return `${given} is no object with ${names}`;
  }
  const other = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  return other === undefined
    ? undefined
    : `there is no ${other} in it, only ${names}`;
}

function problemOf(link: LinkImpairment): string | undefined {
  return shapeProblem(link, LINK_FIELDS) ?? numberProblem(link) ??
    burstProblem(link) ?? outageProblem(link);
}

function numberProblem(link: LinkImpairment): string | undefined {
  for (const field of RATIOS) {
    const value = link[field] ?? 0;
    if (!isBetween(value, 0, 1)) return `${field} ${value} is not from 0 to 1`;
  }
  for (const field of TIMES) {
    const value = link[field] ?? 0;
    const most = field.startsWith("outage") ? MAX_OUTAGE_MS : MAX_DELAY_MS;
    if (!isBetween(value, 0, most)) {
      return `${field} ${value} is not from 0 to ${most}`;
    }
  }
  const { rateBps, queueBytes } = link;
  if (
    rateBps !== undefined && !isBetween(rateBps, MIN_RATE_BPS, MAX_RATE_BPS)
  ) {
    return `rateBps ${rateBps} is not from ${MIN_RATE_BPS} to ${MAX_RATE_BPS}`;
  }
  if (
    queueBytes !== undefined &&
    !isBetween(queueBytes, MIN_QUEUE_BYTES, MAX_QUEUE_BYTES)
  ) {
    return `queueBytes ${queueBytes} is not from ${MIN_QUEUE_BYTES}, a packet, to ${MAX_QUEUE_BYTES}`;
  }
  if (queueBytes !== undefined && rateBps === undefined) {
    return "queueBytes needs a rateBps";
  }
  return undefined;
}

function burstProblem(link: LinkImpairment): string | undefined {
  const { lossBurstPackets: packets, lossRatio = 0 } = link;
  const inBurst = link.lossInBurstRatio ?? 1;
  if (packets === undefined) {
    return link.lossInBurstRatio === undefined
      ? undefined
      : "lossInBurstRatio needs lossBurstPackets";
  }
  if (!isBetween(packets, 1, MAX_BURST_PACKETS)) {
    return `lossBurstPackets ${packets} is not from 1 to ${MAX_BURST_PACKETS}`;
  }
  const badShare = lossRatio / inBurst;
  // The good stretch between two bad ones is at least one packet long.
  if (!(badShare * (packets + 1) <= packets)) {
    return `bursts of ${packets} ${
      packets === 1 ? "packet" : "packets"
    } cannot come to a lossRatio of ${lossRatio}`;
  }
  return undefined;
}

function outageProblem(
  { outageMs, outageEveryMs }: LinkImpairment,
): string | undefined {
  if (outageEveryMs === undefined) return undefined;
  if (outageMs === undefined) return "outageEveryMs needs an outageMs";
  return outageMs <= outageEveryMs
    ? undefined
    : `outageMs ${outageMs} is longer than outageEveryMs ${outageEveryMs}`;
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}
