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

const ENTRIES: readonly unknown[] = [{}, null, 0, "", [], { id: 1 }, [[0]]];
/** More than a parser looks at, and nearly so. */
const LARGE = [9000, 49_000, 9000, 9000, 300_000];
/** Stands for what is too much until its text is put in: made anew for each input, it would take longer than to read it. */
const MARK = "TOO MUCH";

/** What is said too much of: lists and settings that are wrong in every entry. */
export const dialects: Door = {
  name: "dialects",
  kind: "pure",
  open() {
    const large = new Map<string, string>();
    const floodOf = (entry: unknown, count: number, isList: boolean) => {
      const key = JSON.stringify([entry, count, isList]);
      const known = large.get(key);
      if (known !== undefined) return known;
      const entries = Array.from({ length: count }, () => entry);
      const text = JSON.stringify(
        isList ? entries : Object.fromEntries(entries.entries()),
      );
      if (LARGE.includes(count)) large.set(key, text);
      return text;
    };
    for (const count of LARGE) {
      for (const entry of ENTRIES) {
        for (const isList of [true, false]) floodOf(entry, count, isList);
      }
    }
    const marked = Object.values(serverExamples).flatMap(everyPlaceMarked);
    return {
      property: fc.property(
        fc.tuple(
          fc.constantFrom(...marked),
          fc.constantFrom(...ENTRIES),
          fc.oneof(
            { weight: 9000, arbitrary: fc.nat(30) },
            { weight: 900, arbitrary: fc.nat(300) },
            { weight: 100, arbitrary: fc.constantFrom(...LARGE) },
          ),
          fc.boolean(),
        ),
        ([text, entry, count, isList]) => {
          const flood = floodOf(entry, count, isList);
          parseServerMessage(text.replace(`"${MARK}"`, () => flood));
        },
      ),
    };
  },
};

/** Texts of the message, in each of which another value is the mark. */
function everyPlaceMarked(message: object): string[] {
  const copy = structuredClone(message);
  const texts: string[] = [];
  const mark = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    const holder = value as Record<string, unknown>;
    for (const [key, inner] of Object.entries(holder)) {
      if (key === "type" && value === copy) continue;
      holder[key] = MARK;
      texts.push(JSON.stringify(copy));
      holder[key] = inner;
      mark(inner);
    }
  };
  mark(copy);
  return texts;
}
