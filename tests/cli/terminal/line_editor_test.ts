import { assertEquals } from "@std/assert";
import {
  KeyDecoder,
  type LineState,
  lineState,
  updateLine,
} from "../../../cli/terminal/mod.ts";
import type {
  LineContext,
  LineStep,
} from "../../../cli/terminal/line_editor.ts";
import type { Completer } from "../../../cli/terminal/completion.ts";

const verbs = ["add", "audio", "churn", "charts"];
const complete: Completer = (text, cursor) => {
  const from = text.lastIndexOf(" ", cursor - 1) + 1;
  const typed = text.slice(from, cursor);
  return { from, candidates: verbs.filter((verb) => verb.startsWith(typed)) };
};
const context: LineContext = {
  history: ["add 5", "churn 2", "Add 7"],
  complete,
};

/** Types `input` as a terminal would send it. */
function type(input: string, from: LineState = lineState()): LineStep {
  let step: LineStep = { state: from, outcome: { type: "edited" } };
  const decoder = new KeyDecoder();
  const keys = decoder.feed(new TextEncoder().encode(input));
  for (const key of [...keys, ...decoder.flush()]) {
    step = updateLine(step.state, key, context);
  }
  return step;
}

/** The line with the cursor as a bar. */
function shown({ text, cursor }: LineState): string {
  return text.slice(0, cursor) + "|" + text.slice(cursor);
}

const LEFT = "\x1b[D";
const RIGHT = "\x1b[C";
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const HOME = "\x1b[H";

const edits: readonly (readonly [why: string, input: string, out: string])[] = [
  ["characters are inserted at the cursor", "ac" + LEFT + "b", "ab|c"],
  ["Backspace deletes before the cursor", "ab\x7f", "a|"],
  ["Backspace at the start does nothing", "ab" + HOME + "\x7f", "|ab"],
  ["Delete deletes under the cursor", "ab" + HOME + "\x1b[3~", "|b"],
  ["a character of several code points is one", "a👩‍👩‍👧\x7f", "a|"],
  ["the cursor steps over it at once", "👩‍👩‍👧b" + LEFT + LEFT, "|👩‍👩‍👧b"],
  ["and back", "👩‍👩‍👧b" + HOME + RIGHT, "👩‍👩‍👧|b"],
  ["Home and End", "ab" + HOME + "x\x1b[Fy", "xaby|"],
  ["Ctrl-A and Ctrl-E", "ab\x01x\x05y", "xaby|"],
  ["Ctrl-B and Ctrl-F", "abc\x02\x02\x06x", "abx|c"],
  ["Ctrl-D deletes under the cursor", "ab\x01\x04", "|b"],
  ["Ctrl-U cuts all before", "ab cd" + LEFT + "\x15", "|d"],
  ["Ctrl-K cuts all after", "ab cd\x01" + RIGHT + "\x0b", "a|"],
  ["Ctrl-W cuts back to a space", "add a-b  \x17", "add |"],
  ["Alt-Backspace cuts back to a word's start", "add a-b \x1b\x7f", "add a-|"],
  ["Ctrl-Y puts back what was cut", "ab cd\x17\x01\x19", "cd|ab "],
  ["an empty cut keeps the last one", "ab\x17\x17\x19", "ab|"],
  ["Ctrl-T swaps the last two", "abc\x14", "acb|"],
  ["Ctrl-T swaps around the cursor", "abc" + LEFT + "\x14", "acb|"],
  ["Ctrl-T at the start does nothing", "ab" + HOME + "\x14", "|ab"],
  ["Ctrl-T with one character does nothing", "a\x14", "a|"],
  ["Alt-B goes to the word's start", "add 5-7\x1bb", "add 5-|7"],
  ["Alt-F goes to the word's end", "add 5-7\x01\x1bf", "add| 5-7"],
  [
    "Ctrl with an arrow does the same",
    "ab cd\x1b[1;5D\x1b[1;5D\x1b[1;5C",
    "ab| cd",
  ],
  ["Alt-D cuts the word after", "ab cd\x01\x1bd", "| cd"],
  ["words are words in every script", "größe 世界\x1bb\x1bb", "|größe 世界"],
  [
    "a paste is one row, without what a terminal acts upon",
    "\x1b[200~a\nb\x1b[31mc\n\x1b[201~",
    "a bc|",
  ],
  ["Up shows the newest line", UP, "Add 7|"],
  ["Up again the one before", UP + UP, "churn 2|"],
  ["Up stops at the oldest", UP.repeat(9), "add 5|"],
  ["Down comes back to what was typed", "dra" + UP + UP + DOWN + DOWN, "dra|"],
  ["Down further does nothing", "dra" + UP + DOWN + DOWN, "dra|"],
  ["Ctrl-P and Ctrl-N do the same", "\x10\x10\x0e", "Add 7|"],
  ["Tab completes what is certain", "ad\t", "add |"],
  ["Tab completes in the middle", "ad x" + LEFT + LEFT + "\t", "add |x"],
  ["Tab puts in what the candidates share", "c\t", "ch|"],
  ["Tab with nothing to find does nothing", "zz\t", "zz|"],
  ["Ctrl-R finds the newest match of any case", "\x12add", "|Add 7"],
  ["Ctrl-R again finds an older one", "\x12add\x12", "|add 5"],
  ["Ctrl-R past the oldest stays", "\x12add\x12\x12\x12", "|add 5"],
  ["a longer query narrows the search", "\x12a\x12dd 5", "|add 5"],
  ["Backspace widens it again", "\x12add 5\x7f\x7f", "|Add 7"],
  ["the cursor goes to the match", "\x12urn", "ch|urn 2"],
  ["Escape gives back the line", "dra" + LEFT + "\x12add\x1b", "dr|a"],
  ["Ctrl-G too", "dra\x12add\x07", "dra|"],
  ["any other key edits what was found", "\x12urn\x05!", "churn 2!|"],
];

