import { assertEquals } from "@std/assert";
import type { ClientState } from "../../../../lib/metrics/mod.ts";
import { MediaWatch } from "../../../../lib/load/node/media_watch.ts";
import { recorderOf } from "../../metrics/client.ts";

interface Look {
  readonly state?: ClientState;
  readonly isAway?: boolean;
  readonly due: number;
  readonly flowing: number;
  readonly afterMs?: number;
}

const ALL = { due: 3, flowing: 3 };
const NONE = { due: 3, flowing: 0 };
const REST = { withheld: 0, untold: 0, overdue: 0 };
const AWAY = { state: "joining", isAway: true, due: 0, flowing: 0 } as const;

/** Those of a viewer that is connected and has received something. */
function viewersFigures() {
  const { figures } = recorderOf(0, { role: "viewer" });
  return Object.assign(figures, {
    state: "connected" as const,
    packetsReceived: 1,
  });
}

Deno.test.each(
  [
    {
      why: "media that goes on is due and never silent",
      looks: Array(5).fill(ALL),
      want: { due: 12, silent: 0, without: 0, losses: 0, lost: false },
    },
    {
      why: "one silent track of three is silence, and no loss of media",
      looks: [ALL, ...Array(6).fill({ due: 3, flowing: 2 })],
      want: { due: 18, silent: 6, without: 0, losses: 0, lost: false },
    },
    {
      why: "two seconds without anything are silence, and no loss of media",
      looks: [ALL, NONE, NONE, ALL],
      want: { due: 9, silent: 6, without: 2, losses: 0, lost: false },
    },
    {
      why: "three seconds without anything are one loss, which is over then",
      looks: [ALL, NONE, NONE, NONE, NONE, ALL],
      want: { due: 15, silent: 12, without: 4, losses: 1, lost: false },
    },
    {
      why: "what does not come back is lost to the end",
      looks: [ALL, NONE, NONE, NONE, ALL, NONE, NONE, NONE],
      want: { due: 21, silent: 18, without: 6, losses: 2, lost: true },
    },
    {
      why: "nobody sends any more: nothing is lost",
      looks: [ALL, ...Array(6).fill({ due: 0, flowing: 0 })],
      want: { due: 0, silent: 0, without: 0, losses: 0, lost: false },
    },
    {
      why: "who is away lacks what it had, whether or not it gives up",
      looks: [ALL, AWAY, AWAY, AWAY, { ...AWAY, state: "failed" }],
      want: { due: 12, silent: 12, without: 4, losses: 1, lost: true },
    },
    {
      why: "who is back in a room of nobody lacks nothing",
      looks: [ALL, AWAY, AWAY, AWAY, { due: 0, flowing: 0 }],
      want: { due: 9, silent: 9, without: 3, losses: 1, lost: false },
    },
    {
      why: "a look that comes very late says nothing of the time between",
      looks: [ALL, { ...NONE, afterMs: 8000 }, ALL],
      want: { due: 3, silent: 0, without: 0, losses: 0, lost: false },
    },
  ] satisfies { why: string; looks: Look[]; want: unknown }[],
)("$why", ({ looks, want }) => {
  const { figures } = recorderOf(0);
  Object.assign(figures, { packetsReceived: 1, connectionSuccessful: true });
  const counters = noCounters();
  const watch = new MediaWatch();
  let nowMs = 0;
  for (const look of looks as Look[]) {
    nowMs += look.afterMs ?? 1000;
    figures.state = look.state ?? "connected";
    figures.isAway = look.isAway ?? false;
    watch.look(
      {
        isToSend: true,
        flow: () => ({
          overdue: 0,
          withheld: 0,
          untold: 0,
          silentMs: 0,
          ...look,
        }),
      },
      figures,
      counters,
      nowMs,
    );
  }
  assertEquals({
    due: figures.tracksDueMs / 1000,
    silent: figures.tracksSilentMs / 1000,
    without: figures.withoutMediaMs / 1000,
    losses: figures.mediaLosses,
    lost: figures.hasLostMedia,
  }, want);
  assertEquals(counters, {
    tracksAwayMs: sum(looks, ({ isAway }) => isAway === true),
    tracksOutMs: 0,
    tracksUntoldMs: 0,
    tracksWithheldMs: 0,
  });
});

Deno.test.each<{ why: string; silentMs: number; is: number[] }>([
  {
    why: "its last packet was long before the look",
    silentMs: 1900,
    is: [2900, 0],
  },
  { why: "the third second is over", silentMs: 2000, is: [3000, 1] },
  { why: "no longer than looks can miss", silentMs: 9000, is: [3000, 1] },
  { why: "nothing is known of it", silentMs: 0, is: [2000, 0] },
])(
  "who has nothing had nothing since its last packet: $why",
  ({ silentMs, is }) => {
    const figures = viewersFigures();
    const watch = new MediaWatch();
    for (const [i, flowing] of [1, 1, 0, 0, 1].entries()) {
      const flow = () => ({
        ...REST,
        due: 1,
        flowing,
        silentMs: flowing > 0 ? 0 : silentMs + (i - 2) * 1000,
      });
      watch.look({ isToSend: false, flow }, figures, noCounters(), i * 1000);
    }
    assertEquals([figures.withoutMediaMs, figures.mediaLosses], is);
  },
);

