/**
 * The text that the samplers produce, and what it means. A sampler, here or
 * at the other end of ssh, copies lines out of `/proc` and adds as little as
 * it can:
 *
 * ```text
 * sample 80.61 100 4096 123 130        uptime in s, ticks/s, bytes/page, root pid, its descendants
 * Udp: InDatagrams NoPorts InErrors …  the two lines of /proc/<root>/net/snmp
 * Udp: 61 0 3 …
 * drops 5512 17                        a socket of the tree (inode) and the datagrams that it lost
 * sockets 9                            UDP sockets of the tree; not at every look, and only where we may
 * fds 123 22                           open files; "-" where we may not look
 * 123 (deno) S 1 …                     /proc/123/stat, then the stat of each of its threads
 * end
 * ```
 *
 * or `absent <reason>` and `end`. All functions here are pure.
 *
 * @module
 */

import { isPlausible } from "./plausible.ts";

/** What one look at a process tree gave. */
export type ProcReading = TreeReading | AbsentReading;

/** The server is not there. */
export interface AbsentReading {
  readonly kind: "absent";
  /** One line for a person. */
  readonly reason: string;
}

/** The raw counters of a process tree at one moment. */
export interface TreeReading {
  readonly kind: "tree";
  /** Seconds since the watched machine booted. */
  readonly uptimeSeconds: number;
  /** Clock ticks a second, the unit of all `…Ticks`. */
  readonly ticksHz: number;
  readonly rootPid: number;
  /** The root first; processes that ended while we looked are missing. */
  readonly processes: readonly RawProcess[];
  /** UDP datagrams that the whole host failed to deliver since boot; `null` when unknown. */
  readonly hostUdpErrors: number | null;
  /** Datagrams lost by sockets of the tree, by inode; sockets that lost none are missing. */
  readonly socketDrops: ReadonlyMap<string, number>;
  /** UDP sockets of the tree; `null` when they were not counted this time, or may not be. */
  readonly udpSockets: number | null;
}

/** The raw counters of one process. */
export interface RawProcess {
  readonly pid: number;
  readonly name: string;
  /** Since boot: tells two processes with the same pid apart. */
  readonly startTicks: number;
  /** User and system time used so far. */
  readonly cpuTicks: number;
  readonly rssBytes: number;
  readonly threads: number;
  /** Open files; `null` where we may not look. */
  readonly fds: number | null;
  /** User and system time by thread id. */
  readonly threadTicks: ReadonlyMap<number, number>;
  /** Names of threads by their ids; workers of one kind have one name. */
  readonly threadNames: ReadonlyMap<number, string>;
}

/** The fields of `/proc/<pid>/stat` that we use (proc(5)). */
export interface StatFields {
  /** Process or thread id. */
  readonly id: number;
  readonly name: string;
  /** One letter; `Z` and `X` are dead. */
  readonly state: string;
  readonly parentId: number;
  readonly cpuTicks: number;
  readonly threads: number;
  readonly startTicks: number;
  readonly rssPages: number;
}

/** Reads one line of `/proc/<pid>/stat`; `undefined` when it is none. */
export function parseStat(line: string): StatFields | undefined {
  // The name may hold blanks and brackets of its own, so it ends at the last ")".
  const open = line.indexOf(" (");
  const close = line.lastIndexOf(") ");
  if (open < 1 || close < open) return undefined;
  const fields = line.slice(close + 2).split(" ");
  const number = (proc5Index: number) => Number(fields[proc5Index - 3]);
  const found: StatFields = {
    id: Number(line.slice(0, open)),
    name: line.slice(open + 2, close),
    state: fields[0],
    parentId: number(4),
    cpuTicks: number(14) + number(15),
    threads: number(20),
    startTicks: number(22),
    rssPages: number(24),
  };
  const { id, parentId, cpuTicks, threads, startTicks, rssPages } = found;
  return [id, parentId, cpuTicks, threads, startTicks, rssPages]
      .every(isPlausible)
    ? found
    : undefined;
}

/** The inodes of the sockets that listen on `port`, from the text of `/proc/net/tcp` and `tcp6`. */
export function listeningInodes(text: string, port: number): readonly string[] {
  const LISTEN = "0A";
  const suffix = ":" + port.toString(16).toUpperCase().padStart(4, "0");
  return text.split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((field) => field[3] === LISTEN && field[1].endsWith(suffix))
    .map((field) => field[9]);
}

