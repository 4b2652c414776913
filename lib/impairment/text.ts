/**
 * How an impairment is written in one word, on a command line or in the
 * session:
 *
 * ```text
 * impairment = ( profile | setting ) { "," setting }
 * setting    = [ "in." | "out." ] key "=" value
 *            | "rebind" | "rebind-every=" time | "media-only"
 * key        = "loss" | "burst" | "burst-loss" | "delay" | "jitter"
 *            | "jitter-reorders" | "reorder" | "reorder-delay" | "duplicate"
 *            | "rate" | "queue" | "outage" | "outage-every"
 * value      = ratio ("5%", "0.05") | time ("80ms", "2s"; bare numbers are ms)
 *            | packets ("4") | rate ("750k", "1.5M": bits a second)
 *            | size ("64k": bytes) | "yes" | "no"
 * ```
 *
 * `loss=5%,delay=50ms` is for both directions, `in.loss=5%` for what arrives;
 * `rebind` and `media-only` have no direction. What comes later is in place of
 * what came before: `satellite,loss=5%`.
 *
 * @module
 */

import {
  checkImpairment,
  type Impairment,
  type LinkImpairment,
} from "./impairment.ts";
import type { Direction } from "./network.ts";
import { IMPAIRMENT_PROFILES, isImpairmentProfile } from "./profiles.ts";

type Value = number | boolean;

/** A way to write a value. */
interface Notation {
  readonly takes: string;
  readonly read: (text: string) => Value | undefined;
  readonly show: (value: Value) => string;
}

const RATIO: Notation = {
  takes: "a share from 0% to 100% such as 5% or 0.05",
  read(text) {
    const ratio = numberIn(text, { "%": 0.01, "": 1 });
    return ratio !== undefined && ratio <= 1 ? ratio : undefined;
  },
  show: (value) => `${Number((Number(value) * 100).toFixed(6))}%`,
};
const TIME: Notation = {
  takes: "a time such as 80ms or 2s",
  read: (text) => numberIn(text, { "": 1, ms: 1, s: 1000 }),
  show: (value) => `${value}ms`,
};
const COUNT: Notation = {
  takes: "a number of packets",
  read: (text) => numberIn(text, { "": 1 }),
  show: String,
};
const RATE: Notation = {
  takes: "bits a second such as 750k or 1.5M",
  read: (text) => numberIn(text, { "": 1, k: 1000, M: 1_000_000 }),
  show(value) {
    const inM = Number(value) < 1e6 ? [] : [`${Number(value) / 1e6}M`];
    // What is of no round size has more digits that way.
    return [...inM, `${Number(value) / 1000}k`].find((text) =>
      text.length < String(value).length && RATE.read(text) === value
    ) ?? String(value);
  },
};
const SIZE: Notation = { ...RATE, takes: "bytes such as 64k" };
const SWITCH: Notation = {
  takes: "yes or no",
  read: (text) => text === "yes" ? true : text === "no" ? false : undefined,
  show: (value) => value ? "yes" : "no",
};

const KEYS: Readonly<
  Record<string, readonly [keyof LinkImpairment, Notation]>
> = {
  "loss": ["lossRatio", RATIO],
  "burst": ["lossBurstPackets", COUNT],
  "burst-loss": ["lossInBurstRatio", RATIO],
  "delay": ["delayMs", TIME],
  "jitter": ["jitterMs", TIME],
  "jitter-reorders": ["jitterReorders", SWITCH],
  "reorder": ["reorderRatio", RATIO],
  "reorder-delay": ["reorderMs", TIME],
  "duplicate": ["duplicateRatio", RATIO],
  "rate": ["rateBps", RATE],
  "queue": ["queueBytes", SIZE],
  "outage": ["outageMs", TIME],
  "outage-every": ["outageEveryMs", TIME],
};

const REBIND = "rebind";
const REBIND_EVERY = "rebind-every";
const MEDIA_ONLY = "media-only";

const DIRECTIONS: Readonly<Record<string, readonly Direction[]>> = {
  "": ["inbound", "outbound"],
  "in.": ["inbound"],
  "out.": ["outbound"],
};

/**
 * The impairment of this text: a profile's name, or settings. Throws a
 * `SyntaxError` or `RangeError` in one line that says what it takes.
 */
