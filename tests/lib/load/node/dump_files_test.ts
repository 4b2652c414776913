/** The two files of a client's dump. */

import { assertEquals, assertThrows } from "@std/assert";
import { openDumpFiles } from "../../../../lib/load/node/dump_files.ts";
import { TempFolder } from "../../../temp_folder.ts";

Deno.test("both are made in a folder that need not be there, begin anew, and grow", () => {
  using temp = new TempFolder();
  const deep = `${temp.path}/a/b`;
  for (const text of ["old and long", "new"]) {
    using files = openDumpFiles(deep, "client-1");
    files.appendPackets(new TextEncoder().encode(text));
    files.appendPackets(new TextEncoder().encode("!"));
    files.appendEvents(`${text}\n`);
  }
  assertEquals(Deno.readTextFileSync(`${deep}/client-1.pcapng`), "new!");
  assertEquals(Deno.readTextFileSync(`${deep}/client-1.rtcstats`), "new\n");
});

Deno.test("where one of the two cannot be, none is left open", () => {
  using temp = new TempFolder();
  Deno.mkdirSync(`${temp.path}/client-1.rtcstats`);
  assertThrows(() => openDumpFiles(temp.path, "client-1"));
});
