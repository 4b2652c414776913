import { assertEquals } from "@std/assert";
import {
  describeCertificate,
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
