/**
 * Reads a process tree of this machine from `/proc`, in the text of
 * `proc.ts`. Nothing is started for it: a look costs some tens of system
 * calls. Descendants are looked for at every look through
 * `/proc/<pid>/task/<tid>/children`, which needs a Linux kernel with
 * `CONFIG_PROC_CHILDREN` (all common ones); the open files of all processes
 * are searched only while the server is being looked for.
 *
 * @module
 */

import {
  listeningInodes,
  lossySockets,
  parseReading,
  parseStat,
  type ProcReading,
  type StatFields,
  udpInErrors,
  udpInodes,
} from "./proc.ts";
import type { MonitorTarget } from "./target.ts";
import { messageOf } from "../text/mod.ts";

/** A target on this machine. */
export type LocalTarget = Extract<
  MonitorTarget,
  { readonly kind: "pid" | "port" | "cmd" }
>;

/** Looks at one local target, again and again. */
export interface LocalSampler {
  /**
   * Reads the tree once, after finding its root again if that is gone.
   *
   * @throws {Error} when this machine has no readable `/proc`.
   */
  read(): ProcReading;
}

/**
 * Which sockets are the tree's takes a look at all its files and at all UDP
 * sockets of the machine, milliseconds where those are thousands: at the first
 * looks, then at every fifth, and no more once the tree is known to have some.
 */
const FIRST_LOOKS = 10;
const SOCKETS_EVERY = 5;
/** Whoever takes a look and another one is told a number. */
const ALWAYS_COUNTED = 2;

/** A sampler for `target`. */
export function createLocalSampler(target: LocalTarget): LocalSampler {
  const units = kernelUnits();
  let root: StatFields | undefined;
  let udpErrors: number | null = null;
  let drops: readonly string[] = [];
  let looks = 0;
  let hasUdp = false;
  return {
    read() {
      if (root === undefined || !stillThere(root)) {
        const found = findRoot(target);
        if (typeof found === "string") {
          root = undefined;
          return { kind: "absent", reason: found };
        }
        root = found;
        udpErrors = null;
        looks = 0;
        hasUdp = false;
      }
      const tree = findTree(root.id);
      const [uptime] = readProc("uptime").split(" ");
      const snmp = readProc(`${root.id}/net/snmp`);
      const errors = udpInErrors(snmp);
      // No socket of the host can have lost anything while this number stands.
      if (udpErrors === null || errors !== udpErrors) {
        drops = readDrops(root.id, tree);
        udpErrors = errors;
      }
      const isCounted = looks < ALWAYS_COUNTED ||
        !hasUdp && (looks < FIRST_LOOKS || looks % SOCKETS_EVERY === 0);
      looks++;
      const reading = parseReading([
        ["sample", uptime, units.ticksHz, units.pageBytes, ...tree].join(" "),
        ...snmp.split("\n"),
        ...drops,
        ...isCounted ? countUdp(tree) : [],
        ...tree.flatMap(readProcess),
      ]);
      if (reading?.kind === "tree" && reading.processes[0]?.pid === root.id) {
        if ((reading.udpSockets ?? 0) > 0) hasUdp = true;
        return reading;
      }
      root = undefined;
      return { kind: "absent", reason: `${target.text} ended` };
    },
  };
}

/** The units of the kernel's counters, which it tells each process in its auxiliary vector (getauxval(3)). */
function kernelUnits(): {
  readonly ticksHz: number;
  readonly pageBytes: number;
} {
  const AT_PAGESZ = 6n;
  const AT_CLKTCK = 17n;
  let words: BigUint64Array;
  try {
    words = new BigUint64Array(Deno.readFileSync("/proc/self/auxv").buffer);
  } catch (error) {
    const why = messageOf(error);
    throw new Error(
      `Cannot read /proc: ${why}. Watching a process needs Linux and deno run -A; ssh: and http:// targets do not.`,
      { cause: error },
    );
  }
  const value = (key: bigint) => {
    for (let i = 0; i + 1 < words.length; i += 2) {
      if (words[i] === key) return Number(words[i + 1]);
    }
    return undefined;
  };
  return {
    ticksHz: value(AT_CLKTCK) ?? 100,
    pageBytes: value(AT_PAGESZ) ?? 4_096,
  };
}

