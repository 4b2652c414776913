/**
 * On which worker a new room lands. One router lives on one worker, and one
 * worker uses one core, so this decides how load spreads.
 *
 * @module
 */

/**
 * `fewest-consumers` is what SimplestChat does, ties to the lowest index: rooms that
 * are created before anybody consumes all land on worker 0. `round-robin` spreads them.
 */
export type WorkerChoice = "fewest-consumers" | "round-robin";

/**
 * The index of the worker for the next room, or `undefined` when none lives.
 * `consumers` counts them per worker, `undefined` being a dead one; `created`
 * counts the rooms so far.
 */
export function chooseWorker(
  choice: WorkerChoice,
  consumers: readonly (number | undefined)[],
  created: number,
): number | undefined {
  const alive = [...consumers.keys()].filter((i) => consumers[i] !== undefined);
  if (alive.length === 0) return undefined;
  switch (choice) {
    case "fewest-consumers":
      return alive.reduce((best, i) =>
        consumers[i]! < consumers[best]! ? i : best
      );
    case "round-robin":
      return alive[created % alive.length];
  }
}
