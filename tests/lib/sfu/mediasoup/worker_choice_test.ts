import { assertEquals } from "@std/assert";
import {
  chooseWorker,
  type WorkerChoice,
} from "../../../../lib/sfu/mediasoup/worker_choice.ts";

Deno.test.each<[
  why: string,
  choice: WorkerChoice,
  consumers: readonly (number | undefined)[],
  created: number,
  index: number | undefined,
]>([
  [
    "rooms before any consumer pile up on worker 0",
    "fewest-consumers",
    [0, 0],
    5,
    0,
  ],
  ["the emptier one", "fewest-consumers", [3, 1, 2], 0, 1],
  ["ties to the lowest index", "fewest-consumers", [2, 1, 1], 0, 1],
  ["the dead are left out", "fewest-consumers", [undefined, 9], 0, 1],
  ["nobody lives", "fewest-consumers", [undefined], 0, undefined],
  ["one after another", "round-robin", [9, 0], 2, 0],
  ["around the living", "round-robin", [0, undefined, 0], 1, 2],
])("%s", (_why, choice, consumers, created, index) => {
  assertEquals(chooseWorker(choice, consumers, created), index);
});
