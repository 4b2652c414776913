/**
 * The escape sequences that the toolkit writes, each named once. They are
 * those that xterm, tmux, the Linux console and every current emulator know;
 * a terminal that does not know one ignores it.
 *
 * @module
 */

import { RESET_STYLE } from "../../lib/text/mod.ts";

/** Switches to the alternate screen and clears it (DECSET 1049). */
const ENTER_ALTERNATE_SCREEN = "\x1b[?1049h";
/** Goes back to the screen as it was before (DECRST 1049). */
const LEAVE_ALTERNATE_SCREEN = "\x1b[?1049l";
/** Shows the cursor (DECTCEM). */
export const SHOW_CURSOR = "\x1b[?25h";
/** Hides the cursor (DECTCEM). */
export const HIDE_CURSOR = "\x1b[?25l";
/** Has the terminal mark pasted text (DECSET 2004). */
const PASTE_MARKS_ON = "\x1b[?2004h";
/** Has pasted text arrive as if typed again. */
const PASTE_MARKS_OFF = "\x1b[?2004l";
/** Keeps a row that is too long on its own row (DECAWM off). */
const WRAP_OFF = "\x1b[?7l";
/** Lets long rows wrap again (DECAWM on). */
const WRAP_ON = "\x1b[?7h";
/** Holds back drawing until {@linkcode END_UPDATE} (DEC mode 2026). */
export const BEGIN_UPDATE = "\x1b[?2026h";
/** Draws everything since {@linkcode BEGIN_UPDATE} at once. */
export const END_UPDATE = "\x1b[?2026l";
/** Clears the whole screen (ED 2). */
export const CLEAR_SCREEN = "\x1b[2J";
/** Clears from the cursor to the end of its row (EL 0). */
export const CLEAR_TO_END_OF_ROW = "\x1b[K";

/** What a full-screen program writes first. */
export const ENTER_FULL_SCREEN: string = ENTER_ALTERNATE_SCREEN + WRAP_OFF +
  PASTE_MARKS_ON + HIDE_CURSOR + CLEAR_SCREEN;

/**
 * What undoes {@linkcode ENTER_FULL_SCREEN}, whatever was being drawn. An
 * update cut off in the middle is closed first, or nothing would be shown.
 */
export const LEAVE_FULL_SCREEN: string = END_UPDATE + RESET_STYLE +
  PASTE_MARKS_OFF + WRAP_ON + LEAVE_ALTERNATE_SCREEN + SHOW_CURSOR;

/** Moves the cursor; `row` and `column` count from 0 (CUP). */
export function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/** Moves the cursor within its row; `column` counts from 0 (CHA). */
export function moveToColumn(column: number): string {
  return `\x1b[${column + 1}G`;
}
