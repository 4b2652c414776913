import { assertEquals } from "@std/assert";
import { secretsOf } from "../../../lib/connection/mod.ts";
import { createHider } from "../../../lib/text/mod.ts";

const HIDDEN: readonly { readonly why: string; readonly text: string }[] = [
  { why: "as it is", text: "no such token: s3cret/+ x" },
  { why: "as a URL spells it", text: "GET /ws?token=s3cret%2F%2B%20x" },
  { why: "in small letters", text: "GET /ws?token=s3cret%2f%2b%20x" },
  { why: "as a form spells it", text: "token=s3cret%2F%2B+x" },
];

Deno.test.each(HIDDEN)("a secret that a server repeats is hidden: $why", ({
  text,
}) => {
  assertEquals(createHider(["s3cret/+ x"])(text).includes("s3cret"), false);
});

Deno.test("secrets are the token, the password, headers, and what a URL carries", () => {
  const hide = createHider(secretsOf({
    url: "wss://me:urlpass@h/ws?key=queryvalue",
    token: "thetoken",
    password: "thepassword",
    connection: {
      headers: [
        ["Authorization", "Bearer bearertoken"],
        ["Cookie", "sid=cookievalue; a=b"],
        ["Origin", "https://chat.example"],
      ],
      proxies: { https: "http://p:proxypass@proxy:1" },
    },
  }));
  for (
    const secret of [
      "urlpass",
      "queryvalue",
      "thetoken",
      "thepassword",
      "bearertoken",
      "cookievalue",
      "proxypass",
      btoa("me:urlpass"),
    ]
  ) {
    assertEquals(hide(`said "${secret}"`), `said "***"`, secret);
  }
  const origin = "Origin https://chat.example is not allowed";
  assertEquals(hide(origin), origin);
});

Deno.test("what is too short to be a secret leaves texts alone", () => {
  assertEquals(createHider(["", "a", "123"])("a 123 b"), "a 123 b");
});
