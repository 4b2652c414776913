/** A candidate as SDP has it. */

import { assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
import { readCandidateLine } from "../../../lib/ortc/candidate_line.ts";

const UDP = {
  foundation: "1",
  priority: 2_130_706_431,
  address: "192.0.2.1",
  protocol: "udp",
  port: 40_000,
  type: "host",
};
const LINE = "candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host";

Deno.test.each([
  { value: LINE, is: UDP, why: "as RFC 8839 has it" },
  { value: `a=${LINE}`, is: UDP, why: "as a line of SDP" },
  { value: `  ${LINE}  `, is: UDP, why: "with space around it" },
  {
    value: LINE.replace("udp", "UDP"),
    is: UDP,
    why: "its protocol in capitals",
  },
  {
    value: { candidate: LINE, sdpMid: "0", sdpMLineIndex: 0 },
    is: UDP,
    why: "as a browser's object",
  },
  {
    value: LINE.replace("192.0.2.1", "2001:db8::1"),
    is: { ...UDP, address: "2001:db8::1" },
    why: "an address of IPv6",
  },
  {
    value: LINE.replace("udp", "tcp") + " tcptype passive",
    is: { ...UDP, protocol: "tcp", tcpType: "passive" },
    why: "one of TCP (RFC 6544)",
  },
  {
    value: `${LINE} generation 0 ufrag typ network-cost 999`,
    is: UDP,
    why: "with attributes that nobody knows, one of which is called as a name",
  },
  {
    value: "candidate:1 1 udp 1 10.0.0.1 9 raddr typ typ srflx",
    is: {
      ...UDP,
      priority: 1,
      address: "10.0.0.1",
      port: 9,
      type: "srflx",
    },
    why: "a value that is called as an attribute",
  },
  {
    value: "candidate:1 1 udp 1 10.0.0.1 9",
    is: { ...UDP, priority: 1, address: "10.0.0.1", port: 9 },
    why: "without its type",
  },
])("a candidate is read: $why", ({ value, is }) => {
  assertEquals<unknown>(readCandidateLine(value), is);
});

Deno.test.each<{ value: unknown; why: string }>([
  { value: "", why: "nothing" },
  { value: null, why: "no text" },
  { value: { candidate: 7 }, why: "an object of something else" },
  { value: "candidate:1 1 udp", why: "half a line" },
  { value: LINE.replace("40000", "-1"), why: "a port below all" },
  { value: LINE.replace("40000", "http"), why: "a port that is a name" },
  {
    value: LINE.replace("2130706431", "1e9"),
    why: "a priority in another way",
  },
  { value: `${LINE} x ${"y".repeat(1000)}`, why: "a line without an end" },
])("no candidate is read of $why", ({ value }) => {
  assertEquals(readCandidateLine(value), undefined);
});

Deno.test("whatever a server sends, it is a candidate or none", () => {
  fc.assert(fc.property(fc.anything(), fc.string(), (value, line) => {
    readCandidateLine(value);
    readCandidateLine(line);
    readCandidateLine({ candidate: `candidate:${line}` });
  }));
});
