/**
 * What a machine has, read out of the text of its `/proc`. All functions here
 * are pure; what cannot be read is `null`.
 *
 * @module
 */

/** What there is. */
export interface MachineFacts {
  /** The limits of open files; a `null` number is no limit. */
  readonly files: FileLimits | null;
  /** The soft limit of the process that started us, usually a shell; Deno raises its own to the hard one when it starts. */
  readonly startersSoftFiles: number | null;
  /** The first and the last port that the kernel gives to sockets that ask for any. */
  readonly portRange: readonly [number, number] | null;
  /** Largest receive buffer that a socket may have, in bytes. */
  readonly rmemMaxBytes: number | null;
  /** Largest send buffer that a socket may have, in bytes. */
  readonly wmemMaxBytes: number | null;
  /** Cores that we may use. */
  readonly cores: number;
  /** Memory that is free or can be freed, here or in our control group. */
  readonly memoryBytes: number | null;
  /** What the kernel counts time by. */
  readonly clockSource: string | null;
  /** Datagrams of the whole machine since it booted. */
  readonly udp: UdpCounters | null;
}

/** Limits of open files. */
export interface FileLimits {
  /** What holds now; `Infinity` is no limit. */
  readonly soft: number;
  /** Up to where we may raise that ourselves; `Infinity` is no limit. */
  readonly hard: number;
}

/** What became of datagrams. */
export interface UdpCounters {
  /** Received, and read. */
  readonly received: number;
  /** Not received, because a socket's buffer was full. */
  readonly receiveDrops: number;
  /** Not sent, because a socket's buffer was full. */
  readonly sendDrops: number;
}

/** From `/proc/<pid>/limits`. */
export function parseFileLimits(text: string): FileLimits | null {
  const [, soft, hard] = text.match(/^Max open files\s+(\S+)\s+(\S+)/m) ?? [];
  if (hard === undefined) return null;
  const limit = (word: string) =>
    word === "unlimited" ? Infinity : Number(word);
  return { soft: limit(soft), hard: limit(hard) };
}

/** From `/proc/sys/net/ipv4/ip_local_port_range`. */
export function parsePortRange(text: string): readonly [number, number] | null {
  const [, from, to] = text.match(/^(\d+)\s+(\d+)\s*$/) ?? [];
  return to === undefined ? null : [Number(from), Number(to)];
}

/** A file with one number in it; others, such as `max`, are `null`. */
export function parseNumber(text: string): number | null {
  return /^\d+\s*$/.test(text) ? Number(text) : null;
}

/** `MemAvailable` of `/proc/meminfo`, in bytes. */
export function parseAvailable(text: string): number | null {
  const [, kilobytes] = text.match(/^MemAvailable:\s+(\d+) kB$/m) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** `inactive_file` of a control group's `memory.stat`, in bytes: files in memory that give way to whatever needs it. */
export function parseInactiveFiles(text: string): number {
  const [, bytes] = text.match(/^inactive_file (\d+)$/m) ?? [];
  return Number(bytes ?? 0);
}

/** From the two `Udp:` lines of `/proc/net/snmp`. */
export function parseUdpCounters(text: string): UdpCounters | null {
  const [names, values] = text.split("\n")
    .filter((line) => line.startsWith("Udp:"))
    .map((line) => line.trim().split(/\s+/));
  if (values === undefined) return null;
  const value = (name: string) => Number(values[names.indexOf(name)] ?? 0);
  return {
    received: value("InDatagrams"),
    receiveDrops: value("RcvbufErrors"),
    sendDrops: value("SndbufErrors"),
  };
}