/** The text of a file below `/proc`; empty when it is gone, as processes go at any time. */
function readProc(path: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${path}`);
  } catch {
    return "";
  }
}

function listProc(path: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(`/proc/${path}`), ({ name }) => name);
  } catch {
    return [];
  }
}

/** A process that is alive; a zombie is not, though `/proc` still lists it. */
function living(pid: number): StatFields | undefined {
  const stat = parseStat(readProc(`${pid}/stat`));
  return stat === undefined || /[ZX]/.test(stat.state) ? undefined : stat;
}

function stillThere(root: StatFields): boolean {
  return living(root.id)?.startTicks === root.startTicks;
}

/** The root of the tree, or why there is none. */
function findRoot(target: LocalTarget): StatFields | string {
  switch (target.kind) {
    case "pid":
      return living(target.pid) ?? `No process has the pid ${target.pid}`;
    case "port":
      return findListener(target.port);
    case "cmd":
      return findCommand(target.name);
  }
}

function findListener(port: number): StatFields | string {
  const inodes = new Set(
    ["net/tcp", "net/tcp6"].flatMap((file) =>
      listeningInodes(readProc(file), port)
    ),
  );
  if (inodes.size === 0) return `No process listens on TCP port ${port}`;
  // Children may hold the socket too; the first to have it began first.
  const oldest = allProcesses()
    .toSorted((a, b) => a.startTicks - b.startTicks || a.id - b.id)
    .find(({ id }) => socketInodes(id).some((inode) => inodes.has(inode)));
  return oldest ??
    `The process that listens on TCP port ${port} belongs to another user: watch it as that user or as root, or by cmd:NAME`;
}

function findCommand(name: string): StatFields | string {
  const COMM_LENGTH = 15;
  const matches = allProcesses().filter(({ id, name: comm }) => {
    if (id === Deno.pid) return false;
    const [program] = readProc(`${id}/cmdline`).split("\0");
    return comm === name.slice(0, COMM_LENGTH) && comm.length === COMM_LENGTH ||
      comm === name || program.split("/").at(-1) === name;
  });
  // A server's own forks carry its name: only one whose parent does not is a root.
  const ids = new Set(matches.map(({ id }) => id));
  const [newest] = matches.filter(({ parentId }) => !ids.has(parentId))
    .sort((a, b) => b.startTicks - a.startTicks || b.id - a.id);
  return newest ?? `No process is called ${name}`;
}

function allProcesses(): readonly StatFields[] {
  return listProc(".").filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => living(Number(pid)) ?? []);
}

function socketInodes(pid: number): readonly string[] {
  return listProc(`${pid}/fd`).flatMap((fd) =>
    readLink(`${pid}/fd/${fd}`)?.match(/^socket:\[(\d+)\]$/)?.[1] ?? []
  );
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${path}`);
  } catch {
    return undefined;
  }
}

/** The pids of a process and all its descendants, parents first. */
function findTree(rootPid: number): readonly number[] {
  const tree = [rootPid];
  for (const pid of tree) {
    for (const thread of listProc(`${pid}/task`)) {
      const children = readProc(`${pid}/task/${thread}/children`);
      for (const child of children.split(" ")) {
        if (child !== "") tree.push(Number(child));
      }
    }
  }
  return tree;
}

/** `drops` lines for the tree's sockets. Which sockets are the tree's is asked only if any lost something. */
function readDrops(
  rootPid: number,
  tree: readonly number[],
): readonly string[] {
  const lossy = ["udp", "udp6"].flatMap((file) =>
    lossySockets(readProc(`${rootPid}/net/${file}`))
  );
  if (lossy.length === 0) return [];
  const ours = new Set(tree.flatMap(socketInodes));
  return lossy.filter(([inode]) => ours.has(inode))
    .map(([inode, count]) => `drops ${inode} ${count}`);
}

/** A `sockets` line; none where we may not look into all of the tree. */
function countUdp(tree: readonly number[]): readonly string[] {
  const networks = new Set<string>();
  const ours = new Set<string>();
  const udp = new Set<string>();
  for (const pid of tree) {
    if (countFds(pid) === undefined) return [];
    for (const inode of socketInodes(pid)) ours.add(inode);
    // Processes in containers have networks of their own.
    const network = readLink(`${pid}/ns/net`) ?? String(pid);
    if (networks.has(network)) continue;
    networks.add(network);
    for (const file of ["udp", "udp6"]) {
      for (const inode of udpInodes(readProc(`${pid}/net/${file}`))) {
        udp.add(inode);
      }
    }
  }
  return [`sockets ${ours.intersection(udp).size}`];
}

function readProcess(pid: number): readonly string[] {
  return [
    `fds ${pid} ${countFds(pid) ?? "-"}`,
    readProc(`${pid}/stat`).trimEnd(),
    ...listProc(`${pid}/task`).map((thread) =>
      readProc(`${pid}/task/${thread}/stat`).trimEnd()
    ),
  ];
}

function countFds(pid: number): number | undefined {
  try {
    // Since Linux 6.2 the size of the folder is the number of open files.
    const { size } = Deno.statSync(`/proc/${pid}/fd`);
    return size > 0
      ? size
      : Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
  } catch {
    return undefined;
  }
}
