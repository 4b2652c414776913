/**
 * The alerts of TLS 1.2 (RFC 5246 section 7.2), by the names that its registry
 * has for them.
 *
 * @module
 */

/** What an alert says. */
export interface DtlsAlert {
  /** Whether it ends the association: any fatal one, and a `close notify`. */
  readonly ends: boolean;
  /** For example `handshake failure`. */
  readonly name: string;
}

const CLOSE_NOTIFY = 0;
const WARNING = 1;
const FATAL = 2;

/** The two bytes that end an association well. */
export const CLOSE_NOTIFY_ALERT: readonly number[] = [WARNING, CLOSE_NOTIFY];

const NAMES: Readonly<Record<number, string>> = {
  [CLOSE_NOTIFY]: "close notify",
  10: "unexpected message",
  20: "bad record mac",
  21: "decryption failed",
  22: "record overflow",
  30: "decompression failure",
  40: "handshake failure",
  41: "no certificate",
  42: "bad certificate",
  43: "unsupported certificate",
  44: "certificate revoked",
  45: "certificate expired",
  46: "certificate unknown",
  47: "illegal parameter",
  48: "unknown ca",
  49: "access denied",
  50: "decode error",
  51: "decrypt error",
  60: "export restriction",
  70: "protocol version",
  71: "insufficient security",
  80: "internal error",
  86: "inappropriate fallback",
  90: "user canceled",
  100: "no renegotiation",
  109: "missing extension",
  110: "unsupported extension",
  111: "certificate unobtainable",
  112: "unrecognized name",
  113: "bad certificate status response",
  114: "bad certificate hash value",
  115: "unknown psk identity",
  116: "certificate required",
  120: "no application protocol",
};

/** Reads the two bytes of an alert in the clear; `undefined` for what is none. */
export function readAlert(body: Uint8Array): DtlsAlert | undefined {
  if (body.length !== 2) return undefined;
  const [level, description] = body;
  if (level !== WARNING && level !== FATAL) return undefined;
  return {
    ends: level === FATAL || description === CLOSE_NOTIFY,
    name: alertName(description),
  };
}

/** The name of an alert's number. */
export function alertName(description: number): string {
  return NAMES[description] ?? `alert ${description}`;
}