/** The sockets of `/proc/net/udp` or `udp6` that lost datagrams: `[inode, drops]`. */
export function lossySockets(text: string): readonly [string, number][] {
  const found: [string, number][] = [];
  for (const line of text.split("\n")) {
    // Most sockets lose nothing and there may be thousands: look at the end first.
    if (/ 0\s*$/.test(line)) continue;
    const field = line.trim().split(/\s+/);
    const drops = Number(field[12]);
    if (drops > 0) found.push([field[9], drops]);
  }
  return found;
}

/** The inodes of all sockets in the text of `/proc/net/udp` or `udp6`. */
export function udpInodes(text: string): readonly string[] {
  return text.split("\n").slice(1)
    .flatMap((line) => line.trim().split(/\s+/)[9] ?? []);
}

/** `InErrors` of the two `Udp:` lines of `/proc/net/snmp`; `null` when they are not there. */
export function udpInErrors(text: string): number | null {
  const [names, values] = text.split("\n")
    .filter((line) => line.startsWith("Udp:"))
    .map((line) => line.trim().split(/\s+/));
  const value = Number(values?.[names.indexOf("InErrors")] ?? NaN);
  return isPlausible(value) ? value : null;
}

/** Characters of a reason that are kept. */
const MAX_REASON = 300;
/** Characters of a name that are kept; the kernel keeps 15, of its own threads some more. */
const MAX_NAME = 64;

/**
 * Reads the lines of one sample, without its `end`. Lines that it does not
 * know are passed over (a login shell may greet us first); `undefined` when
 * there is no sample in them.
 *
 * @throws {RangeError} when it has figures that cannot be.
 */
export function parseReading(
  lines: readonly string[],
): ProcReading | undefined {
  const head = lines.findIndex((line) => /^(sample|absent) /.test(line));
  if (head < 0) return undefined;
  if (lines[head].startsWith("absent ")) {
    const reason = lines[head].slice("absent ".length).slice(0, MAX_REASON);
    return { kind: "absent", reason };
  }
  const [uptimeSeconds, ticksHz, pageBytes, ...pids] = lines[head]
    .split(/\s+/).slice(1).filter((word) => word !== "").map(Number);
  const isWhole = [ticksHz, pageBytes, ...pids].every((value) =>
    Number.isSafeInteger(value) && value > 0
  );
  if (!isWhole || pids.length === 0 || !isPlausible(uptimeSeconds)) {
    throw new RangeError("a sample with figures that cannot be");
  }
  const body = lines.slice(head + 1);
  const sockets = body.find((line) => /^sockets \d{1,9}$/.test(line));
  return {
    kind: "tree",
    uptimeSeconds,
    ticksHz,
    rootPid: pids[0],
    processes: parseProcesses(body, new Set(pids), pageBytes),
    hostUdpErrors: udpInErrors(body.join("\n")),
    socketDrops: new Map(
      pairs(body, "drops").map(([inode, count]) =>
        [inode, Number(count)] as const
      ).filter(([, count]) => isPlausible(count)),
    ),
    udpSockets: sockets === undefined ? null : Number(sockets.split(" ")[1]),
  };
}

function parseProcesses(
  lines: readonly string[],
  pids: Set<number>,
  pageBytes: number,
): readonly RawProcess[] {
  const fds = new Map(pairs(lines, "fds"));
  const processes: RawProcess[] = [];
  let threadTicks = new Map<number, number>();
  let threadNames = new Map<number, string>();
  for (const line of lines) {
    const stat = /^\d/.test(line) ? parseStat(line) : undefined;
    if (stat === undefined) {
      if (/^\d+ \(.*\) /.test(line)) {
        throw new RangeError("a process with figures that cannot be");
      }
      continue;
    }
    // The first line with the pid of a process is the process; what follows
    // are its threads, of which the first has the same number.
    if (!pids.delete(stat.id)) {
      threadTicks.set(stat.id, stat.cpuTicks);
      threadNames.set(stat.id, stat.name.slice(0, MAX_NAME));
      continue;
    }
    threadTicks = new Map();
    threadNames = new Map();
    const open = Number(fds.get(String(stat.id)) ?? "-");
    processes.push({
      pid: stat.id,
      name: stat.name.slice(0, MAX_NAME),
      startTicks: stat.startTicks,
      cpuTicks: stat.cpuTicks,
      rssBytes: Math.min(stat.rssPages * pageBytes, Number.MAX_SAFE_INTEGER),
      threads: stat.threads,
      fds: isPlausible(open) ? open : null,
      threadTicks,
      threadNames,
    });
  }
  return processes;
}

function pairs(lines: readonly string[], word: string): [string, string][] {
  return lines.filter((line) => line.startsWith(word + " ")).map((line) => {
    const [, key, value] = line.split(" ");
    return [key, value];
  });
}
