/**
 * Certificates that somebody gave to be trusted.
 *
 * @module
 */

import { X509Certificate } from "./deps.ts";

/** What is wrong with a text of certificates, to go behind what it is; TLS would pass over it without a word. */
export function certificatesProblem(pem: string): string | undefined {
  const found = pem.match(
    /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g,
  );
  if (found === null) return "holds no certificate (PEM)";
  const damaged = found.findIndex((one) => {
    try {
      return new X509Certificate(one).subject === undefined;
    } catch {
      return true;
    }
  });
  return damaged < 0
    ? undefined
    : `holds a certificate that cannot be read, number ${damaged + 1}`;
}
