import { assertEquals } from "@std/assert";
import { type Key, KeyDecoder } from "../../../cli/terminal/mod.ts";
import type { KeyName } from "../../../cli/terminal/key_codes.ts";
import { MAX_PASTE_LENGTH } from "../../../cli/terminal/keys.ts";

const char = (text: string): Key => ({ type: "char", text });
const alt = (text: string): Key => ({ type: "alt", text });
const key = (name: KeyName): Key => ({ type: "key", name });
const paste = (text: string): Key => ({ type: "paste", text });

interface Case {
  readonly why: string;
  readonly input: string;
  readonly keys: readonly Key[];
}

const cases: readonly Case[] = [
  { why: "letters", input: "aZ", keys: [char("a"), char("Z")] },
  {
    why: "UTF-8 of two, three and four bytes",
    input: "é世😀",
    keys: [char("é"), char("世"), char("😀")],
  },
  {
    why: "a byte order mark",
    input: "\ufeffa",
    keys: [char("\ufeff"), char("a")],
  },
  { why: "carriage return", input: "\r", keys: [key("enter")] },
  { why: "line feed from a pipe", input: "\n", keys: [key("enter")] },
  { why: "tab", input: "\t", keys: [key("tab")] },
  { why: "DEL", input: "\x7f", keys: [key("backspace")] },
  { why: "BS of old terminals", input: "\b", keys: [key("backspace")] },
  { why: "Ctrl-A", input: "\x01", keys: [{ type: "ctrl", letter: "a" }] },
  { why: "Ctrl-Z", input: "\x1a", keys: [{ type: "ctrl", letter: "z" }] },
  {
    why: "controls without a letter",
    input: "\x00\x1c\x1fa",
    keys: [char("a")],
  },
  { why: "C1 controls", input: "\u0085\u009ba", keys: [char("a")] },
  {
    why: "arrows of xterm and tmux",
    input: "\x1b[A\x1b[B\x1b[C\x1b[D",
    keys: [key("up"), key("down"), key("right"), key("left")],
  },
  {
    why: "arrows in application mode",
    input: "\x1bOA\x1bOB\x1bOC\x1bOD",
    keys: [key("up"), key("down"), key("right"), key("left")],
  },
  {
    why: "Home and End of xterm",
    input: "\x1b[H\x1b[F\x1bOH\x1bOF",
    keys: [key("home"), key("end"), key("home"), key("end")],
  },
  {
    why: "Home and End of tmux and the Linux console",
    input: "\x1b[1~\x1b[4~",
    keys: [key("home"), key("end")],
  },
  {
    why: "Home and End of rxvt",
    input: "\x1b[7~\x1b[8~",
    keys: [key("home"), key("end")],
  },
  {
    why: "the editing block",
    input: "\x1b[2~\x1b[3~\x1b[5~\x1b[6~",
    keys: [key("insert"), key("delete"), key("page-up"), key("page-down")],
  },
  { why: "Shift-Tab", input: "\x1b[Z", keys: [key("shift-tab")] },
  {
    why: "Ctrl and Alt with an arrow",
    input: "\x1b[1;5C\x1b[1;3D\x1b[1;6C",
    keys: [key("ctrl-right"), key("ctrl-left"), key("ctrl-right")],
  },
  {
    why: "Shift with an arrow",
    input: "\x1b[1;2C\x1b[d",
    keys: [key("right"), key("left")],
  },
  {
    why: "Ctrl with an arrow, rxvt",
    input: "\x1bOc\x1bOd",
    keys: [key("ctrl-right"), key("ctrl-left")],
  },
  {
    why: "Ctrl with an arrow, old xterm",
    input: "\x1bO5C",
    keys: [key("ctrl-right")],
  },
  { why: "Ctrl with Delete", input: "\x1b[3;5~", keys: [key("delete")] },
  { why: "the keypad's Enter", input: "\x1bOM", keys: [key("enter")] },
  { why: "Alt with a letter", input: "\x1bb\x1bF", keys: [alt("b"), alt("F")] },
  { why: "Alt with UTF-8", input: "\x1bé", keys: [alt("é")] },
  {
    why: "Alt with Backspace",
    input: "\x1b\x7f",
    keys: [key("alt-backspace")],
  },
  {
    why: "Escape, then an arrow",
    input: "\x1b\x1b[A",
    keys: [key("escape"), key("up")],
  },
  {
    why: "Escape, then Enter",
    input: "\x1b\r",
    keys: [key("escape"), key("enter")],
  },
  {
    why: "function keys, focus, mouse",
    input: "\x1b[15~\x1bOP\x1b[I\x1b[<0;3;4Ma",
    keys: [char("a")],
  },
  {
    why: "function keys of the Linux console",
    input: "\x1b[[Aa",
    keys: [char("a")],
  },
  {
    why: "a colour report",
    input: "\x1b]11;rgb:00/00/00\x1b\\a",
    keys: [char("a")],
  },
  {
    why: "a title report ended by BEL",
    input: "\x1b]lname\x07a",
    keys: [char("a")],
  },
  {
    why: "a device control string",
    input: "\x1bP1$r0m\x1b\\a",
    keys: [char("a")],
  },
  {
    why: "a report broken off by Ctrl-C",
    input: "\x1b]0;abc\x03a",
    keys: [{ type: "ctrl", letter: "c" }, char("a")],
  },
  {
    why: "a device control string broken off by Ctrl-D, then by another",
    input: "\x1bPq\x04\x1b_x\x1b[A",
    keys: [{ type: "ctrl", letter: "d" }, key("up")],
  },
  {
    why: "a report with blanks and line breaks in it",
    input: "\x1b]52;c;a\r\n\tb\x07a",
    keys: [char("a")],
  },
  {
    why: "a sequence broken off by a key",
    input: "\x1b[1;\ra",
    keys: [key("enter"), char("a")],
  },
  {
    why: "a sequence broken off by another",
    input: "\x1b[1;\x1b[A",
    keys: [key("up")],
  },
  {
    why: "a paste with line breaks and a sequence in it",
    input: "\x1b[200~a\r\nb\rc\x1b[A\x1b[201~z",
    keys: [paste("a\nb\nc\x1b[A"), char("z")],
  },
  {
    why: "a paste with the beginnings of its end in it",
    input: "\x1b[200~\x1b[20\x1b[201\x1b[201~",
    keys: [paste("\x1b[20\x1b[201")],
  },
  { why: "an empty paste", input: "\x1b[200~\x1b[201~", keys: [paste("")] },
];

