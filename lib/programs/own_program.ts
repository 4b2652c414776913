/**
 * What programs of ours have in common that run in a process of their own.
 *
 * @module
 */

/** What Deno is told wherever one runs: nothing of the place where it happens to be matters. */
export const OWN_FLAGS: readonly string[] = [
  "--allow-all",
  "--quiet",
  "--no-config",
  "--no-lock",
  "--node-modules-dir=none",
];

/** Ends a process that was started `detached`, with all that it started: one that stands still notices nothing. */
export function killGroup(pid: number): void {
  try {
    // Detached, it leads a group of its own.
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}
