/**
 * The packet path: CPU and heap for a packet of 1,100 bytes, sent and
 * received with encryption, authentication, statistics and pacing, by
 * werift's transports and by ours.
 *
 * `packet_path.ts [--quick] [VARIANT…]`
 *
 * @module
 */

import { linesOf, startChild } from "./child.ts";
import { printFigure } from "./figure.ts";
import { type PathFigures, VARIANTS } from "./path/measure.ts";

const BENCH = "packet_path";
const BASELINE = "werift";

if (import.meta.main) {
  const named = VARIANTS.filter((variant) => Deno.args.includes(variant));
  let baseline: PathFigures | undefined;
  for (const variant of named.length === 0 ? VARIANTS : named) {
    const figures = await measureInChild(variant);
    if (variant === BASELINE) baseline = figures;
    print(variant, figures, baseline);
  }
}

async function measureInChild(variant: string): Promise<PathFigures> {
  const child = startChild(import.meta.resolve("./path/measure.ts"), {
    args: [variant, ...Deno.args.includes("--quick") ? ["--quick"] : []],
    flags: ["--v8-flags=--expose-gc"],
  });
  const lines = await Array.fromAsync(linesOf(child));
  const { code } = await child.status;
  if (code !== 0) throw new Error(`Cannot measure ${variant}: it broke.`);
  return JSON.parse(lines.join("")) as PathFigures;
}

function print(
  variant: string,
  figures: PathFigures,
  baseline: PathFigures | undefined,
): void {
  const us = (
    name: string,
    of: (figures: PathFigures) => number,
  ) =>
    printFigure({
      bench: BENCH,
      figure: `${variant}.${name}`,
      value: of(figures),
      unit: "us",
      ...(baseline !== undefined && {
        baseline: `${BASELINE}.${name}`,
        ratio: of(figures) / of(baseline),
      }),
    });
  const plain = (name: string, value: number, unit: string) =>
    printFigure({ bench: BENCH, figure: `${variant}.${name}`, value, unit });
  us("send", ({ sendUs }) => sendUs);
  us("receive", ({ sendUs, bothUs }) => bothUs - sendUs);
  us("both", ({ bothUs }) => bothUs);
  plain("rate", figures.rateHz, "packets/s");
  plain("delivered", figures.deliveredRatio, "ratio");
  plain("heap_per_packet", figures.heapBytes, "bytes");
  plain("heap_growth", figures.heapGrowthBytes, "bytes");
}
