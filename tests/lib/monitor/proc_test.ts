import { assertEquals, assertThrows } from "@std/assert";
import {
  listeningInodes,
  lossySockets,
  parseReading,
  parseStat,
  udpInErrors,
  udpInodes,
} from "../../../lib/monitor/proc.ts";

const STAT =
  "412 (mediasoup-worke) S 400 400 400 0 -1 4194304 2101 0 3 0 1250 340 0 0 20 0 2 0 80605 133440512 4080 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 1 1 1 1 1 1 1 0";

const TCP =
  `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7001 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 7002 1 0000000000000000 20 4 30 10 -1
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7003 1 0000000000000000 100 0 0 10 0
`;

const UDP =
  `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 9001: 00000000:9C40 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5512 2 0000000000000000 17          
 9002: 00000000:9C41 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5513 2 0000000000000000 0           
`;

const SNMP = `Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors
Udp: 61 4 3 62 2
UdpLite: InDatagrams NoPorts InErrors
UdpLite: 0 0 9
`;

Deno.test("a stat line gives CPU, threads, start and memory", () => {
  assertEquals(parseStat(STAT), {
    id: 412,
    name: "mediasoup-worke",
    state: "S",
    parentId: 400,
    cpuTicks: 1250 + 340,
    threads: 2,
    startTicks: 80605,
    rssPages: 4080,
  });
});

Deno.test("a process may have blanks and brackets in its name", () => {
  const stat = parseStat(STAT.replace("mediasoup-worke", "a) R 1 (b"));
  assertEquals([stat?.name, stat?.parentId], ["a) R 1 (b", 400]);
});

Deno.test("text that is no stat line is nothing", () => {
  for (const text of ["", "412", "412 (deno", "412 (deno) S 1 2"]) {
    assertEquals(parseStat(text), undefined);
  }
});

Deno.test("only sockets that listen on the port are listeners", () => {
  assertEquals(listeningInodes(TCP, 3000), ["7001"]);
  assertEquals(listeningInodes(TCP, 22), ["7003"]);
  assertEquals(listeningInodes(TCP, 53_000), []);
});

Deno.test("only sockets that lost datagrams are lossy", () => {
  assertEquals(lossySockets(UDP), [["5512", 17]]);
});

Deno.test("UDP errors are found by the name of their column", () => {
  assertEquals(udpInErrors(SNMP), 3);
  assertEquals(udpInErrors("Tcp: A\nTcp: 1\n"), null);
});

Deno.test("a sample holds processes, each with its own threads", () => {
  const thread = (id: number, ticks: number) =>
    STAT.replace("412", String(id)).replace("1250 340", `${ticks} 0`);
  const reading = parseReading([
    "Welcome to the machine",
    "sample 806.05 100 4096 400 412 413",
    ...SNMP.trimEnd().split("\n"),
    "drops 5512 17",
    "fds 400 22",
    "fds 412 -",
    thread(400, 7),
    thread(400, 5),
    thread(401, 2),
    STAT,
    STAT,
  ]);
  assertEquals(reading, {
    kind: "tree",
    uptimeSeconds: 806.05,
    ticksHz: 100,
    rootPid: 400,
    hostUdpErrors: 3,
    socketDrops: new Map([["5512", 17]]),
    udpSockets: null,
    processes: [
      {
        pid: 400,
        name: "mediasoup-worke",
        startTicks: 80605,
        cpuTicks: 7,
        rssBytes: 4080 * 4096,
        threads: 2,
        fds: 22,
        threadTicks: new Map([[400, 5], [401, 2]]),
        threadNames: new Map([[400, "mediasoup-worke"], [
          401,
          "mediasoup-worke",
        ]]),
      },
      {
        pid: 412,
        name: "mediasoup-worke",
        startTicks: 80605,
        cpuTicks: 1590,
        rssBytes: 4080 * 4096,
        threads: 2,
        fds: null,
        threadTicks: new Map([[412, 1590]]),
        threadNames: new Map([[412, "mediasoup-worke"]]),
      },
    ],
  });
});

Deno.test.each([
  { lines: ["sample -1 100 4096 400"], why: "a time before the start" },
  { lines: ["sample 5 0 4096 400"], why: "a clock without ticks" },
  { lines: ["sample 5 100 1e400 400"], why: "endless pages" },
  { lines: ["sample 5 100 4096"], why: "no process" },
  { lines: ["sample 5 100 4096 x"], why: "a process without a number" },
  {
    lines: ["sample 5 100 4096 412", STAT.replace("1250 340", "-1250 -340")],
    why: "CPU that was given back",
  },
  {
    lines: ["sample 5 100 4096 412", STAT.replace("1250", "1e300")],
    why: "more CPU than there can be",
  },
])("a sample that cannot be is refused: $why", ({ lines }) => {
  assertThrows(() => parseReading(lines), RangeError, "cannot be");
});

