import { assertEquals } from "@std/assert";
import { identityOf } from "../../../../lib/sfu/signaling/token.ts";

const SECRET = "secret";
const NOW_SECONDS = 1000;

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

async function sign(
  payload: object,
  alg = "HS256",
  secret = SECRET,
): Promise<string> {
  const encoder = new TextEncoder();
  const part = (value: object) =>
    base64Url(encoder.encode(JSON.stringify(value)));
  const body = `${part({ alg, typ: "JWT" })}.${part(payload)}`;
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(body));
  return `${body}.${base64Url(new Uint8Array(signature))}`;
}

Deno.test("a valid token names its subject", async () => {
  const token = await sign({ sub: "u1", name: "U", exp: NOW_SECONDS + 1 });
  assertEquals(await identityOf(token, SECRET, NOW_SECONDS), {
    id: "u1",
    authenticated: true,
  });
});

Deno.test.each<[why: string, token: () => string | Promise<string>]>([
  ["expired", () => sign({ sub: "u1", exp: NOW_SECONDS })],
  ["without an end", () => sign({ sub: "u1" })],
  ["without a subject", () => sign({ exp: NOW_SECONDS + 1 })],
  [
    "signed with another secret",
    () => sign({ sub: "u1", exp: NOW_SECONDS + 1 }, "HS256", "x"),
  ],
  [
    "of another algorithm",
    () => sign({ sub: "u1", exp: NOW_SECONDS + 1 }, "none"),
  ],
  [
    "cut short",
    async () => (await sign({ sub: "u1", exp: NOW_SECONDS + 1 })).slice(0, -2),
  ],
  ["no token at all", () => "a.b.c"],
  ["of two parts", () => "a.b"],
])("a token that is %s names nobody", async (_why, token) => {
  assertEquals(await identityOf(await token(), SECRET, NOW_SECONDS), undefined);
});
