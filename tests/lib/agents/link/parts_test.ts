/** Messages that are longer than a link takes. */

import { assert, assertEquals } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
import {
  Assembly,
  inParts,
  readPart,
} from "../../../../lib/agents/link/parts.ts";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function partsOf(whole: Uint8Array, id: string, maxBytes: number) {
  return inParts(whole, id, maxBytes)!.map((message) => readPart(message)!);
}

Deno.test("a message is whole again from its parts, in whatever order they come, and none is longer than may be", () => {
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 1, maxLength: 5000 }),
    fc.integer({ min: 100, max: 400 }),
    fc.infiniteStream(fc.nat()),
    (whole, maxBytes, draws) => {
      const messages = inParts(whole, "7-1", maxBytes);
      if (messages === undefined) {
        assert(whole.length <= maxBytes);
        return;
      }
      assert(messages.every(({ length }) => length <= maxBytes));
      const left = [...messages];
      const assembly = new Assembly();
      while (left.length > 1) {
        const [next] = left.splice(draws.next().value % left.length, 1);
        assertEquals(assembly.take(readPart(next)!), undefined);
      }
      assertEquals(assembly.take(readPart(left[0])!), whole);
    },
  ));
});

Deno.test("a part that comes twice counts once, and the whole comes once", () => {
  const whole = bytesOf("x".repeat(250));
  const [a, b, ...rest] = partsOf(whole, "7-1", 180);
  const assembly = new Assembly();
  assertEquals(
    [a, a, b, a, b].map((part) => assembly.take(part)),
    Array(5).fill(undefined),
  );
  assertEquals(rest.map((part) => assembly.take(part)).at(-1), whole);
  assertEquals(assembly.take(a), undefined);
});

Deno.test("messages whose parts come among each other do not mix", () => {
  const texts = ["a", "b", "c"].map((letter) => bytesOf(letter.repeat(250)));
  const parts = texts.map((whole, i) => partsOf(whole, `7-${i}`, 180));
  const assembly = new Assembly();
  const wholes = parts[0].flatMap((_, number) =>
    parts.flatMap((all) => assembly.take(all[number]) ?? [])
  );
  assertEquals(wholes, texts);
});

Deno.test("what nobody ever completes makes room for what comes later", () => {
  const assembly = new Assembly();
  const [first, second, third] = partsOf(new Uint8Array(250), "old", 180);
  assembly.take(first);
  for (let i = 0; i < 256; i++) {
    assembly.take(partsOf(new Uint8Array(250), `new-${i}`, 180)[0]);
  }
  assembly.take(second);
  assertEquals(assembly.take(third), undefined);
});

Deno.test("a message of which more come than a whole may have is dropped with all its parts", () => {
  const assembly = new Assembly();
  const bytes = new Uint8Array(40_000_000);
  const part = (number: number) => ({ id: "7-1", number, of: 3, bytes });
  assertEquals(assembly.take(part(0)), undefined);
  assertEquals(assembly.take(part(1)), undefined);
  assertEquals(assembly.take({ ...part(2), bytes: bytesOf("z") }), undefined);
  const small = { id: "7-1", of: 3, bytes: bytesOf("ab") };
  assertEquals(assembly.take({ ...small, number: 0 }), undefined);
  assertEquals(assembly.take({ ...small, number: 1 }), bytesOf("ababz"));
});

Deno.test.each([
  { head: '{"run":1}', why: "a message that is no part" },
  { head: "part 7-1 0 3", why: "a head without an end" },
  { head: "part  0 3\n", why: "no name" },
  { head: `part ${"a".repeat(51)} 0 3\n`, why: "a name that is too long" },
  { head: "part 7/1 0 3\n", why: "a name with a sign that names do not have" },
  { head: "part 7-1 1000 3\n", why: "a number beyond all parts" },
  { head: "part 7-1 -1 3\n", why: "a number below all" },
  { head: "part 7-1 0 10000\n", why: "more parts than there may be" },
  { head: " part 7-1 0 3\n", why: "something before the head" },
])("no part is read of $why", ({ head }) => {
  assertEquals(readPart(bytesOf(`${head}rest`)), undefined);
});

Deno.test.each([
  { number: 3, of: 3, why: "a number that is not among its parts" },
  { number: 0, of: 0, why: "no parts at all" },
  { number: 0, of: 1001, why: "more parts than a whole may have" },
])("$why gives no whole, and does not throw", ({ number, of }) => {
  const bytes = bytesOf("x");
  assertEquals(new Assembly().take({ id: "1", number, of, bytes }), undefined);
});
