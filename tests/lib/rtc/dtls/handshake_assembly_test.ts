import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { HandshakeAssembly } from "../../../../lib/rtc/dtls/handshake_assembly.ts";

const CERTIFICATE = 11;
const HELLO_DONE = 14;
const CLIENT_HELLO = 1;

/** A flight of three messages: 0 to 2, of 10, 1000 and 0 bytes. */
const FLIGHT = [
  message(2, 0, 10),
  message(CERTIFICATE, 1, 1000),
  message(HELLO_DONE, 2, 0),
];

Deno.test.each<{ why: string; arrange: (parts: Uint8Array[]) => Uint8Array[] }>(
  [
    { why: "in order", arrange: (parts) => parts },
    { why: "backwards", arrange: (parts) => parts.toReversed() },
    {
      why: "the second half first",
      arrange: (parts) => [...parts.slice(6), ...parts.slice(0, 6)],
    },
    { why: "each twice", arrange: (parts) => parts.flatMap((p) => [p, p]) },
    {
      why: "all together in one record",
      arrange: (parts) => [concat(...parts)],
    },
    {
      why: "two to a record, the last ones first",
      arrange: (parts) =>
        parts.flatMap((part, i) =>
          i % 2 === 0 ? [concat(part, parts[i + 1] ?? new Uint8Array())] : []
        ).toReversed(),
    },
    {
      why: "the first one lost at first",
      arrange: ([first, ...others]) => [...others, first],
    },
    {
      why: "whole once more where pieces had come",
      arrange: (parts) => [...parts.slice(3, 9), ...FLIGHT],
    },
  ],
)(
  "fragments that come $why make whole messages, once each and in order",
  ({ arrange }) => {
    for (const most of [1, 99, 100, 333, 1000]) {
      const parts = FLIGHT.flatMap((whole) => cut(whole, most));
      const assembly = new HandshakeAssembly();
      const got = arrange(parts).flatMap((part) => assembly.take(part));
      const again = got.filter((whole) => whole[0] === HELLO_DONE).length;
      // The end of a flight that comes again asks for ours again.
      assertEquals(got.slice(0, 3), FLIGHT);
      assertEquals(got.length, 2 + again);
      assertEquals(assembly.keptBytes, 0);
    }
  },
);

Deno.test("fragments may overlap in any way, and what came first stays", () => {
  const whole = message(CERTIFICATE, 0, 300);
  const assembly = new HandshakeAssembly();
  const parts = [[50, 100], [0, 60], [140, 20], [40, 200], [290, 10]];
  for (const [offset, length] of parts) {
    assertEquals(assembly.take(piece(whole, offset, length)), []);
  }
  const other = piece(whole, 0, 240).fill(0xee, 12);
  assertEquals(assembly.take(other), []);
  assertEquals(assembly.take(piece(whole, 230, 60)), [whole]);
});

Deno.test("a message waits for those before it", () => {
  const assembly = new HandshakeAssembly();
  assertEquals(assembly.take(FLIGHT[2]), []);
  assertEquals(assembly.take(FLIGHT[1]), []);
  assertEquals(assembly.take(FLIGHT[0]), FLIGHT);
});

Deno.test("the first message of a client is handed on again while no other has come", () => {
  const hello = message(CLIENT_HELLO, 0, 100);
  const withCookie = message(CLIENT_HELLO, 1, 120);
  const assembly = new HandshakeAssembly();
  assertEquals(assembly.take(hello), [hello]);
  assertEquals(assembly.take(hello), [hello]);
  assertEquals(assembly.take(withCookie), [withCookie]);
  assertEquals(assembly.take(hello), []);
  assertEquals(assembly.take(withCookie), [withCookie]);
});

