import { assert, assertEquals, assertFalse } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { RtpReader } from "../../../../lib/media/mod.ts";

/** Version 2, marker, payload type 96, sequence, timestamp, SSRC. */
const fixed = (first: string, second = "e0") =>
  `${first}${second}` + "fffe" + "80000001" + "ffffffff";

const packets = [
  {
    why: "plain",
    hex: fixed("80") + "aabbcc",
    payload: "aabbcc",
    extensions: {},
  },
  { why: "without payload", hex: fixed("80"), payload: "", extensions: {} },
  {
    why: "with CSRCs",
    hex: fixed("82") + "0000000100000002" + "aa",
    payload: "aa",
    extensions: {},
  },
  {
    why: "with one-byte extensions and padding between them",
    hex: fixed("90") + "bede0003" + "10aa" + "0000" + "e2010203" + "00000000" +
      "ccdd",
    payload: "ccdd",
    extensions: { 1: "aa", 14: "010203" },
  },
  {
    why: "with an extension of 16 bytes",
    hex: fixed("90") + "bede0005" + "2f" + "11".repeat(16) + "000000" + "cc",
    payload: "cc",
    extensions: { 2: "11".repeat(16) },
  },
  {
    why: "with id 15, which ends the extensions",
    hex: fixed("90") + "bede0002" + "10aa" + "f000" + "20bb" + "0000" + "cc",
    payload: "cc",
    extensions: { 1: "aa" },
  },
  {
    why: "with id 0 and a length, which ends the extensions",
    hex: fixed("90") + "bede0002" + "10aa" + "0100" + "20bb" + "0000" + "cc",
    payload: "cc",
    extensions: { 1: "aa" },
  },
  {
    why: "with an extension value that runs over the end",
    hex: fixed("90") + "bede0001" + "10aa" + "2311" + "cc",
    payload: "cc",
    extensions: { 1: "aa" },
  },
  {
    why: "with another extension profile, which is passed over",
    hex: fixed("90") + "abcd0001" + "01020304" + "cc",
    payload: "cc",
    extensions: {},
  },
  {
    why: "with an encrypted extension's profile, which is passed over",
    hex: fixed("90") + "c0de0001" + "10020304" + "cc",
    payload: "cc",
    extensions: {},
  },
  {
    why:
      "with two-byte extensions, one of them empty, and padding between them",
    hex: fixed("90") + "10000004" + "0102aabb" + "00000500" + "0f01cc00" +
      "ff0111" + "00" + "dd",
    payload: "dd",
    extensions: { 1: "aabb", 5: "", 15: "cc", 255: "11" },
  },
  {
    why: "with two-byte extensions and bits of the application's own",
    hex: fixed("90") + "100f0001" + "030111" + "00" + "dd",
    payload: "dd",
    extensions: { 3: "11" },
  },
  {
    why: "with a two-byte extension of 20 bytes behind CSRCs",
    hex: fixed("92") + "0000000100000002" + "10000006" + "0214" +
      "77".repeat(20) + "0000" + "dd",
    payload: "dd",
    extensions: { 2: "77".repeat(20) },
  },
  {
    why: "with a two-byte extension that runs over the end",
    hex: fixed("90") + "10000002" + "010177" + "020511" + "0000" + "dd",
    payload: "dd",
    extensions: { 1: "77" },
  },
  {
    why: "with a two-byte extension without a length",
    hex: fixed("90") + "10000001" + "010177" + "02" + "dd",
    payload: "dd",
    extensions: { 1: "77" },
  },
  {
    why: "with one-byte extensions and padding at their end",
    hex: fixed("90") + "bede0002" + "21aabb" + "00" + "30cc" + "0000" + "dd",
    payload: "dd",
    extensions: { 2: "aabb", 3: "cc" },
  },
  {
    why: "with an empty extension",
    hex: fixed("90") + "bede0000" + "cc",
    payload: "cc",
    extensions: {},
  },
  {
    why: "with padding",
    hex: fixed("a0") + "aabb" + "000003",
    payload: "aabb",
    extensions: {},
  },
  {
    why: "of padding alone",
    hex: fixed("a0") + "00000004",
    payload: "",
    extensions: {},
  },
  {
    why: "with CSRC, extension and padding",
    hex: fixed("b1") + "00000001" + "bede0001" + "30aa0000" + "cc" + "01",
    payload: "cc",
    extensions: { 3: "aa" },
  },
];