Deno.test.each(edits)("line editor: %s", (_, input, out) => {
  assertEquals(shown(type(input).state), out);
});

Deno.test("line editor: Enter hands over the line and starts an empty one", () => {
  const step = type("add 5\x1b[H\r");
  assertEquals(step.outcome, { type: "submitted", text: "add 5" });
  assertEquals(step.state, lineState());
});

Deno.test("line editor: Enter in a search hands over what was found", () => {
  assertEquals(type("\x12urn\r").outcome, {
    type: "submitted",
    text: "churn 2",
  });
});

Deno.test("line editor: a cut outlives the line it was cut from", () => {
  assertEquals(shown(type("ab\x15\r\x19").state), "ab|");
});

Deno.test("line editor: a submitted line leaves the history at its end", () => {
  assertEquals(shown(type(UP + UP + "\r" + UP).state), "Add 7|");
});

Deno.test("line editor: the second Tab shows the candidates, the next key hides them", () => {
  const once = type("ch\t");
  assertEquals(once.state.choices, []);
  const twice = type("\t", once.state);
  assertEquals(twice.state.choices, ["churn", "charts"]);
  assertEquals(type("a", twice.state).state.choices, []);
});

Deno.test("line editor: a Tab that put something in does not count as the first", () => {
  assertEquals(type("c\t\t").state.choices, []);
  assertEquals(type("c\t\t\t").state.choices, ["churn", "charts"]);
});

const others: readonly (readonly [why: string, input: string])[] = [
  ["Ctrl-C", "ab\x03"],
  ["Ctrl-L", "\x0c"],
  ["Ctrl-Z", "\x1a"],
  ["Ctrl-D on an empty line", "\x04"],
  ["Page Up", "\x1b[5~"],
  ["Escape", "\x1b"],
  ["Alt with another letter", "\x1bx"],
];

Deno.test.each(others)("line editor: %s is left to its owner", (_, input) => {
  const { outcome } = type(input);
  assertEquals(outcome, { type: "ignored" });
});

Deno.test("line editor: without a completer Tab is left to its owner", () => {
  const tab = { type: "key", name: "tab" } as const;
  const step = updateLine(lineState("a"), tab, { history: [] });
  assertEquals(step.outcome, { type: "ignored" });
});
