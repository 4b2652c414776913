import { assertEquals } from "@std/assert";
import {
  ReceivedSequence,
  SentSequence,
} from "../../../../lib/sfu/werift/sequence.ts";

/** Starts around the ends of the number range and elsewhere. */
const STARTS = Array.from(
  { length: 16 },
  (_, i) => (i * 4096 + 0xfffa) & 0xffff,
);

for (const start of STARTS) {
  const number = (ahead: number) => (start + ahead) & 0xffff;

  Deno.test(`from ${start}: loss is what is missing, whatever the order`, () => {
    const received = new ReceivedSequence();
    for (const ahead of [0, 1, 2, 4, 3, 7, 10]) received.add(number(ahead));
    assertEquals(received.lost, 4);
  });

  Deno.test(`from ${start}: what is sent on keeps gaps and order of what came`, () => {
    const sent = new SentSequence(100);
    const numbers = [0, 1, 3, 2, 6].map((ahead) => sent.map(number(ahead)));
    assertEquals(numbers, [100, 101, 103, 102, 106]);
  });

  Deno.test(`from ${start}: what was withheld leaves no gap, and its stragglers are dropped`, () => {
    const sent = new SentSequence(0xffff);
    sent.map(number(0));
    sent.restart();
    assertEquals(sent.map(number(500)), 0);
    assertEquals(sent.map(number(499)), -1);
    assertEquals(sent.map(number(501)), 1);
  });
}

Deno.test("a stream of three wraps is neither lost nor late", () => {
  const received = new ReceivedSequence();
  const sent = new SentSequence(0);
  for (let i = 0; i < 200_000; i++) {
    received.add(i & 0xffff);
    assertEquals(sent.map(i & 0xffff), i & 0xffff);
  }
  assertEquals(received.lost, 0);
});

Deno.test("nothing is lost of a stream that has not begun, nor by duplicates", () => {
  const received = new ReceivedSequence();
  assertEquals(received.lost, 0);
  received.add(5);
  received.add(5);
  assertEquals(received.lost, 0);
});
