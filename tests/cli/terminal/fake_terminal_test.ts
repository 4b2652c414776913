import { assertEquals, assertThrows } from "@std/assert";
import { FakeTerminal } from "./fake_terminal.ts";

async function readAll(terminal: FakeTerminal): Promise<string> {
  let text = "";
  for await (const bytes of terminal.input()) {
    text += new TextDecoder().decode(bytes);
  }
  return text;
}

Deno.test("fake terminal: what is typed is read, before and while reading", async () => {
  const terminal = new FakeTerminal();
  terminal.type("ab");
  const reading = readAll(terminal);
  terminal.type(new Uint8Array([0x63]));
  terminal.endInput();
  terminal.type("too late");
  assertEquals(await reading, "abc");
});

Deno.test("fake terminal: closing restores it and ends the input", async () => {
  const terminal = new FakeTerminal();
  terminal.enterFullScreen();
  assertEquals(terminal.fullScreen, true);
  const reading = readAll(terminal);
  await terminal.close();
  assertEquals(await reading, "");
  assertEquals(terminal.fullScreen, false);
});

Deno.test("fake terminal: keeps what is written, and tells of changes", async () => {
  await using terminal = new FakeTerminal();
  const changes: string[] = [];
  const stop = terminal.onChange((change) => changes.push(change));
  terminal.resize({ columns: 40, rows: 10 });
  await terminal.suspend();
  stop();
  terminal.resize({ columns: 41, rows: 10 });
  await terminal.write("a");
  await terminal.write("b");
  assertEquals(changes, ["resized", "resumed"]);
  assertEquals(terminal.suspensions, 1);
  assertEquals(terminal.size(), { columns: 41, rows: 10 });
  assertEquals(terminal.output, "ab");
});

Deno.test("fake terminal: as a pipe it has no full screen", async () => {
  await using terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  assertThrows(() => terminal.enterFullScreen(), Error, "not a terminal");
});