Deno.test.each(cases)(
  "keys: $why, however the bytes are cut",
  ({ input, keys }) => {
    const bytes = new TextEncoder().encode(input);
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const decoder = new KeyDecoder();
        const found = [
          ...decoder.feed(bytes.subarray(0, first)),
          ...decoder.feed(bytes.subarray(first, second)),
          ...decoder.feed(bytes.subarray(second)),
        ];
        assertEquals(found, keys, `cut at ${first} and ${second}`);
        assertEquals(decoder.waiting, false);
      }
    }
  },
);

const flushed: readonly Case[] = [
  { why: "a lone ESC is Escape", input: "\x1b", keys: [key("escape")] },
  { why: "ESC [ is Alt-[", input: "\x1b[", keys: [alt("[")] },
  { why: "ESC O is Alt-O", input: "\x1bO", keys: [alt("O")] },
  { why: "ESC ] is Alt-]", input: "\x1b]", keys: [alt("]")] },
  { why: "an unfinished sequence is nothing", input: "\x1b[1;", keys: [] },
  { why: "an unfinished report is nothing", input: "\x1b]11;rgb", keys: [] },
];

Deno.test.each(flushed)(
  "keys: when nothing follows, $why",
  ({ input, keys }) => {
    const decoder = new KeyDecoder();
    assertEquals(decoder.feed(new TextEncoder().encode(input)), []);
    assertEquals(decoder.waiting, true);
    assertEquals(decoder.flush(), [...keys]);
    assertEquals(decoder.waiting, false);
    assertEquals(decoder.feed(new Uint8Array([0x61])), [char("a")]);
  },
);

