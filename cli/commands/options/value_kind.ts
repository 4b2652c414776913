/**
 * Kinds of value that only the command line takes.
 *
 * @module
 */

import {
  type DumpChoice,
  kind,
  listOf,
  type MonitorTarget,
  parsed,
  parseTarget,
  readDuration,
  secretKind,
  SERVER_SCHEMES,
  shownUrl,
  type ValueKind,
} from "../../../tool.ts";

/** A text before and a text after the first `=`, of which the second is a secret. */
function assignment(spelling: string): ValueKind<readonly [string, string]> {
  return secretKind(spelling, spelling, (given) => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
    return value === undefined ? undefined : [name, value] as const;
  });
}

/** Passwords of rooms. */
export const ASSIGNMENTS: ValueKind<
  readonly (readonly [string, string])[]
> = listOf(assignment("ROOM=PASSWORD"), "passwords");

/** What an adapter is told. */
export const SIGNALING_OPTIONS: ValueKind<
  readonly (readonly [string, string])[]
> = listOf(assignment("KEY=VALUE"), "options");

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
const HEADER: ValueKind<GivenHeader> = secretKind(
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
    typeof given === "string" &&
      SERVER_SCHEMES.some((scheme) => given.toLowerCase().startsWith(scheme)) &&
      URL.canParse(given)
      ? given
      : undefined,
  shownUrl,
);

/** Where a collector is, or a variable that says so. */
export const collectorUrl: ValueKind<string> = kind(
  "URL",
  "an http:// or https:// URL",
  (given) =>
    typeof given === "string" &&
      (given.startsWith("$") ||
        /^https?:\/\//i.test(given) && URL.canParse(given))
      ? given
      : undefined,
  (given) => given.startsWith("$") ? given : shownUrl(given),
);

/** Headers. */
export const HEADERS: ValueKind<readonly GivenHeader[]> = listOf(
  HEADER,
  "headers",
);

/** Servers to watch. */
export const MONITOR_TARGETS: ValueKind<readonly MonitorTarget[]> = listOf(
  parsed({
    placeholder: "TARGET",
    takes: "pid:N, port:N, cmd:NAME, ssh:HOST:PORT or http://HOST:PORT",
    parse: parseTarget,
    toJson: ({ text }) => text,
  }),
  "servers such as port:3000",
);

/** Who is dumped; `text` is as it was given. */
export interface GivenDump extends Pick<DumpChoice, "clients" | "keepMs"> {
  readonly text: string;
}

/** How much is kept of clients that are dumped once they fail. */
const BEFORE_TROUBLE_MS = 10_000;
const DUMP_TAKES =
  "clients such as client-7,client-9, a number of them such as 3 or 3:10s, or failed";

/** Whom to dump, and how much: all of it, or the last while. */
export const dumpChoice: ValueKind<GivenDump> = parsed({
  placeholder: "WHO",
  takes: DUMP_TAKES,
  parse(text): GivenDump {
    if (text === "failed") {
      return { text, clients: text, keepMs: BEFORE_TROUBLE_MS };
    }
    const [, number, time] = /^([1-9]\d{0,3})(?::(\w+))?$/.exec(text) ?? [];
    const keepMs = time === undefined ? null : readDuration(time);
    if (number !== undefined && keepMs !== undefined && keepMs !== 0) {
      return { text, clients: Number(number), keepMs };
    }
    const names = text.split(",").map((name) =>
      /^client-(\d{1,6})$/.exec(name.trim())?.[1]
    );
    if (names.includes(undefined)) {
      throw new RangeError(`"${text}" is not ${DUMP_TAKES}`);
    }
    return { text, clients: names.map(Number), keepMs: null };
  },
  toJson: ({ text }) => text,
});

/** Which agents there are to be, as they were asked for. */
export type GivenAgents =
  & { readonly text: string }
  & (
    | { readonly kind: "local"; readonly count: number }
    | { readonly kind: "ssh"; readonly destinations: readonly string[] }
    | { readonly kind: "broker"; readonly count: number }
  );

const AGENTS_TAKES =
  "local:N, ssh:HOST for each machine, such as ssh:me@h1,ssh:me@h2, or how many of those at the broker";

/** Which agents there are to be. */
export const AGENTS: ValueKind<GivenAgents> = parsed({
  placeholder: "AGENTS",
  takes: AGENTS_TAKES,
  parse(text): GivenAgents {
    const [, local, digits] = /^(local:)?([1-9]\d{0,2})$/.exec(text) ?? [];
    if (digits !== undefined) {
      const kind = local === undefined ? "broker" : "local";
      return { text, kind, count: Number(digits) };
    }
    const destinations = text.split(",").map((one) =>
      /^ssh:([\w.@:%[\]][\w.@:%[\]-]{0,199})$/.exec(one.trim())?.[1] ?? ""
    );
    if (destinations.includes("")) {
      throw new RangeError(`"${text}" is not ${AGENTS_TAKES}`);
    }
    return { text, kind: "ssh", destinations };
  },
  toJson: ({ text }) => text,
});

/** What an agent, or a group of them, is called. */
export const agentName: ValueKind<string> = kind(
  "NAME",
  "up to 32 small letters, digits and -",
  (given) =>
    typeof given === "string" && /^[a-z0-9-]{1,32}$/.test(given)
      ? given
      : undefined,
);

/** Where a broker is. */
export const brokerUrl: ValueKind<string> = kind(
  "URL",
  "a nats:// or tls:// URL such as nats://HOST:4222",
  (given) =>
    typeof given === "string" && /^(nats|tls):\/\/[^/]+\/?$/.test(given) &&
      URL.canParse(given) && new URL(given).hostname !== ""
      ? given
      : undefined,
  shownUrl,
);

/** A pattern of URLs, in which `*` stands for anything. */
export interface UrlPattern {
  readonly text: string;
  readonly matches: (url: string) => boolean;
}

/** Patterns of URLs. */
export const URL_PATTERNS: ValueKind<readonly UrlPattern[]> = listOf(
  parsed({
    placeholder: "PATTERN",
    takes: "a URL with * in it",
    parse(text): UrlPattern {
      const parts = text.split("*").map((part) => RegExp.escape(part));
      const pattern = new RegExp(`^${parts.join(".*")}$`, "s");
      return { text, matches: (url) => pattern.test(url) };
    },
    toJson: ({ text }) => text,
  }),
  "patterns",
);

/** Where to listen. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

const MAX_PORT = 65_535;
const PORT_TAKES = "a port from 0 to 65535, or HOST:PORT";

/** A port, on this machine alone unless a host stands before it. */
export const listenAddress: ValueKind<ListenAddress> = parsed({
  placeholder: "[HOST:]PORT",
  takes: PORT_TAKES,
  parse: (given) => {
    const [, host, digits] = /^(?:(\[[\da-f:]+\]|[\w.-]+):)?(\d{1,5})$/i
      .exec(given) ?? [];
    const port = Number(digits);
    if (!(port <= MAX_PORT)) {
      throw new RangeError(`"${given}" is not ${PORT_TAKES}`);
    }
    return { hostname: host?.replaceAll(/[[\]]/g, "") ?? "127.0.0.1", port };
  },
  toJson: ({ hostname, port }) => `${hostname}:${port}`,
});