Deno.test.each<{ why: string; hostile: Uint8Array }>([
  { why: "beyond its message", hostile: claim(CERTIFICATE, 300, 0, 290, 20) },
  {
    why: "longer than its record",
    hostile: claim(CERTIFICATE, 300, 0, 0, 200).subarray(0, 100),
  },
  {
    why: "of a message of 16 MB",
    hostile: claim(CERTIFICATE, 0xffffff, 0, 0, 10),
  },
  {
    why: "of a message that no record could carry whole",
    hostile: claim(CERTIFICATE, 0xffff - 11, 0, 0, 10),
  },
  { why: "far ahead", hostile: claim(CERTIFICATE, 300, 999, 0, 10) },
  { why: "without a whole header", hostile: new Uint8Array(11) },
  { why: "of nothing", hostile: new Uint8Array() },
])("a fragment $why is left out, and keeps nothing", ({ hostile }) => {
  const assembly = new HandshakeAssembly();
  assertEquals(assembly.take(hostile), []);
  assertEquals(assembly.keptBytes, 0);
  assertEquals(FLIGHT.flatMap((whole) => assembly.take(whole)), FLIGHT);
});

Deno.test("a claim that contradicts what is kept takes its place, so one false fragment defeats no handshake", () => {
  const assembly = new HandshakeAssembly();
  assembly.take(claim(CERTIFICATE, 5000, 0, 0, 100));
  assembly.take(claim(2, 10, 0, 0, 3));
  const parts = FLIGHT.flatMap((whole) => cut(whole, 100));
  assertEquals(parts.flatMap((part) => assembly.take(part)), FLIGHT);
});

Deno.test("what is due is put together although hostile claims took all the room", () => {
  const assembly = new HandshakeAssembly();
  for (let number = 1; number < 16; number++) {
    assembly.take(claim(CERTIFICATE, 60_000, number, 0, 10));
  }
  const parts = FLIGHT.flatMap((whole) => cut(whole, 100));
  assertEquals(parts.flatMap((part) => assembly.take(part)), FLIGHT);
});

Deno.test("hundreds of thousands of hostile fragments keep at most 64 kB", () => {
  const random = createRandom(1, "fragments");
  const below = (most: number) => Math.floor(random() * most);
  const assembly = new HandshakeAssembly();
  for (let i = 0; i < 200_000; i++) {
    const length = below(2) === 0 ? below(70_000) : below(200);
    const offset = below(length + 1);
    const bytes = below(Math.min(100, length - offset + 2));
    const body = claim(below(21), length, below(40), offset, bytes);
    for (const whole of assembly.take(body)) {
      assertEquals(whole.length, 12 + (whole[2] << 8) + whole[3]);
    }
    assertLessOrEqual(assembly.keptBytes, 0xffff);
  }
  assembly.clear();
  assertEquals(assembly.keptBytes, 0);
});

Deno.test("noise is no message", () => {
  const random = createRandom(2, "noise");
  const assembly = new HandshakeAssembly();
  for (let i = 0; i < 50_000; i++) {
    const noise = Uint8Array.from({ length: i % 80 }, () => random() * 256);
    assembly.take(noise);
    assert(assembly.keptBytes <= 0xffff);
  }
});

/** An unfragmented message whose bytes all differ from their neighbours. */
function message(type: number, number: number, length: number): Uint8Array {
  return claim(type, length, number, 0, length);
}

/** A fragment as its header claims it to be. */
function claim(
  type: number,
  length: number,
  number: number,
  offset: number,
  bytes: number,
): Uint8Array {
  const body = new Uint8Array(12 + bytes);
  const three = (value: number) => [value >> 16, value >> 8, value];
  body.set([type, ...three(length), number >> 8, number]);
  body.set([...three(offset), ...three(bytes)], 6);
  for (let i = 0; i < bytes; i++) body[12 + i] = (offset + i) * 7 + number;
  return body;
}

/** A fragment of a whole message. */
function piece(whole: Uint8Array, offset: number, bytes: number): Uint8Array {
  const part = whole.slice(0, 12 + bytes);
  part.set(whole.subarray(12 + offset, 12 + offset + bytes), 12);
  part.set([offset >> 16, offset >> 8, offset], 6);
  part.set([bytes >> 16, bytes >> 8, bytes], 9);
  return part;
}

/** A whole message in fragments of at most so many bytes. */
function cut(whole: Uint8Array, most: number): Uint8Array[] {
  const length = whole.length - 12;
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < length; at += most) {
    parts.push(piece(whole, at, Math.min(most, length - at)));
  }
  return parts;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
