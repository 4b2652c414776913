/**
 * What a process holds, seen from inside and from outside.
 *
 * @module
 */

/** What the system says of a process (proc(5)). */
export interface Holdings {
  readonly rssBytes: number;
  readonly files: number;
  readonly sockets: number;
}

/** What lives on this process's heap after a collection, which a flag of V8 has to allow. */
export function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().heapUsed;
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
