/**
 * A terminal that shows only some characters.
 *
 * @module
 */

import { type Charset, inCharset } from "../../lib/text/mod.ts";
import type { Terminal } from "./terminal.ts";

/** A terminal that is written to in a charset. */
export function terminalIn(terminal: Terminal, charset: Charset): Terminal {
  if (charset === "utf-8") return terminal;
  return {
    isTerminal: terminal.isTerminal,
    size: () => terminal.size(),
    write: (text) => terminal.write(inCharset(text, charset)),
    input: () => terminal.input(),
    onChange: (listener) => terminal.onChange(listener),
    enterFullScreen: () => terminal.enterFullScreen(),
    restore: () => terminal.restore(),
    suspend: () => terminal.suspend(),
    close: () => terminal.close(),
    [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
  };
}
