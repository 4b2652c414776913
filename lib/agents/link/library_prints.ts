/**
 * What the broker's library prints on standard output where a broker breaks
 * its protocol: a trace, with what the broker said in it. Standard output is
 * for results, and no text of others goes there as it is; that the link is
 * lost is told anyway.
 *
 * @module
 */

let isOnGuard = false;

/** What the library prints is nobody's from now on. */
export function guardLibraryPrints(): void {
  if (isOnGuard) return;
  isOnGuard = true;
  const { log } = console;
  console.log = (...what: unknown[]) => {
    if (!isOfLibrary(new Error().stack ?? "")) log.apply(console, what);
  };
}

/** Whether the library's own code has called, by the stack: its caller is the second in it. */
export function isOfLibrary(stack: string): boolean {
  const [, caller = ""] = stack.split("\n").filter((line) =>
    /^\s*at /.test(line)
  );
  return caller.includes("/@nats-io/");
}
