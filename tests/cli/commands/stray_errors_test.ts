import { assertEquals } from "@std/assert";
import { catchStrayErrors } from "../../../cli/commands/stray_errors.ts";

/** Listeners of a thread of its own. */
function errors(): EventTarget & {
  readonly throwStray: (error: unknown) => Event;
} {
  const target = new EventTarget();
  return Object.assign(target, {
    throwStray: (error: unknown) => {
      const event = new ErrorEvent("error", { error, cancelable: true });
      target.dispatchEvent(event);
      return event;
    },
  });
}

type On = Parameters<typeof catchStrayErrors>[0];

Deno.test("what nobody waits for is told in words, and ends no process", async () => {
  const on = errors();
  using strays = catchStrayErrors(on as unknown as On);
  const event = on.throwStray(new Error("left alone"));
  assertEquals([await strays.first, event.defaultPrevented], [
    "the run's own code threw where nobody waits for it: left alone",
    true,
  ]);
});

Deno.test("what somebody knows whose it is is left to them, and after the run everything", () => {
  const on = errors();
  on.addEventListener("error", (event) => event.preventDefault(), {
    once: true,
  });
  const strays = catchStrayErrors(on as unknown as On);
  on.throwStray(new Error("an adapter's"));
  strays[Symbol.dispose]();
  assertEquals(on.throwStray(new Error("later")).defaultPrevented, false);
});
