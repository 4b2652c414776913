/** What a watched server and a watched machine say of themselves. */

import {
  deriveMetrics,
  parseHealth,
  parsePrometheus,
} from "../../../lib/monitor/http.ts";
import { parseReading, parseStat } from "../../../lib/monitor/proc.ts";
import { parseTarget } from "../../../lib/monitor/target.ts";
import { damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const number = fc.oneof(
  fc.double().map(String),
  fc.constantFrom("NaN", "+Inf", "-1", "1e308", "1e999", "0x10", "", "1_0"),
);
const name = fc.oneof(
  fc.constantFrom(
    "simplestchat_connections_active",
    "simplestchat_message_handling_seconds_sum",
    "simplestchat_message_handling_seconds_bucket",
    "a",
  ),
  fc.string({ maxLength: 12 }),
);
const line = fc.oneof(
  fc.tuple(name, fc.string({ maxLength: 20 }), number).map(
    ([of, labels, value]) => `${of}{${labels}} ${value}`,
  ),
  fc.tuple(name, number).map(([of, value]) => `${of} ${value} 123`),
  fc.string({ unit: "binary", maxLength: 60 }),
);

/** `/health` and `/metrics`. */
export const prometheus: Door = {
  name: "prometheus",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.tuple(
        fc.array(line, { maxLength: 8 }),
        damagedJson([{ status: "ok", participants: 3, rooms: 1 }]),
      ),
      ([lines, health]) => {
        const { value } = parsePrometheus(lines.join("\n"));
        const metrics = deriveMetrics(value, new Map([["x", 1]]), 1000);
        sane(metrics);
        sane(parseHealth(health)?.value ?? {});
      },
    ),
  }),
};

/** What the sampler reads of `/proc`, here or over ssh, and what targets are called. */
export const procText: Door = {
  name: "proc_text",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.tuple(
        fc.array(
          fc.oneof(
            fc.constantFrom(
              "sample 1.5 100 4096 400",
              "absent nobody listens",
              "drops 123 4",
              "Udp: InDatagrams InErrors",
              "Udp: 5 6",
              "400 (a b) c) S 1 400 400 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 100 0 5",
              "end",
            ),
            fc.string({ unit: "binary", maxLength: 60 }),
          ),
          { maxLength: 6 },
        ),
        fc.oneof(
          fc.constantFrom("port:", "pid:", "cmd:", "ssh:", "http://", ""),
          fc.string({ maxLength: 4 }),
        ),
        fc.string({ unit: "binary", maxLength: 30 }),
      ),
      ([lines, kind, rest]) => {
        parseReading(lines);
        for (const one of lines) parseStat(one);
        refusing(() => parseTarget(kind + rest));
      },
    ),
  }),
};

/** Figures are counts: none is negative, and none so large that it cannot be one. */
function sane(figures: object): void {
  for (const value of Object.values(figures)) {
    if (typeof value === "number" && !(value >= 0 && Number.isFinite(value))) {
      throw new Error(`a figure of ${value}`);
    }
  }
}

/** What the runtime says of a mistake of ours. */
const FAULT =
  /undefined|null|not a function|not iterable|call stack|out of bounds|array length|string length/;

/** A refusal is an answer; its words are cleaned where they are printed. */
export function refusing(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof Error) || FAULT.test(error.message)) throw error;
  }
}
