/** What somebody types or pastes, and what is shown to them. */

import { KeyDecoder } from "../../../cli/terminal/keys.ts";
import { lineState, updateLine } from "../../../cli/terminal/line_editor.ts";
import { sanitize } from "../../../lib/text/mod.ts";
import { update } from "../../../cli/session/update.ts";
import { runningModel } from "../../cli/session/fixtures.ts";
import { VERBS } from "../../../cli/session/verbs/mod.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const encoded = (text: string) => new TextEncoder().encode(text);
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** Bytes of a terminal, in whatever pieces, into a line that is being typed. */
export const keys: Door = {
  name: "keys",
  kind: "pure",
  open() {
    const samples = [
      "spawn 5\r",
      "\x1b[A\x1b[B\x1b[1;5C\x1bOP\x1b[3~\x12x\x03",
      "\x1b[200~pasted\r\ntext\x1b[201~\t\t",
      "\x1b]0;title\x07\x1bPq#0\x1b\\\x9b31m",
      "äöü😀👨‍👩‍👧e\u0301",
    ].map(encoded);
    return {
      property: fc.property(
        fc.array(damagedBytes(samples), { minLength: 1, maxLength: 4 }),
        (pieces) => {
          const decoder = new KeyDecoder();
          let state = lineState();
          const context = {
            history: ["spawn 5", "quit"],
            complete: () => ({ from: 0, candidates: ["spawn", "stats"] }),
          };
          const all = [
            ...pieces.flatMap((piece) => decoder.feed(piece)),
            ...decoder.flush(),
          ];
          for (const key of all) {
            if (key.type === "char" && /\p{Cc}/u.test(key.text)) {
              throw new Error("a control character as a key");
            }
            state = updateLine(state, key, context).state;
            if (state.cursor < 0 || state.cursor > state.text.length) {
              throw new Error(`the cursor at ${state.cursor}`);
            }
          }
        },
      ),
    };
  },
};

const word = fc.oneof(
  fc.constantFrom(
    "all",
    "3",
    "3-5",
    "1,4-6",
    "99999999999999999999",
    "-1",
    "0",
    "1e9",
    "5m",
    "240h",
    "480p",
    "60",
    "room=lobby",
    "loss=5%:50%",
    "wifi-lossy:30%",
    "loss < 1%",
    "off",
    "on",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** Lines typed in the session. What would run somebody's code is left out. */
export const lines: Door = {
  name: "lines",
  kind: "pure",
  open() {
    const verbs = Object.keys(VERBS).filter((verb) => verb !== "js");
    const start = runningModel();
    return {
      property: fc.property(
        fc.tuple(
          fc.oneof(
            { weight: 9, arbitrary: fc.constantFrom(...verbs) },
            { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
          ),
          fc.array(word, { maxLength: 4 }),
        ),
        ([verb, words]) => {
          const text = [verb, ...words].join(" ");
          update(start, { type: "line", text }, start.nowMs + 1);
        },
      ),
    };
  },
};

/** Texts of servers on the way to the screen. */
export const showable: Door = {
  name: "showable",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.array(
          fc.constantFrom(
            "\x1b]0;x\x07",
            "\x1b[2J",
            "\x9b31m",
            "\u202e",
            "\ud800",
            "a\u0301\u0301\u0301\u0301\u0301\u0301",
            "\r\n",
            "plain",
            "\x1bP",
            "\x1b",
          ),
          { maxLength: 20 },
        ).map((parts) => parts.join("")),
      ),
      (text) => {
        const shown = sanitize(text);
        if (CONTROL.test(shown)) {
          throw new Error("a control character came through");
        }
        if (!shown.isWellFormed()) {
          throw new Error("broken UTF-16 came through");
        }
      },
    ),
  }),
};
