/**
 * The terminal toolkit: keys in, styled lines out, a screen that redraws only
 * what changed, one edited input line, charts and tables.
 *
 * It knows terminals: their bytes, sizes, widths and modes. It knows nothing
 * of load tests, servers, or what a session shows; and all of it but
 * `openTerminal` and `denoHistoryFiles` is pure.
 *
 * @module
 */

export { chart } from "./chart.ts";
export type { Completion } from "./completion.ts";
export { History, historyPath } from "./history.ts";
export { denoHistoryFiles } from "./history_files.ts";
export { type Key, KeyDecoder } from "./keys.ts";
export { type LineState, lineState, updateLine } from "./line_editor.ts";
export { viewLine } from "./line_view.ts";
export { quantity } from "./quantity.ts";
export { type Frame, Screen } from "./screen.ts";
export { type EndSignal, openTerminal } from "./system_terminal.ts";
export { terminalIn } from "./terminal_in.ts";
export type { Terminal, TerminalSize } from "./terminal.ts";
export {
  chooseCharset,
  choosePalette,
  fitLine,
  inCharset,
  type Line,
  lineText,
  lineWidth,
  type Palette,
  sanitize,
  SERIES_STYLES,
  type Span,
  span,
  type Style,
  table,
  type TableCell,
} from "../../lib/text/mod.ts";
