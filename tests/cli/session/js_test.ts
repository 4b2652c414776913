import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Crowd } from "../../../tool.ts";
import { JsConsole } from "../../../cli/session/js.ts";

async function evaluateJs(
  source: string,
  crowd: Crowd | undefined,
  mostMs?: number,
): Promise<string[]> {
  using console = new JsConsole(undefined, mostMs);
  return await console.evaluate(source, crowd);
}

Deno.test.each<[string, readonly string[]]>([
  ["1 + 1", ["2"]],
  ["await Promise.resolve('a')", ['"a"']],
  ["clients.length", ["0"]],
  ["({ a: [1, 2] })", ["{ a: [ 1, 2 ] }"]],
  ["const x = 4; return x * x", ["16"]],
  ["console.log('seen', { a: 1 })", ["seen { a: 1 }", "undefined"]],
  ["snapshot.counters // all of them", ["{}"]],
  ["crowd", ["undefined"]],
  ["[1, 2] instanceof Array && Array.isArray(clients)", ["true"]],
  ["(await import('node:os')).EOL.length", ["1"]],
  ["await new Promise((go) => setTimeout(go, 1, 'later'))", ['"later"']],
  ["typeof Deno.version.deno + typeof fetch", ['"stringfunction"']],
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

Deno.test("of an expression that ends too early no bracket is told that nobody wrote", async () => {
  for (const source of ["1 +", "("]) {
    await assertRejects(
      () => evaluateJs(source, undefined),
      SyntaxError,
      "Unexpected end of the expression",
    );
  }
});

Deno.test.each<[string, string]>([
  ["(() => { while (true) {} })()", "a loop"],
  ["while (true) {}", "a statement"],
  ["await 1; while (true) {}", "after an await"],
  ["await new Promise((go) => setTimeout(go, 5)); for (;;);", "after a timer"],
  ["await Deno.stat('.'); for (;;);", "after the system's answer"],
  ["const os = await import('node:os'); for (;;) os.EOL", "after an import"],
  [
    "await Promise.all([1, 2].map(async () => { for (;;) await 0; }))",
    "awaits without end",
  ],
  [
    "for await (const one of (async function* () { for (;;) yield 1; })());",
    "a generator",
  ],
  ["await { then() { for (;;); } }", "what is awaited itself"],
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
  using console = new JsConsole(undefined, 100);
  await assertRejects(
    () => console.evaluate(source, undefined),
    Error,
    "Cannot go on with it: it ran for 0.1 s, and everything waited.",
  );
  assertEquals(await console.evaluate("1 + 1", undefined), ["2"]);
});

Deno.test("what one expression leaves behind, the next one finds, and it goes on", async () => {
  using console = new JsConsole();
  await console.evaluate("kept = 1", undefined);
  await console.evaluate(
    "(async () => { await Deno.stat('.'); kept = 2; })(), 0",
    undefined,
  );
  await console.evaluate(
    "while (kept < 2) await new Promise((go) => setTimeout(go, 1))",
    undefined,
  );
  assertEquals(await console.evaluate("kept", undefined), ["2"]);
});

Deno.test.each<[string, string]>([
  ["setTimeout(() => { for (;;); }, 1); 0", "Cannot go on with it"],
  ["setInterval(() => nothing.there, 1); 0", "nothing is not defined"],
])("%s says in the end: %s", async (source, message) => {
  const late = Promise.withResolvers<Error>();
  using console = new JsConsole(late.resolve, 100);
  assertEquals(await console.evaluate(source, undefined), ["undefined"]);
  assertMatch((await late.promise).message, new RegExp(`^${message}`));
});
