/** What is said about connections: certificates, proxies, URLs and texts with secrets in them. */

import {
  describeCertificate,
  problemOf,
} from "../../../lib/connection/certificate.ts";
import { proxyFor, secretsOf } from "../../../lib/connection/mod.ts";
import { createHider, shownText, shownUrl } from "../../../lib/text/mod.ts";
import {
  safeJson,
  safeLine,
  safeText,
  safeValue,
} from "../../../lib/text/mod.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const noise = fc.string({ unit: "binary", maxLength: 20 });
const host = fc.constantFrom(
  "sfu.example",
  "10.1.2.3",
  "[::1]",
  "[2001:db8::7]",
  "a.b.c.d.e.f",
  "xn--bcher-kva.example",
);
const exempt = fc.array(
  fc.oneof(
    host,
    fc.constantFrom("*", "10.0.0.0/8", "::/0", "/", "1/99", "[::1]:443", ".c"),
    noise,
  ),
  { maxLength: 5 },
).map((entries) => entries.join(","));

const date = fc.oneof(
  fc.constantFrom("Jan  1 00:00:00 2020 GMT", "Dec 31 23:59:59 9999 GMT", ""),
  noise,
);
const certificate = fc.record({
  valid_from: date,
  valid_to: date,
  subjectaltname: fc.oneof(
    fc.constantFrom(undefined, "DNS:a, DNS:b, IP Address:1.2.3.4", ", , "),
    noise,
  ),
  subject: fc.oneof(fc.constantFrom(undefined, {}), fc.record({ CN: noise })),
  issuer: fc.oneof(fc.constantFrom(undefined, {}), fc.record({ O: noise })),
}, { requiredKeys: [] });

/** Certificates that were refused, and who goes without a proxy. */
export const connections: Door = {
  name: "connections",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.tuple(
        host,
        exempt,
        certificate,
        fc.constantFrom("ERR_TLS_CERT_ALTNAME_INVALID", undefined, "X"),
      ),
      ([name, list, presented, code]) => {
        const url = new URL(`https://${name}/ws`);
        proxyFor(url, { https: "http://proxy:1", exempt: list });
        const problem = problemOf(
          presented as Parameters<typeof problemOf>[0],
          code,
          Date.UTC(2026, 0, 1),
        );
        describeCertificate(problem, url);
      },
    ),
  }),
};

const SECRET = "s3cret-Value/+";
const ESCAPED = encodeURIComponent(SECRET);
const url = fc.tuple(
  fc.constantFrom("ws://", "wss://", "HTTPS://", "http://"),
  fc.constantFrom("", `me:${ESCAPED}@`, `${ESCAPED}@`, `me:a@${ESCAPED}@`),
  host,
  fc.constantFrom("", "/", "/ws", "/a;b,c"),
  fc.constantFrom("", `?token=${ESCAPED}`, `?${ESCAPED}`, `?a&b=${ESCAPED}=`),
  fc.constantFrom("", `#${ESCAPED}`),
).map((parts) => parts.join(""));
const around = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    '"',
    "(",
    ")",
    "<",
    ">: ",
    ", ",
    "\n",
    "a",
    "\x1b[2J",
  ),
  noise,
);
// deno-lint-ignore no-control-regex
const LAYOUT = /\x1b\[[0-9;]*m|\r?\n/;
// deno-lint-ignore no-control-regex
const ACTS = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** URLs with secrets among texts from outside, on the way to files and screens. */
export const secrets: Door = {
  name: "secrets",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.tuple(around, url, around, fc.boolean()),
      ([before, address, after, isEscaped]) => {
        const text = `${before} ${address}${after}`;
        for (const shown of [shownUrl(address), shownText(text)]) {
          leaks(shown, ESCAPED);
        }
        const hide = createHider(secretsOf({
          url: `wss://h/?token=${ESCAPED}`,
          token: SECRET,
        }));
        const said = `${before}${isEscaped ? ESCAPED : SECRET}${after}`;
        const hidden = hide(said);
        leaks(hidden, SECRET);
        leaks(hidden, ESCAPED);
        const value = { [text]: [text, { text }] };
        const lines = [
          safeLine(text),
          ...safeText(text).split(LAYOUT),
          ...safeJson(value).split("\n"),
          JSON.stringify(safeValue(value)),
        ];
        for (const line of lines) {
          leaks(line, ESCAPED);
          if (ACTS.test(line)) throw new Error("a control came through");
        }
      },
    ),
  }),
};

function leaks(text: string, secret: string): void {
  if (text.toLowerCase().includes(secret.toLowerCase())) {
    throw new Error(`it still says ${secret}: ${text}`);
  }
}
