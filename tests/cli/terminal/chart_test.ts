import { assertEquals } from "@std/assert";
import {
  chart,
  lineText,
  lineWidth,
  quantity,
} from "../../../cli/terminal/mod.ts";
import type { ChartOptions } from "../../../cli/terminal/chart.ts";
import { resample } from "../../../cli/terminal/resample.ts";

function text(options: ChartOptions): string[] {
  const lines = chart(options);
  assertEquals(lines.length, options.height);
  for (const line of lines) assertEquals(lineWidth(line), options.width);
  return lines.map((line) => lineText(line).trimEnd());
}

const ramp = Array.from({ length: 24 }, (_, i) => i * 100_000);
const level = new Array<number>(24).fill(1_000_000);

Deno.test("chart: curves over an axis from zero, with the latest numbers above", () => {
  assertEquals(
    text({
      series: [
        { name: "sent", values: ramp, style: "series1" },
        { name: "recv", values: level, style: "series2" },
      ],
      width: 34,
      height: 7,
      unit: "bps",
    }),
    [
      "● sent 2.3Mbps  ● recv 1Mbps",
      "3Mbps┤",
      "     ┤                        ╭───",
      "     ┤                  ╭─────╯",
      "     ┤    ────────────────────────",
      "     ┤      ╭─────╯",
      " 0bps┤    ──╯",
    ],
  );
});

Deno.test("chart: each curve is in its own style, the later one on top", () => {
  const lines = chart({
    series: [
      { name: "a", values: [1, 1], style: "series1" },
      { name: "b", values: [1, 1], style: "series2" },
    ],
    width: 20,
    height: 3,
    unit: "",
  });
  assertEquals(
    lines[1].filter((part) => part.text.includes("─")).map((p) => p.style),
    ["series2"],
  );
  assertEquals(lines[0][0].style, "series1");
});

Deno.test("chart: a gap is a gap, and a lone number is seen", () => {
  assertEquals(
    text({
      series: [{
        name: "cpu",
        values: [10, NaN, 50, NaN, 90, 95, 90],
        style: "good",
      }],
      width: 20,
      height: 6,
      unit: "%",
      max: 100,
    }),
    [
      "● cpu 90%",
      "100%┤            ───",
      "    ┤",
      "    ┤          ─",
      "    ┤",
      "  0%┤        ─",
    ],
  );
});

Deno.test("chart: a longer series is fitted in, and no peak is lost", () => {
  const values = new Array<number>(1_000).fill(1);
  values[500] = 9;
  const rows = text({
    series: [{ name: "x", values, style: "plain" }],
    width: 24,
    height: 5,
    unit: "",
  });
  assertEquals(rows, [
    "● x 1",
    "10┤         ╭╮",
    "  ┤         ││",
    "  ┤         ││",
    " 0┤─────────╯╰──────────",
  ]);
});

const odd: readonly (readonly [why: string, values: readonly number[]])[] = [
  ["empty", []],
  ["nothing but gaps", [NaN, Infinity, -Infinity]],
  ["one number", [5]],
  ["flat at zero", [0, 0, 0]],
  ["flat", [7, 7, 7]],
  ["negative", [-5, -10, -2]],
  ["around zero", [-5, 5]],
  ["tiny", [1e-9, 2e-9]],
  ["huge", [1e15, 2e15]],
];

Deno.test.each(odd)(
  "chart: a series that is %s is drawn in every size",
  (_, values) => {
    for (let width = 1; width <= 40; width += 3) {
      for (let height = 1; height <= 9; height++) {
        const series = [{ name: "x", values, style: "plain" as const }];
        text({ series, width, height, unit: "ms" });
      }
    }
  },
);

Deno.test("chart: numbers outside a given axis stay in sight", () => {
  const draw = (values: readonly number[]) =>
    text({
      series: [{ name: "x", values, style: "plain" }],
      width: 16,
      height: 4,
      unit: "",
      min: 10,
      max: 20,
    }).slice(1);
  assertEquals(draw([-90, 15, -90]), [
    "20┤",
    "  ┤          ╭╮",
    "10┤          ╯╰─",
  ], "below: at the bottom");
  assertEquals(draw([40, 40]), [
    "40┤           ──",
    "  ┤",
    "10┤",
  ], "above: on a wider axis");
});

Deno.test("chart: nothing fits into nothing", () => {
  assertEquals(chart({ series: [], width: 0, height: 5, unit: "" }), []);
  assertEquals(chart({ series: [], width: 5, height: 0, unit: "" }), []);
});

Deno.test("resample: a short series is at the right edge", () => {
  assertEquals(resample([1, 2], 4), [NaN, NaN, 1, 2]);
});

Deno.test("resample: each column stands for an equal share", () => {
  assertEquals(resample([1, 2, 3, 4, 5, 6], 3), [2, 4, 6]);
  assertEquals(resample([6, 5, 4, 3, 2, 1], 3), [6, 4, 2]);
  assertEquals(resample([1, NaN, NaN, NaN], 2), [1, NaN]);
});

const quantities: readonly (readonly [number, string])[] = [
  [0, "0B"],
  [0.0001, "0B"],
  [0.05, "0.05B"],
  [1, "1B"],
  [9.999, "10B"],
  [123.4, "123B"],
  [999.6, "1kB"],
  [1_250, "1.25kB"],
  [-3_400, "-3.4kB"],
  [1.5e6, "1.5MB"],
  [2.5e9, "2.5GB"],
  [1e15, "1000TB"],
  [NaN, "–"],
  [Infinity, "–"],
];

Deno.test.each(quantities)("quantity: %s is %s", (value, expected) => {
  assertEquals(quantity(value, "B"), expected);
});

Deno.test("quantity: milliseconds become seconds, not thousands of themselves", () => {
  assertEquals(
    [12.34, 999.4, 999.6, 1450].map((ms) => quantity(ms, "ms")),
    ["12.3ms", "999ms", "1s", "1.45s"],
  );
});

Deno.test.each([
  { most: 1 },
  { most: 3 },
  { most: 5 },
  { most: 12 },
])("the axis of counts up to $most has whole numbers alone", ({ most }) => {
  const lines = text({
    series: [{ name: "clients", values: [0, most], style: "series1" }],
    width: 40,
    height: 11,
    unit: "",
    isWhole: true,
  }).slice(1);
  const labels = lines.map((line) => line.split("┤")[0].trim())
    .filter((label) => label !== "");
  for (const label of labels) assertEquals(label, `${parseInt(label)}`);
  assertEquals(labels.at(-1), "0");
  assertEquals(Number(labels[0]) >= most, true);
});
