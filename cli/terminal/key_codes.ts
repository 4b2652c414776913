/**
 * Which key a terminal's escape sequence stands for: the variants of xterm,
 * tmux and screen, rxvt, and the Linux console, which between them are what
 * is met in the field.
 *
 * @module
 */

/** A key that is not a character. `ctrl-left` and `ctrl-right` also stand for Alt with them. */
export type KeyName =
  | "enter"
  | "tab"
  | "shift-tab"
  | "backspace"
  | "alt-backspace"
  | "delete"
  | "insert"
  | "up"
  | "down"
  | "left"
  | "right"
  | "ctrl-left"
  | "ctrl-right"
  | "home"
  | "end"
  | "page-up"
  | "page-down"
  | "escape";

/** The letters that make keys of their own with Ctrl; H, I, J and M are backspace, tab and enter. */
export type CtrlLetter =
  | "a"
  | "b"
  | "c"
  | "d"
  | "e"
  | "f"
  | "g"
  | "k"
  | "l"
  | "n"
  | "o"
  | "p"
  | "q"
  | "r"
  | "s"
  | "t"
  | "u"
  | "v"
  | "w"
  | "x"
  | "y"
  | "z";

/**
 * The key of a control sequence `ESC [ parameters final`, or `undefined` for
 * one that is unknown (a function key, a mouse, a report).
 */
export function csiKey(
  parameters: string,
  final: string,
): KeyName | undefined {
  const [first, modifier = ""] = parameters.split(";");
  if (final === "~") return withModifier(NUMBERED.get(first), modifier);
  // rxvt writes Shift with an arrow in lower case.
  return withModifier(LETTERED.get(final) ?? RXVT_SHIFT.get(final), modifier);
}

/** The key of a single shift `ESC O final`, or `undefined` for an unknown one. */
export function ss3Key(final: string): KeyName | undefined {
  return SS3_ONLY.get(final) ?? LETTERED.get(final);
}

const LETTERED: ReadonlyMap<string, KeyName> = new Map([
  ["A", "up"],
  ["B", "down"],
  ["C", "right"],
  ["D", "left"],
  ["H", "home"],
  ["F", "end"],
  ["Z", "shift-tab"],
]);

const RXVT_SHIFT: ReadonlyMap<string, KeyName> = new Map([
  ["a", "up"],
  ["b", "down"],
  ["c", "right"],
  ["d", "left"],
]);

const NUMBERED: ReadonlyMap<string, KeyName> = new Map([
  ["1", "home"],
  ["2", "insert"],
  ["3", "delete"],
  ["4", "end"],
  ["5", "page-up"],
  ["6", "page-down"],
  ["7", "home"],
  ["8", "end"],
]);

/** The keypad's Enter, and Ctrl with an arrow on rxvt. */
const SS3_ONLY: ReadonlyMap<string, KeyName> = new Map([
  ["M", "enter"],
  ["a", "up"],
  ["b", "down"],
  ["c", "ctrl-right"],
  ["d", "ctrl-left"],
]);

/** xterm's modifiers are 1 plus a sum of Shift 1, Alt 2, Ctrl 4, Meta 8. */
function withModifier(
  key: KeyName | undefined,
  modifier: string,
): KeyName | undefined {
  const word = modifier !== "" && (Number.parseInt(modifier) - 1 & 0b1110) > 0;
  if (word && key === "left") return "ctrl-left";
  if (word && key === "right") return "ctrl-right";
  return key;
}
