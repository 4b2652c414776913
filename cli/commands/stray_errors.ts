/**
 * What a scenario throws where nobody waits for it: in a timer, or in a
 * promise that it left alone. The runtime would end the process with a trace,
 * and leave files that say that somebody stopped the run.
 *
 * @module
 */

import { messageOf } from "../../lib/text/mod.ts";

/** What of the runtime's global object is needed; replaced in tests. */
export type ErrorSource = Pick<
  typeof globalThis,
  "addEventListener" | "removeEventListener"
>;

/** Strays, listened for until this is disposed of. */
export interface StrayErrors extends Disposable {
  /** Resolves with the first one, in words. */
  readonly first: Promise<string>;
}

/** Listens, behind whoever knows whose mistake it is. */
export function catchStrayErrors(on: ErrorSource = globalThis): StrayErrors {
  const { promise, resolve } = Promise.withResolvers<string>();
  const take = (event: Event, error: unknown) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    resolve(
      `the run's own code threw where nobody waits for it: ${messageOf(error)}`,
    );
  };
  const onError = (event: ErrorEvent) => take(event, event.error);
  const onRejection = (event: PromiseRejectionEvent) =>
    take(event, event.reason);
  on.addEventListener("error", onError);
  on.addEventListener("unhandledrejection", onRejection);
  return {
    first: promise,
    [Symbol.dispose]: () => {
      on.removeEventListener("error", onError);
      on.removeEventListener("unhandledrejection", onRejection);
    },
  };
}
