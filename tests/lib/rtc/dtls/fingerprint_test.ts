import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import {
  chooseFingerprint,
  hasFingerprint,
} from "../../../../lib/rtc/dtls/fingerprint.ts";

const DER = new TextEncoder().encode("a certificate");
const [sha1, sha224, sha256, sha384, sha512] = [
  "sha1",
  "sha224",
  "sha256",
  "sha384",
  "sha512",
].map((name) =>
  createHash(name).update(DER).digest("hex").toUpperCase().match(/../g)!
    .join(":")
);

Deno.test.each([
  {
    why: "SHA-256 comes first",
    given: { "sha-1": sha1, "sha-512": sha512, "sha-256": sha256 },
    chosen: sha256,
  },
  {
    why: "without it the next",
    given: { "sha-1": sha1, "sha-512": sha512, "sha-384": sha384 },
    chosen: sha384,
  },
  {
    why: "an old one is better than none",
    given: { "sha-224": sha224, "sha-1": sha1 },
    chosen: sha224,
  },
  {
    why: "a name in capitals is the same",
    given: { "SHA-256": sha256 },
    chosen: sha256,
  },
  {
    why: "hex in small letters too",
    given: { "sha-256": sha256.toLowerCase() },
    chosen: sha256.toLowerCase(),
  },
  {
    why: "one that is cut is passed over",
    given: { "sha-256": sha256.slice(3), "sha-1": sha1 },
    chosen: sha1,
  },
  {
    why: "one without colons too",
    given: { "sha-256": sha256.replaceAll(":", ""), "sha-512": sha512 },
    chosen: sha512,
  },
  {
    why: "one that is not hex too",
    given: { "sha-256": sha256.replaceAll(/[0-9]/g, "X") },
    chosen: undefined,
  },
  { why: "an unknown digest too", given: { "md5": sha1 }, chosen: undefined },
  { why: "none is none", given: {}, chosen: undefined },
])("of a server's fingerprints, $why", ({ given, chosen }) => {
  const fingerprints = Object.entries(given).map(([algorithm, value]) => ({
    algorithm,
    value,
  }));
  assertEquals(chooseFingerprint(fingerprints), chosen);
});

Deno.test("a certificate is checked by the digest that the fingerprint's length tells", () => {
  for (const print of [sha1, sha224, sha256, sha384, sha512]) {
    assertEquals(hasFingerprint(DER, print), true);
    assertEquals(hasFingerprint(DER, print.toLowerCase()), true);
    const other = print.replace(/^../, print.startsWith("00") ? "01" : "00");
    assertEquals(hasFingerprint(DER, other), false);
  }
  assertEquals(hasFingerprint(DER, "AA:BB"), false);
});
