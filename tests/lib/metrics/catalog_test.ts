import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  divided,
  type DividedRate,
  fileKey,
  firstKey,
  isClientRate,
  isInCatalog,
  metric,
  METRIC_NAMES,
  type MetricName,
  METRICS,
  mostKey,
  namesOf,
  noFigures,
  roomKey,
  STEPS_PER_UNIT,
  type TrendName,
  unitOfTrend,
} from "../../../lib/metrics/mod.ts";
import { generator } from "./generate.ts";

/** Each name that these rows have twice. */
function twice(names: readonly string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) < i);
}

Deno.test("each metric is told of in sentences, on one line", () => {
  for (const name of METRIC_NAMES) {
    const { doc, source = "" } = metric(name);
    assertMatch(doc, /^[A-Z][^\n|]*\.$/, name);
    // In a table of Markdown a bar would end its column.
    assertMatch(source, /^[^\n|]*$/, name);
  }
});

Deno.test("names can be fields that code is written with, and are none that objects have", () => {
  for (const name of METRIC_NAMES) {
    assertMatch(name, /^[a-z][A-Za-z0-9]*$/);
    assert(!(name in {}), name);
  }
});

Deno.test("a metric says where it comes from: a counter where it is counted, anything else in words", () => {
  for (const name of METRIC_NAMES) {
    const { type, at, source } = metric(name);
    assertEquals(at !== undefined, type === "counter", name);
    if (type !== "counter") assert(source !== undefined, name);
  }
});

Deno.test("counters of milliseconds, and no others, say so at the end of their names", () => {
  for (const name of namesOf({ type: "counter" })) {
    assertEquals(name.endsWith("Ms"), metric(name).unit === "ms", name);
  }
});

Deno.test("a client's record sums up counters, and has the first or the largest of durations", () => {
  for (const name of METRIC_NAMES) {
    const { type, unit, perClient, perRoom } = metric(name);
    switch (perClient) {
      case "sum":
        assertEquals(type, "counter", name);
        break;
      case "first":
      case "max":
        assertEquals([type, unit], ["trend", "ms"], name);
        break;
      case undefined:
        break;
    }
    // A room's figure is that of its clients.
    if (perRoom) assert(perClient === "sum" || perClient === "max", name);
  }
});

Deno.test("no two metrics have one name, in thresholds, in records, in files or in rooms", () => {
  const aliases = METRIC_NAMES.flatMap((name) => metric(name).alias ?? []);
  assertEquals(twice([...METRIC_NAMES, "errors", ...aliases]), []);
  const clients = [
    ...namesOf({ type: "counter", perClient: "sum" }).map(fileKey),
    ...namesOf({ perClient: "first" }).map(firstKey),
    ...namesOf({ perClient: "max" }).map(mostKey),
  ];
  assertEquals(twice(clients), []);
  const rooms = [
    ...namesOf({ type: "counter", perRoom: true }).map(roomKey),
    ...namesOf({ perClient: "max", perRoom: true }).map(mostKey),
  ];
  assertEquals(twice(rooms), []);
});

Deno.test("each place in the summary is that of one metric, and none is a section of another", () => {
  const places = METRIC_NAMES.flatMap((name) => metric(name).place ?? []);
  assertEquals(twice(places), []);
  for (const place of places) {
    assertMatch(place, /^(media|generator|returns)(\.[a-z][A-Za-z]*)+$/);
    assertEquals(places.filter((one) => one.startsWith(`${place}.`)), []);
  }
});

Deno.test("a trend of one figure of each client is of one that its record has", () => {
  const figures = noFigures();
  const names = METRIC_NAMES.flatMap((name) => metric(name).ofClients ?? []);
  assert(names.length > 0);
  for (const name of names) {
    assertEquals(typeof figures[name as keyof typeof figures], "number", name);
  }
});

Deno.test("rows are found by all of what is asked of them, in the order of the catalog", () => {
  assertEquals([...namesOf({})], [...METRIC_NAMES]);
  assertEquals([...namesOf({ at: "layers" })], ["layerSwitches"]);
  assertEquals([...namesOf({ at: "layers", perClient: "max" })], []);
  assertEquals([...namesOf({ type: "gauge", better: "lower" })], []);
  const places = namesOf({ type: "counter" }).map((name) =>
    METRIC_NAMES.indexOf(name)
  );
  assertEquals(places, places.toSorted((a, b) => a - b));
  // What a row does not have is asked for as such.
  for (const name of namesOf({ perClient: undefined })) {
    assert(!Object.hasOwn(METRICS[name], "perClient"));
  }
});

