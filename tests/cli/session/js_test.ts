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
