/** The published test vectors of RFC 3711 appendix B and RFC 7714 sections 16 and 17. */

import { assert, assertEquals } from "@std/assert";
import { BufferPointers } from "../../../../lib/rtc/srtp/buffer_pointers.ts";
import { OpensslCm } from "../../../../lib/rtc/srtp/openssl_cm.ts";
import { OpensslGcm } from "../../../../lib/rtc/srtp/openssl_gcm.ts";
import { PortableCm } from "../../../../lib/rtc/srtp/portable_cm.ts";
import { PortableGcm } from "../../../../lib/rtc/srtp/portable_gcm.ts";
import {
  deriveSessionKeys,
  type SessionKeys,
} from "../../../../lib/rtc/srtp/srtp_keys.ts";
import type { SrtpStream } from "../../../../lib/rtc/srtp/srtp_stream.ts";
import { needsLibcrypto, withLibcrypto } from "./libcrypto.ts";

const GCM_KEY = "000102030405060708090a0b0c0d0e0f";
/** "Quid pro quo", in the 14 bytes that a derived salt has. */
const GCM_SALT = "517569642070726f2071756f0000";

Deno.test("session keys are derived as in RFC 3711 appendix B.3", () => {
  const keys = deriveSessionKeys(
    Uint8Array.fromHex("E1F97A0D3E018BE0D64FA32C06DE4139"),
    Uint8Array.fromHex("0EC675AD498AFEEBB6960B3AABE6"),
  );
  assertEquals(keys.rtpKey.toHex(), "c61e7a93744f39ee10734afe3ff7a087");
  assertEquals(keys.rtpSalt.toHex(), "30cbbc08863d8c85d49db34a9ae1");
  assertEquals(
    keys.rtpAuthKey.toHex(),
    "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
  );
});

Deno.test("a 12-byte AEAD salt is derived from as if zeros followed it", () => {
  const key = new Uint8Array(16).fill(7);
  const salt = new Uint8Array(12).fill(9);
  const padded = new Uint8Array(14);
  padded.set(salt);
  assertEquals(deriveSessionKeys(key, salt), deriveSessionKeys(key, padded));
});

Deno.test(
  "libcrypto makes the AES-CM keystream of RFC 3711 appendix B.2",
  needsLibcrypto,
  () =>
    withLibcrypto((library) =>
      keystream((keys) => new OpensslCm(library, keys))
    ),
);

Deno.test("the portable AES-CM keystream is that of RFC 3711 appendix B.2", () => {
  keystream((keys) => new PortableCm(keys));
});

Deno.test(
  "libcrypto seals and opens the packets of RFC 7714 sections 16.1 and 17.1",
  needsLibcrypto,
  () =>
    withLibcrypto((library) =>
      gcmPackets((keys, sealing) => new OpensslGcm(library, keys, sealing))
    ),
);

Deno.test("the portable GCM seals and opens the packets of RFC 7714 sections 16.1 and 17.1", () => {
  gcmPackets((keys) => new PortableGcm(keys));
});

function keystream(create: (keys: SessionKeys) => SrtpStream): void {
  const keys = sessionKeys(
    "2B7E151628AED2A6ABF7158809CF4F3C",
    "F0F1F2F3F4F5F6F7F8F9FAFBFCFD",
  );
  const stream = create(keys);
  const blocks = 0xff02;
  // Zeros encrypt to the keystream itself; the tag stands behind it.
  const packet = new Uint8Array(blocks * 16 + stream.tagBytes);
  stream.sealRtp(new BufferPointers(packet), 0, 0, blocks * 16, 0, 0, 0);
  stream.close();
  const block = (i: number) => packet.subarray(i * 16, i * 16 + 16).toHex();
  assertEquals([0, 1, 2, 0xfeff, 0xff00, 0xff01].map(block), [
    "e03ead0935c95e80e166b16dd92b4eb4",
    "d23513162b02d0f72a43a2fe4a5f97ab",
    "41e95b3bb0a2e8dd477901e4fca894c0",
    "ec8cdf7398607cb0f2d21675ea9ea1e4",
    "362b7c3c6773516318a077d7fc5073ae",
    "6a2cc3787889374fbeb4c81b17ba6c44",
  ]);
}

function gcmPackets(
  create: (keys: SessionKeys, sealing: boolean) => SrtpStream,
): void {
  const keys = sessionKeys(GCM_KEY, GCM_SALT);
  const sealing = create(keys, true);
  const opening = create(keys, false);
  gcmRtp(sealing, opening);
  gcmRtcp(sealing, opening);
  sealing.close();
  opening.close();
}

/** RFC 7714 section 16.1. */
function gcmRtp(sealing: SrtpStream, opening: SrtpStream): void {
  const header = "8040f17b8041f8d35501a0b2";
  const text = "47616c6c696120657374206f6d6e69732064697669736120" +
    "696e207061727465732074726573";
  const sealed = header +
    "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3a" +
    "df8833899d7f27beb16a9152cf765ee4390cce";
  const packet = Uint8Array.fromHex(header + text + "00".repeat(16));
  const buffer = new BufferPointers(packet);
  const length = packet.length - 16;
  sealing.sealRtp(buffer, 0, 12, length, 0x5501a0b2, 0, 0xf17b);
  assertEquals(packet.toHex(), sealed);
  assert(opening.openRtp(buffer, 0, 12, length, 0x5501a0b2, 0, 0xf17b));
  assertEquals(packet.subarray(0, length).toHex(), header + text);
}

/** RFC 7714 section 17.1. */
function gcmRtcp(sealing: SrtpStream, opening: SrtpStream): void {
  const header = "81c8000d4d617273";
  const text = "4e5450314e545032525450200000042a0000e9304c756e61" +
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
  const sealed = header +
    "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda" +
    "4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
  const packet = Uint8Array.fromHex(header + text + "00".repeat(20));
  const buffer = new BufferPointers(packet);
  const length = packet.length - 20;
  sealing.sealRtcp(buffer, 0, length, 0x4d617273, 0x5d4);
  assertEquals(packet.toHex(), sealed);
  assert(opening.openRtcp(buffer, 0, length, 0x4d617273, 0x5d4));
  assertEquals(packet.subarray(0, length).toHex(), header + text);
}

/** Keys as RFC test vectors give them: for RTP and RTCP alike. */
function sessionKeys(key: string, salt: string): SessionKeys {
  return {
    rtpKey: Uint8Array.fromHex(key),
    rtpAuthKey: new Uint8Array(20),
    rtpSalt: Uint8Array.fromHex(salt),
    rtcpKey: Uint8Array.fromHex(key),
    rtcpAuthKey: new Uint8Array(20),
    rtcpSalt: Uint8Array.fromHex(salt),
  };
}
