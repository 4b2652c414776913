/**
 * Which hosts are the machine itself.
 *
 * @module
 */

/** `[::1]`, and `127.0.0.0/8` in IPv6 as a URL spells it. */
const V6 = /^\[(::1|::ffff:(7f[\da-f]{2}:[\da-f]{1,4}|127(\.\d+){3}))\]$/;

/** Whether a host of a URL is this machine, whoever looks it up (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopback({ hostname }: Pick<URL, "hostname">): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return /^((.+\.)?localhost|127(\.\d+){3})$/.test(host) || V6.test(host);
}
