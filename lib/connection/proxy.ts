/**
 * Which proxy a connection goes through, by the environment variables that
 * curl and others go by.
 *
 * @module
 */

import { BlockList, isIP } from "./deps.ts";
import { hostOf, type ProxySettings } from "./settings.ts";

/**
 * The proxies of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or
 * of the same in small letters; `undefined` when there are none.
 */
export function systemProxies(
  env: (name: string) => string | undefined,
): ProxySettings | undefined {
  const read = (name: string) =>
    [name.toLowerCase(), name].map(env).find((text) =>
      text !== undefined && text !== ""
    );
  const all = read("ALL_PROXY");
  const http = read("HTTP_PROXY") ?? all;
  const https = read("HTTPS_PROXY") ?? all;
  if (http === undefined && https === undefined) return undefined;
  return { http, https, exempt: read("NO_PROXY") };
}

/** The proxy for a URL, as it was given; `undefined` to go there directly. */
export function proxyFor(
  url: URL,
  { http, https, exempt = "" }: ProxySettings,
): string | undefined {
  const isSecure = url.protocol === "wss:" || url.protocol === "https:";
  const proxy = isSecure ? https : http;
  if (proxy === undefined || proxy === "") return undefined;
  const host = hostOf(url).toLowerCase();
  const port = url.port === "" ? (isSecure ? "443" : "80") : url.port;
  const isExempt = exempt.split(/[\s,]+/).some((entry) =>
    entry !== "" && covers(entry.toLowerCase(), host, port)
  );
  return isExempt ? undefined : proxy;
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const { name, at } = withPort(entry);
  if (at !== undefined && at !== port) return false;
  if (name.includes("/")) return inNetwork(name, host);
  const bare = name.replace(/^\*?\./, "");
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

/** `host:8080`, `[::1]:8080`, and an IPv6 address, whose colons are its own. */
function withPort(
  entry: string,
): { readonly name: string; readonly at?: string | undefined } {
  if (isIP(entry) === 6) return { name: entry };
  const [, inner, plain, at] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: inner ?? plain ?? entry, at };
}

function inNetwork(network: string, host: string): boolean {
  const [base, bits] = network.split("/");
  const kind = isIP(base);
  const length = /^\d+$/.test(bits) ? Number(bits) : Infinity;
  if (kind === 0 || isIP(host) !== kind || length > (kind === 4 ? 32 : 128)) {
    return false;
  }
  const family = kind === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, length, family);
  return list.check(host, family);
}
