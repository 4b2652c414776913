/**
 * A profile: how many clients there should be, when. It is a list of stages,
 * each moving the target in a straight line from where the one before left
 * it (0 at first) to its own.
 *
 * ```text
 * 4 │      ┌─────────┐         ramp up, hold, half of them leave
 * 3 │    ┌─┘         └──┐
 * 2 │  ┌─┘              └──
 * 1 │──┘
 *   └──────────────────────► time
 * ```
 *
 * While it rises over a time T by n clients, one is due every T/n, the first
 * at once, the last T/n before the stage ends. While it falls, one leaves
 * every T/n, the last at the stage's end; the newest leave first.
 *
 * @module
 */

/** One straight piece of a profile. */
export interface Stage {
  /** How long it takes, in milliseconds; 0 is a jump. */
  readonly durationMs: number;
  /** Clients at its end. */
  readonly target: number;
}

/** A client's time in the crowd. */
export interface Span {
  /** The place in the crowd that it fills, from 0; free again once it has left. */
  readonly slot: number;
  /** When it is due, in milliseconds since the run began. */
  readonly joinAtMs: number;
  /** When it leaves; `null` when it stays to the end. */
  readonly leaveAtMs: number | null;
}

/** The profile of a simple run: ramp up to `clients` over so many milliseconds, then hold for so many. */
export function rampAndHold(
  clients: number,
  rampUpMs: number,
  holdMs: number,
): Stage[] {
  return [
    { durationMs: rampUpMs, target: clients },
    { durationMs: holdMs, target: clients },
  ];
}

/** How long a profile takes, in milliseconds. */
export function profileDurationMs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/**
 * Who joins and leaves when, in order of joining. Throws a `RangeError` for
 * a stage that takes negative time or has no whole number of clients.
 */
export function schedule(stages: readonly Stage[]): Span[] {
  const spans: Span[] = [];
  const present: number[] = [];
  let startMs = 0;
  for (const stage of stages) {
    const { durationMs, target } = checked(stage);
    const change = target - present.length;
    const gapMs = change === 0 ? 0 : durationMs / Math.abs(change);
    for (let i = 0; i < change; i++) {
      const slot = present.length;
      present.push(spans.length);
      spans.push({ slot, joinAtMs: startMs + i * gapMs, leaveAtMs: null });
    }
    for (let i = 1; i <= -change; i++) {
      const newest = present.pop()!;
      spans[newest] = { ...spans[newest], leaveAtMs: startMs + i * gapMs };
    }
    startMs += durationMs;
  }
  return spans;
}

function checked(stage: Stage): Stage {
  if (!(stage.durationMs >= 0 && stage.durationMs < Infinity)) {
    throw new RangeError(
      `Cannot schedule a stage of ${stage.durationMs} ms: it must take 0 or more`,
    );
  }
  if (!Number.isSafeInteger(stage.target) || stage.target < 0) {
    throw new RangeError(
      `Cannot schedule ${stage.target} clients: it must be a whole number, 0 or more`,
    );
  }
  return stage;
}
