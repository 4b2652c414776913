/** Little languages: what people write as options, thresholds and networks. */

import { parseOptions } from "../../../cli/commands/options/parse.ts";
import { RUN_OPTIONS } from "../../../cli/commands/options/run_options.ts";
import {
  describeImpairment,
  parseImpairment,
} from "../../../lib/impairment/mod.ts";
import { parseThreshold } from "../../../lib/load/mod.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";
import { refusing } from "./monitors.ts";

const piece = fc.oneof(
  fc.constantFrom(
    ..."loss p(95) < 1% join connected == 100% abort after 30s".split(" "),
    ..."in.loss=2% out.delay=80ms rate=400k outage=3s burst=5".split(" "),
    ..."--clients --clients=5 -c 1e9 --duration 5m --rooms --seed".split(" "),
    ..."wifi-lossy 3g : , ; = % -- - . ( )".split(" "),
    "outage-every=90s",
    "rebind",
    "rebind-every=10s",
    "jitter=1e308ms",
    "--no-such",
    "--threshold",
    "--impair",
  ),
  fc.double().map(String),
  fc.string({ unit: "binary", maxLength: 6 }),
);

/** All of them with the same texts. */
export const grammars: Door = {
  name: "grammars",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.tuple(
        fc.array(piece, { maxLength: 6 }),
        fc.constantFrom("", " ", ","),
      ),
      ([pieces, between]) => {
        const text = pieces.join(between);
        refusing(() => parseThreshold(text));
        refusing(() => {
          const impairment = parseImpairment(text);
          // What is understood can be said, and means the same again.
          const said = describeImpairment(impairment);
          if (describeImpairment(parseImpairment(said)) !== said) {
            throw new Error(`undefined: ${said} means something else`);
          }
        });
        parseOptions(RUN_OPTIONS, pieces);
      },
    ),
  }),
};