export function parseImpairment(text: string): Impairment {
  const [first, ...more] = text.split(",");
  const profile: Impairment | undefined = isImpairmentProfile(first)
    ? IMPAIRMENT_PROFILES[first]
    : undefined;
  const settings = profile === undefined ? [first, ...more] : more;
  if (profile !== undefined && more.length === 0) return profile;
  if (
    profile === undefined && !text.includes("=") &&
    !settings.some((setting) => setting === REBIND || setting === MEDIA_ONLY)
  ) {
    const names = Object.keys(IMPAIRMENT_PROFILES).join(", ");
    throw new SyntaxError(
      `Cannot read impairment "${text}": it is not one of ${names}, nor settings such as loss=5%,delay=50ms`,
    );
  }
  const links: Record<
    Direction,
    Partial<Record<keyof LinkImpairment, Value>>
  > = {
    inbound: { ...profile?.inbound },
    outbound: { ...profile?.outbound },
  };
  let whole: WholeSettings = {};
  for (const setting of settings) {
    const one = wholeSetting(setting);
    if (one !== undefined) {
      whole = { ...whole, ...one };
      continue;
    }
    const { directions, field, value } = parseSetting(setting);
    for (const direction of directions) links[direction][field] = value;
  }
  // Each notation gives what its field holds.
  const directed = Object.fromEntries(
    Object.entries(links).filter(([, link]) => Object.keys(link).length > 0),
  ) as Impairment;
  const impairment = { ...directed, ...whole };
  checkImpairment(impairment);
  return impairment;
}

/** The impairment in one line: a profile's name where it is one, else its settings. */
export function describeImpairment(impairment: Impairment): string {
  const same = JSON.stringify(impairment);
  const profile = Object.entries(IMPAIRMENT_PROFILES).find(([, one]) =>
    JSON.stringify(one) === same
  );
  if (profile !== undefined) return profile[0];
  const { inbound = {}, outbound = {}, rebind, rebindEveryMs, mediaOnly } =
    impairment;
  const inwards = settingsOf(inbound);
  const outwards = settingsOf(outbound);
  const both = inwards.filter((setting) => outwards.includes(setting));
  const only = (prefix: string, settings: readonly string[]) =>
    settings.filter((setting) => !both.includes(setting))
      .map((setting) => `${prefix}${setting}`);
  const all = [
    ...both,
    ...only("in.", inwards),
    ...only("out.", outwards),
    ...(rebind ? [REBIND] : []),
    ...(rebindEveryMs === undefined
      ? []
      : [`${REBIND_EVERY}=${TIME.show(rebindEveryMs)}`]),
    ...(mediaOnly ? [MEDIA_ONLY] : []),
  ];
  return all.length === 0 ? "none" : all.join(",");
}

function settingsOf(link: LinkImpairment): string[] {
  return Object.entries(KEYS).flatMap(([key, [field, { show }]]) => {
    const value = link[field];
    return value === undefined ? [] : [`${key}=${show(value)}`];
  });
}

/** What is of no direction. */
type WholeSettings = Omit<Impairment, Direction>;

/** A setting of no direction; `undefined` for another one. */
function wholeSetting(setting: string): WholeSettings | undefined {
  if (setting === REBIND) return { rebind: true };
  if (setting === MEDIA_ONLY) return { mediaOnly: true };
  if (!setting.startsWith(`${REBIND_EVERY}=`)) return undefined;
  const given = setting.slice(REBIND_EVERY.length + 1);
  // It reads numbers.
  const rebindEveryMs = TIME.read(given) as number | undefined;
  if (rebindEveryMs === undefined) throw notTaken(setting, given, TIME);
  return { rebindEveryMs };
}

function parseSetting(setting: string): {
  readonly directions: readonly Direction[];
  readonly field: keyof LinkImpairment;
  readonly value: Value;
} {
  const [, prefix = "", key = "", given = ""] =
    /^(in\.|out\.|)([^=]*)=(.*)$/.exec(setting) ?? [];
  if (!Object.hasOwn(KEYS, key)) {
    throw new SyntaxError(
      `Cannot read impairment setting "${setting}": it sets none of ${
        [...Object.keys(KEYS), REBIND, REBIND_EVERY, MEDIA_ONLY].join(", ")
      }`,
    );
  }
  const [field, notation] = KEYS[key];
  const value = notation.read(given);
  if (value === undefined) throw notTaken(setting, given, notation);
  return { directions: DIRECTIONS[prefix], field, value };
}

function notTaken(
  setting: string,
  given: string,
  { takes }: Notation,
): SyntaxError {
  return new SyntaxError(
    `Cannot read impairment setting "${setting}": "${given}" is not ${takes}`,
  );
}

/** The number before one of these units, times what the unit is worth. */
function numberIn(
  text: string,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const [, digits = "", unit] = /^(\d+\.?\d*|\.\d+)(.*)$/.exec(text) ?? [];
  if (unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  // 7 times 0.01 is 0.07 for people.
  return Number((Number(digits) * units[unit]).toPrecision(12));
}
