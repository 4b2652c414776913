/**
 * The two ciphers side by side: what one seals, the other seals to the same
 * bytes and opens.
 */

import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { createOpensslCipher } from "../../../../lib/rtc/srtp/openssl_cipher.ts";
import { createPortableCipher } from "../../../../lib/rtc/srtp/portable_cipher.ts";
import {
  SRTP_BAD_AUTH,
  SRTP_MALFORMED,
  SRTP_REPLAYED,
  type SrtpCipher,
  type SrtpKeys,
  type SrtpProfile,
} from "../../../../lib/rtc/srtp/srtp_cipher.ts";
import { needsLibcrypto, withLibcrypto } from "./libcrypto.ts";

/** The most bytes that protection adds to a packet: SRTCP with GCM, tag and index. */
const SRTP_OVERHEAD_BYTES = 20;

const SSRC = 0x87654321;
/** Packets stand here in their buffer, to catch what counts from its start. */
const OFFSET = 64;

const profiles: SrtpProfile[] = [
  "AEAD_AES_128_GCM",
  "AES_CM_128_HMAC_SHA1_80",
];
const matrix = profiles.flatMap((profile) =>
  (["openssl", "portable"] as const).map((kind) => ({ profile, kind }))
);

/** RTP headers up to the payload; the sequence number is written over. */
const shapes = [
  { why: "plain", first: 0x80, rest: "" },
  { why: "marked with CSRCs", first: 0x83, rest: "aaaaaaaabbbbbbbbcccccccc" },
  { why: "with extensions", first: 0x90, rest: "bede000230616100f0000000" },
  { why: "with an empty extension", first: 0x90, rest: "bede0000" },
  {
    why: "with CSRC and extension",
    first: 0x91,
    rest: "aaaaaaaa1000000101020304",
  },
];

Deno.test.each(matrix)(
  "$kind seals $profile to the same bytes as the other, and the other opens it",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (near, far, twin) => {
      const random = createRandom(3, profile);
      let sequence = 0xfff0;
      for (let round = 0; round < 40; round++) {
        const shape = shapes[round % shapes.length];
        const payload = round < 5 ? round : Math.floor(random() * 1200);
        const packet = rtp(sequence, payload, shape, random);
        const sealed = seal(near, packet);
        assertEquals(seal(twin, packet).toHex(), sealed.toHex(), shape.why);
        assertEquals(open(far, sealed), packet, shape.why);
        sequence = (sequence + 1) & 0xffff;
      }
    });
  },
);

Deno.test.each(matrix)(
  "$kind seals $profile RTCP to the same bytes as the other, and the other opens it",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (near, far, twin) => {
      const random = createRandom(4, profile);
      for (let round = 0; round < 20; round++) {
        const packet = rtcp(8 + 4 * round, random);
        const sealed = sealRtcp(near, packet);
        assertEquals(sealRtcp(twin, packet).toHex(), sealed.toHex());
        assertEquals(openRtcp(far, sealed), packet);
      }
    });
  },
);

Deno.test.each(matrix)(
  "$kind opens $profile packets of several tracks over the wrap, out of order",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (far, near) => {
      const random = createRandom(5, profile);
      const sealed: { packet: Uint8Array; sealed: Uint8Array }[] = [];
      for (let i = 0; i < 60; i++) {
        for (const ssrc of [SSRC, 17]) {
          const packet = rtp(
            (0xffe0 + i) & 0xffff,
            30,
            shapes[0],
            random,
            ssrc,
          );
          sealed.push({ packet, sealed: seal(near, packet) });
        }
      }
      // Blocks of ten, each backwards, after the first packets of both tracks.
      const order = sealed.slice(0, 2);
      for (let i = 2; i < sealed.length; i += 10) {
        order.push(...sealed.slice(i, i + 10).reverse());
      }
      for (const one of order) assertEquals(open(far, one.sealed), one.packet);
    });
  },
);

