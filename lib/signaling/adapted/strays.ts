/**
 * What an adapter throws where nobody waits for it: in a handler of a socket
 * of its own. That would end the thread, and with it everybody's clients.
 */

const modules = new Set<string>();
const found = new Set<string>();
/** More would say nothing more. */
const MAX_FOUND = 5;
let isOnGuard = false;
let shown = (words: string): string => words;

/** How what was thrown is shown. */
export function showStrays(how: (words: string) => string): void {
  shown = how;
}

/** What was thrown so far on this thread, once each, in words. */
export function strays(): readonly string[] {
  return [...found];
}

/** What this module throws ends nothing. */
export function guardAgainst(module: string): void {
  modules.add(module);
  guardThread();
}

/** Takes the place in front of whoever else listens for what nobody caught. */
export function guardThread(): void {
  if (isOnGuard) return;
  isOnGuard = true;
  const take = (event: Event, error: unknown) => {
    const { stack = "", message = "" } = error instanceof Error ? error : {};
    if (![...modules].some((module) => stack.includes(module))) return;
    event.preventDefault();
    if (found.size === MAX_FOUND) return;
    found.add(`the adapter threw where nobody waits for it: ${shown(message)}`);
  };
  addEventListener("error", (event) => take(event, event.error));
  addEventListener(
    "unhandledrejection",
    (event) => take(event, event.reason),
  );
}
