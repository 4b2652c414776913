/** What others would get of the project. */

import { assertEquals } from "@std/assert";

Deno.test("the module could be published", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["publish", "--dry-run", "--quiet"],
      // Types are checked by a task of their own, and types that are inferred are no problem.
      ...["--allow-dirty", "--allow-slow-types", "--no-check"],
    ],
    cwd: new URL("..", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  // It warns of modules that a person names: scenarios and adapters of his own.
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});