Deno.test.each(matrix)(
  "$kind refuses a $profile packet with any bit changed, and takes the true one after",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (far, near) => {
      const random = createRandom(6, profile);
      const shape = shapes[2];
      const first = rtp(1, 40, shape, random);
      assertEquals(open(far, seal(near, first)), first);
      const packet = rtp(2, 40, shape, random);
      const sealed = seal(near, packet);
      // Byte 0 says where the payload begins, bytes 2 and 3 the index: those have a test of their own.
      for (let at = 4; at < sealed.length; at++) {
        if (at >= 12 && at < 16) continue;
        const changed = sealed.slice();
        changed[at] ^= 1 << (at & 7);
        assertEquals(openRaw(far, changed), SRTP_BAD_AUTH, `byte ${at}`);
      }
      const renumbered = sealed.slice();
      renumbered[3] ^= 4;
      assertEquals(openRaw(far, renumbered), SRTP_BAD_AUTH);
      assertEquals(open(far, sealed), packet);
    });
  },
);

Deno.test.each(matrix)(
  "$kind refuses $profile RTCP with any bit changed, and takes the true one after",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (far, near) => {
      const packet = rtcp(28, createRandom(7, profile));
      const sealed = sealRtcp(near, packet);
      for (let bit = 0; bit < 8 * sealed.length; bit++) {
        const changed = sealed.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        assert(openRtcpRaw(far, changed) < 0, `bit ${bit}`);
      }
      assertEquals(openRtcp(far, sealed), packet);
    });
  },
);

Deno.test.each(matrix)(
  "$kind refuses a $profile packet that it has seen",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (far, near) => {
      const random = createRandom(8, profile);
      const packets = [1, 2, 3].map((sequence) =>
        seal(near, rtp(sequence, 20, shapes[0], random))
      );
      const report = sealRtcp(near, rtcp(28, random));
      for (const packet of packets) open(far, packet);
      openRtcp(far, report);
      for (const packet of packets) {
        assertEquals(openRaw(far, packet), SRTP_REPLAYED);
      }
      assertEquals(openRtcpRaw(far, report), SRTP_REPLAYED);
    });
  },
);

Deno.test.each(matrix)(
  "$kind opens $profile in one direction only",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (near) => {
      const sealed = seal(near, rtp(1, 20, shapes[0], createRandom(9, kind)));
      assertEquals(openRaw(near, sealed), SRTP_BAD_AUTH);
    });
  },
);

Deno.test.each(matrix)(
  "$kind with $profile answers every cut of a packet with a reason",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (far, near) => {
      const random = createRandom(10, profile);
      const packet = seal(near, rtp(1, 30, shapes[4], random));
      const report = sealRtcp(near, rtcp(28, random));
      for (let length = 0; length < packet.length; length++) {
        assert(openRaw(far, packet.subarray(0, length)) < 0);
      }
      for (let length = 0; length < report.length; length++) {
        assert(openRtcpRaw(far, report.subarray(0, length)) < 0);
      }
      assertEquals(openRaw(far, packet.subarray(0, 11)), SRTP_MALFORMED);
      assertEquals(openRtcpRaw(far, report.subarray(0, 11)), SRTP_MALFORMED);
    });
  },
);

Deno.test.each(matrix)(
  "$kind with $profile answers random bytes with a reason",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (far) => {
      const random = createRandom(11, profile);
      for (let round = 0; round < 500; round++) {
        const bytes = new Uint8Array(Math.floor(random() * 120));
        for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
        if (round % 2 === 0 && bytes.length > 0) {
          bytes[0] = 0x80 | (bytes[0] & 0x3f);
        }
        assert(openRaw(far, bytes) < 0);
        assert(openRtcpRaw(far, bytes) < 0);
      }
    });
  },
);

Deno.test.each(matrix)(
  "$kind with $profile seals nothing that is no packet",
  needsLibcrypto,
  ({ profile, kind }) => {
    withPair(profile, kind, (near) => {
      const buffer = new Uint8Array(200);
      assertEquals(near.protectRtp(buffer, 0, 11), SRTP_MALFORMED);
      assertEquals(
        near.protectRtp(buffer, 0, 100),
        SRTP_MALFORMED,
        "version 0",
      );
      assertEquals(near.protectRtcp(buffer, 0, 7), SRTP_MALFORMED);
    });
  },
);

