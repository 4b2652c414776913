/**
 * How long a client waits before it tries again to come back.
 *
 * @module
 */

const FIRST_PAUSE_MS = 2000;
const MAX_PAUSE_MS = 4000;

/** From when a path is `unanswered` until ICE is restarted, in ms: browsers often find it again by themselves. */
export const UNANSWERED_PAUSE_MS = 3000;

/** How often one looks whether media flows after an ICE restart, and after how many ms each. */
export const FLOW_LOOKS = 8;
export const FLOW_LOOK_MS = 250;

/** Between the beginnings of two ICE restarts, in ms, at least. */
export const ICE_RESTART_PACE_MS = 1000;

/**
 * For how long a return restarts ICE, in ms, before it gives the transports
 * up. Longer than any server keeps a transport whose client is silent, and
 * than the outages that people report; who still has no answer then may be
 * on a transport that answers no more, although the server says that it has it.
 */
export const MAX_ICE_RESTARTS_MS = 60_000;

/**
 * The pause before a channel is opened for the `attempt`th time, from 0, in
 * ms: 2 s, then 4 s without end, each between three quarters and all of that,
 * so that a crowd that lost its server together does not come back as one.
 *
 * SimplestChat's page waits for 2, 4, 8, 16, and from then on for 30 s. Its
 * pauses grow without a person's patience: whoever sees "reconnecting" for so
 * long reloads the page. Here they stop at 4 s, for what is measured is when
 * the server was back, and longer pauses would measure only themselves: after
 * an absence of any length everyone has asked within 4 s of its end.
 */
export function returnPauseMs(attempt: number, random: () => number): number {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS);
  return pauseMs * (3 + random()) / 4;
}
