/**
 * What all programs of a machine together have used of its cores.
 *
 * @module
 */

/** The time of all cores since the machine booted, in the kernel's ticks. */
export interface CpuTimes {
  /** Time in which a core did something, or was taken away from us. */
  readonly busyTicks: number;
  /** All time. */
  readonly allTicks: number;
  /** Cores. */
  readonly cores: number;
}

/** From `/proc/stat` (proc(5)); `null` where that says nothing. */
export function parseCpuTimes(text: string): CpuTimes | null {
  const [, line] = text.match(/^cpu +([\d ]+)$/m) ?? [];
  const cores = text.match(/^cpu\d+ /gm)?.length ?? 0;
  if (line === undefined || cores === 0) return null;
  // What guests used is in the first two as well.
  const [user, nice, system, idle, wait = 0, irq = 0, soft = 0, steal = 0] =
    line.split(" ").map(Number);
  const busyTicks = user + nice + system + irq + soft + steal;
  return { busyTicks, allTicks: busyTicks + idle + wait, cores };
}

/** Cores that were busy on average between two looks; `null` where that is unknown. */
export function busyCores(
  before: CpuTimes | null,
  after: CpuTimes | null,
): number | null {
  if (before === null || after === null) return null;
  const all = after.allTicks - before.allTicks;
  if (all <= 0) return null;
  return (after.busyTicks - before.busyTicks) / all * after.cores;
}
