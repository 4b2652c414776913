import { assertEquals } from "@std/assert";
import { textLines } from "../../../lib/sfu/text_lines.ts";

Deno.test.each<
  [why: string, chunks: readonly string[], lines: readonly string[]]
>([
  ["lines in one chunk", ["a\nb\n"], ["a", "b"]],
  ["a line over several chunks", ["a", "b", "c\n"], ["abc"]],
  ["a last line without an end", ["a\nb"], ["a", "b"]],
  ["nothing", [], []],
])("textLines: %s", async (_why, chunks, lines) => {
  const bytes = ReadableStream.from(chunks).pipeThrough(
    new TextEncoderStream(),
  );
  assertEquals(await Array.fromAsync(textLines(bytes)), lines);
});
