/**
 * Networks that people know, with round numbers of the size that Chrome's
 * and Apple's network conditioners and WebPageTest use for them. Delays are
 * one way: a round trip takes both.
 *
 * @module
 */

import type { Impairment } from "./impairment.ts";

/** Wired broadband: nothing lost, a little delay. */
const cable: Impairment = {
  inbound: { delayMs: 10, jitterMs: 2, rateBps: 50_000_000 },
  outbound: { delayMs: 10, jitterMs: 2, rateBps: 10_000_000 },
};

/** Wireless behind two walls: short bursts of loss, uneven delay. */
const wifiLossy: Impairment = {
  inbound: {
    lossRatio: 0.03,
    lossBurstPackets: 4,
    delayMs: 15,
    jitterMs: 10,
  },
  outbound: {
    lossRatio: 0.03,
    lossBurstPackets: 4,
    delayMs: 15,
    jitterMs: 10,
  },
};

/** A good cell. */
const fourG: Impairment = {
  inbound: { delayMs: 30, jitterMs: 8, rateBps: 20_000_000 },
  outbound: { delayMs: 30, jitterMs: 8, rateBps: 8_000_000 },
};

/** The edge of a cell: narrow, late, lossy. */
const poorFourG: Impairment = {
  inbound: {
    lossRatio: 0.02,
    lossBurstPackets: 3,
    delayMs: 75,
    jitterMs: 30,
    rateBps: 4_000_000,
  },
  outbound: {
    lossRatio: 0.03,
    lossBurstPackets: 3,
    delayMs: 75,
    jitterMs: 30,
    rateBps: 2_000_000,
  },
};

/** 3G: too narrow for much video. */
const threeG: Impairment = {
  inbound: {
    lossRatio: 0.01,
    delayMs: 100,
    jitterMs: 30,
    rateBps: 1_600_000,
  },
  outbound: {
    lossRatio: 0.01,
    delayMs: 100,
    jitterMs: 30,
    rateBps: 768_000,
  },
};

/** By satellite in a high orbit: far away, and nothing else. */
const satellite: Impairment = {
  inbound: { lossRatio: 0.005, delayMs: 280, jitterMs: 10 },
  outbound: { lossRatio: 0.005, delayMs: 280, jitterMs: 10 },
};

/** A queue that is far too long before a link that is too narrow. */
const bufferbloat: Impairment = {
  inbound: { delayMs: 20, rateBps: 3_000_000, queueBytes: 750_000 },
  outbound: { delayMs: 20, rateBps: 1_000_000, queueBytes: 250_000 },
};

/** A good network that is gone for 4 s in each 30 s: a tunnel, a lift, a change of cells. */
const callDrop: Impairment = {
  inbound: { delayMs: 20, jitterMs: 5, outageMs: 4000, outageEveryMs: 30_000 },
  outbound: {
    delayMs: 20,
    jitterMs: 5,
    outageMs: 4000,
    outageEveryMs: 30_000,
  },
};

/** Named networks. */
export const IMPAIRMENT_PROFILES = {
  "cable": cable,
  "wifi-lossy": wifiLossy,
  "4g": fourG,
  "poor-4g": poorFourG,
  "3g": threeG,
  "satellite": satellite,
  "bufferbloat": bufferbloat,
  "call-drop": callDrop,
} as const satisfies Readonly<Record<string, Impairment>>;

/** The name of a network in {@linkcode IMPAIRMENT_PROFILES}. */
export type ImpairmentProfile = keyof typeof IMPAIRMENT_PROFILES;

/** Whether this is the name of a network. */
export function isImpairmentProfile(name: string): name is ImpairmentProfile {
  return Object.hasOwn(IMPAIRMENT_PROFILES, name);
}
