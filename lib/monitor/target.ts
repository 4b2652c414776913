/**
 * A monitor target: which server to watch, and from where.
 *
 * ```text
 * pid:123               the process 123 on this machine, and its descendants
 * port:3000             the process that listens on TCP port 3000
 * cmd:simplest-chat     the newest process of that name
 * ssh:host:3000         the process that listens on port 3000 on `host`
 * ssh:user@host:3000    the same, logged in as `user`
 * http://host:3000      its /health and /metrics
 * ```
 *
 * @module
 */

import { shownText, shownUrl } from "../text/mod.ts";

/** One server to watch. `text` is the target as it was written but for secrets in a URL, and names it in samples and events. */
export type MonitorTarget =
  | { readonly kind: "pid"; readonly text: string; readonly pid: number }
  | {
    readonly kind: "port";
    readonly text: string;
    readonly port: number;
    /** Nobody named it: where nothing is found there, nothing is to be said. @default {false} */
    readonly isAssumed?: boolean | undefined;
  }
  | { readonly kind: "cmd"; readonly text: string; readonly name: string }
  | {
    readonly kind: "ssh";
    readonly text: string;
    /** `host` or `user@host`, as ssh takes it. */
    readonly destination: string;
    /** The TCP port that the server listens on (not the port of sshd). */
    readonly port: number;
  }
  | {
    readonly kind: "http";
    readonly text: string;
    /** The base URL below which `/health` and `/metrics` lie; no slash at the end. */
    readonly baseUrl: string;
    /** The whole URL, where there is a user, a password or a query in it. */
    readonly asGiven?: string;
  };

/**
 * Reads a target from its text.
 *
 * @throws {TypeError} with one line that says what is wrong and names the
 * nearest right form.
 *
 * ```ts
 * import { parseTarget } from "./target.ts";
 *
 * parseTarget("port:3000"); // { kind: "port", text: "port:3000", port: 3000 }
 * ```
 */
export function parseTarget(text: string): MonitorTarget {
  const colon = text.indexOf(":");
  const form = colon < 0 ? "" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  switch (form) {
    case "pid":
      return { kind: "pid", text, pid: wholeNumber(text, rest, 4_194_304) };
    case "port":
      return { kind: "port", text, port: wholeNumber(text, rest, 65_535) };
    case "cmd":
      return { kind: "cmd", text, name: processName(text, rest) };
    case "ssh":
      return parseSsh(text, rest);
    case "http":
    case "https":
      return {
        kind: "http",
        text: shownUrl(text),
        baseUrl: httpBase(text),
        ...(shownUrl(text) !== text && { asGiven: text }),
      };
  }
  throw refusal(text, `Did you mean ${nearest(text, form, rest)}?`);
}

/** Whether it reads processes of this machine. */
export function isHere(target: MonitorTarget): boolean {
  switch (target.kind) {
    case "pid":
    case "port":
    case "cmd":
      return true;
    case "ssh":
      return LOOPBACK.includes(target.destination.replace(/^.*@/, ""));
    case "http":
      return false;
  }
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

const FORMS = ["pid", "port", "cmd", "ssh", "http", "https"] as const;

function refusal(text: string, hint: string): TypeError {
  return new TypeError(
    `Cannot read monitor target "${shownUrl(text)}": ${shownText(hint)}`,
  );
}

function wholeNumber(text: string, digits: string, max: number): number {
  const value = /^\d+$/.test(digits) ? Number(digits) : 0;
  if (value >= 1 && value <= max) return value;
  const form = text.startsWith("pid:") ? "pid" : "port";
  const example = form === "pid" ? "pid:1234" : "port:3000";
  throw refusal(
    text,
    `${form}: needs a number from 1 to ${max}, as in ${example}.`,
  );
}

function processName(text: string, name: string): string {
  if (/^[^\s/\p{Cc}]+$/u.test(name)) return name;
  throw refusal(
    text,
    "cmd: needs the name of a program without its path or arguments, as in cmd:simplest-chat.",
  );
}

function parseSsh(text: string, rest: string): MonitorTarget {
  // A host that starts with "-" would be an option to ssh.
  const found = rest.replace(/^\/\//, "").match(
    /^((?:[\w.-]+@)?(?:\[[0-9a-fA-F:.]+\]|[\w.][\w.-]*)):(\d+)$/,
  );
  const port = Number(found?.[2] ?? 0);
  if (found === null || port < 1 || port > 65_535 || rest.startsWith("-")) {
    const host = rest.match(/^(?:[\w.]+@)?[\w.][\w.-]*/)?.[0] ?? "host";
    throw refusal(
      text,
      `ssh: needs a host and the port that the server listens on there, as in ssh:${host}:3000.`,
    );
  }
  const destination = found[1].replace(/\[|\]/g, "");
  return { kind: "ssh", text, destination, port };
}

function httpBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\//.test(text)) {
    throw refusal(
      text,
      "http needs a whole URL, as in http://localhost:3000.",
    );
  }
  const path = url.pathname.replace(/\/(?:health|metrics)?$/, "");
  return url.origin + path;
}

function nearest(text: string, form: string, rest: string): string {
  if (/^\d+$/.test(text)) return `port:${text} or pid:${text}`;
  if (form === "") return /^[^\s/]+$/.test(text) ? `cmd:${text}` : "port:3000";
  const websocket = text.match(/^ws(s?):\/\/([^/]+)/);
  if (websocket) return `http${websocket[1]}://${websocket[2]}`;
  const [best, distance] = FORMS
    .map((known) => [known, editDistance(form, known)] as const)
    .reduce((a, b) => b[1] < a[1] ? b : a);
  if (distance <= 2) return `${best}:${rest}`;
  return /^\d+$/.test(rest) ? `http://${text} or ssh:${text}` : "port:3000";
}

/** Levenshtein's distance: how many letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
