import { assertEquals, assertThrows } from "@std/assert";
import { encodeSocketAddress } from "../../../../lib/rtc/lane/socket_address.ts";

/** Family (little endian) and port 4660 (0x1234). */
const V4 = "02001234";
const V6 = "0a00123400000000";

Deno.test.each([
  { address: "127.0.0.1", bytes: "7f000001" },
  { address: "255.255.255.255", bytes: "ffffffff" },
  { address: "0.0.0.0", bytes: "00000000" },
])("IPv4 $address is encoded", ({ address, bytes }) => {
  const encoded = encodeSocketAddress({ address, port: 0x1234 });
  assertEquals(encoded.toHex(), V4 + bytes + "00".repeat(8));
});

Deno.test.each([
  { address: "::", bytes: "00".repeat(16) },
  { address: "::1", bytes: "00".repeat(15) + "01" },
  { address: "fe80::", bytes: "fe80" + "00".repeat(14) },
  {
    address: "2001:db8:1:2:3:4:5:6",
    bytes: "20010db8000100020003000400050006",
  },
  {
    address: "2001:DB8::a:0B",
    bytes: "20010db8" + "00".repeat(8) + "000a000b",
  },
  { address: "1:2:3:4:5:6:7::", bytes: "00010002000300040005000600070000" },
  { address: "::2:3:4:5:6:7:8", bytes: "00000002000300040005000600070008" },
  {
    address: "::ffff:192.0.2.33",
    bytes: "00".repeat(10) + "ffffc0000221",
  },
  {
    address: "1:2:3:4:5:6:1.2.3.4",
    bytes: "00010002000300040005000601020304",
  },
])("IPv6 $address is encoded", ({ address, bytes }) => {
  const encoded = encodeSocketAddress({ address, port: 0x1234 });
  assertEquals(encoded.toHex(), V6 + bytes + "00".repeat(4));
});

Deno.test.each([
  { why: "a name", address: "localhost" },
  { why: "nothing", address: "" },
  { why: "too few bytes", address: "1.2.3" },
  { why: "too many bytes", address: "1.2.3.4.5" },
  { why: "a byte that is none", address: "1.2.3.256" },
  { why: "a negative byte", address: "1.2.3.-4" },
  { why: "an empty byte", address: "1.2..4" },
  { why: "a byte in hex", address: "1.2.3.0x4" },
  { why: "two gaps", address: "1::2::3" },
  { why: "too few groups", address: "1:2:3:4:5:6:7" },
  { why: "too many groups", address: "1:2:3:4:5:6:7:8:9" },
  { why: "a gap for nothing", address: "1:2:3:4::5:6:7:8" },
  { why: "a group of five digits", address: "::12345" },
  { why: "a group that is no hex", address: "::g" },
  { why: "an empty group at the end", address: "1:2:3:4:5:6:7:" },
  { why: "a zone", address: "fe80::1%eth0" },
  { why: "IPv4 before the end", address: "::1.2.3.4:5" },
])("$why is refused: '$address'", ({ address }) => {
  assertThrows(
    () => encodeSocketAddress({ address, port: 1 }),
    Error,
    `Cannot use address ${address}: not an IP address.`,
  );
});
