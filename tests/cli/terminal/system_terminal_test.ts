import { assert, assertEquals, assertThrows } from "@std/assert";
import { openTerminal, type TerminalSize } from "../../../cli/terminal/mod.ts";
import type {
  TerminalHost,
  TerminalSignal,
} from "../../../cli/terminal/terminal_host.ts";
import type { OpenTerminalOptions } from "../../../cli/terminal/system_terminal.ts";
import {
  ENTER_FULL_SCREEN,
  LEAVE_FULL_SCREEN,
} from "../../../cli/terminal/ansi.ts";

const ENTERED = ["raw on", ENTER_FULL_SCREEN];
const LEFT = [LEAVE_FULL_SCREEN, "raw off"];

/** A system in memory; `log` is what was asked of it, in order. */
class FakeHost implements TerminalHost {
  readonly log: string[] = [];
  readonly signals = new Map<TerminalSignal, () => void>();
  atEnd: (() => void) | undefined;
  terminal = true;
  console: TerminalSize | undefined = { columns: 100, rows: 30 };
  broken = false;
  onStop: () => void = () => {};
  readonly stdin = new TransformStream<Uint8Array, Uint8Array>();

  isTerminal() {
    return this.terminal;
  }
  size() {
    return this.console;
  }
  setRaw(raw: boolean) {
    this.log.push(raw ? "raw on" : "raw off");
    if (this.broken) throw new Error("input/output error");
  }
  write(bytes: Uint8Array) {
    if (this.broken) return Promise.reject(new Error("input/output error"));
    this.writeSync(bytes);
    return Promise.resolve();
  }
  writeSync(bytes: Uint8Array) {
    this.log.push(new TextDecoder().decode(bytes));
    if (this.broken) throw new Error("input/output error");
  }
  input() {
    return this.stdin.readable;
  }
  onSignal(signal: TerminalSignal, listener: () => void) {
    this.signals.set(signal, listener);
    return () => {
      this.signals.delete(signal);
    };
  }
  onEnd(listener: () => void) {
    this.atEnd = listener;
    return () => {
      this.atEnd = undefined;
    };
  }
  stop() {
    this.log.push("stop");
    this.onStop();
  }
  exit(code: number) {
    this.log.push(`exit ${code}`);
  }
}

function open(options: OpenTerminalOptions = {}) {
  const host = new FakeHost();
  return { host, terminal: openTerminal({ host, ...options }) };
}

Deno.test("terminal: entering and closing are each done once, in the right order", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  terminal.enterFullScreen();
  await terminal.close();
  await terminal.close();
  terminal.restore();
  assertEquals(host.log, [...ENTERED, ...LEFT]);
});

Deno.test("terminal: restore without having entered writes nothing", async () => {
  const { host, terminal } = open();
  terminal.restore();
  await terminal.close();
  assertEquals(host.log, []);
});

Deno.test("terminal: it is restored when the process ends by an error or exit", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  host.atEnd?.();
  assertEquals(host.log, [...ENTERED, ...LEFT]);
  await terminal.close();
});

Deno.test.each(
  [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const,
)(
  "terminal: %s restores it and ends the process with %s",
  async (signal, code) => {
    const { host, terminal } = open();
    terminal.enterFullScreen();
    host.signals.get(signal)?.();
    assertEquals(host.log, [...ENTERED, ...LEFT, `exit ${code}`]);
    await terminal.close();
  },
);

Deno.test("terminal: whoever takes the signals decides what they end", async () => {
  const seen: string[] = [];
  const { host, terminal } = open({ onEndSignal: (s) => seen.push(s) });
  terminal.enterFullScreen();
  host.signals.get("SIGTERM")?.();
  assertEquals(seen, ["SIGTERM"]);
  assertEquals(host.log, ENTERED);
  await terminal.close();
});

Deno.test("terminal: closing takes its listeners away", async () => {
  const { host, terminal } = open();
  assertEquals(host.signals.size, 5);
  await terminal.close();
  assertEquals(host.signals.size, 0);
  assertEquals(host.atEnd, undefined);
});

Deno.test("terminal: a terminal that is gone is restored without an error", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  host.broken = true;
  await terminal.write("x");
  terminal.restore();
  assertEquals(host.log.slice(2), LEFT);
  await terminal.close();
});

