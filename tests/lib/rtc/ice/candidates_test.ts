import { assertEquals } from "@std/assert";
import {
  candidateLabel,
  chooseCandidates,
  type RemoteCandidate,
  whyNothing,
} from "../../../../lib/rtc/ice/candidates.ts";

const UDP: RemoteCandidate = {
  protocol: "udp",
  address: "192.0.2.1",
  port: 4000,
  priority: 1,
};
const TCP = { ...UDP, protocol: "tcp", tcpType: "passive", priority: 9 };

Deno.test("candidates are tried UDP first, then by priority, then as told", () => {
  const offered = [
    TCP,
    { ...UDP, port: 1 },
    { ...UDP, port: 2, priority: 5 },
    { ...UDP, port: 3, priority: 5 },
    { ...UDP, port: 4, priority: undefined },
    { ...UDP, port: 2, priority: 5 },
  ];
  assertEquals(ports(offered), [2, 3, 1, 4, 4000]);
  assertEquals(ports(offered, "udp"), [2, 3, 1, 4]);
  assertEquals(ports(offered, "tcp"), [4000]);
});

Deno.test("protocols in capitals are the same", () => {
  const offered = [
    { ...TCP, protocol: "TCP", tcpType: "PASSIVE" },
    { ...UDP, protocol: "UDP" },
  ];
  assertEquals(ports(offered), [4000, 4000]);
  assertEquals(
    chooseCandidates(offered, "tcp").tried.map(candidateLabel),
    ["tcp 192.0.2.1:4000"],
  );
});

Deno.test.each<{ why: string } & Partial<RemoteCandidate>>([
  { port: 0, why: "its port is not a whole number from 1 to 65535" },
  { port: 70_000, why: "its port is not a whole number from 1 to 65535" },
  { port: 4000.7, why: "its port is not a whole number from 1 to 65535" },
  { port: -1, why: "its port is not a whole number from 1 to 65535" },
  { port: NaN, why: "its port is not a whole number from 1 to 65535" },
  { address: "224.0.0.1", why: "it is a multicast address" },
  { address: "239.255.255.250", why: "it is a multicast address" },
  { address: "ff02::1", why: "it is a multicast address" },
  { address: "::ffff:224.0.0.1", why: "it is a multicast address" },
  { address: "255.255.255.255", why: "it is the broadcast address" },
  { address: "0.0.0.0", why: "it is the unspecified address" },
  { address: "::", why: "it is the unspecified address" },
  { address: "::ffff:0.0.0.0", why: "it is the unspecified address" },
  {
    address: "4f1d.local",
    why: "a .local name is known to its own network alone (multicast DNS)",
  },
  {
    address: "SFU.Local.",
    why: "a .local name is known to its own network alone (multicast DNS)",
  },
  {
    address: "",
    why: "its address is neither an IP address nor a name",
  },
  {
    address: "300.1.1.1",
    why: "its address is neither an IP address nor a name",
  },
  {
    address: "2001:db8::zz",
    why: "its address is neither an IP address nor a name",
  },
  {
    address: "two words",
    why: "its address is neither an IP address nor a name",
  },
  { protocol: "", why: "it is no candidate" },
  { protocol: "ssltcp", why: "its protocol is neither UDP nor TCP" },
  {
    protocol: "tcp",
    tcpType: "active",
    why: "nobody can connect to a TCP candidate of type active",
  },
])(
  "a candidate is refused: $why",
  ({ why, ...odd }) => {
    const choice = chooseCandidates([{ ...UDP, ...odd }]);
    assertEquals(choice.tried, []);
    assertEquals(choice.refused.map(({ reason }) => reason), [why]);
  },
);

Deno.test.each([
  { address: "192.0.2.1", isName: false },
  { address: "2001:db8::1", isName: false },
  { address: "::1", isName: false },
  { address: "223.255.255.255", isName: false },
  { address: "localhost", isName: true },
  { address: "sfu-1.example.com", isName: true },
])("an address of $address may be tried", ({ address, isName }) => {
  const { tried } = chooseCandidates([{ ...UDP, address }]);
  assertEquals(tried.map((one) => one.isName), [isName]);
});

Deno.test("of a very long list only the preferred ones are tried", () => {
  const offered = Array.from({ length: 1000 }, (_, port) => ({
    ...UDP,
    port: port + 1,
    priority: port,
  }));
  const { tried, refused } = chooseCandidates(offered);
  assertEquals(tried.length, 32);
  assertEquals(tried[0].port, 1000);
  assertEquals(refused.length, 968);
});

Deno.test.each<{
  offered: RemoteCandidate[];
  transport: "udp" | "tcp" | "auto";
  why: string;
}>([
  { offered: [], transport: "auto", why: "the server offers no address" },
  {
    offered: [],
    transport: "tcp",
    why: "the server offers no TCP address: take the transport auto",
  },
  {
    offered: [UDP],
    transport: "tcp",
    why: "the server offers no TCP address, only UDP: take the transport auto",
  },
  {
    offered: [TCP],
    transport: "udp",
    why: "the server offers no UDP address, only TCP: take the transport auto",
  },
  {
    offered: [{ ...UDP, address: "::", port: 4 }],
    transport: "auto",
    why:
      "the server offers no address that can be used (udp [::]:4: it is the unspecified address)",
  },
])("where there is nothing to try: $why", ({ offered, transport, why }) => {
  const choice = chooseCandidates(offered, transport);
  assertEquals(choice.tried, []);
  assertEquals(whyNothing(offered, choice, transport), why);
});

Deno.test("what is no candidate is written as it came", () => {
  const line = "candidate:1 1 udp high 192.0.2.1 4000 typ host";
  assertEquals(
    candidateLabel({ address: line, protocol: "", port: 0 }),
    `"${line}"`,
  );
  assertEquals(
    candidateLabel({ ...UDP, address: "" }),
    "udp port 4000",
  );
});

Deno.test("a candidate is written with its protocol, address and port", () => {
  assertEquals(candidateLabel(UDP), "udp 192.0.2.1:4000");
  assertEquals(
    candidateLabel({ ...TCP, address: "2001:db8::1" }),
    "tcp [2001:db8::1]:4000",
  );
});

function ports(
  offered: readonly RemoteCandidate[],
  transport?: "udp" | "tcp",
): number[] {
  return chooseCandidates(offered, transport).tried.map(({ port }) => port);
}