Deno.test("who never received anything has lost nothing, and was without media", () => {
  const { figures } = recorderOf(0, { role: "viewer" });
  figures.state = "connected";
  const watch = new MediaWatch();
  const counters = noCounters();
  for (let nowMs = 0; nowMs <= 6000; nowMs += 1000) {
    watch.look(
      {
        isToSend: false,
        flow: () => ({ ...NONE, ...REST, silentMs: 0 }),
      },
      figures,
      counters,
      nowMs,
    );
  }
  assertEquals(
    [figures.withoutMediaMs, figures.mediaLosses, figures.sendDueMs],
    [6000, 0, 0],
  );
});

Deno.test("silence of a network that we have out is told apart, whether or not its client is away", () => {
  const figures = viewersFigures();
  const watch = new MediaWatch();
  const counters = noCounters();
  for (const [i, isOut] of [false, true, true, false].entries()) {
    figures.isAway = i === 2;
    watch.look(
      {
        isToSend: false,
        flow: () => ({ ...NONE, ...REST, silentMs: 0 }),
      },
      figures,
      counters,
      i * 1000,
      isOut,
    );
  }
  assertEquals([figures.tracksDueMs, figures.tracksSilentMs], [9000, 9000]);
  assertEquals(counters, {
    tracksAwayMs: 0,
    tracksOutMs: 6000,
    tracksUntoldMs: 0,
    tracksWithheldMs: 0,
  });
});

function noCounters() {
  return {
    tracksAwayMs: 0,
    tracksOutMs: 0,
    tracksUntoldMs: 0,
    tracksWithheldMs: 0,
  };
}

/** Three silent tracks a second. */
function sum(looks: readonly Look[], counts: (look: Look) => boolean): number {
  return looks.filter(counts).length * 3000;
}

Deno.test("what the server withholds is neither due nor silent, and its time is told", () => {
  const figures = viewersFigures();
  const watch = new MediaWatch();
  const counters = noCounters();
  for (const [i, withheld] of [0, 2, 3, 0].entries()) {
    watch.look(
      {
        isToSend: false,
        flow: () => ({
          due: 1,
          flowing: 1,
          overdue: 0,
          untold: 0,
          silentMs: 0,
          withheld,
        }),
      },
      figures,
      counters,
      i * 1000,
    );
  }
  assertEquals(
    [figures.tracksDueMs, figures.tracksSilentMs, counters.tracksWithheldMs],
    [3000, 0, 5000],
  );
});

Deno.test("what the server never told of is told apart, unless its client is away or its network out", () => {
  const figures = viewersFigures();
  const watch = new MediaWatch();
  const counters = noCounters();
  const flow = () => ({
    due: 3,
    flowing: 1,
    withheld: 0,
    untold: 2,
    silentMs: 0,
    overdue: 0,
  });
  for (let i = 0; i < 5; i++) {
    figures.isAway = i === 2;
    watch.look({ isToSend: false, flow }, figures, counters, i * 1000, i === 3);
  }
  assertEquals(figures.tracksSilentMs, 8000);
  assertEquals(counters, {
    tracksAwayMs: 2000,
    tracksOutMs: 2000,
    tracksUntoldMs: 4000,
    tracksWithheldMs: 0,
  });
});

Deno.test("what a client misses after a standstill of ours is nobody's, until all of it flows again", () => {
  const figures = viewersFigures();
  const watch = new MediaWatch();
  const counters = noCounters();
  const flowing = [3, 0, 1, 0, 0, 0, 3, 3, 0];
  const leftOut = flowing.map((flows, i) => {
    // It stands still before the second look.
    if (i === 1) watch.leaveOut(60_000);
    figures.isAway = i === 4;
    const flow = () => ({
      due: 3,
      flowing: flows,
      withheld: 0,
      untold: 0,
      silentMs: 0,
      overdue: 9,
    });
    watch.look({ isToSend: false, flow }, figures, counters, i * 1000);
    return figures.isLeftOut;
  });
  assertEquals(leftOut.map(Number), [0, 1, 1, 1, 1, 1, 1, 0, 0]);
  assertEquals(
    [figures.tracksDueMs, figures.tracksSilentMs, figures.mediaLosses],
    [6000, 3000, 0],
  );
  assertEquals(counters.tracksAwayMs, 0);
});

Deno.test("a client that does not recover from our standstill is told of once its time is over", () => {
  const figures = viewersFigures();
  const watch = new MediaWatch();
  watch.leaveOut(5000);
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 1000) {
    watch.look(
      {
        isToSend: false,
        flow: () => ({ ...NONE, ...REST, silentMs: 0 }),
      },
      figures,
      noCounters(),
      nowMs,
    );
  }
  assertEquals([figures.withoutMediaMs, figures.mediaLosses], [6000, 1]);
});