Deno.test("keys: a flush does not end a paste that is still coming", () => {
  const decoder = new KeyDecoder();
  const bytes = new TextEncoder().encode("\x1b[200~ab\x1b[201~");
  assertEquals(decoder.feed(bytes.subarray(0, 9)), []);
  assertEquals(decoder.waiting, false);
  assertEquals(decoder.flush(), []);
  assertEquals(decoder.feed(bytes.subarray(9)), [paste("ab")]);
});

Deno.test("keys: invalid UTF-8 becomes U+FFFD and the rest is read on", () => {
  const decoder = new KeyDecoder();
  const bytes = new Uint8Array([0xff, 0x61, 0xe4, 0xb8, 0x62]);
  assertEquals(
    decoder.feed(bytes),
    [char("\ufffd"), char("a"), char("\ufffd"), char("b")],
  );
});

Deno.test("keys: a paste is cut off at its limit, and typing goes on after it", () => {
  const decoder = new KeyDecoder();
  const encoder = new TextEncoder();
  const keys = [
    ...decoder.feed(encoder.encode("\x1b[200~")),
    ...decoder.feed(encoder.encode("x".repeat(MAX_PASTE_LENGTH - 1))),
    ...decoder.feed(encoder.encode("yyy")),
    ...decoder.feed(encoder.encode("zzz\x1b[201~a")),
  ];
  assertEquals(keys, [
    paste("x".repeat(MAX_PASTE_LENGTH - 1) + "y"),
    char("a"),
  ]);
});

Deno.test("keys: a sequence that never ends is given up, and typing goes on", () => {
  const decoder = new KeyDecoder();
  const bytes = new TextEncoder().encode("\x1b[" + "1".repeat(1_000));
  assertEquals(decoder.feed(bytes.subarray(0, 64)), []);
  assertEquals(decoder.feed(new Uint8Array([0x31])), [char("1")]);
  assertEquals(decoder.waiting, false);
});

const LONG_STRINGS: readonly Case[] = [
  { why: "its end is BEL", input: "\x07a", keys: [char("a")] },
  { why: "its end is ST", input: "\x1b\\a", keys: [char("a")] },
  {
    why: "Ctrl-C breaks it off",
    input: "\x03a",
    keys: [{ type: "ctrl", letter: "c" }, char("a")],
  },
  {
    why: "a key breaks it off",
    input: "\x1b[Ba",
    keys: [key("down"), char("a")],
  },
];

Deno.test.each(
  LONG_STRINGS.flatMap((one) =>
    ["]52;c;", "P", "^", "_"].map((begin) => ({ ...one, begin }))
  ),
)(
  "keys: a report of any length (ESC $begin) vanishes, however it is cut: $why",
  ({ begin, input, keys }) => {
    for (const length of [1_020, 1_021, 1_022, 1_023, 1_024, 5_000]) {
      const text = `\x1b${begin}${"x".repeat(length)}${input}`;
      const bytes = new TextEncoder().encode(text);
      for (const size of [1, 7, 1_024, bytes.length]) {
        const decoder = new KeyDecoder();
        const found: Key[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          found.push(...decoder.feed(bytes.subarray(at, at + size)));
        }
        assertEquals(found, [...keys], `${length} in pieces of ${size}`);
        assertEquals(decoder.waiting, false);
      }
    }
  },
);

Deno.test("keys: a report without an end costs no more the longer it goes on, and typing goes on after a pause", () => {
  const decoder = new KeyDecoder();
  const piece = new TextEncoder().encode("0123456789");
  decoder.feed(new TextEncoder().encode("\x1b]52;c;"));
  // By what was held back, this took minutes.
  for (let i = 0; i < 200_000; i++) assertEquals(decoder.feed(piece), []);
  assertEquals(decoder.waiting, true);
  assertEquals(decoder.flush(), []);
  assertEquals(decoder.feed(new Uint8Array([0x61])), [char("a")]);
});
