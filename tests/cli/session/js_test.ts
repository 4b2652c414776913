import { assertEquals, assertRejects } from "@std/assert";
import { evaluateJs } from "../../../cli/session/js.ts";

Deno.test.each<[string, readonly string[]]>([
  ["1 + 1", ["2"]],
  ["await Promise.resolve('a')", ['"a"']],
  ["clients.length", ["0"]],
  ["({ a: [1, 2] })", ["{ a: [ 1, 2 ] }"]],
  ["const x = 4; return x * x", ["16"]],
  ["console.log('seen', { a: 1 })", ["seen { a: 1 }", "undefined"]],
  ["snapshot.counters // all of them", ["{}"]],
  ["crowd", ["undefined"]],
])("%s gives %s", async (source, lines) => {
  assertEquals(await evaluateJs(source, undefined), lines);
});

Deno.test("of what an expression prints without end the first thousand are shown", async () => {
  const lines = await evaluateJs(
    "for (let i = 1; i <= 1234; i++) console.log(i)",
    undefined,
  );
  assertEquals(lines.slice(999), ["1000", "… and 234 more", "undefined"]);
});

Deno.test("what goes wrong in an expression is its error", async () => {
  await assertRejects(
    () => evaluateJs("nothing.there", undefined),
    ReferenceError,
    "nothing is not defined",
  );
  for (const source of ["1 +", "while(true)", "}{", "return return"]) {
    await assertRejects(() => evaluateJs(source, undefined), SyntaxError);
  }
});

Deno.test.each<[string, string]>([
  ["(() => { while (true) {} })()", "a loop"],
  ["while (true) {}", "a statement"],
  ["try { for (;;); } catch { for (;;); } finally { for (;;); }", "no catch"],
  ["/^(a+)+$/.test('a'.repeat(50) + 'b')", "a pattern that backtracks"],
  [
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "a thread that sleeps",
  ],
  [
    "({ [Symbol.for('Deno.customInspect')]() { for (;;); } })",
    "a value that cannot be shown",
  ],
])("%s is ended after a while: %s", async (source) => {
  await assertRejects(
    () => evaluateJs(source, undefined, 20),
    Error,
    "Cannot go on with it: it ran for 0.02 s, and everything waited.",
  );
  assertEquals(await evaluateJs("1 + 1", undefined), ["2"]);
});
