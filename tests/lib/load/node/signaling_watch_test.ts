import { assertEquals } from "@std/assert";
import { SignalingWatch } from "../../../../lib/load/node/signaling_watch.ts";

Deno.test.each([
  {
    why: "answers that take two seconds are slow, not missing",
    waits: [0, 1000, 2000, 0, 900, 0],
    want: { due: 5, silent: 0 },
  },
  {
    why:
      "three seconds count from their begin, and what follows second by second",
    waits: [0, 600, 1600, 2600, 3600, 4600, 0, 0],
    want: { due: 7, silent: 4.6 },
  },
  {
    why: "one silence after another is not counted twice",
    waits: [0, 1000, 2000, 3000, 500, 1500, 2500, 3500, 0],
    want: { due: 8, silent: 6.5 },
  },
  {
    why: "another request that waits longer adds only what was not counted yet",
    waits: [0, 1000, 2000, 3000, 3500, 4500],
    want: { due: 5, silent: 5 },
  },
  {
    why: "what was asked before it was connected counts from then on",
    waits: [-1, 4000, 5000, 6000],
    want: { due: 2, silent: 2 },
  },
  {
    why: "who is not connected is owed nothing",
    waits: [0, 1000, -1, -1, 0, 1000],
    want: { due: 2, silent: 0 },
  },
])("$why", ({ waits, want }) => {
  const figures = { signalingDueMs: 0, signalingSilentMs: 0 };
  const watch = new SignalingWatch();
  waits.forEach((waitMs, sec) => watch.look(waitMs, figures, sec * 1000));
  assertEquals({
    due: figures.signalingDueMs / 1000,
    silent: figures.signalingSilentMs / 1000,
  }, want);
});