Deno.test("terminal: suspending leaves, stops, and enters again when continued", async () => {
  const { host, terminal } = open();
  const changes: string[] = [];
  terminal.onChange((change) => changes.push(change));
  terminal.enterFullScreen();
  host.onStop = () => host.signals.get("SIGCONT")?.();
  await terminal.suspend();
  assertEquals(host.log, [...ENTERED, ...LEFT, "stop", ...ENTERED]);
  assertEquals(changes, ["resumed"]);
  await terminal.close();
});

Deno.test("terminal: where the system refuses to stop it comes back by itself", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  host.onStop = () => {
    throw new Error("not here");
  };
  await terminal.suspend();
  assertEquals(host.log, [...ENTERED, ...LEFT, "stop", ...ENTERED]);
  await terminal.close();
});

Deno.test("terminal: stopped from outside, it sets its modes again when continued", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  host.signals.get("SIGCONT")?.();
  assertEquals(host.log, [...ENTERED, ...ENTERED]);
  await terminal.close();
});

Deno.test("terminal: continued after it was restored, it stays restored", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  terminal.restore();
  host.signals.get("SIGCONT")?.();
  assertEquals(host.log, [...ENTERED, ...LEFT]);
  await terminal.close();
});

Deno.test("terminal: closed while suspended, it neither waits nor enters again", async () => {
  const { host, terminal } = open();
  terminal.enterFullScreen();
  const suspended = terminal.suspend();
  await terminal.close();
  await suspended;
  assertEquals(host.log, [...ENTERED, ...LEFT, "stop"]);
});

Deno.test("terminal: a change of size is told until nobody listens", async () => {
  const { host, terminal } = open();
  const changes: string[] = [];
  const stop = terminal.onChange((change) => changes.push(change));
  host.signals.get("SIGWINCH")?.();
  stop();
  host.signals.get("SIGWINCH")?.();
  assertEquals(changes, ["resized"]);
  await terminal.close();
});

Deno.test("terminal: a size that is unknown or nothing is 80 by 24", async () => {
  const { host, terminal } = open();
  assertEquals(terminal.size(), { columns: 100, rows: 30 });
  host.console = undefined;
  assertEquals(terminal.size(), { columns: 80, rows: 24 });
  host.console = { columns: 0, rows: 0 };
  assertEquals(terminal.size(), { columns: 80, rows: 24 });
  await terminal.close();
});

Deno.test("terminal: of one that says it is larger than any screen a part is used", async () => {
  const { host, terminal } = open();
  host.console = { columns: 65_535, rows: 65_535 };
  assertEquals(terminal.size(), { columns: 1000, rows: 500 });
  host.console = { columns: 1, rows: 65_535 };
  assertEquals(terminal.size(), { columns: 1, rows: 500 });
  await terminal.close();
});

Deno.test("terminal: closing ends a read that is under way", async () => {
  const { host, terminal } = open();
  const writer = host.stdin.writable.getWriter();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const bytes of terminal.input()) {
      seen.push(new TextDecoder().decode(bytes));
    }
  })();
  await writer.write(new TextEncoder().encode("ab"));
  await terminal.close();
  await reading;
  assertEquals(seen, ["ab"]);
});

Deno.test("terminal: a read that fails is the end of input", async () => {
  const { host, terminal } = open();
  const reading = terminal.input()[Symbol.asyncIterator]().next();
  await host.stdin.writable.abort(new Error("input/output error"));
  assertEquals((await reading).done, true);
  await terminal.close();
});

Deno.test("terminal: a pipe has no full screen, and is left alone", async () => {
  const host = new FakeHost();
  host.terminal = false;
  const terminal = openTerminal({ host });
  assertThrows(() => terminal.enterFullScreen(), Error, "not a terminal");
  assertEquals(host.signals.size, 0);
  assert(!terminal.isTerminal);
  await terminal.close();
  assertEquals(host.log, []);
});

Deno.test("terminal: of a pipe, too, whoever asked is told of signals", async () => {
  const host = new FakeHost();
  host.terminal = false;
  const seen: string[] = [];
  const terminal = openTerminal({ host, onEndSignal: (s) => seen.push(s) });
  host.signals.get("SIGTERM")?.();
  assertEquals(seen, ["SIGTERM"]);
  await terminal.close();
  assertEquals(host.signals.size, 0);
});
