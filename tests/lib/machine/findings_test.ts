import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Finding,
  findLimits,
  type MachineFacts,
  obstacle,
  runNeed,
} from "../../../lib/machine/mod.ts";

/** 100 publishers: 352 files. */
const NEED = runNeed({
  clients: 100,
  transports: 200,
  packetsHz: 20_000,
  workers: 1,
  datapath: "native",
  engine: null,
});

const PLENTY: MachineFacts = {
  files: { soft: 65_536, hard: 65_536 },
  startersSoftFiles: 65_536,
  portRange: [32_768, 60_999],
  rmemMaxBytes: 4_194_304,
  wmemMaxBytes: 4_194_304,
  cores: 8,
  memoryBytes: 16e9,
  clockSource: "tsc",
  udp: { received: 1_000_000, receiveDrops: 1, sendDrops: 0 },
};

const NOTHING_KNOWN: MachineFacts = {
  files: null,
  startersSoftFiles: null,
  portRange: null,
  rmemMaxBytes: null,
  wmemMaxBytes: null,
  cores: 8,
  memoryBytes: null,
  clockSource: null,
  udp: null,
};

Deno.test("a machine with plenty of everything is good in every respect", () => {
  const findings = findLimits(NEED, PLENTY);
  assertEquals(findings.length, 8);
  for (const { level, fix, about } of findings) {
    assertEquals([level, fix], ["good", null], about);
  }
  assertEquals(obstacle(NEED, PLENTY), undefined);
});

Deno.test("what is not known of a machine is no finding and no obstacle", () => {
  assertEquals(
    findLimits(NEED, NOTHING_KNOWN).map(({ about }) => about),
    ["CPU"],
  );
  assertEquals(obstacle(NEED, NOTHING_KNOWN), undefined);
});

Deno.test.each<{
  change: Partial<MachineFacts>;
  about: string;
  level: Finding["level"];
  says: string;
  fix: string | null;
}>([
  {
    change: { files: { soft: 64, hard: 64 } },
    about: "open files",
    level: "problem",
    says: "352 needed, the hard limit is 64",
    fix: "sudo prlimit --pid $$ --nofile=352:352",
  },
  {
    change: { files: { soft: 64, hard: 4096 } },
    about: "open files",
    level: "problem",
    says: "the soft limit is 64",
    fix: "ulimit -S -n 352",
  },
  {
    change: { files: { soft: 351, hard: 351 } },
    about: "open files",
    level: "problem",
    says: "the hard limit is 351",
    fix: "sudo prlimit --pid $$ --nofile=352:352",
  },
  {
    change: { files: { soft: 352, hard: 352 } },
    about: "open files",
    level: "good",
    says: "352 allowed",
    fix: null,
  },
  {
    change: { files: { soft: Infinity, hard: Infinity } },
    about: "open files",
    level: "good",
    says: "unlimited allowed",
    fix: null,
  },
  {
    change: { startersSoftFiles: 64 },
    about: "open files",
    level: "warning",
    says: "raised our soft limit from 64 to 65,536",
    fix: "ulimit -S -n 352",
  },
  {
    change: { portRange: [40_000, 40_099] },
    about: "ephemeral ports",
    level: "problem",
    says: "200 needed, 100 there",
    fix: `sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535"`,
  },
  {
    change: { portRange: [40_000, 40_199] },
    about: "ephemeral ports",
    level: "warning",
    says: "200 needed, 200 there",
    fix: `sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535"`,
  },
  {
    change: { rmemMaxBytes: 212_992 },
    about: "receive buffer",
    level: "warning",
    says: "212,992 allowed",
    fix: "sudo sysctl -w net.core.rmem_max=1048576",
  },
  {
    change: { wmemMaxBytes: 212_992 },
    about: "send buffer",
    level: "warning",
    says: "212,992 allowed",
    fix: "sudo sysctl -w net.core.wmem_max=1048576",
  },
  {
    change: { cores: 0.2 },
    about: "CPU",
    level: "warning",
    says: "may come out invalid",
    fix: null,
  },
  {
    change: { memoryBytes: 1e8 },
    about: "memory",
    level: "warning",
    says: "0.1 GB available",
    fix: null,
  },
  {
    change: { clockSource: "hpet" },
    about: "clock",
    level: "warning",
    says: "hpet, which is slow",
    fix:
      "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource",
  },
  {
    change: { udp: { received: 1000, receiveDrops: 10, sendDrops: 0 } },
    about: "dropped datagrams",
    level: "warning",
    says: "10 on receiving and 0 on sending",
    fix:
      "sudo sysctl -w net.core.rmem_default=1048576 net.core.rmem_max=8388608",
  },
])("$about with $change is $level", ({ change, about, level, says, fix }) => {
  const findings = findLimits(NEED, { ...PLENTY, ...change });
  const found = findings.find((finding) => finding.about === about)!;
  assertEquals([found.level, found.fix], [level, fix]);
  assertStringIncludes(found.text, says);
  assert(!found.text.includes("\n"));
  const others = findings.filter((finding) => finding !== found);
  assert(others.every((finding) => finding.level === "good"));
});

Deno.test("an obstacle is one line with the number needed and the command", () => {
  assertEquals(
    obstacle(NEED, { ...PLENTY, files: { soft: 64, hard: 64 } }),
    "Cannot run 100 clients here: open files: 352 needed, the hard limit is 64. Run: sudo prlimit --pid $$ --nofile=352:352",
  );
});

Deno.test("what only makes a run worse is no obstacle", () => {
  const poor = { ...PLENTY, cores: 0.1, memoryBytes: 1, rmemMaxBytes: 1 };
  assertEquals(obstacle(NEED, poor), undefined);
});

Deno.test.each([
  { memoryBytes: NEED.memoryBytes - 1, why: "too little", isObstacle: true },
  { memoryBytes: NEED.memoryBytes, why: "just enough", isObstacle: false },
  { memoryBytes: null, why: "not known", isObstacle: false },
])(
  "memory that is $why is an obstacle on another machine alone: $isObstacle",
  ({ memoryBytes, isObstacle }) => {
    const facts = { ...PLENTY, memoryBytes };
    assertEquals(obstacle(NEED, facts), undefined);
    const why = obstacle(NEED, facts, "agent-0 (h1)") ?? "";
    assertEquals(
      /^Cannot run .* on agent-0 \(h1\): memory: about .* needed, .*available\. Give it fewer, or take more agents\.$/
        .test(why),
      isObstacle,
      why,
    );
  },
);
