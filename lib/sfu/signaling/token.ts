/**
 * The optional `?token=`: a JSON Web Token (RFC 7519) signed with HS256. What is wrong with a
 * token is never said; its bearer is simply anonymous.
 *
 * @module
 */

import type { Identity } from "./room.ts";

/**
 * Whom `token` names, if `secret` signed it and it has not expired.
 * `nowSeconds` is wall-clock time since 1970.
 */
export async function identityOf(
  token: string,
  secret: string,
  nowSeconds: number,
): Promise<Identity | undefined> {
  const [header, payload, signature, ...rest] = token.split(".");
  if (!header || !payload || !signature || rest.length > 0) return undefined;
  try {
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    const genuine = await crypto.subtle.verify(
      "HMAC",
      key,
      base64Url(signature),
      new TextEncoder().encode(`${header}.${payload}`),
    );
    if (!genuine || parse(header)["alg"] !== "HS256") return undefined;
    const { sub, exp } = parse(payload);
    const valid = typeof sub === "string" && typeof exp === "number" &&
      exp > nowSeconds;
    return valid ? { id: sub, authenticated: true } : undefined;
  } catch {
    return undefined;
  }
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(base64Url(part)));
}

function base64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
