/**
 * Many answers of a server over HTTP in a few numbers.
 *
 * @module
 */

import type { HttpSample } from "./sample.ts";

/** What a server reported of itself over a run; `null` for what it never said. */
export interface ReportedFigures {
  /** Most people in rooms at one time. */
  readonly maxParticipants: number | null;
  /** Most rooms at one time. */
  readonly maxRooms: number | null;
  /** Most open WebSockets at one time. */
  readonly maxConnections: number | null;
  /** Errors that it counted while it was watched. */
  readonly errors: number | null;
}

/** The figures with one more sample; `before` is `null` at the first. */
export function addReport(
  before: ReportedFigures | null,
  { intervalMs, health, metrics }: HttpSample,
): ReportedFigures {
  const errorsHz = metrics?.rates?.errorsHz ?? null;
  return {
    maxParticipants: known(
      Math.max,
      before?.maxParticipants,
      health?.participants ?? metrics?.participants,
    ),
    maxRooms: known(
      Math.max,
      before?.maxRooms,
      health?.rooms ?? metrics?.rooms,
    ),
    maxConnections: known(
      Math.max,
      before?.maxConnections,
      metrics?.connections,
    ),
    errors: known(
      (a, b) => a + b,
      before?.errors,
      errorsHz === null ? null : Math.round(errorsHz * intervalMs / 1_000),
    ),
  };
}

/** Both joined, or the one that is known. */
function known(
  join: (before: number, now: number) => number,
  before: number | null = null,
  now: number | null = null,
): number | null {
  if (before === null || now === null) return before ?? now;
  return join(before, now);
}
