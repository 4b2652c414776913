import { assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  bindingRequest,
  bindingResponse,
  parseStun,
  portableMac,
} from "../../../../lib/rtc/ice/stun.ts";
import { Buffer } from "../../../../lib/rtc/deps.ts";
import { needsLibcrypto, withLibcrypto } from "../srtp/libcrypto.ts";
import { Message, parseMessage } from "./deps.ts";

const TRANSACTION = "b7e7a701bc34d686fa87dfae";
const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";

/** RFC 5769 sections 2.1 to 2.3. */
const RFC_5769 = {
  request: "000100582112a442b7e7a701bc34d686fa87dfae" +
    "802200105354554e207465737420636c69656e74" +
    "002400046e0001ff80290008932ff9b151263b36" +
    "000600096576746a3a68367659202020" +
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
  ipv4: "0101003c2112a442b7e7a701bc34d686fa87dfae" +
    "8022000b7465737420766563746f7220002000080001a147e112a643" +
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
  ipv6: "010100482112a442b7e7a701bc34d686fa87dfae" +
    "8022000b7465737420766563746f722000200014" +
    "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9" +
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c",
};

Deno.test("the request of RFC 5769 is read and its integrity holds", () => {
  assertEquals(parseStun(Uint8Array.fromHex(RFC_5769.request), PASSWORD), {
    kind: "request",
    transaction: TRANSACTION,
    username: "evtj:h6vY",
    nominates: false,
    nomination: undefined,
    errorCode: undefined,
  });
});

Deno.test.each([
  { family: "IPv4", hex: RFC_5769.ipv4 },
  { family: "IPv6", hex: RFC_5769.ipv6 },
])(
  "the $family response of RFC 5769 is read and its integrity holds",
  ({ hex }) => {
    assertEquals(parseStun(Uint8Array.fromHex(hex), PASSWORD), {
      kind: "success",
      transaction: TRANSACTION,
      username: undefined,
      nominates: false,
      nomination: undefined,
      errorCode: undefined,
    });
  },
);

Deno.test.each([
  { nomination: undefined },
  { nomination: 1 },
  { nomination: 0xfffffffe },
])(
  "a request says who asks, and whether it nominates, and which time: $nomination",
  ({ nomination }) => {
    const nominates = nomination !== undefined;
    const bytes = bindingRequest({
      username: "server:client",
      password: PASSWORD,
      transactionId: Uint8Array.fromHex(TRANSACTION),
      tieBreaker: 0x0102030405060708n,
      nomination,
    });
    assertEquals(parseStun(bytes, PASSWORD), {
      kind: "request",
      transaction: TRANSACTION,
      username: "server:client",
      nominates,
      nomination,
      errorCode: undefined,
    });
    const attributes = attributesOf(bytes);
    assertEquals(attributes.has(0x0025), nominates, "USE-CANDIDATE");
    assertEquals(
      attributes.get(0xc001),
      nomination?.toString(16).padStart(8, "0"),
      "NOMINATION",
    );
    assertEquals(attributes.get(0x802a), "0102030405060708", "ICE-CONTROLLING");
    assertEquals(attributes.get(0x0024), "7effffff", "PRIORITY");
    assertEquals([...attributes.keys()].slice(-2), [0x0008, 0x8028]);
  },
);

Deno.test("an error response is read with its code, authentic or not", () => {
  const bare = Uint8Array.fromHex(
    `0111000c2112a442${TRANSACTION}0009000400000401`,
  );
  new DataView(bare.buffer).setUint16(2, 8);
  assertEquals(parseStun(bare, PASSWORD), undefined);
  const { kind, errorCode } = parseStun(bare, undefined)!;
  assertEquals({ kind, errorCode }, { kind: "error", errorCode: 401 });
});

Deno.test.each([
  { address: "192.0.2.1", port: 32853, mapped: "0001a147e112a643" },
  {
    address: "2001:db8:1234:5678:11:2233:4455:6677",
    port: 32853,
    mapped: "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
  },
])(
  "a response to $address tells it its address as RFC 5769 does",
  ({ address, port, mapped }) => {
    const bytes = bindingResponse(TRANSACTION, { address, port }, PASSWORD);
    assertEquals(parseStun(bytes, PASSWORD)?.kind, "success");
    assertEquals(attributesOf(bytes).get(0x0020), mapped);
  },
);

