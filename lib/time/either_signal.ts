/** Waiting for the first of several signals. */

/** A signal that follows others until it is disposed of. */
export interface FollowingSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Fires with the first of `signals`, with its reason; to be disposed of where
 * nobody waits any more. `AbortSignal.any` has no end: the runtime keeps it,
 * and whoever listens, as long as one of its sources may still fire.
 */
export function eitherSignal(
  ...signals: readonly (AbortSignal | undefined)[]
): FollowingSignal {
  const controller = new AbortController();
  const stops: (() => void)[] = [];
  const letGo = () => {
    for (const stop of stops.splice(0)) stop();
  };
  for (const source of signals) {
    if (source === undefined) continue;
    const onAbort = () => {
      letGo();
      controller.abort(source.reason);
    };
    if (source.aborted) {
      onAbort();
      break;
    }
    source.addEventListener("abort", onAbort, { once: true });
    stops.push(() => source.removeEventListener("abort", onAbort));
  }
  return { signal: controller.signal, [Symbol.dispose]: letGo };
}
