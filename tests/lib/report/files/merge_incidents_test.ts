import { assertEquals } from "@std/assert";
import type { Incident } from "../../../../lib/metrics/mod.ts";
import { mergeIncidents } from "../../../../lib/report/files/merge_incidents.ts";
import { noMedia } from "../../metrics/seconds/incident.ts";

/** Four of an agent's eight clients without media. */
function seen(
  fromSec: number,
  untilSec: number | null,
  over: Partial<Incident> = {},
): Incident {
  const clientIds = [`client-${fromSec}`];
  const some = { ...noMedia({ fromSec, untilSec }), clients: 4, clientIds };
  return { ...some, ...over };
}

Deno.test.each<{
  readonly why: string;
  readonly told: readonly Incident[];
  readonly ofAgents: readonly (readonly Incident[])[];
  readonly want: readonly (readonly [
    kind: string,
    fromSec: number,
    untilSec: number | null,
    clients: number,
    of: number,
  ])[];
}>([
  {
    why: "the coordinator was there for all of them",
    told: [seen(3, 6, { of: 24 })],
    ofAgents: [[seen(3, 6)], [seen(3, 6)]],
    want: [["noMedia", 3, 6, 4, 24]],
  },
  {
    why: "two agents see the same later, of all their clients together",
    told: [],
    ofAgents: [[seen(12, 14)], [seen(13, 17)], []],
    want: [["noMedia", 12, 17, 8, 16]],
  },
  {
    why: "one after the other is two",
    told: [],
    ofAgents: [[seen(12, 14)], [seen(17, null)]],
    want: [["noMedia", 12, 14, 4, 8], ["noMedia", 17, null, 4, 8]],
  },
  {
    why: "of two kinds are two",
    told: [],
    ofAgents: [[seen(12, 14)], [seen(12, 14, { kind: "loss" })]],
    want: [["loss", 12, 14, 4, 8], ["noMedia", 12, 14, 4, 8]],
  },
  {
    why: "one that went on when the coordinator was lost ends as agents saw it",
    told: [seen(8, null, { clients: 9, of: 24 })],
    ofAgents: [[seen(8, 13)], [seen(8, 15)], [seen(30, null)]],
    want: [["noMedia", 8, 15, 9, 24], ["noMedia", 30, null, 4, 8]],
  },
  { why: "nobody saw any", told: [], ofAgents: [[], []], want: [] },
])(
  "of what agents saw after the coordinator was lost, and what that had told, $why",
  ({ told, ofAgents, want }) => {
    for (const agents of [ofAgents, ofAgents.toReversed()]) {
      assertEquals<unknown>(
        mergeIncidents(told, 10, agents).map((
          { kind, fromSec, untilSec, clients, of },
        ) => [kind, fromSec, untilSec, clients, of]),
        want,
      );
    }
  },
);

Deno.test("incidents that are one have the worst of each, and what came of them together", () => {
  const also = [{ kind: "freezes", clients: 2, worstRatio: 0.5 }] as const;
  const generator = { maxCpuRatio: 0.2, maxLateRatio: 0 };
  const [one] = mergeIncidents([], 0, [
    [seen(12, 14, { also: [...also], worstRatio: 0.9, rooms: 2 })],
    [seen(13, 14, { also: [...also], generator, picturesAgainSec: 15 })],
  ]);
  assertEquals(one, {
    ...seen(12, 14),
    ...{ clients: 8, of: 16, rooms: 3, worstRatio: 1, generator },
    clientIds: ["client-12", "client-13"],
    also: [{ kind: "freezes", clients: 4, worstRatio: 0.5 }],
    picturesAgainSec: 15,
  });
});
