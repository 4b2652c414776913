/**
 * How a broker is reached.
 *
 * @module
 */

import { isLoopback } from "../../connection/mod.ts";

/** Where a broker is, and as whom one goes there. */
export interface BrokerAccess {
  /** `nats://host:4222`, or `tls://` of the same; a user and a password may be in it. */
  readonly url: string;
  /** What all of a group share. */
  readonly token?: string | undefined;
  /** A seed of an NKEY. */
  readonly nkey?: string | undefined;
  /** The text of a file of credentials. */
  readonly creds?: string | undefined;
  /** Certificates (PEM) to trust in place of the system's. */
  readonly ca?: string | undefined;
  /** Go there although others can listen, or come. */
  readonly isInsecure: boolean;
}

/** Where it is, without who one is. */
export function brokerAddress(
  { url }: Pick<BrokerAccess, "url">,
): {
  readonly shown: string;
  readonly server: string;
  readonly isHere: boolean;
} {
  const place = new URL(url);
  const { protocol, hostname, port } = place;
  const server = `${hostname}:${port || "4222"}`;
  return {
    shown: `${protocol}//${server}`,
    server,
    isHere: isLoopback(place),
  };
}

/** Whether one has to be somebody to get in, as far as known here. */
export function hasCredentials(
  { url, token, nkey, creds }: BrokerAccess,
): boolean {
  return [token, nkey, creds, new URL(url).username || undefined]
    .some((one) => one !== undefined);
}
