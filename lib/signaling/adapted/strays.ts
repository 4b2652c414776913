/**
 * What an adapter throws where nobody waits for it: in a handler of a socket
 * of its own, or in a promise that it left alone. That would end the thread,
 * and with it everybody's clients.
 */

import { messageOf } from "../../text/mod.ts";

const modules = new Set<string>();
const found = new Set<string>();
/** More would say nothing more. */
const MAX_FOUND = 5;
let isOnGuard = false;
let shown = (words: string): string => words;

/** Where our own code is. */
const ROOT = import.meta.resolve("../../../");
const OURS: readonly string[] = ["lib/", "cli/", "scenarios/"]
  .map((folder) => `${ROOT}${folder}`);
/** What runs on an adapter's behalf, or is one. */
const ADAPTERS: readonly string[] = ["adapter/", "protoo/"]
  .map((folder) => `${ROOT}lib/signaling/${folder}`);
/** Modules in a stack, innermost first. */
const PLACES = /(?:file|https?|data|blob):[^\s)]*/g;

/** How what was thrown is shown. */
export function showStrays(how: (words: string) => string): void {
  shown = how;
}

/** What was thrown so far on this thread, once each, in words. */
export function strays(): readonly string[] {
  return [...found];
}

/** What this module throws ends nothing; nor does what cannot be told to be ours. */
export function guardAgainst(module: string): void {
  modules.add(module);
  guardThread();
}

/** Takes the place in front of whoever else listens for what nobody caught. */
export function guardThread(): void {
  if (isOnGuard) return;
  isOnGuard = true;
  const take = (event: Event, error: unknown) => {
    if (modules.size === 0 || isOurs(error, [...modules])) return;
    event.preventDefault();
    if (found.size === MAX_FOUND) return;
    const words = shown(messageOf(error));
    found.add(`the adapter threw where nobody waits for it: ${words}`);
  };
  addEventListener("error", (event) => take(event, event.error));
  addEventListener(
    "unhandledrejection",
    (event) => take(event, event.reason),
  );
}

/** Whether it is a mistake of ours, by where it was thrown: the innermost of our own modules, and none of these adapters. */
export function isOurs(error: unknown, adapters: readonly string[]): boolean {
  const { stack = "" } = error instanceof Error ? error : {};
  const places = stack.match(PLACES) ?? [];
  const isIn = (folders: readonly string[]) => (place: string) =>
    folders.some((folder) => place.startsWith(folder));
  if (places.some(isIn(adapters))) return false;
  const own = places.find(isIn(OURS));
  return own !== undefined && !isIn(ADAPTERS)(own);
}