Deno.test.each(packets)(
  "a packet $why is read, wherever it stands",
  ({ hex, payload, extensions }) => {
    const rtp = new RtpReader();
    const bytes = Uint8Array.fromHex("ffffff" + hex + "ffff");
    assert(rtp.read(bytes, 3, hex.length / 2));
    assertEquals([rtp.marker, rtp.payloadType], [true, 96]);
    assertEquals([rtp.sequence, rtp.timestamp, rtp.ssrc], [
      0xfffe,
      -0x7fffffff,
      -1,
    ]);
    assertEquals([rtp.offset, rtp.length], [3, hex.length / 2]);
    const { payloadOffset, payloadLength } = rtp;
    assertEquals(
      bytes.slice(payloadOffset, payloadOffset + payloadLength).toHex(),
      payload,
    );
    const found: Record<number, string> = {};
    for (let id = 0; id < 256; id++) {
      const at = rtp.extensionOffset[id];
      if (at === 0) continue;
      found[id] = bytes.slice(at, at + rtp.extensionLength[id]).toHex();
    }
    assertEquals<object>(found, extensions);
  },
);

Deno.test("extensions of both forms may take turns, and none stays", () => {
  const rtp = new RtpReader();
  for (let turn = 0; turn < 3; turn++) {
    for (const { hex, extensions } of packets) {
      const bytes = Uint8Array.fromHex(hex);
      assert(rtp.read(bytes, 0, bytes.length));
      const ids = Array.from(rtp.extensionOffset, (at, id) => at && id)
        .filter((id) => id !== 0);
      assertEquals(ids, Object.keys(extensions).map(Number));
    }
  }
});

Deno.test("a reader forgets the extensions of the packet before", () => {
  const rtp = new RtpReader();
  const [plain, , , extended] = packets.map(({ hex }) =>
    Uint8Array.fromHex(hex)
  );
  rtp.read(extended, 0, extended.length);
  assert(rtp.extensionOffset[1] !== 0);
  rtp.read(plain, 0, plain.length);
  assertEquals(Math.max(...rtp.extensionOffset), 0);
});

Deno.test.each([
  { why: "a lower version", hex: fixed("40") },
  { why: "a higher version", hex: fixed("c0") },
  { why: "padding longer than the payload", hex: fixed("a0") + "0003" },
  { why: "padding and nothing to pad", hex: fixed("a0") },
  {
    why: "padding whose length would be an extension's last byte",
    hex: fixed("b0") + "bede0001" + "10aa0000",
  },
  { why: "CSRCs that are not there", hex: fixed("81") + "000000" },
  { why: "an extension that is not there", hex: fixed("90") + "bede00" },
  {
    why: "an extension that is cut",
    hex: fixed("90") + "bede0002" + "10aa0000",
  },
])("bytes with $why are no packet", ({ hex }) => {
  const bytes = Uint8Array.fromHex(hex);
  assertFalse(new RtpReader().read(bytes, 0, bytes.length));
});

Deno.test("a packet that is cut anywhere is refused, or has less payload", () => {
  const rtp = new RtpReader();
  for (const { hex, payload } of packets) {
    const bytes = Uint8Array.fromHex(hex);
    for (let length = 0; length < bytes.length; length++) {
      if (!rtp.read(bytes, 0, length)) continue;
      const end = rtp.payloadOffset + rtp.payloadLength;
      assert(end <= length && rtp.payloadOffset >= 12);
      assert(rtp.payloadLength < payload.length / 2 + 4);
    }
    assertFalse(rtp.read(bytes, 0, 11));
  }
});

Deno.test("whatever the bytes are, what is read lies within them", () => {
  const random = createRandom(1, "rtp");
  const rtp = new RtpReader();
  let accepted = 0;
  for (let round = 0; round < 5000; round++) {
    const bytes = new Uint8Array(Math.floor(random() * 80));
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    if (bytes.length >= 20) {
      bytes[0] = 0x80 | (bytes[0] & 0x31);
      bytes.set([0xbe, 0xde, 0, random() * 8], 12 + 4 * (bytes[0] & 0x0f));
    }
    if (!rtp.read(bytes, 0, bytes.length)) continue;
    accepted++;
    assert(rtp.payloadLength >= 0);
    assert(rtp.payloadOffset + rtp.payloadLength <= bytes.length);
    for (let id = 0; id < 256; id++) {
      const at = rtp.extensionOffset[id];
      if (at > 0) assert(at + rtp.extensionLength[id] <= rtp.payloadOffset);
    }
  }
  assert(accepted > 1000);
});
