/**
 * Sockets that the broker's library has let go of, of which it hears nothing
 * more: when the broker resets one of those, nobody is there to take that, and
 * it would end the process.
 *
 * @module
 */

let isOnGuard = false;

/** What such a socket throws ends nothing from now on. */
export function guardLostSockets(): void {
  if (isOnGuard) return;
  isOnGuard = true;
  addEventListener("error", (event) => {
    if (isOfLostSocket(event.error)) event.preventDefault();
  });
}

/** Whether it is a connection that was reset, thrown by the runtime's own reading of a socket to which nobody listens. */
export function isOfLostSocket(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (code === "ECONNRESET" || code === "EPIPE") &&
    /\b(TCP|TLS)Wrap\.onStreamRead\b/.test(error.stack ?? "");
}
