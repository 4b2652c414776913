/** A server's end of a transport, read tolerantly. */

import { assertEquals } from "@std/assert";
import {
  dtlsParametersSchema,
  iceCandidateSchema,
  iceParametersSchema,
} from "../../../lib/ortc/transport_schemas.ts";

const CANDIDATE = { address: "192.0.2.1", protocol: "udp", port: 4000 };

Deno.test.each<{ why: string; value: unknown; right: boolean }>([
  { why: "what is needed", value: CANDIDATE, right: true },
  {
    why: "null for all that may be missing",
    value: {
      ...CANDIDATE,
      foundation: null,
      priority: null,
      type: null,
      tcpType: null,
    },
    right: true,
  },
  {
    why: "what is for whoever uses it to judge",
    value: { ...CANDIDATE, port: -1.5, protocol: "sctp", address: "" },
    right: true,
  },
  {
    why: "keys that nobody knows",
    value: { ...CANDIDATE, ip: "192.0.2.1", more: {} },
    right: true,
  },
  { why: "no port", value: { ...CANDIDATE, port: undefined }, right: false },
  {
    why: "a port in words",
    value: { ...CANDIDATE, port: "4000" },
    right: false,
  },
  {
    why: "a priority in words",
    value: { ...CANDIDATE, priority: "high" },
    right: false,
  },
  { why: "null", value: null, right: false },
])("a candidate may have $why: $right", ({ value, right }) => {
  assertEquals(iceCandidateSchema.safeParse(value).success, right);
});

Deno.test("credentials are two texts, and whether the server is ICE-lite may be left out", () => {
  const ice = { usernameFragment: "u", password: "p" };
  assertEquals(iceParametersSchema.parse(ice), ice);
  for (const field of ["usernameFragment", "password"]) {
    const without = { ...ice, [field]: undefined };
    assertEquals(iceParametersSchema.safeParse(without).success, false);
  }
});

Deno.test("a list of fingerprints that is longer than any could be is none", () => {
  const read = (count: number) =>
    dtlsParametersSchema.safeParse({
      role: "auto",
      fingerprints: Array.from({ length: count }, () => ({
        algorithm: "sha-256",
        value: "whatever",
      })),
    }).success;
  assertEquals([0, 5, 16, 17, 100_000].map(read), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
