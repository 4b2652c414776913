/**
 * The loop: messages in, models and frames out. It owns the model, the time
 * between two frames and nothing else; what is to be done, others do.
 *
 * @module
 */

import {
  KeyDecoder,
  type Palette,
  Screen,
  type Terminal,
} from "../terminal/mod.ts";
import type { Message, WorldEffect } from "./messages.ts";
import type { Model } from "./model.ts";
import { update } from "./update.ts";
import { view } from "./view/view.ts";

/** What a program is made of. */
export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly palette: Palette;
  readonly model: Model;
  /** Milliseconds since the session began. */
  readonly nowMs: () => number;
  /** Does something; what comes of it is dispatched. Never throws. */
  readonly perform: (effect: WorldEffect) => void;
  /** Prints a line that is no result; only used without a screen. */
  readonly printAside: (line: string) => void;
}

/** At most ten frames a second. */
const FRAME_MS = 100;
const TICK_MS = 100;
/** How long an ESC waits for what may belong to it. */
const ESCAPE_MS = 30;

/** Runs a model on a terminal, or without one. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #screen: Screen;
  #model: Model;
  #shown: Model | undefined;
  #frameTimer: ReturnType<typeof setTimeout> | undefined;
  #escapeTimer: ReturnType<typeof setTimeout> | undefined;
  #ticks: ReturnType<typeof setInterval> | undefined;
  #lastFrameMs = -Infinity;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #printed = 0;
  #stopListening = () => {};
  #over = false;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#model = options.model;
    this.#screen = new Screen(options.palette);
  }

  /** The model as it is now. */
  get model(): Model {
    return this.#model;
  }

  /** Takes the terminal over and begins to read what is typed. */
  start(): void {
    const { terminal } = this.#options;
    this.#ticks = setInterval(() => this.dispatch({ type: "tick" }), TICK_MS);
    if (this.#hasScreen) {
      terminal.enterFullScreen();
      this.#stopListening = terminal.onChange(() => this.#resized());
      this.#scheduleFrame();
      this.#readKeys();
    } else {
      this.#readLines();
    }
  }

  /** Lets something happen. */
  dispatch(message: Message): void {
    if (this.#over) return;
    const { nowMs, perform } = this.#options;
    const { model, effects } = update(this.#model, message, nowMs());
    this.#model = model;
    if (this.#hasScreen) this.#scheduleFrame();
    else this.#print();
    for (const effect of effects) {
      switch (effect.type) {
        case "redraw":
          this.#screen.invalidate();
          this.#shown = undefined;
          this.#scheduleFrame();
          break;
        case "suspend":
          this.#options.terminal.suspend();
          break;
        default:
          perform(effect);
      }
    }
  }

  /** Gives the terminal back; nothing happens any more. */
  async stop(): Promise<void> {
    this.#over = true;
    clearInterval(this.#ticks);
    clearTimeout(this.#frameTimer);
    clearTimeout(this.#escapeTimer);
    this.#stopListening();
    await this.#writing;
    await this.#options.terminal.close();
  }

  get #hasScreen(): boolean {
    return this.#model.audience !== "plain";
  }

  #resized(): void {
    // What a terminal makes of the old picture at another size is its own affair.
    this.#screen.invalidate();
    this.#shown = undefined;
    this.dispatch({ type: "resized", size: this.#options.terminal.size() });
  }

  #scheduleFrame(): void {
    const idle = this.#shown === this.#model || this.#isWriting ||
      this.#frameTimer !== undefined || this.#over;
    if (idle) return;
    const sinceMs = this.#options.nowMs() - this.#lastFrameMs;
    this.#frameTimer = setTimeout(
      () => this.#draw(),
      Math.max(0, FRAME_MS - sinceMs),
    );
  }

  #draw(): void {
    this.#frameTimer = undefined;
    this.#lastFrameMs = this.#options.nowMs();
    this.#shown = this.#model;
    const text = this.#screen.draw(view(this.#model));
    if (text === "") return;
    this.#isWriting = true;
    // A slow terminal misses frames rather than getting them late.
    this.#writing = this.#options.terminal.write(text).then(() => {
      this.#isWriting = false;
      this.#scheduleFrame();
    });
  }

  /** Without a screen the log is what there is to read. */
  #print(): void {
    const { terminal, printAside } = this.#options;
    for (const { id, level, text } of this.#model.log) {
      if (id <= this.#printed) continue;
      this.#printed = id;
      if (level === "result") {
        this.#writing = this.#writing.then(() => terminal.write(`${text}\n`));
      } else if (level !== "command") {
        printAside(level === "info" ? text : `${level}: ${text}`);
      }
    }
  }

  async #readKeys(): Promise<void> {
    const decoder = new KeyDecoder();
    for await (const bytes of this.#options.terminal.input()) {
      clearTimeout(this.#escapeTimer);
      for (const key of decoder.feed(bytes)) {
        this.dispatch({ type: "key", key });
      }
      if (!decoder.waiting) continue;
      this.#escapeTimer = setTimeout(() => {
        for (const key of decoder.flush()) this.dispatch({ type: "key", key });
      }, ESCAPE_MS);
    }
    this.dispatch({ type: "inputEnded" });
  }

  async #readLines(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of this.#options.terminal.input()) {
      const lines = (rest + decoder.decode(bytes, { stream: true }))
        .split(/\r?\n/);
      rest = lines.pop()!;
      for (const text of lines) this.dispatch({ type: "line", text });
    }
    if (rest !== "") this.dispatch({ type: "line", text: rest });
    this.dispatch({ type: "inputEnded" });
  }
}
