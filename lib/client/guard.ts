/**
 * What ends one client instead of the thread that it shares with others:
 * whatever its tasks, its packets or the server's messages make it throw is
 * told to the client itself.
 *
 * @module
 */

import type { ClientEnvironment } from "./environment.ts";

/** An environment whose tasks and transports tell `onError` what they throw. */
export function guardedEnvironment(
  environment: ClientEnvironment,
  onError: (error: unknown) => void,
): ClientEnvironment {
  return {
    ...environment,
    onError,
    createTransport: (remote, handlers) =>
      environment.createTransport(remote, { ...handlers, onError }),
  };
}

/** Calls `work` and tells `onError` what it throws. */
export function guarded(
  onError: (error: unknown) => void,
  work: () => void,
): void {
  try {
    work();
  } catch (error) {
    onError(error);
  }
}
