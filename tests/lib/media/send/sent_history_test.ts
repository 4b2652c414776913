import { assertEquals } from "@std/assert";
import { SentHistory } from "../../../../lib/media/mod.ts";

const source = new Uint8Array(4096).map((_, i) => i * 7);

Deno.test("a kept packet comes back as it left, whatever the buffer holds now", () => {
  const history = new SentHistory();
  const out = source.slice();
  history.keep(5, out, 100, 1200);
  out.fill(0);
  const target = new Uint8Array(2048);
  assertEquals(history.copy(5, target), 1200);
  assertEquals(target.slice(0, 1200), source.slice(100, 1300));
});

Deno.test("one that is not kept any more, or never was, has no length", () => {
  const history = new SentHistory();
  const target = new Uint8Array(2048);
  assertEquals(history.copy(1, target), 0);
  history.keep(1, source, 0, 10);
  history.keep(1 + 256, source, 0, 20);
  assertEquals(history.copy(1, target), 0);
  assertEquals(history.copy(257, target), 20);
});

Deno.test("a short history keeps so many and no more", () => {
  const history = new SentHistory({ packets: 64 });
  const target = new Uint8Array(2048);
  for (let i = 0; i < 65; i++) history.keep(65500 + i & 0xffff, source, 0, 10);
  assertEquals(history.copy(65500, target), 0);
  assertEquals(history.copy(65501, target), 10);
  assertEquals(history.copy((65500 + 64) & 0xffff, target), 10);
});

Deno.test("when one was sent again is known until another takes its place", () => {
  const history = new SentHistory({ packets: 64 });
  history.keep(1, source, 0, 10);
  assertEquals(history.repeatedMs(1), -Infinity);
  history.noteRepeated(1, 500);
  assertEquals(history.repeatedMs(1), 500);
  history.keep(65, source, 0, 10);
  assertEquals(history.repeatedMs(65), -Infinity);
});

Deno.test("one that is too large for a path is not kept", () => {
  const history = new SentHistory();
  history.keep(1, source, 0, 1281);
  assertEquals(history.copy(1, new Uint8Array(2048)), 0);
});

Deno.test("a history for small packets keeps no larger ones", () => {
  const history = new SentHistory({ packets: 64, bytes: 512 });
  const target = new Uint8Array(2048);
  history.keep(1, source, 0, 512);
  history.keep(2, source, 64, 513);
  history.keep(63, source, 100, 500);
  assertEquals([1, 2, 63].map((one) => history.copy(one, target)), [
    512,
    0,
    500,
  ]);
  assertEquals(target.slice(0, 500), source.slice(100, 600));
});
