/** Names that are resolved once. */

import { assertEquals, assertRejects } from "@std/assert";
import { rememberNames } from "../../../../lib/rtc/ice/resolver.ts";

/** A resolver whose answers are given by hand. */
function byHand() {
  const asked: string[] = [];
  const pending: PromiseWithResolvers<readonly string[]>[] = [];
  const resolve = rememberNames((name) => {
    asked.push(name);
    const answer = Promise.withResolvers<readonly string[]>();
    pending.push(answer);
    return answer.promise;
  });
  return { asked, pending, resolve };
}

Deno.test("who asks while a name is being resolved, and who asks after it, hears the same", async () => {
  const { asked, pending, resolve } = byHand();
  const first = resolve("a.example");
  const second = resolve("a.example");
  pending[0].resolve(["192.0.2.1"]);
  assertEquals(await first, ["192.0.2.1"]);
  assertEquals(await second, ["192.0.2.1"]);
  assertEquals(await resolve("a.example"), ["192.0.2.1"]);
  assertEquals(asked, ["a.example"]);
});

Deno.test("a failure is told to all who asked meanwhile, and then forgotten", async () => {
  const { asked, pending, resolve } = byHand();
  const both = [resolve("a.example"), resolve("a.example")];
  pending[0].reject(new Error("no such host"));
  for (const one of both) await assertRejects(() => one, Error, "no such host");
  const again = resolve("a.example");
  pending[1].resolve(["192.0.2.2"]);
  assertEquals(await again, ["192.0.2.2"]);
  assertEquals(asked, ["a.example", "a.example"]);
});

Deno.test("names are told apart, and one that fails spoils no other", async () => {
  const { pending, resolve } = byHand();
  const lost = resolve("lost.example");
  const found = resolve("found.example");
  pending[0].reject(new Error("no such host"));
  pending[1].resolve(["192.0.2.3"]);
  await assertRejects(() => lost);
  assertEquals(await found, ["192.0.2.3"]);
});
