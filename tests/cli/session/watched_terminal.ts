/** A terminal in memory that somebody looks at: what is written is seen by an emulator. */

import type { TerminalSize } from "../../../cli/terminal/mod.ts";
import { FakeTerminal } from "../terminal/fake_terminal.ts";
import {
  ENTER_FULL_SCREEN,
  LEAVE_FULL_SCREEN,
} from "../../../cli/terminal/ansi.ts";
import { Emulator } from "../terminal/emulator.ts";

export class WatchedTerminal extends FakeTerminal {
  readonly emulator: Emulator;
  readonly #waiting = new Set<() => void>();

  constructor(size: TerminalSize = { columns: 80, rows: 24 }) {
    super(size);
    this.emulator = new Emulator(size.columns, size.rows);
  }

  override async write(text: string): Promise<void> {
    await super.write(text);
    await this.emulator.write(text);
    for (const look of this.#waiting) look();
  }

  override enterFullScreen(): void {
    super.enterFullScreen();
    this.emulator.write(ENTER_FULL_SCREEN);
  }

  override restore(): void {
    if (this.fullScreen) this.emulator.write(LEAVE_FULL_SCREEN);
    super.restore();
  }

  override resize(size: TerminalSize): void {
    this.emulator.resize(size.columns, size.rows);
    super.resize(size);
  }

  /** Resolves with the rows once they are as wanted. */
  until(wanted: (rows: readonly string[]) => boolean): Promise<string[]> {
    return new Promise((resolve) => {
      const look = () => {
        const rows = this.emulator.text();
        if (!wanted(rows)) return;
        this.#waiting.delete(look);
        resolve(rows);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves with the rows once `text` is on one of them. */
  shows(text: string): Promise<string[]> {
    return this.until((rows) => rows.some((row) => row.includes(text)));
  }

  /** Lets go of the emulator, once it has seen everything. */
  async turnOff(): Promise<void> {
    await this.emulator.write("");
    this.emulator[Symbol.dispose]();
  }
}
