/**
 * What a process holds, seen from inside and from outside.
 *
 * @module
 */

import { getHeapSpaceStatistics, type HeapSpaceInfo } from "node:v8";

/** What the system says of a process (proc(5)). */
export interface Holdings {
  readonly rssBytes: number;
  readonly files: number;
  readonly sockets: number;
}

/** What a process holds once all is given back that it does not need. */
export interface MemoryUse {
  /** Its resident memory, without what V8 keeps for what comes next, and without compiled code. */
  readonly heldBytes: number;
  /** What of it lives on V8's heap. */
  readonly heapBytes: number;
  /** Compiled code and what belongs to it, which there is more of until everything has been called often. */
  readonly codeBytes: number;
}

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  malloc_trim: { parameters: ["usize"], result: "i32" },
});

/**
 * What V8 is to be started with. Of the memory for what is new it takes more
 * and more, and uses now more and now less of it: there is only a little, all
 * of which is in use at once.
 */
export const V8_FLAGS =
  "--expose-gc,--min-semi-space-size=1,--max-semi-space-size=1";

/** Where V8 keeps machine code, and bytecode with all that compilers know of it. */
const CODE_SPACES = /^(shared_)?(code|trusted)_/;

/** Collections before a look, and how long the program runs on after each of them. */
const TURNS = 2;
const TURN_MS = 100;

/** As where there is no memory left: V8 keeps free pages for itself otherwise, which nothing of it tells. */
const ALL = { type: "major", execution: "sync", flavor: "last-resort" };

function collect(): void {
  (globalThis as { gc?: (how: typeof ALL) => void }).gc?.(ALL);
}

/** What this process holds; V8 has to be started with {@linkcode V8_FLAGS}. */
export function memoryUse(): MemoryUse {
  // What buffers held goes back while the program runs on, but before the next collection.
  for (let i = 0; i < 2; i++) collect();
  // What is free between what is not would be resident now and not then (malloc_trim(3)).
  libc.malloc_trim(0n);
  const spaces = getHeapSpaceStatistics();
  const sum = (of: (space: HeapSpaceInfo) => number) =>
    spaces.reduce((sum, space) => sum + of(space), 0);
  const isCode = ({ space_name }: HeapSpaceInfo) =>
    CODE_SPACES.test(space_name);
  const usedBytes = sum(({ space_used_size }) => space_used_size);
  const codeBytes = sum((space) => isCode(space) ? space.space_used_size : 0);
  const spareBytes = sum(({ space_size }) => space_size) - usedBytes;
  return {
    heldBytes: Deno.memoryUsage().rss - spareBytes - codeBytes,
    heapBytes: usedBytes - codeBytes,
    codeBytes,
  };
}

/** Writes it into a file, again and again, for as long as there is something else to do. */
export function keepTelling(path: string, everyMs: number): void {
  Deno.unrefTimer(setInterval(async () => {
    // What a collection ends of what others refer to goes with the next one, and some of it only after a turn.
    for (let i = 0; i < TURNS; i++) {
      collect();
      await new Promise((done) => setTimeout(done, TURN_MS));
    }
    // As a whole: somebody else reads it whenever he likes.
    Deno.writeTextFileSync(`${path}.next`, JSON.stringify(memoryUse()));
    Deno.renameSync(`${path}.next`, path);
  }, everyMs));
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
