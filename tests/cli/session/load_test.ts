import { assertEquals, assertGreater } from "@std/assert";
import {
  changed,
  churned,
  dropped,
  due,
  type Load,
  newLoad,
  ramped,
  spawned,
} from "../../../cli/session/load.ts";
import { SETTINGS } from "./fixtures.ts";

function loadOf(count: number): Load {
  return spawned(newLoad(SETTINGS, 1), count).load;
}

function indices({ members }: Load): number[] {
  return members.map(({ index }) => index);
}

Deno.test("who is spawned joins now, as the settings say", () => {
  const { load, joining, leaving } = spawned(newLoad(SETTINGS, 1), 2);
  assertEquals(leaving, []);
  assertEquals(
    joining,
    [0, 1].map((index) => ({
      index,
      clientId: `client-${index}`,
      participantName: `TestUser${index}`,
      slot: index,
      roomId: "hall",
      role: "publisher",
      joinAtMs: 0,
      leaveAtMs: null,
      media: SETTINGS.media,
    })),
  );
  assertEquals(indices(load), [0, 1]);
});

Deno.test("several rooms are filled in turn, and a named room is one", () => {
  const settings = { ...SETTINGS, rooms: 2 };
  const turn = spawned(newLoad(settings, 1), 3);
  assertEquals(
    turn.joining.map(({ roomId }) => roomId),
    ["hall-0", "hall-1", "hall-0"],
  );
  const named = spawned(newLoad(settings, 1), 2, { room: "lobby" });
  assertEquals(named.joining.map(({ roomId }) => roomId), ["lobby", "lobby"]);
});

Deno.test("numbers are never used again, places in the crowd are", () => {
  const without = dropped(loadOf(3), [1]).load;
  const { load, joining } = spawned(without, 2);
  assertEquals(indices(load), [0, 2, 3, 4]);
  assertEquals(joining.map(({ slot }) => slot), [1, 3]);
});

Deno.test("a ramp up joins evenly, the last before its end", () => {
  const { joining } = ramped(loadOf(1), 5, 2000, 0);
  assertEquals(joining.map(({ joinAtMs }) => joinAtMs), [0, 500, 1000, 1500]);
});

Deno.test("a ramp down has the newest leave first, the last at its end", () => {
  const { load, joining, leaving } = ramped(loadOf(4), 2, 1000, 5000);
  assertEquals([joining, leaving], [[], []]);
  assertEquals(due(load, 5499), undefined);
  const first = due(load, 5500)!;
  assertEquals(first.leaving, [3]);
  const second = due(first.load, 6000)!;
  assertEquals(second.leaving, [2]);
  assertEquals(indices(second.load), [0, 1]);
  assertEquals(due(second.load, 99_000), undefined);
});

Deno.test("a new ramp takes the place of the one before", () => {
  const down = ramped(loadOf(4), 0, 1000, 0).load;
  const up = ramped(down, 5, 0, 100).load;
  assertEquals(due(up, 99_000), undefined);
  assertEquals(up.members.length, 5);
});

Deno.test("who was dropped does not leave a second time", () => {
  const down = ramped(loadOf(2), 0, 1000, 0).load;
  const { load } = dropped(down, [1]);
  assertEquals(due(load, 1000)!.leaving, [0]);
});

Deno.test("churn replaces as many as are due, each in the same place", () => {
  const load = churned(loadOf(4), 2, 1000);
  assertEquals(due(load, 1499), undefined);
  const step = due(load, 2000)!;
  assertEquals(step.leaving.length, 2);
  assertEquals(step.joining.map(({ index }) => index), [4, 5]);
  const left = load.members.filter(({ index }) => step.leaving.includes(index));
  assertEquals(
    step.joining.map(({ slot }) => slot).sort(),
    left.map(({ slot }) => slot).sort(),
  );
  assertEquals(step.load.members.length, 4);
  assertEquals(due(step.load, 2499), undefined);
});

Deno.test("churn draws from all that are there, the same by the same seed", () => {
  const gone = (seed: number) => {
    let load = churned(spawned(newLoad(SETTINGS, seed), 20).load, 1, 0);
    const left: number[] = [];
    for (let second = 1; second <= 40; second++) {
      const step = due(load, second * 1000)!;
      load = step.load;
      left.push(...step.leaving);
    }
    return left;
  };
  assertEquals(gone(1), gone(1));
  assertEquals(gone(1).join() === gone(2).join(), false);
  assertGreater(new Set(gone(1)).size, 39);
});

Deno.test("churn of nobody is nothing, and after a stall not everything at once", () => {
  assertEquals(due(churned(loadOf(0), 1, 0), 5000)!.leaving, []);
  const step = due(churned(loadOf(500), 100, 0), 60_000)!;
  assertEquals(step.leaving.length, 100);
  assertEquals(due(step.load, 60_000), undefined);
});

Deno.test("only the members that are meant are changed", () => {
  const load = changed(loadOf(3), [1], (member) => ({
    ...member,
    silent: ["audio"],
  }));
  assertEquals(load.members.map(({ silent }) => silent), [[], ["audio"], []]);
});
