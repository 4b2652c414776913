import { assertEquals } from "@std/assert";
import { unlessAborted } from "../../../lib/time/mod.ts";

const never = new Promise<string>(() => {});

/** How something ends, with a signal that aborts when that is said. */
async function outcome(
  work: Promise<string>,
  { before = false, meanwhile = false } = {},
): Promise<string> {
  const end = new AbortController();
  if (before) end.abort(new Error("called off"));
  const waiting = unlessAborted(work, end.signal);
  if (meanwhile) end.abort(new Error("called off"));
  return await waiting.catch(({ message }) => message);
}

Deno.test("what is waited for comes, or fails, or is called off", async () => {
  assertEquals(await outcome(Promise.resolve("done")), "done");
  assertEquals(await outcome(Promise.reject(new Error("broken"))), "broken");
  assertEquals(await outcome(never, { meanwhile: true }), "called off");
  assertEquals(await unlessAborted(Promise.resolve("done"), undefined), "done");
});

Deno.test("what was called off before stays so, whatever comes of it", async () => {
  const before = true;
  assertEquals(await outcome(never, { before }), "called off");
  assertEquals(
    await outcome(Promise.resolve("done"), { before }),
    "called off",
  );
  const broken = Promise.reject(new Error("broken"));
  assertEquals(await outcome(broken, { before }), "called off");
});
