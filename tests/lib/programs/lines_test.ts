import { assertEquals, assertRejects } from "@std/assert";
import {
  lastLine,
  MAX_LINE_LENGTH,
  readLines,
  readTail,
} from "../../../lib/programs/lines.ts";

function stream(...parts: readonly string[]) {
  return ReadableStream.from(parts)
    .pipeThrough(new TextEncoderStream());
}

Deno.test("lines are read across the parts that they come in", async () => {
  const lines = await Array.fromAsync(readLines(stream("a\nb", "c\n", "\nd")));
  assertEquals(lines, ["a", "bc", "", "d"]);
});

Deno.test("a line without an end is refused before it fills the memory", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      sent++;
      controller.enqueue(new Uint8Array(10_000).fill(65));
    },
  });
  await assertRejects(
    () => Array.fromAsync(readLines(endless)),
    RangeError,
    "a line of more than 65536 characters",
  );
  assertEquals(sent * 10_000 < 3 * MAX_LINE_LENGTH, true, `${sent} parts`);
});

Deno.test("of a flood only the end of its last line is kept", async () => {
  const flood = Array.from({ length: 100 }, () => "x".repeat(10_000));
  const denied = stream(...flood, "\nPermission ", "denied\n\n");
  assertEquals(lastLine(await readTail(denied, 1000)), "Permission denied");
  const tail = await readTail(stream(...flood), 1000);
  assertEquals([tail.length, lastLine(tail).length], [1000, 300]);
  assertEquals(lastLine(await readTail(stream(), 1000)), "");
});

function bytes(parts: readonly Uint8Array[]) {
  return ReadableStream.from(parts.map((part) => new Uint8Array(part)));
}

Deno.test("lines come out the same however their bytes are cut, characters of several bytes too", async () => {
  const text = "größe ✓\n\u{1f600}\u{1f600}\r\n\nend";
  const whole = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 5, whole.length]) {
    const parts = Array.from(
      { length: Math.ceil(whole.length / size) },
      (_, i) => whole.subarray(i * size, (i + 1) * size),
    );
    assertEquals(
      await Array.fromAsync(readLines(bytes(parts))),
      text.split("\n"),
      `${size}`,
    );
  }
});

Deno.test("bytes that are no text are shown as that, and end nothing", async () => {
  const parts = [Uint8Array.of(97, 0xff, 10), Uint8Array.of(0xc3)];
  assertEquals(await Array.fromAsync(readLines(bytes(parts))), [
    "a\ufffd",
    "\ufffd",
  ]);
});

Deno.test("a line may be as long as it may, and no longer, whether or not it ends", async () => {
  const read = (text: string) => Array.fromAsync(readLines(stream(text)));
  const most = "x".repeat(MAX_LINE_LENGTH);
  assertEquals(await read(`${most}\n${most}`), [most, most]);
  for (const text of [`${most}x\n`, `a\n${most}x`]) {
    await assertRejects(() => read(text), RangeError);
  }
});