Deno.test("werift reads our messages, and we read its", () => {
  const bytes = bindingRequest({
    username: "server:client",
    password: PASSWORD,
    transactionId: Uint8Array.fromHex(TRANSACTION),
    tieBreaker: 0xfedcba9876543210n,
    nomination: 7,
  });
  const key = Buffer.from(PASSWORD);
  const message = parseMessage(Buffer.from(bytes), key)!;
  assertEquals(message.getAttributeValue("USERNAME"), "server:client");
  assertEquals(
    message.getAttributeValue("ICE-CONTROLLING"),
    0xfedcba9876543210n,
  );
  const from = { address: "2001:db8::7", port: 65535 };
  const answer = bindingResponse(TRANSACTION, from, PASSWORD);
  const mapped = parseMessage(Buffer.from(answer), key)!
    .getAttributeValue("XOR-MAPPED-ADDRESS");
  assertEquals(mapped, ["2001:db8::7", 65535]);
  const theirs = new Message(1, 0x100, Buffer.from(TRANSACTION, "hex"))
    .setAttribute("XOR-MAPPED-ADDRESS", ["192.0.2.1", 1])
    .addMessageIntegrity(key)
    .addFingerprint()
    .bytes;
  assertEquals(parseStun(theirs, PASSWORD)?.kind, "success");
});

Deno.test("what stands behind the integrity is not believed", () => {
  const transactionId = Uint8Array.fromHex(TRANSACTION);
  const message = { username: "a:b", password: PASSWORD, transactionId };
  const bytes = bindingRequest(
    { ...message, tieBreaker: 1n, nomination: undefined },
  );
  // USE-CANDIDATE in the place of the fingerprint, which is not required.
  const changed = Uint8Array.from([...bytes.subarray(0, -8), 0, 0x25, 0, 0]);
  new DataView(changed.buffer).setUint16(2, changed.length - 20);
  assertEquals(parseStun(changed, PASSWORD)?.nominates, false);
});

Deno.test("a message is refused under another password", () => {
  const from = { address: "192.0.2.1", port: 1 };
  const bytes = bindingResponse(TRANSACTION, from, "another");
  assertEquals(parseStun(bytes, PASSWORD), undefined);
});

Deno.test("a message without integrity is refused", () => {
  const bare = Uint8Array.fromHex(`010100002112a442${TRANSACTION}`);
  assertEquals(parseStun(bare, PASSWORD), undefined);
});

Deno.test("a message with any bit changed is refused", () => {
  const whole = Uint8Array.fromHex(RFC_5769.request);
  // The header of the fingerprint, which stands behind the integrity, is free.
  const fingerprint = whole.length - 8;
  for (let at = 0; at < whole.length; at++) {
    if (at >= fingerprint && at < fingerprint + 4) continue;
    const changed = whole.slice();
    changed[at] ^= 1 << (at & 7);
    assertEquals(parseStun(changed, PASSWORD), undefined, `byte ${at}`);
  }
});

Deno.test("cut and random bytes are no message, and no error", () => {
  const whole = Uint8Array.fromHex(RFC_5769.request);
  for (let length = 0; length < whole.length; length++) {
    assertEquals(parseStun(whole.subarray(0, length), PASSWORD), undefined);
  }
  const random = createRandom(1, "stun");
  for (let round = 0; round < 2000; round++) {
    const bytes = whole.slice(0, 20 + Math.floor(random() * 80));
    for (let i = 20; i < bytes.length; i++) bytes[i] = random() * 256;
    new DataView(bytes.buffer).setUint16(2, bytes.length - 20);
    assertEquals(parseStun(bytes, PASSWORD), undefined);
  }
});

/** The attributes of a message in hex, by type, in order. */
function attributesOf(bytes: Uint8Array): Map<number, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const attributes = new Map<number, string>();
  for (let at = 20; at < bytes.length;) {
    const length = view.getUint16(at + 2);
    const value = bytes.subarray(at + 4, at + 4 + length);
    attributes.set(view.getUint16(at), new Uint8Array(value).toHex());
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return attributes;
}

Deno.test.each<{ why: string; password: string; bytes: number }>([
  { why: "a password as servers give", password: PASSWORD, bytes: 92 },
  { why: "none", password: "", bytes: 44 },
  {
    why: "one longer than a block of SHA-1",
    password: "é".repeat(60),
    bytes: 20,
  },
  { why: "a message of several blocks", password: "x", bytes: 1200 },
])(
  "libcrypto authenticates messages as the runtime does: $why",
  needsLibcrypto,
  ({ password, bytes }) => {
    const message = Uint8Array.from({ length: bytes }, (_, i) => i * 7);
    withLibcrypto((library) => {
      const key = new TextEncoder().encode(password);
      assertEquals(
        library.hmacSha1(key, message)?.toHex(),
        new Uint8Array(portableMac(password, message)).toHex(),
      );
    });
  },
);

Deno.test(
  "a message that comes when libcrypto is closed is the runtime's to authenticate",
  needsLibcrypto,
  () => {
    const library = withLibcrypto((library) => library);
    assertEquals(
      library.hmacSha1(new Uint8Array(4), new Uint8Array(20)),
      undefined,
    );
  },
);
