import { assertEquals } from "@std/assert";
import { eitherSignal } from "../../../lib/time/mod.ts";

Deno.test.each([0, 1])("it fires with source %i, and its reason", (which) => {
  const sources = [new AbortController(), new AbortController()];
  using either = eitherSignal(undefined, ...sources.map((one) => one.signal));
  assertEquals(either.signal.aborted, false);
  sources[which].abort("enough");
  sources[1 - which].abort("later");
  assertEquals(either.signal.reason, "enough");
});

Deno.test("it has fired when a source had before", () => {
  const [quiet, fired] = [new AbortController(), new AbortController()];
  fired.abort("early");
  using either = eitherSignal(quiet.signal, fired.signal);
  assertEquals(either.signal.reason, "early");
});

Deno.test("it hears nothing once it is disposed of", () => {
  const source = new AbortController();
  const either = eitherSignal(source.signal);
  either[Symbol.dispose]();
  source.abort();
  assertEquals(either.signal.aborted, false);
});
