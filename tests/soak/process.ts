/**
 * What a process holds, seen from inside and from outside.
 *
 * @module
 */

import { getHeapSpaceStatistics } from "node:v8";

/** What the system says of a process (proc(5)). */
export interface Holdings {
  readonly rssBytes: number;
  readonly files: number;
  readonly sockets: number;
}

/** What V8 holds after a collection, which a flag of it has to allow. */
export interface HeapUse {
  /** What lives on the heap, compiled code left out. */
  readonly dataBytes: number;
  /** Compiled code and what belongs to it, which there is more of until everything has been called often. */
  readonly codeBytes: number;
  /** What V8 and malloc(3) keep though nothing lives there, now more and now less. */
  readonly spareBytes: number;
}

/** The figures of `mallinfo2` (mallinfo(3)), in its order. */
const MALLINFO = {
  struct: Array.from({ length: 10 }, () => "usize" as const),
};
/** Where among them the bytes that are free stand. */
const FORDBLKS = 8;

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  mallinfo2: { parameters: [], result: MALLINFO },
});

/** Where V8 keeps machine code, and bytecode with all that compilers know of it. */
const CODE_SPACES = /^(shared_)?(code|trusted)_/;

/** What this process's heap holds. */
export function heapUse(): HeapUse {
  // What buffers held goes back while the program runs on, but before the next collection.
  for (let i = 0; i < 2; i++) (globalThis as { gc?: () => void }).gc?.();
  const { heapTotal, heapUsed } = Deno.memoryUsage();
  const codeBytes = getHeapSpaceStatistics()
    .filter(({ space_name }) => CODE_SPACES.test(space_name))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  return {
    dataBytes: heapUsed - codeBytes,
    codeBytes,
    spareBytes: heapTotal - heapUsed + mallocFreeBytes(),
  };
}

function mallocFreeBytes(): number {
  const words = new BigUint64Array(libc.mallinfo2().slice().buffer);
  return Number(words[FORDBLKS]);
}

/** Writes it into a file, again and again, for as long as there is something else to do. */
export function keepTelling(path: string, everyMs: number): void {
  Deno.unrefTimer(setInterval(
    () => Deno.writeTextFileSync(path, JSON.stringify(heapUse())),
    everyMs,
  ));
}

/** What process `pid` holds; `undefined` once it is gone. */
export function holdingsOf(pid: number): Holdings | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const rssKb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
    let files = 0, sockets = 0;
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      files++;
      if (targetOf(`/proc/${pid}/fd/${name}`).startsWith("socket:")) sockets++;
    }
    return { rssBytes: rssKb * 1024, files, sockets };
  } catch {
    return undefined;
  }
}

/** The first descendant of `pid` that runs `program`. */
export function descendant(pid: number, program: string): number | undefined {
  let children: string;
  try {
    const name = Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
    if (name === program) return pid;
    children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
  } catch {
    return undefined;
  }
  for (const child of children.split(" ").filter((word) => word !== "")) {
    const found = descendant(Number(child), program);
    if (found !== undefined) return found;
  }
  return undefined;
}

function targetOf(link: string): string {
  try {
    return Deno.readLinkSync(link);
  } catch {
    return "";
  }
}
