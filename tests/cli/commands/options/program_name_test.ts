/** How a module is named where it is run. */

import { assertEquals } from "@std/assert";
import { namedFrom } from "../../../../cli/commands/options/program_name.ts";

Deno.test.each([
  ["/clone", "file:///clone/cli/main.ts", "cli/main.ts"],
  ["/", "file:///clone/cli/main.ts", "clone/cli/main.ts"],
  ["/clone/tests", "file:///clone/cli/main.ts", "/clone/cli/main.ts"],
  ["/clo", "file:///clone/cli/main.ts", "/clone/cli/main.ts"],
  [undefined, "file:///clone/cli/main.ts", "/clone/cli/main.ts"],
  ["/my clone", "file:///my%20clone/a.ts", "a.ts"],
  ["/clone", "https://h/cli/main.ts", "https://h/cli/main.ts"],
])("from %s, %s is %s", (dir, url, name) => {
  assertEquals(namedFrom(dir, url), name);
});
