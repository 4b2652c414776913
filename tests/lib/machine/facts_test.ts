import { assertEquals } from "@std/assert";
import {
  parseAvailable,
  parseFileLimits,
  parseInactiveFiles,
  parseNumber,
  parsePortRange,
  parseUdpCounters,
} from "../../../lib/machine/facts.ts";

const LIMITS =
  `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 1048576              files
Max locked memory         8388608              8388608              bytes
`;

Deno.test("the limits of open files are found among the others", () => {
  assertEquals(parseFileLimits(LIMITS), { soft: 1024, hard: 1_048_576 });
});

Deno.test("no limit is infinite, and no text is not known", () => {
  const text =
    "Max open files            64                   unlimited   files";
  assertEquals(parseFileLimits(text), { soft: 64, hard: Infinity });
  assertEquals(parseFileLimits(""), null);
});

Deno.test.each([
  { text: "32768\t60999\n", range: [32_768, 60_999] as const },
  { text: "", range: null },
])("the port range of %o is read", ({ text, range }) => {
  assertEquals(parsePortRange(text), range);
});

Deno.test.each([
  { text: "212992\n", value: 212_992, why: "a number" },
  { text: "max\n", value: null, why: "a control group without a limit" },
  { text: "", value: null, why: "no such file" },
])("$why is read as $value", ({ text, value }) => {
  assertEquals(parseNumber(text), value);
});

Deno.test("available memory is in bytes", () => {
  const text =
    "MemTotal:  2000 kB\nMemFree:  10 kB\nMemAvailable:    1500 kB\n";
  assertEquals(parseAvailable(text), 1500 * 1024);
  assertEquals(parseAvailable("MemTotal: 1 kB\n"), null);
});

Deno.test("datagram counters are found by name, whatever their order", () => {
  const text = `Ip: Forwarding DefaultTTL
Ip: 1 64
Udp: InDatagrams NoPorts SndbufErrors InErrors OutDatagrams RcvbufErrors
Udp: 1000 1 7 9 900 8
UdpLite: InDatagrams
UdpLite: 5
`;
  assertEquals(parseUdpCounters(text), {
    received: 1000,
    receiveDrops: 8,
    sendDrops: 7,
  });
  assertEquals(parseUdpCounters(""), null);
});

Deno.test("files that a control group has in memory give way", () => {
  const text = "anon 4096\nfile 9000\ninactive_anon 1\ninactive_file 8192\n";
  assertEquals(parseInactiveFiles(text), 8192);
  assertEquals(parseInactiveFiles("anon 4096\n"), 0);
});
