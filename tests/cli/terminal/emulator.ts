/**
 * A terminal emulator for tests: what would be seen after some bytes.
 *
 * @module
 */

// The emulator of VS Code and many others, without a window.
import xterm from "npm:@xterm/headless@6.0.0";

/** One column as it is seen. */
export interface SeenCell {
  readonly text: string;
  readonly width: number;
  readonly bold: boolean;
  /** Of the 16 colours, or -1 for the default. */
  readonly colour: number;
}

/** Shows what is written to it. */
export class Emulator implements Disposable {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  get cursor(): { readonly row: number; readonly column: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** The cells of every row. */
  screen(): SeenCell[][] {
    const { buffer, rows, cols } = this.#terminal;
    return Array.from({ length: rows }, (_, row) => {
      const line = buffer.active.getLine(buffer.active.baseY + row)!;
      return Array.from({ length: cols }, (_, column) => {
        const cell = line.getCell(column)!;
        const width = cell.getWidth();
        return {
          text: cell.getChars() || (width === 0 ? "" : " "),
          width,
          bold: cell.isBold() !== 0,
          colour: cell.isFgDefault() ? -1 : cell.getFgColor(),
        };
      });
    });
  }

  /** The rows as text. */
  text(): string[] {
    return this.screen().map((row) => row.map((cell) => cell.text).join(""));
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }
}
