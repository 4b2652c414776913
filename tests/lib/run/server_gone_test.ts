import { assertEquals } from "@std/assert";
import type { ClientFacts, Ending } from "../../../lib/metrics/mod.ts";
import { endingOf } from "../../../lib/run/server_gone.ts";
import { recorderOf } from "../metrics/client.ts";

/** As it is once it was asked to leave. */
const AWAY = {
  state: "failed",
  connectionSuccessful: true,
  awaySinceMs: 61_400,
} as const;
/** It left as planned, or because the run was over. */
const LEFT = { state: "left", connectionSuccessful: true } as const;
const NEVER = { state: "failed", connectionSuccessful: false } as const;
const FINISHED: Ending = { kind: "finished" };
const UNFINISHED: Ending = { kind: "broke", reason: "no client is left" };

function clientsOf(facts: readonly Partial<ClientFacts>[]) {
  return facts.map((one, index) => {
    const client = recorderOf(index);
    Object.assign(client.figures, one);
    return client.toRecord();
  });
}

Deno.test.each(
  [
    {
      why: "whom a monitor has seen go is gone, whoever noticed",
      clients: [LEFT],
      watched: "it ended",
      want: "the server went away at 1:30: it ended",
    },
    {
      why: "nobody is left of those that were there, and it does not answer",
      clients: [AWAY, { ...AWAY, awaySinceMs: 62_000 }, LEFT],
      hadLeft: [2],
      answer: "connection refused.",
      want:
        "the server went away at 1:01: connection refused (2 of 3 clients lost it)",
    },
    {
      why: "that the script then gave up is no cause of its own",
      clients: [AWAY, NEVER],
      answer: "no",
      ending: UNFINISHED,
      want: "the server went away at 1:01: no (1 of 2 clients lost it)",
    },
    {
      why: "it answers: what clients lost is something else",
      clients: [AWAY],
    },
    {
      why: "one is still there: it is not asked",
      clients: [AWAY, LEFT],
      answer: "never asked",
    },
    {
      why: "nobody ever was there: it is not asked",
      clients: [NEVER],
      answer: "never asked",
      ending: UNFINISHED,
    },
    {
      why: "everybody left as planned: it is not asked",
      clients: [LEFT],
      hadLeft: [0],
      answer: "never asked",
    },
    {
      why: "who stops a run wants nothing more of it",
      clients: [AWAY],
      watched: "it ended",
      ending: { kind: "interrupted" },
    },
  ] satisfies {
    why: string;
    clients: readonly Partial<ClientFacts>[];
    hadLeft?: readonly number[];
    watched?: string;
    answer?: string;
    ending?: Ending;
    want?: string;
  }[],
)(
  "$why",
  async ({ clients, hadLeft, watched, answer, ending = FINISHED, want }) => {
    const result = await endingOf(ending, {
      endMs: 90_000,
      clients: clientsOf(clients),
      hadLeft: new Set(hadLeft),
      watched,
      knock: () => Promise.resolve(answer),
    });
    assertEquals(
      result,
      want === undefined ? ending : { kind: "gone", reason: want },
    );
  },
);
