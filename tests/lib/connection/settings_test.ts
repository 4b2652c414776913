/** How connections are made, and what of that others must not see. */

import { assert, assertEquals } from "@std/assert";
import {
  type ConnectionSettings,
  elsewhere,
  hasSecrets,
  headersOf,
  originOf,
  secretsOf,
  tlsOptions,
} from "../../../lib/connection/mod.ts";
import { userOf } from "../../../lib/connection/settings.ts";

Deno.test.each<{
  why: string;
  headers: ConnectionSettings["headers"];
  sent: Record<string, string>;
}>([
  {
    why: "each name once, as it was written last",
    headers: [["x-a", "1"], ["X-B", "2"], ["X-A", "3"]],
    sent: { "X-A": "1, 3", "X-B": "2" },
  },
  {
    why: "cookies with what stands between cookies (RFC 6265 section 4.2.1)",
    headers: [["Cookie", "a=1"], ["cookie", "b=2"]],
    sent: { "cookie": "a=1; b=2" },
  },
  { why: "none", headers: undefined, sent: {} },
])("of headers is sent: $why", ({ headers, sent }) => {
  assertEquals(headersOf({ headers }), sent);
});

Deno.test.each([
  { url: "wss://a.example/ws", name: "a.example", why: "a name" },
  { url: "wss://10.0.0.1/ws", name: "", why: "an address is no server name" },
  { url: "wss://[::1]:3000/ws", name: "", why: "neither is one of IPv6" },
])("TLS asks for the server by name: $why", ({ url, name }) => {
  assertEquals(tlsOptions(new URL(url), {}), { servername: name });
});

Deno.test("certificates are trusted as the settings say, and by the runtime's own rules where they say nothing", () => {
  const url = new URL("wss://a.example");
  assertEquals(
    [
      tlsOptions(url, { ca: "PEM" }),
      tlsOptions(url, { insecure: true }),
      tlsOptions(url, { insecure: false }),
    ],
    [
      { ca: "PEM", servername: "a.example" },
      { rejectUnauthorized: false, servername: "a.example" },
      { servername: "a.example" },
    ],
  );
});

Deno.test.each([
  { other: "https://h.example/health", keeps: true, why: "the same origin" },
  { other: "https://h.example:443/", keeps: true, why: "its port in words" },
  { other: "http://h.example/health", keeps: false, why: "without TLS" },
  { other: "https://h.example:8443/", keeps: false, why: "another port" },
  { other: "https://o.example/", keeps: false, why: "another host" },
])(
  "headers of a server go to its own origin alone: $why",
  ({ other, keeps }) => {
    const settings: ConnectionSettings = {
      headers: [["Authorization", "Bearer x"]],
      insecure: true,
    };
    assertEquals(elsewhere(settings, "wss://h.example/ws", other), {
      insecure: true,
      headers: keeps ? settings.headers : [],
    });
  },
);

Deno.test("the origin of a page beside a server has the scheme of pages", () => {
  assertEquals(
    ["ws://h:80/ws", "WSS://h:9/ws", "https://h", "not a URL"].map(originOf),
    ["http://h", "https://h:9", "https://h", null],
  );
});

Deno.test.each([
  { url: "http://h/", user: undefined },
  { url: "http://me@h/", user: "me:" },
  { url: "http://:word@h/", user: ":word" },
  { url: "http://me:p%40ss@h/", user: "me:p@ss" },
  { url: "http://me:100%25%zz@h/", user: "me:100%25%zz" },
])("$url is asked for as $user", ({ url, user }) => {
  assertEquals(userOf(new URL(url)), user);
});

type Server = Parameters<typeof hasSecrets>[0];
const SECRETS: readonly {
  readonly why: string;
  readonly server: Partial<Server>;
  readonly is: readonly string[];
}[] = [
  { why: "a token", server: { token: "t0ken" }, is: ["t0ken"] },
  { why: "a room's password", server: { password: "pass" }, is: ["pass"] },
  {
    why: "a key in the place of a user without a password",
    server: { url: "ws://k%2By@h/ws" },
    is: ["k%2By", "k+y"],
  },
  {
    why: "the password of the URL, in each way that it is spelled",
    server: { url: "ws://me:p%40ss@h/ws" },
    is: ["p%40ss", "p@ss", btoa("me:p@ss")],
  },
  {
    why: "a user alone, as it goes over the wire",
    server: { url: "ws://me@h/ws" },
    is: [btoa("me:")],
  },
  {
    why: "what stands in its query",
    server: { url: "ws://h/ws?access=abc%20d&bare" },
    is: ["abc%20d", "abc d", "bare"],
  },
  {
    why: "a header, whole and in its parts",
    server: {
      connection: { headers: [["Cookie", "session=s3cret; theme=dark"]] },
    },
    is: ["session=s3cret; theme=dark", "s3cret", "dark"],
  },
  {
    why: "the password of a proxy",
    server: { connection: { proxies: { https: "http://p:w0rd@proxy:8080" } } },
    is: ["w0rd", btoa("p:w0rd")],
  },
];

Deno.test.each(SECRETS)("a secret is $why", ({ server, is }) => {
  const whole = { url: "ws://h/ws", ...server };
  const secrets = secretsOf(whole);
  assertEquals(is.filter((one) => !secrets.includes(one)), []);
  assert(hasSecrets(whole));
});

Deno.test.each<{ why: string; server: Partial<Server> }>([
  { why: "the server alone", server: {} },
  { why: "a query without anything in it", server: { url: "ws://h/ws?" } },
  {
    why: "headers that every browser shows",
    server: {
      connection: {
        headers: [["Origin", "https://a"], ["User-Agent", "x"], ["HOST", "b"]],
      },
    },
  },
  {
    why: "a proxy for everybody",
    server: { connection: { proxies: { http: "proxy:8080", exempt: "*" } } },
  },
])("no secret is $why", ({ server }) => {
  assertEquals(hasSecrets({ url: "ws://h/ws", ...server }), false);
});
