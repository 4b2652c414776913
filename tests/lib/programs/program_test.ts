import { assertEquals, assertRejects } from "@std/assert";
import { Program } from "../../../lib/programs/mod.ts";

const ignore = Deno.build.os === "windows";
/** Whoever hangs longer than that hangs for good. */
const GIVE_UP_MS = 20_000;

function shell(script: string): Program {
  return new Program("sh", ["-c", script], "input\n");
}

async function within<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error("it never ends")),
    GIVE_UP_MS,
  );
  return await Promise.race([work, late.promise])
    .finally(() => clearTimeout(timer));
}

/** Whether a process is there, and is no zombie. */
function isThere(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

Deno.test("a program's lines are read to its end, which says how it ended", {
  ignore,
}, async () => {
  await using program = shell("cat; echo more; echo no such host >&2; exit 3");
  assertEquals(await Array.fromAsync(program.lines()), ["input", "more"]);
  assertEquals(await program.fate(), "no such host");
  await using quiet = shell("exit 4");
  assertEquals(await Array.fromAsync(quiet.lines()), []);
  assertEquals(await quiet.fate(), "sh ended with code 4");
});

Deno.test.each([
  { does: "ignores signals", script: "trap '' TERM HUP; while :; do :; done" },
  {
    does: "complains without an end",
    script: "while :; do echo no; done >&2",
  },
  { does: "prints without an end", script: "while :; do echo a; done" },
  { does: "reads nothing", script: "sleep 60" },
])(
  "a program that $does is stopped all the same",
  { ignore },
  async ({ script }) => {
    const program = shell(`echo $$; ${script}`);
    const lines = program.lines();
    const pid = Number((await lines.next()).value);
    program.stop("silent for 15 s");
    await assertRejects(
      () => within(Array.fromAsync(lines)),
      Error,
      "silent for 15 s",
    );
    program.stop("it is stopped once");
    await within(program[Symbol.asyncDispose]());
    assertEquals(isThere(pid), false);
  },
);

Deno.test("a program that has left its outputs to another process has ended", {
  ignore,
}, async () => {
  const program = shell("sleep 60 & echo $!; echo bye >&2; exit 0");
  const lines = program.lines();
  const other = Number((await lines.next()).value);
  try {
    await assertRejects(
      () => within(Array.fromAsync(lines)),
      Error,
      "it ended with code 0",
    );
    assertEquals(await within(program.fate()), "bye");
    program.stop("one that has ended can be stopped");
    await within(program[Symbol.asyncDispose]());
  } finally {
    Deno.kill(other, "SIGKILL");
  }
});
