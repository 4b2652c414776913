/**
 * The settings of connections as plain data: they travel in a node's plan, so
 * the certificates are text and not files.
 *
 * @module
 */

import { Buffer, isIP } from "./deps.ts";

/** The proxies of a machine. */
export interface ProxySettings {
  /** For `http:` and `ws:`; a URL, or a host and a port. */
  readonly http?: string | undefined;
  /** For `https:` and `wss:`. */
  readonly https?: string | undefined;
  /** Whom to reach without one, with commas between: `*`, hosts, domains, addresses, networks such as `10.0.0.0/8`. */
  readonly exempt?: string | undefined;
}

/** How connections to a server are made. */
export interface ConnectionSettings {
  /** Certificates that are trusted besides the system's: PEM, one or several. @default {none} */
  readonly ca?: string | undefined;
  /** Whether every certificate is taken, whoever signed it. @default {false} */
  readonly insecure?: boolean | undefined;
  /** Headers of the requests, by name and value; an `Origin` among them stands in for a browser's. @default {[]} */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
  /** The proxies to go through. @default {none} */
  readonly proxies?: ProxySettings | undefined;
}

/** What Node's TLS takes of the settings, for a connection to `url`. */
export function tlsOptions(
  url: URL,
  { ca, insecure }: ConnectionSettings,
): {
  readonly ca?: string;
  readonly rejectUnauthorized?: false;
  readonly servername: string;
} {
  const host = hostOf(url);
  return {
    ...(ca !== undefined && { ca }),
    // Left out otherwise: the runtime has switches of its own.
    ...(insecure === true && { rejectUnauthorized: false }),
    // An address is no server name (RFC 6066 section 3).
    servername: isIP(host) === 0 ? host : "",
  };
}

/** The headers by name; of a name that was given twice, both values. */
export function headersOf(
  { headers = [] }: ConnectionSettings,
): Record<string, string> {
  const byName = new Map<string, readonly [string, string]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = byName.get(key)?.[1];
    const glue = key === "cookie" ? "; " : ", ";
    byName.set(key, [
      name,
      before === undefined ? value : `${before}${glue}${value}`,
    ]);
  }
  return Object.fromEntries(byName.values());
}

/** The settings for another address than the server's: headers are nobody's business elsewhere. */
export function elsewhere(
  settings: ConnectionSettings,
  serverUrl: string,
  url: string,
): ConnectionSettings {
  return originOf(serverUrl) === originOf(url)
    ? settings
    : { ...settings, headers: [] };
}

/** A host without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Names whose values say nothing that is secret. */
const OPEN_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "host",
  "origin",
  "sec-websocket-protocol",
  "user-agent",
]);

/** A server, and what it is told: its address, or a proxy's, may hold secrets, too. */
export interface ServerAccess {
  /** Its WebSocket URL. */
  readonly url: string;
  /** A token for it. */
  readonly token?: string | undefined;
  /** The password of its rooms. */
  readonly password?: string | undefined;
  /** How it is reached. */
  readonly connection?: ConnectionSettings | undefined;
}

/** Whether anything goes to a server, or to a proxy before it, that others must not know. */
export function hasSecrets(server: ServerAccess): boolean {
  return secretsOf(server).some((secret) => secret !== "");
}

/** Every secret that goes to a server, as it was given. */
export function secretsOf(
  { url, token, password, connection = {} }: ServerAccess,
): string[] {
  const { headers = [], proxies = {} } = connection;
  return [
    ...(token === undefined ? [] : [token]),
    ...(password === undefined ? [] : [password]),
    ...[url, proxies.http, proxies.https].flatMap(secretsInUrl),
    ...headers.filter(([name]) => !OPEN_HEADERS.has(name.toLowerCase()))
      .flatMap(([, value]) => [value, ...value.split(/[\s;,]+/).map(bare)]),
  ];
}

/** Of `session=abc`, the part behind the name. */
function bare(part: string): string {
  return part.replace(/^[\w-]+=(?=.)/, "");
}

function secretsInUrl(text: string | undefined): string[] {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null) return [];
  const user = userOf(url);
  // Alone, it is no name but a key.
  const key = url.password === "" ? url.username : url.password;
  return [
    key,
    unescaped(key),
    ...(user === undefined ? [] : [Buffer.from(user).toString("base64")]),
    ...url.search.slice(1).split("&").flatMap((pair) => {
      const value = pair.slice(pair.indexOf("=") + 1);
      return [value, unescaped(value)];
    }),
  ];
}

/** The `user:password` of a URL, as HTTP's basic authentication takes it. */
export function userOf({ username, password }: URL): string | undefined {
  return username + password === ""
    ? undefined
    : `${unescaped(username)}:${unescaped(password)}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The origin of a page beside that server: `wss:` counts as `https:`, `ws:` as `http:`. */
export function originOf(url: string): string | null {
  return URL.parse(url.replace(/^ws(s?):/i, "http$1:"))?.origin ?? null;
}
