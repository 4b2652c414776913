/** The picture of all clients, cell by cell. */

import { assert, assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
import { heatMap, NOTHING, WORST } from "../../../lib/output/html/heat_map.ts";
import { storiesOf } from "./made_up_pages.ts";

function layerOf(stories: ReturnType<typeof storiesOf>, id: string) {
  const map = heatMap(stories)!;
  const layer = map.layers.find((one) => one.id === id)!;
  const cells = Uint8Array.fromBase64(layer.cells);
  return {
    map,
    row: (
      row: number,
    ) => [...cells.subarray(row * map.columns, (row + 1) * map.columns)],
  };
}

Deno.test("a cell is as bad as its second was, and of nothing there is nothing", () => {
  const stories = storiesOf(4, 20);
  const missing = layerOf(stories, "missing");
  assertEquals(missing.map.columns, 20);
  assertEquals(missing.row(1), [
    ...Array(10).fill(0),
    ...Array(10).fill(Math.round(WORST / 4)),
  ]);
  assertEquals(missing.row(0), Array(20).fill(0));
  assertEquals(layerOf(stories, "frozen").row(2), Array(20).fill(NOTHING));
});

Deno.test("rooms stand together, in the order of their numbers", () => {
  const stories = storiesOf(24, 5);
  const { rows } = heatMap(stories.toReversed())!;
  assertEquals(
    rows.map(([, room]) => room),
    Array.from({ length: 24 }, (_, i) => `room-${Math.floor(i / 2)}`),
  );
});

Deno.test("stretches of several seconds fill their columns, and who came late has nothing before", () => {
  const [first, second] = storiesOf(2, 12);
  const coarse = {
    ...second,
    bins: [4, 8].map((fromSec) => ({
      ...second.bins[11],
      fromSec,
      toSec: fromSec + 4,
    })),
  };
  const { row } = layerOf([first, coarse], "missing");
  assertEquals(row(1).slice(0, 4), Array(4).fill(NOTHING));
  assertEquals(row(1).slice(4), Array(8).fill(Math.round(WORST / 4)));
});

Deno.test("of very many clients and a long time the worst are shown, in a picture of bounded size", () => {
  const stories = storiesOf(1200, 2).map((story) => ({
    ...story,
    bins: story.bins.map((bin, i) => ({
      ...bin,
      fromSec: i * 36_000,
      toSec: (i + 1) * 36_000,
      packetsCame: story.index < 300 ? 50 : 100,
    })),
  }));
  assertEquals(heatMap(stories), undefined);
  const fine = stories.map((story) => ({
    ...story,
    bins: Array.from({ length: 720 }, (_, i) => ({
      ...story.bins[0],
      fromSec: i * 100,
      toSec: (i + 1) * 100,
    })),
  }));
  const map = heatMap(fine)!;
  assert(map.columns <= 360 && map.rows.length === 1000);
  const shown = new Set(map.rows.map(([clientId]) => clientId));
  for (let i = 0; i < 300; i++) assert(shown.has(`client-${i}`));
});

Deno.test("of too little there is no picture", () => {
  assertEquals(heatMap([]), undefined);
  assertEquals(heatMap(storiesOf(3, 2)), undefined);
});

Deno.test("each layer has an id and a title of its own", () => {
  const { layers } = heatMap(storiesOf(2, 3))!;
  for (const key of ["id", "title"] as const) {
    assertEquals(new Set(layers.map((one) => one[key])).size, layers.length);
  }
});

Deno.test("however long stretches are, each is seen, and the picture is no wider than it may be", () => {
  const [story] = storiesOf(1, 1);
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0.05, max: 500, noNaN: true }), {
      minLength: 1,
      maxLength: 30,
    }),
    fc.nat(),
    (lengths, draw) => {
      let at = 0;
      const worst = draw % lengths.length;
      const bins = lengths.map((sec, i) => ({
        ...story.bins[0],
        packetsDue: i === worst ? 100 : 0,
        packetsCame: 0,
        fromSec: at,
        toSec: at += sec,
      }));
      const map = heatMap([{ ...story, bins }]);
      if (map === undefined) return;
      assert(map.columns <= 360, `${map.columns}`);
      assert(map.columns * map.columnSec >= at * (1 - 1e-9));
      const [{ cells }] = map.layers;
      const bytes = Uint8Array.fromBase64(cells);
      assertEquals(bytes.length, map.columns);
      const place = bytes.indexOf(WORST);
      const { fromSec, toSec } = bins[worst];
      assert(place >= 0, `nothing of ${fromSec} to ${toSec}`);
      // Within a column of where it belongs.
      assert((place + 2) * map.columnSec >= fromSec);
      assert((place - 1) * map.columnSec <= toSec);
    },
  ));
});
