/** Processes of this machine, as `/proc` has them. */

/** A process. */
export interface Process {
  readonly pid: number;
  readonly name: string;
}

/** All processes that `pid` started, and those that they did. */
export async function descendants(pid: number): Promise<Process[]> {
  const found: Process[] = [];
  const text = await read(`/proc/${pid}/task/${pid}/children`);
  for (const child of text.split(" ").filter((word) => word !== "")) {
    const name = (await read(`/proc/${child}/comm`)).trim();
    found.push({ pid: Number(child), name });
    found.push(...await descendants(Number(child)));
  }
  return found;
}

/** Whether a process is there, and more than what is left of one until its parent has looked. */
export function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/^\d+ \(.*\) [ZX]/s.test(stat);
  } catch {
    return false;
  }
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}
