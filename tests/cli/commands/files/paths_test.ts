/** Places for files: whether something can be written there, and writing it whole. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  replaceFile,
  whyNoFile,
  whyNotWritable,
} from "../../../../cli/commands/files/paths.ts";
import { TempFolder } from "../../../temp_folder.ts";

async function inFolder(act: (dir: string) => Promise<void>): Promise<void> {
  using temp = new TempFolder();
  await act(temp.path);
}

function namesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
}

Deno.test("a folder may be there, or be made in one that is; nothing else is a place for files", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    assertEquals(
      await Promise.all(
        [dir, `${dir}/new`, `${dir}/new//`, `${dir}/new/deeper`, `${dir}/file`]
          .map(whyNotWritable),
      ),
      [
        undefined,
        undefined,
        undefined,
        `"${dir}/new/deeper" has no directory above it`,
        `"${dir}/file" is not a directory`,
      ],
    );
    assertEquals(namesIn(dir), ["file"]);
  }));

Deno.test("a file in a folder that a run will make is no mistake", () =>
  inFolder(async (dir) => {
    const path = `${dir}/later/a.html`;
    assertEquals(
      [await whyNoFile(path), await whyNoFile(path, `${dir}/later/`)],
      [`"${path}" has no directory above it`, undefined],
    );
    assertEquals(
      await whyNoFile(`${dir}/pages/`),
      `"${dir}/pages/" is the name of a directory`,
    );
  }));

Deno.test("a file is replaced as a whole, and one that cannot be is left as it was", () =>
  inFolder(async (dir) => {
    await replaceFile(`${dir}/a`, "one");
    await replaceFile(`${dir}/a`, "two");
    assertEquals(await Deno.readTextFile(`${dir}/a`), "two");
    await Deno.mkdir(`${dir}/folder`);
    await assertRejects(() => replaceFile(`${dir}/folder`, "three"));
    await assertRejects(() => replaceFile(`${dir}/none/a`, "three"));
    assertEquals(namesIn(dir), ["a", "folder"]);
  }));

Deno.test({
  name: "a device that is full is an error, as a folder that is",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await assertRejects(
      () => replaceFile("/dev/full", "much"),
      Error,
      "No space left on device",
    );
  },
});

Deno.test("what a link leads to is written to, and the link stays", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/real`, "old");
    await Deno.symlink(`${dir}/real`, `${dir}/link`);
    await replaceFile(`${dir}/link`, "new");
    assertEquals(await Deno.readTextFile(`${dir}/real`), "new");
    assertEquals((await Deno.lstat(`${dir}/link`)).isSymlink, true);
  }));