Deno.test.each<{ name: MetricName; file: string; room: string }>([
  { name: "packetsSent", file: "totalPacketsSent", room: "totalPacketsSent" },
  {
    name: "producersCreated",
    file: "producersCreated",
    room: "totalProducersCreated",
  },
  { name: "freezeCount", file: "freezeCount", room: "freezeCount" },
])(
  "$name is $file in files of clients, and $room in those of rooms",
  ({ name, file, room }) => {
    assertEquals([fileKey(name), roomKey(name)], [file, room]);
  },
);

Deno.test("what a record calls the first and the largest of a trend", () => {
  assertEquals(
    [firstKey("join"), firstKey("connectionTime"), mostKey("jitter")],
    ["joinMs", "connectionTimeMs", "maxJitterMs"],
  );
  assertEquals<string>(mostKey("timeToFirstFrame"), "maxTimeToFirstFrameMs");
});

Deno.test.each<{ name: string; isIn: boolean; unit: string; steps: number }>([
  { name: "jitter", isIn: true, unit: "ms", steps: 1000 },
  { name: "consumerLoss", isIn: true, unit: "ratio", steps: 1_000_000 },
  { name: "videoBitrate", isIn: true, unit: "bps", steps: 1 },
  { name: "consumerFrameRate", isIn: true, unit: "fps", steps: 1000 },
  { name: "signaling.join_room", isIn: false, unit: "ms", steps: 1000 },
  { name: "signaling.jitter", isIn: false, unit: "ms", steps: 1000 },
  { name: "constructor", isIn: false, unit: "ms", steps: 1000 },
])(
  "$name is a trend of $unit, of the catalog: $isIn",
  ({ name, isIn, unit, steps }) => {
    const trend = name as TrendName;
    assertEquals(isInCatalog(trend), isIn);
    assertEquals<string>(unitOfTrend(trend), unit);
    assertEquals(STEPS_PER_UNIT[unitOfTrend(trend)], steps);
  },
);

/** What a formula such as `(a − b) / c` comes to; `null` of nothing to divide by. */
function resultOf(
  formula: string,
  count: (name: string) => number,
): number | null {
  const [part, whole] = formula.split(" / ").map((term) =>
    term.replaceAll(/[()]/g, "").split(/ (?=[−+] )/).reduce((sum, one) => {
      const name = one.replace(/^[−+] /, "");
      assert(isCounter(name), `${formula}: ${name} is no counter`);
      return sum + (one.startsWith("−") ? -1 : 1) * count(name);
    }, 0)
  );
  return whole > 0 ? part / whole : null;
}

function isCounter(name: string): boolean {
  return Object.hasOwn(METRICS, name) &&
    metric(name as MetricName).type === "counter";
}

Deno.test.each(
  namesOf({ type: "rate" }).filter((name): name is DividedRate =>
    !isClientRate(name)
  ).map((name) => ({ name, formula: metric(name).source! })),
)("$name is what its page says: $formula", ({ name, formula }) => {
  const { below } = generator(19);
  const perSecond = metric(name).unit === "fps" ? 1000 : 1;
  for (let round = 0; round < 200; round++) {
    // Each of the others is of those before it, as parts of what is due are.
    const drawn = new Map<string, number>();
    const count = (counter: string) => {
      if (!drawn.has(counter)) drawn.set(counter, below(1000));
      return drawn.get(counter)!;
    };
    const is = divided(name, count);
    const said = resultOf(formula, count);
    assertEquals(is === null, said === null);
    if (is === null || said === null) continue;
    // A share is never below nothing, whichever count is a little ahead.
    const floored = is === 0 && said < 0 ? 0 : said * perSecond;
    assert(Math.abs(is - floored) < 1e-9, `${is} is not ${floored}`);
  }
  assertEquals(divided(name, () => 0), null);
});

Deno.test("all that is a share of clients is told by their states, and blames a room", () => {
  for (const name of namesOf({ type: "rate" })) {
    if (!isClientRate(name)) continue;
    assertEquals(metric(name).blames, "room");
    assertEquals(metric(name).unit, "ratio");
  }
});