/** Ciphers of two ends: `near` of `kind`, `far` and a `twin` of `near` of the other one. */
function withPair(
  profile: SrtpProfile,
  kind: SrtpCipher["kind"],
  work: (near: SrtpCipher, far: SrtpCipher, twin: SrtpCipher) => void,
): void {
  const random = createRandom(1, "keys");
  const salt = profile === "AEAD_AES_128_GCM" ? 12 : 14;
  const draw = (length: number) =>
    Uint8Array.from({ length }, () => random() * 256);
  const ours: SrtpKeys = {
    profile,
    localKey: draw(16),
    localSalt: draw(salt),
    remoteKey: draw(16),
    remoteSalt: draw(salt),
  };
  const theirs: SrtpKeys = {
    profile,
    localKey: ours.remoteKey,
    localSalt: ours.remoteSalt,
    remoteKey: ours.localKey,
    remoteSalt: ours.localSalt,
  };
  withLibcrypto((library) => {
    const make = (which: SrtpCipher["kind"], keys: SrtpKeys) =>
      which === "openssl"
        ? createOpensslCipher(library, keys)
        : createPortableCipher(keys);
    const other = kind === "openssl" ? "portable" : "openssl";
    const ends = [make(kind, ours), make(other, theirs), make(other, ours)];
    try {
      work(ends[0], ends[1], ends[2]);
    } finally {
      for (const end of ends) {
        end.close();
        end.close();
      }
    }
  });
}

type Draw = () => number;

function rtp(
  sequence: number,
  payload: number,
  shape: { readonly first: number; readonly rest: string },
  random: Draw,
  ssrc = SSRC,
): Uint8Array {
  const rest = Uint8Array.fromHex(shape.rest);
  const packet = new Uint8Array(12 + rest.length + payload);
  const view = new DataView(packet.buffer);
  packet[0] = shape.first;
  packet[1] = 96;
  view.setUint16(2, sequence);
  view.setUint32(4, 3000 * sequence);
  view.setUint32(8, ssrc);
  packet.set(rest, 12);
  for (let i = 12 + rest.length; i < packet.length; i++) {
    packet[i] = random() * 256;
  }
  return packet;
}

function rtcp(length: number, random: Draw): Uint8Array {
  const packet = Uint8Array.from({ length }, () => random() * 256);
  packet.set([0x80, 200, 0, length / 4 - 1]);
  new DataView(packet.buffer).setUint32(4, SSRC);
  return packet;
}

/** `packet` in a larger buffer, with room for what protection adds. */
function placed(packet: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(OFFSET + packet.length + SRTP_OVERHEAD_BYTES);
  buffer.set(packet, OFFSET);
  return buffer;
}

function seal(cipher: SrtpCipher, packet: Uint8Array): Uint8Array {
  const buffer = placed(packet);
  const length = cipher.protectRtp(buffer, OFFSET, packet.length);
  return buffer.slice(OFFSET, OFFSET + length);
}

function sealRtcp(cipher: SrtpCipher, packet: Uint8Array): Uint8Array {
  const buffer = placed(packet);
  const length = cipher.protectRtcp(buffer, OFFSET, packet.length);
  return buffer.slice(OFFSET, OFFSET + length);
}

function open(cipher: SrtpCipher, sealed: Uint8Array): Uint8Array {
  const buffer = placed(sealed);
  const length = cipher.unprotectRtp(buffer, OFFSET, sealed.length);
  assert(length >= 0, `refused with ${length}`);
  return buffer.slice(OFFSET, OFFSET + length);
}

function openRtcp(cipher: SrtpCipher, sealed: Uint8Array): Uint8Array {
  const buffer = placed(sealed);
  const length = cipher.unprotectRtcp(buffer, OFFSET, sealed.length);
  assert(length >= 0, `refused with ${length}`);
  return buffer.slice(OFFSET, OFFSET + length);
}

function openRaw(cipher: SrtpCipher, sealed: Uint8Array): number {
  return cipher.unprotectRtp(placed(sealed), OFFSET, sealed.length);
}

function openRtcpRaw(cipher: SrtpCipher, sealed: Uint8Array): number {
  return cipher.unprotectRtcp(placed(sealed), OFFSET, sealed.length);
}
