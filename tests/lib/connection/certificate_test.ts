import { assertEquals } from "@std/assert";
import {
  describeCertificate,
  isAboutCertificate,
  problemOf,
} from "../../../lib/connection/certificate.ts";

const NOW_MS = Date.UTC(2030, 0, 1);
const GOOD = {
  valid_from: "Jan  1 00:00:00 2020 GMT",
  valid_to: "Jan  1 00:00:00 2040 GMT",
  subjectaltname: "DNS:a.example, DNS:b.example",
  subject: { CN: "a.example" },
  issuer: { CN: "Some CA" },
};

const CASES = [
  {
    why: "its time is over, whatever the code says",
    change: { valid_to: "Jan  1 00:00:00 2021 GMT" },
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    words: "its certificate expired on 2021-01-01",
  },
  {
    why: "its time has not begun",
    change: { valid_from: "Jan  1 00:00:00 2035 GMT" },
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    words: "its certificate is not valid before 2035-01-01",
  },
  {
    why: "it is for others",
    change: {},
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    words: "its certificate is for a.example, b.example, not for h.example",
  },
  {
    why: "it signs itself",
    change: { issuer: { CN: "a.example" } },
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    words: "its certificate is self-signed",
  },
  {
    why: "nobody knows who signed it",
    change: {},
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    words: 'its certificate is of an unknown authority, "Some CA"',
  },
  {
    why: "its time is over, and it is for others as well",
    change: { valid_to: "Jan  1 00:00:00 2021 GMT" },
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    words: "its certificate expired on 2021-01-01",
  },
  {
    why: "it is for an address and very many names, of which some are told",
    change: {
      subjectaltname: "IP Address:10.0.0.1, DNS:b, DNS:c, DNS:d, DNS:e",
    },
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    words: "its certificate is for 10.0.0.1, b, c, not for h.example",
  },
  {
    why: "it has a name of the old kind only",
    change: { subjectaltname: undefined },
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    words: "its certificate is for a.example, not for h.example",
  },
  {
    why: "it has no name",
    change: { subjectaltname: "", subject: {} },
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    words: "its certificate is for no name, not for h.example",
  },
  {
    why: "whoever refused it knows that it signs itself",
    change: {},
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    words: "its certificate is self-signed",
  },
  {
    why: "who signed it has no name but a firm",
    change: { issuer: { O: "Some Firm" } },
    code: undefined,
    words: 'its certificate is of an unknown authority, "Some Firm"',
  },
  {
    why: "who signed it has no name at all",
    change: { issuer: {} },
    code: undefined,
    words: "its certificate is of an unknown authority",
  },
] as const;

Deno.test.each(CASES)("a certificate is refused in words: $why", ({
  change,
  code,
  words,
}) => {
  // deno-lint-ignore no-explicit-any -- of Node's certificate only what is looked at
  const certificate = { ...GOOD, ...change } as any;
  const problem = problemOf(certificate, code, NOW_MS);
  assertEquals(
    describeCertificate(problem, new URL("wss://h.example/ws")),
    words,
  );
});

Deno.test.each([
  { error: { code: "CERT_HAS_EXPIRED" }, is: true },
  { error: { code: "ERR_TLS_CERT_ALTNAME_INVALID" }, is: true },
  { error: { code: "SELF_SIGNED_CERT_IN_CHAIN" }, is: true },
  { error: { code: "ECONNREFUSED" }, is: false },
  { error: { code: 7 }, is: false },
  { error: {}, is: false },
])("an error with $error is about a certificate: $is", ({ error, is }) => {
  assertEquals(isAboutCertificate(Object.assign(new Error("x"), error)), is);
  // What is no error is about nothing.
  assertEquals(isAboutCertificate(error), false);
});
