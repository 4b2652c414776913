/**
 * What a process exits with, and why: every code that there is.
 *
 * @module
 */

/** Exit codes, by what they say. */
export const EXIT_CODES = {
  passed: 0,
  broke: 1,
  usage: 2,
  gone: 97,
  invalid: 98,
  failed: 99,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Some of them in words. */
export type ExitReasons = Readonly<
  Partial<Record<keyof typeof EXIT_CODES, string>>
>;

/** What a run's say, in help and in README. */
export const EXIT_REASONS: ExitReasons = {
  passed: "passed",
  broke: "the run was impossible or broke",
  usage: "wrong usage",
  gone: "the server went away under load and was not there again at the end",
  invalid: "invalid, the load generator could not keep up",
  failed: "failed, by a threshold or a critical figure",
  interrupted: "interrupted",
};

/** What a signal that ends a process makes it exit with: 128 and its number. */
export const SIGNAL_CODES = {
  SIGHUP: EXIT_CODES.hungUp,
  SIGINT: EXIT_CODES.interrupted,
  SIGTERM: EXIT_CODES.terminated,
} as const;

/** Whether a process that exits with it was ended by a signal. */
export function isOfSignal(code: number): boolean {
  return code >= EXIT_CODES.hungUp;
}
