/**
 * The files of an agent: what it kept of a run that it had to leave without
 * its coordinator. A reader never sees half of one.
 *
 * @module
 */

import { packRun, type SavedRun } from "../report/mod.ts";
import { reasonOf } from "../text/mod.ts";

/** The end of their names. */
const KEPT_ENDING = ".snapshot.json.gz";

/** Where the part of a lost agent may be, and what to do with it, in a sentence. */
export function keptAdvice(id: string, run: string): string {
  return `If it is still up, it leaves ${
    keptName(id, run)
  }: "merge" makes one result of that and this run's directory.`;
}

/** What an agent's file of a run is called: the same for the same agent and run. */
function keptName(id: string, run: string): string {
  const name = id.startsWith("agent-") ? id : `agent-${id}`;
  return `${name}-${run.slice(0, 8)}${KEPT_ENDING}`;
}

/**
 * Writes a part of a run into a directory, which is made where it is missing;
 * where that cannot be, into a temporary one. Resolves with its path; throws
 * an `Error` in one line where neither can be.
 */
export async function writeKept(dir: string, part: SavedRun): Promise<string> {
  const { agent, run } = part.basis!;
  const name = keptName(agent!.id, run ?? "");
  const bytes = await packRun(part);
  try {
    return await writeInto(dir, name, bytes);
  } catch (error) {
    try {
      const refuge = await Deno.makeTempDir({ prefix: "rtcrowd-agent-" });
      return await writeInto(refuge, name, bytes);
    } catch {
      throw new Error(`Cannot write ${dir}/${name}: ${reasonOf(error)}.`);
    }
  }
}

async function writeInto(
  dir: string,
  name: string,
  bytes: Uint8Array,
): Promise<string> {
  await Deno.mkdir(dir, { recursive: true });
  const path = `${dir}/${name}`;
  const unfinished = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeFile(unfinished, bytes);
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
  return path;
}

/** Where an agent that nobody told where keeps files: as the XDG base directory specification has it. */
export function stateDir(): string {
  const state = Deno.env.get("XDG_STATE_HOME");
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE");
  return state
    ? `${state}/rtcrowd`
    : home
    ? `${home}/.local/state/rtcrowd`
    : ".";
}
