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

export { chart, type ChartOptions, type ChartSeries } from "./chart.ts";
export type { Completer, Completion } from "./completion.ts";
export { FakeTerminal } from "./fake_terminal.ts";
export {
  History,
  type HistoryFiles,
  type HistoryOptions,
  historyPath,
} from "./history.ts";
export { denoHistoryFiles } from "./history_files.ts";
export type { CtrlLetter, KeyName } from "./key_codes.ts";
export { type Key, KeyDecoder } from "./keys.ts";
export {
  type LineContext,
  type LineOutcome,
  type LineState,
  lineState,
  type LineStep,
  updateLine,
} from "./line_editor.ts";
export type { LineSearch } from "./line_search.ts";
export { type LineView, type LineViewOptions, viewLine } from "./line_view.ts";
export { quantity } from "./quantity.ts";
export type { Resampling } from "./resample.ts";
export { type Frame, type Position, Screen } from "./screen.ts";
export {
  type EndSignal,
  openTerminal,
  type OpenTerminalOptions,
} from "./system_terminal.ts";
export { terminalIn } from "./terminal_in.ts";
export type { Terminal, TerminalChange, TerminalSize } from "./terminal.ts";
export type { TerminalHost, TerminalSignal } from "./terminal_host.ts";
export {
  type Charset,
  chooseCharset,
  choosePalette,
  displayWidth,
  fit,
  fitLine,
  inCharset,
  type Line,
  lineText,
  lineWidth,
  type Palette,
  renderLine,
  sanitize,
  SERIES_STYLES,
  type Span,
  span,
  type Style,
  table,
  type TableCell,
  type TableColumn,
  truncate,
} from "../../lib/text/mod.ts";
