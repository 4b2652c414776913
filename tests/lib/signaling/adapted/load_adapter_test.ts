/** An adapter by its name, or from its module. */

import { assertEquals, assertRejects } from "@std/assert";
import { findAdapter } from "../../../../lib/signaling/adapted/load_adapter.ts";

/** A module with this text. */
const moduleOf = (text: string) =>
  `data:text/javascript,${encodeURIComponent(text)}`;

Deno.test.each([
  { choice: "protooo", why: "another name" },
  { choice: "", why: "none" },
  { choice: "constructor", why: "one that every object has" },
  { choice: "./adapter.ts", why: "a path, which is made a URL before" },
])("a name that is no protocol is told what there is: $why", async (row) => {
  const error = await assertRejects(
    () => findAdapter(row.choice, ["simplestchat"]),
    Error,
  );
  assertEquals(
    error.message,
    `there is no protocol "${row.choice}"; there are simplestchat, protoo, and files such as ./my_adapter.ts`,
  );
});

Deno.test("protoo is there by its name", async () => {
  assertEquals(typeof await findAdapter("protoo", []), "function");
});

/** Loading a module has its prints go to stderr. */
async function loading<T>(load: () => Promise<T>): Promise<T> {
  const before = globalThis.console;
  try {
    return await load();
  } finally {
    globalThis.console = before;
  }
}

Deno.test("a module's default export is the adapter", async () => {
  const url = moduleOf("export default () => 'made'");
  const adapter = await loading(() => findAdapter(url, []));
  assertEquals((adapter as unknown as () => string)(), "made");
});

Deno.test.each([
  { why: "none", text: "export const adapter = () => {}" },
  { why: "an object", text: "export default {}" },
  { why: "a text", text: "export default 'protoo'" },
])("a module whose default export is $why is no adapter", async ({ text }) => {
  const url = moduleOf(text);
  const error = await assertRejects(
    () => loading(() => findAdapter(url, [])),
    Error,
  );
  assertEquals(
    error.message,
    `${url} has no adapter: its default export is no function`,
  );
});

Deno.test("a module that cannot be loaded is told in one line, with its reason", async () => {
  const url = moduleOf("throw new Error('first line\\n  second line.')");
  const error = await assertRejects(
    () => loading(() => findAdapter(url, [])),
    Error,
  );
  assertEquals(
    error.message,
    `cannot load ${url}: first line second line`,
  );
});
