import { assert, assertEquals, assertThrows } from "@std/assert";
import { tweetnacl } from "../../../../lib/rtc/dtls/deps.ts";
import { useFastX25519, x25519 } from "../../../../lib/rtc/dtls/fast_x25519.ts";

const hex = (text: string) => Uint8Array.fromHex(text);

Deno.test.each([
  {
    why: "RFC 7748 section 5.2, the first vector",
    scalar: "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    point: "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
    product: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
  },
  {
    why: "RFC 7748 section 5.2, the second vector",
    scalar: "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
    point: "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
    product: "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
  },
])("the product is the RFC's: $why", ({ scalar, point, product }) => {
  assertEquals(x25519(hex(scalar), hex(point)), hex(product));
});

Deno.test("a point of low order is refused", () => {
  assertThrows(() => x25519(new Uint8Array(32).fill(7), new Uint8Array(32)));
});

Deno.test("werift's tweetnacl agrees on a secret by way of it", () => {
  useFastX25519();
  const [ours, theirs] = [tweetnacl.box.keyPair(), tweetnacl.box.keyPair()];
  const secret = tweetnacl.scalarMult(ours.secretKey, theirs.publicKey);
  assert(Object.is(tweetnacl.scalarMult, x25519));
  assertEquals(
    secret,
    tweetnacl.scalarMult(theirs.secretKey, ours.publicKey),
  );
  // werift takes the whole buffer for the key.
  assertEquals(ours.publicKey.buffer.byteLength, 32);
  assertEquals(ours.secretKey.buffer.byteLength, 32);
});
