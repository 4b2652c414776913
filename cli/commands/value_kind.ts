/**
 * The kinds of value that an option takes, each as a reader of one text. None
 * throws: what is wrong with a text is said in words that go behind the
 * option's name.
 *
 * @module
 */

import {
  type ImpairmentShare,
  type MonitorTarget,
  parseImpairmentShare,
  parseTarget,
  parseThreshold,
  SERVER_SCHEMES,
  shownUrl,
  type Threshold,
} from "../../tool.ts";

/** A value, or what is wrong with the text. */
export type Reading<T> =
  | { readonly value: T }
  | { readonly problem: string };

/** A kind of value. */
export interface ValueKind<T> {
  /** How help names the value. */
  readonly placeholder: string;
  /** What it takes, to go behind "takes". */
  readonly takes: string;
  readonly read: (text: string) => Reading<T>;
}

/** A whole number within bounds. */
export function whole(
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): ValueKind<number> {
  const range = max === Number.MAX_SAFE_INTEGER
    ? `of at least ${min}`
    : `from ${min} to ${max}`;
  return kind("N", `a whole number ${range}`, (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** A number, fractions allowed, within bounds. */
export function decimal(
  placeholder: string,
  min: number,
  max: number,
): ValueKind<number> {
  return kind(placeholder, `a number from ${min} to ${max}`, (text) => {
    const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Timers cannot wait for longer than 24 days. */
const MAX_HOURS = 480;

/** A length of time, in milliseconds; bare numbers are seconds. */
export function duration(minMs: number): ValueKind<number> {
  const above = minMs > 0 ? `of at least ${minMs}ms ` : "";
  return kind(
    "T",
    `a duration ${above}such as 30, 500ms, 90s, 5m or 1h, up to ${MAX_HOURS}h`,
    (text) => {
      const [, digits, unit] = /^(\d+\.?\d*|\.\d+)(ms|s|m|h|)$/.exec(text) ??
        [];
      const ms = Math.round(Number(digits) * MS_PER_UNIT[unit]);
      return ms >= minMs && ms <= MAX_HOURS * MS_PER_UNIT.h ? ms : undefined;
    },
  );
}

/** One of a few words. */
export function choice<const T extends string>(
  words: readonly T[],
): ValueKind<T> {
  const takes = words.length === 1
    ? words[0]
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return kind(
    words.join("|"),
    takes,
    (text) => words.find((word) => word === text),
  );
}

/** A kind whose values are those of another one, made into something else. */
export function mapped<T, U>(
  inner: ValueKind<T>,
  change: (value: T) => U,
): ValueKind<U> {
  return {
    ...inner,
    read: (text) => {
      const reading = inner.read(text);
      return "problem" in reading ? reading : { value: change(reading.value) };
    },
  };
}

/** A whole number, or a word that stands for one. */
export function wholeOr<const W extends string>(
  word: W,
  min: number,
  max: number,
): ValueKind<number | W> {
  const number = whole(min, max);
  return kind(
    `N|${word}`,
    `${number.takes}, or ${word}`,
    (text) => {
      if (text === word) return word;
      const reading = number.read(text);
      return "value" in reading ? reading.value : undefined;
    },
  );
}

/** Any text that is not empty. */
export function text(placeholder: string): ValueKind<string> {
  return kind(placeholder, "a text", (given) => given);
}

/** A text before and a text after the first `=`. */
export const assignment: ValueKind<readonly [string, string]> = secretKind(
  "ROOM=PASSWORD",
  "ROOM=PASSWORD",
  (given) => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
    return value === undefined ? undefined : [name, value] as const;
  },
);

/** A header: its name, and its value or the file that holds that. */
export interface GivenHeader {
  readonly name: string;
  readonly value: string;
  readonly file?: string | undefined;
}

/** What belongs to the connection itself (RFC 6455 section 4.1, RFC 9110 section 7.6.1), and would not be sent as it was given. */
const OWN_HEADERS =
  /^(connection|content-length|keep-alive|proxy-.*|sec-websocket-(accept|extensions|key|version)|te|trailer|transfer-encoding|upgrade)$/i;

/** A header of HTTP (RFC 9110 section 5). */
export const header: ValueKind<GivenHeader> = secretKind(
  "NAME:VALUE",
  `a header such as "Origin: https://chat.example", none of the connection's own`,
  (given) => {
    const [, name, value] =
      /^([!#$%&'*+.^_`|~\w-]+)[ \t]*:[ \t]*([\t\x20-\x7e\x80-\xff]+)$/
        .exec(given.trim()) ?? [];
    if (value === undefined || OWN_HEADERS.test(name)) return undefined;
    return value.startsWith("@")
      ? { name, value: "", file: value.slice(1) }
      : { name, value };
  },
);

/** Where the server is. */
export const serverUrl: ValueKind<string> = kind(
  "URL",
  `a ${SERVER_SCHEMES.join(" or ")} URL`,
  (given) =>
    SERVER_SCHEMES.some((scheme) => given.toLowerCase().startsWith(scheme)) &&
      URL.canParse(given)
      ? given
      : undefined,
  shownUrl,
);

/** A server to watch. */
export const monitorTarget: ValueKind<MonitorTarget> = {
  placeholder: "TARGET",
  takes: "pid:N, port:N, cmd:NAME, ssh:HOST:PORT or http://HOST:PORT",
  read: (given) => {
    try {
      return { value: parseTarget(given) };
    } catch (error) {
      if (error instanceof TypeError) {
        return { problem: error.message.replace(/\.$/, "") };
      }
      throw error;
    }
  },
};

/** A bad network, and for how many, as it was typed. */
export interface TypedImpairment extends ImpairmentShare {
  readonly text: string;
}

/** A bad network, and for how many of the clients. */
export const impairmentShare: ValueKind<TypedImpairment> = {
  placeholder: "PROFILE[:SHARE]",
  takes: "a network such as wifi-lossy, 3g:30% or loss=5%,delay=50ms:0.5",
  read: (given) => {
    try {
      return { value: { ...parseImpairmentShare(given), text: given } };
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) {
        return { problem: error.message };
      }
      throw error;
    }
  },
};

/** What a run must keep to. */
export const threshold: ValueKind<Threshold> = {
  placeholder: "EXPR",
  takes: `a threshold such as "join p(95) < 500ms" or "loss < 1%"`,
  read: (given) => {
    try {
      return { value: parseThreshold(given) };
    } catch (error) {
      if (error instanceof SyntaxError) return { problem: error.message };
      throw error;
    }
  },
};

/** A kind whose texts are repeated to nobody. */
function secretKind<T>(
  placeholder: string,
  takes: string,
  read: (text: string) => T | undefined,
): ValueKind<T> {
  return {
    placeholder,
    takes,
    read: (given) => {
      const value = read(given);
      return value === undefined ? { problem: `it takes ${takes}` } : { value };
    },
  };
}

function kind<T>(
  placeholder: string,
  takes: string,
  read: (text: string) => T | undefined,
  show: (text: string) => string = (text) => text,
): ValueKind<T> {
  return {
    placeholder,
    takes,
    read: (given) => {
      const value = read(given);
      return value === undefined
        ? { problem: `"${show(given)}" is not ${takes}` }
        : { value };
    },
  };
}
