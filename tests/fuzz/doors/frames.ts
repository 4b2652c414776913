/** Whole frames of a channel: what is in them, said in whatever dialect, with secrets in it. */

import { createHider } from "../../../lib/text/mod.ts";
import { parseServerMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import {
  hideInFrame,
  textsOf,
} from "../../../lib/signaling/websocket/frame.ts";
import { serverExamples } from "../../lib/signaling/simplestchat/wire/fixtures.ts";
import { damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const SECRET = 'S3/"cret+ä';

/** The ways in which JSON can spell a text. */
const spelled = fc.array(fc.constantFrom("plain", "number", "short"), {
  minLength: SECRET.length,
  maxLength: SECRET.length,
}).map((ways) =>
  ways.map((way, at) => {
    const one = SECRET[at];
    if (way === "number") {
      return `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
    }
    return one === '"' || (one === "/" && way === "short") ? `\\${one}` : one;
  }).join("")
);

const message = fc.oneof(
  damagedJson(Object.values(serverExamples)),
  fc.tuple(fc.constantFrom("message", "reason", "error", "topic"), spelled)
    .map(([key, secret]) => `{"type":"error","${key}":"so ${secret}!"}`),
);

/** Frames with one or several messages. */
export const frames: Door = {
  name: "frames",
  kind: "pure",
  open() {
    const hide = createHider([SECRET]);
    return {
      property: fc.property(
        fc.tuple(
          fc.array(message, { minLength: 1, maxLength: 3 }),
          fc.constantFrom("lines", "list"),
        ),
        ([messages, how]) => {
          const frame = how === "lines"
            ? messages.join("\n")
            : `[${messages.join(",")}]`;
          for (const text of textsOf(frame)) {
            const parsed = parseServerMessage(hideInFrame(text, hide));
            const words = parsed.kind === "message" &&
                parsed.message.type === "error"
              ? parsed.message.message
              : parsed.kind === "malformed"
              ? parsed.reason
              : "";
            if (words.includes(SECRET)) {
              throw new Error("a secret came through");
            }
          }
        },
      ),
    };
  },
};

/** What is said too much of: lists and settings that are wrong in every entry. */
export const dialects: Door = {
  name: "dialects",
  kind: "slow",
  open: () => ({
    property: fc.property(
      fc.tuple(
        fc.constantFrom(...Object.values(serverExamples)),
        fc.constantFrom<unknown>({}, null, 0, "", [], { id: 1 }, [[0]]),
        fc.constantFrom(100, 9000, 49_000, 300_000),
        fc.nat(99),
        fc.boolean(),
      ),
      ([example, entry, count, at, isList]) => {
        const entries = Array.from({ length: count }, () => entry);
        const flood = isList ? entries : Object.fromEntries(entries.entries());
        const text = JSON.stringify(flooded(example, flood, at));
        parseServerMessage(text);
      },
    ),
  }),
};

/** The message with one of its lists or objects, or what is no such thing, replaced. */
function flooded(message: unknown, flood: unknown, at: number): unknown {
  const copy = structuredClone(message);
  const places: [Record<string, unknown>, string][] = [];
  const collect = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "type" && value === copy) continue;
      places.push([value as Record<string, unknown>, key]);
      collect(inner);
    }
  };
  collect(copy);
  if (places.length === 0) return copy;
  const [holder, key] = places[at % places.length];
  holder[key] = flood;
  return copy;
}
