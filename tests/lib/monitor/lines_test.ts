import { assertEquals, assertRejects } from "@std/assert";
import {
  MAX_LINE_LENGTH,
  readLastLine,
  readLines,
} from "../../../lib/monitor/lines.ts";

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
  assertEquals(
    await readLastLine(stream(...flood, "\nPermission ", "denied\n\n")),
    "Permission denied",
  );
  assertEquals((await readLastLine(stream(...flood))).length, 300);
  assertEquals(await readLastLine(stream()), "");
});
