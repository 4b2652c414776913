/**
 * Reads the facts of this machine. What it may not read, or what this system
 * does not have, it leaves out.
 *
 * @module
 */

import { type CpuTimes, parseCpuTimes } from "./cpu.ts";
import {
  type MachineFacts,
  parseAvailable,
  parseFileLimits,
  parseInactiveFiles,
  parseNumber,
  parsePortRange,
  parseUdpCounters,
} from "./facts.ts";

const CLOCK_SOURCE =
  "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/** What this machine has, now. */
export function readMachineFacts(): MachineFacts {
  return {
    files: parseFileLimits(read("/proc/self/limits")),
    startersSoftFiles:
      parseFileLimits(read(`/proc/${Deno.ppid}/limits`))?.soft ?? null,
    portRange: parsePortRange(read("/proc/sys/net/ipv4/ip_local_port_range")),
    rmemMaxBytes: parseNumber(read("/proc/sys/net/core/rmem_max")),
    wmemMaxBytes: parseNumber(read("/proc/sys/net/core/wmem_max")),
    cores: navigator.hardwareConcurrency,
    memoryBytes: availableMemory(),
    clockSource: read(CLOCK_SOURCE).trim() || null,
    udp: parseUdpCounters(read("/proc/net/snmp")),
  };
}

/** What its cores have done so far; `null` where the system does not say. */
export function readCpuTimes(): CpuTimes | null {
  return parseCpuTimes(read("/proc/stat"));
}

/** A control group may allow less than the machine has. */
function availableMemory(): number | null {
  const known = [
    parseAvailable(read("/proc/meminfo")),
    leftOf("/sys/fs/cgroup"),
  ].filter((bytes) => bytes !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function leftOf(group: string): number | null {
  const limit = parseNumber(read(`${group}/memory.max`));
  const used = parseNumber(read(`${group}/memory.current`));
  if (limit === null || used === null) return null;
  const files = parseInactiveFiles(read(`${group}/memory.stat`));
  return Math.max(0, limit - used + files);
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
