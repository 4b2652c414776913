/**
 * The values that describe one end of a transport on the wire: ICE (RFC 8445)
 * and DTLS (RFC 8122 fingerprints).
 */

import { z } from "./deps.ts";
import { listOf } from "./first_wrong.ts";
import type {
  DtlsFingerprint,
  DtlsParameters,
  IceCandidate,
  IceParameters,
} from "./parameters.ts";

export const iceParametersSchema: z.ZodType<IceParameters> = z.object({
  usernameFragment: z.string(),
  password: z.string(),
  iceLite: z.boolean().optional(),
});

/** What is wrong with one candidate must not cost the others: whoever uses them judges each. */
export const iceCandidateSchema: z.ZodType<IceCandidate> = z.object({
  foundation: z.string().nullish(),
  priority: z.number().nullish(),
  address: z.string(),
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
const DIGEST_BYTES: Readonly<Record<DtlsFingerprint["algorithm"], number>> = {
  "sha-1": 20,
  "sha-224": 28,
  "sha-256": 32,
  "sha-384": 48,
  "sha-512": 64,
};

const fingerprintAlgorithmSchema = z.enum(
  Object.keys(DIGEST_BYTES) as DtlsFingerprint["algorithm"][],
);
const dtlsRoleSchema = z.enum(["auto", "client", "server"]);

export const dtlsParametersSchema: z.ZodType<DtlsParameters> = z.object({
  role: dtlsRoleSchema,
  fingerprints: z.array(z.object({
    algorithm: fingerprintAlgorithmSchema,
    value: z.string(),
  })).max(MAX_FINGERPRINTS),
});

/** As strict as the server: no further keys, and hex bytes of the algorithm's exact length. */
export const strictDtlsParametersSchema: z.ZodType<DtlsParameters> = z.object({
  role: dtlsRoleSchema,
  fingerprints: listOf(
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