Deno.test("counts of lost datagrams and files that cannot be are unknown", () => {
  const reading = parseReading([
    "sample 5 100 4096 412",
    "drops 5512 -17",
    "drops 5513 1e300",
    "fds 412 -3",
    STAT,
  ]);
  assertEquals(
    reading?.kind === "tree" && [
      reading.socketDrops.size,
      reading.processes[0].fds,
    ],
    [0, null],
  );
});

Deno.test("UDP sockets are known when they were counted", () => {
  const head = "sample 806.05 100 4096 400";
  const sockets = (...lines: string[]) => {
    const reading = parseReading([head, ...lines]);
    return reading?.kind === "tree" ? reading.udpSockets : "none";
  };
  assertEquals(sockets("sockets 12"), 12);
  assertEquals(sockets("sockets 0"), 0);
  assertEquals(sockets(""), null);
  assertEquals(sockets("sockets -1"), null);
  assertEquals(udpInodes(UDP), ["5512", "5513"]);
});

Deno.test("a server that is not there has a reason", () => {
  assertEquals(parseReading(["absent No process listens on TCP port 1"]), {
    kind: "absent",
    reason: "No process listens on TCP port 1",
  });
});

Deno.test("the greeting of a login shell alone is no sample", () => {
  assertEquals(parseReading(["Welcome", ""]), undefined);
});

Deno.test.each([
  {
    port: 80,
    line: "   0: 00000000:0050 00000000:0000 0A",
    is: true,
    why: "a short number has zeros before it",
  },
  {
    port: 80,
    line: "   0: 00000000:0150 00000000:0000 0A",
    is: false,
    why: "another that ends alike",
  },
  {
    port: 80,
    line: "   0: 00000000:1234 00000000:0050 0A",
    is: false,
    why: "the other side's",
  },
  {
    port: 80,
    line: "   0: 00000000:0050 00000000:0000 01",
    is: false,
    why: "a connection",
  },
  {
    port: 65535,
    line:
      "   0: 00000000000000000000000000000000:FFFF 00000000000000000000000000000000:0000 0A",
    is: true,
    why: "the last one, in IPv6",
  },
])("a socket listens on $port: $is, for it has $why", ({ port, line, is }) => {
  const text =
    `${line} 00000000:00000000 00:00000000 00000000     0        0 7009 1\n`;
  assertEquals(listeningInodes(text, port), is ? ["7009"] : []);
});

Deno.test("of tables without a socket nothing is found", () => {
  const [udpHead] = UDP.split("\n");
  const [tcpHead] = TCP.split("\n");
  for (const end of ["", "\n"]) {
    assertEquals(udpInodes(udpHead + end), []);
    assertEquals(lossySockets(udpHead + end), []);
    assertEquals(listeningInodes(tcpHead + end, 80), []);
  }
  assertEquals([udpInodes(""), lossySockets("")], [[], []]);
});

Deno.test.each([
  { text: "Udp: A InErrors\nUdp: 1\n", is: null, why: "its value is missing" },
  { text: "Udp: A B\nUdp: 1 2\n", is: null, why: "it has no such column" },
  { text: "Udp: InErrors\n", is: null, why: "it has no values" },
  { text: "Udp: InErrors\nUdp: -4\n", is: null, why: "it cannot be" },
  { text: "Udp: InErrors\nUdp: 0\n", is: 0, why: "there were none" },
])("a host's errors of UDP are $is where $why", ({ text, is }) => {
  assertEquals(udpInErrors(text), is);
});

Deno.test("of a process that ended while it was looked at, its children are told", () => {
  const reading = parseReading(["sample 5 100 4096 400 412", STAT, STAT]);
  assertEquals(
    reading?.kind === "tree" && [
      reading.rootPid,
      reading.processes.map(({ pid }) => pid),
    ],
    [400, [412]],
  );
});

Deno.test("names and reasons without an end are cut, and memory is no more than a number holds", () => {
  const name = "n".repeat(500);
  const stat = STAT.replace("mediasoup-worke", name).replace(
    " 4080 ",
    " 9e15 ",
  );
  const reading = parseReading(["sample 5 100 4096 412", stat, stat]);
  if (reading?.kind !== "tree") throw new Error("no tree");
  const [{ name: kept, threadNames, rssBytes }] = reading.processes;
  assertEquals([kept.length, threadNames.get(412)?.length], [64, 64]);
  assertEquals(rssBytes, Number.MAX_SAFE_INTEGER);
  const gone = parseReading([`absent ${"x".repeat(5_000)}`]);
  assertEquals(gone?.kind === "absent" && gone.reason.length, 300);
});

Deno.test.each([
  { word: "sockets 1234567890", why: "more than there can be" },
  { word: "sockets 5 6", why: "two numbers" },
  { word: "sockets", why: "none" },
])("UDP sockets are not known where a look has $why", ({ word }) => {
  const reading = parseReading(["sample 5 100 4096 412", word, STAT]);
  assertEquals(reading?.kind === "tree" && reading.udpSockets, null);
});
