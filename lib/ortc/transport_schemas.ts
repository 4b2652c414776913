/**
 * The values that describe one end of a transport on the wire: ICE (RFC 8445)
 * and DTLS (RFC 8122 fingerprints).
 */

import type { DeepReadonly } from "./deep_readonly.ts";
import { z } from "./deps.ts";

export const iceParametersSchema = z.object({
  usernameFragment: z.string(),
  password: z.string(),
  iceLite: z.boolean().optional(),
});

/** What is wrong with one candidate must not cost the others: whoever uses them judges each. */
export const iceCandidateSchema = z.object({
  foundation: z.string().nullish(),
  priority: z.number().nullish(),
  address: z.string(),
  /** `udp` or `tcp`. */
  protocol: z.string(),
  port: z.number(),
  type: z.string().nullish(),
  tcpType: z.string().nullish(),
});

/** An agent checks no more pairs than this (RFC 8445 section 6.1.2.5). */
export const MAX_ICE_CANDIDATES = 100;
/** Room for every digest twice and more: a message with a longer list is none. */
const MAX_FINGERPRINTS = 16;

/** How many bytes the digest of each algorithm has. */
const DIGEST_BYTES = {
  "sha-1": 20,
  "sha-224": 28,
  "sha-256": 32,
  "sha-384": 48,
  "sha-512": 64,
} as const;

const fingerprintAlgorithmSchema = z.enum(
  Object.keys(DIGEST_BYTES) as (keyof typeof DIGEST_BYTES)[],
);
const dtlsRoleSchema = z.enum(["auto", "client", "server"]);

export const dtlsParametersSchema = z.object({
  role: dtlsRoleSchema,
  fingerprints: z.array(z.object({
    algorithm: fingerprintAlgorithmSchema,
    value: z.string(),
  })).max(MAX_FINGERPRINTS),
});

/** As strict as the server: no further keys, and hex bytes of the algorithm's exact length. */
export const strictDtlsParametersSchema: z.ZodType<DtlsParameters> = z.object({
  role: dtlsRoleSchema,
  fingerprints: z.array(
    z.strictObject({
      algorithm: fingerprintAlgorithmSchema,
      value: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i),
    }).refine(
      ({ algorithm, value }) =>
        value.length === DIGEST_BYTES[algorithm] * 3 - 1,
      "Invalid input: the fingerprint's length does not fit its algorithm",
    ),
  ),
});

/** The ICE credentials of the server's end of a transport. */
export type IceParameters = DeepReadonly<z.infer<typeof iceParametersSchema>>;
/** One address at which the server's end of a transport can be reached. */
export type IceCandidate = DeepReadonly<z.infer<typeof iceCandidateSchema>>;
/** Which side of the DTLS handshake an end takes; `auto` leaves it to the other. */
export type DtlsRole = z.infer<typeof dtlsRoleSchema>;
/** The DTLS role and the certificate fingerprints of one end of a transport. */
export type DtlsParameters = DeepReadonly<z.infer<typeof dtlsParametersSchema>>;
/** One digest of a DTLS certificate: upper-case hex bytes joined by colons. */
export type DtlsFingerprint = DtlsParameters["fingerprints"][number];
