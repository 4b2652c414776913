/** The two files of a client's dump. */

import { assertEquals, assertThrows } from "@std/assert";
import { openDumpFiles } from "../../../../lib/load/node/dump_files.ts";

async function inFolder(
  act: (dir: string) => void | Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await act(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("both are made in a folder that need not be there, begin anew, and grow", () =>
  inFolder((dir) => {
    const deep = `${dir}/a/b`;
    for (const text of ["old and long", "new"]) {
      using files = openDumpFiles(deep, "client-1");
      files.appendPackets(new TextEncoder().encode(text));
      files.appendPackets(new TextEncoder().encode("!"));
      files.appendEvents(`${text}\n`);
    }
    assertEquals(Deno.readTextFileSync(`${deep}/client-1.pcapng`), "new!");
    assertEquals(Deno.readTextFileSync(`${deep}/client-1.rtcstats`), "new\n");
  }));

Deno.test("where one of the two cannot be, none is left open", () =>
  inFolder((dir) => {
    Deno.mkdirSync(`${dir}/client-1.rtcstats`);
    assertThrows(() => openDumpFiles(dir, "client-1"));
  }));
