import { assertEquals } from "@std/assert";
import {
  denoHistoryFiles,
  History,
  historyPath,
} from "../../../cli/terminal/mod.ts";
import {
  type HistoryFiles,
  MAX_HISTORY_LINE_LENGTH,
} from "../../../cli/terminal/history.ts";
import { TempFolder } from "../../temp_folder.ts";

/** Files in memory. */
function memoryFiles(initial?: string) {
  let text = initial;
  const files: HistoryFiles = {
    read: () =>
      text === undefined
        ? Promise.reject(new Deno.errors.NotFound())
        : Promise.resolve(text),
    append: (_, added) => {
      text = (text ?? "") + added;
      return Promise.resolve();
    },
    replace: (_, whole) => {
      text = whole;
      return Promise.resolve();
    },
  };
  return { files, text: () => text };
}

const broken: HistoryFiles = {
  read: () => Promise.reject(new Error("no")),
  append: () => Promise.reject(new Error("no")),
  replace: () => Promise.reject(new Error("no")),
};

Deno.test("history: what is added is there the next time", async () => {
  const disk = memoryFiles();
  const first = await History.open("h", disk.files);
  await first.add("add 5");
  await first.add("stop");
  const second = await History.open("h", disk.files);
  assertEquals(second.entries, ["add 5", "stop"]);
});

Deno.test("history: a line typed again moves to the end, here and in the file", async () => {
  const disk = memoryFiles("a\nb\nc\n");
  const history = await History.open("h", disk.files);
  await history.add("a");
  await history.add("a");
  assertEquals(history.entries, ["b", "c", "a"]);
  assertEquals(disk.text(), "a\nb\nc\na\n");
  assertEquals((await History.open("h", disk.files)).entries, ["b", "c", "a"]);
});

Deno.test("history: a line that begins with a space is kept nowhere", async () => {
  const disk = memoryFiles("a\n");
  const history = await History.open("h", disk.files);
  await history.add(" token abc");
  assertEquals(history.entries, ["a"]);
  assertEquals(disk.text(), "a\n");
});

Deno.test("history: empty and endless lines are not kept", async () => {
  const history = await History.open(undefined, broken);
  await history.add("");
  await history.add("x".repeat(MAX_HISTORY_LINE_LENGTH + 1));
  assertEquals(history.entries, []);
});

Deno.test("history: the oldest lines go, and the file is rewritten now and then", async () => {
  const disk = memoryFiles("a\nb\nc\nd\ne\nf\n");
  const history = await History.open("h", disk.files, { limit: 3 });
  assertEquals(history.entries, ["d", "e", "f"]);
  assertEquals(disk.text(), "d\ne\nf\n");
  await history.add("g");
  assertEquals(history.entries, ["e", "f", "g"]);
});

Deno.test("history: a broken file gives what can be read of it", async () => {
  const disk = memoryFiles("ok\n\x00\x1b[2Jbad\ufffd\n\n\nlast");
  const { entries } = await History.open("h", disk.files);
  assertEquals(entries, ["ok", "␀bad\ufffd", "last"]);
});

Deno.test("history: files that cannot be read or written cost nothing but the file", async () => {
  const history = await History.open("h", broken);
  await history.add("a");
  assertEquals(history.entries, ["a"]);
});

const paths: readonly (readonly [
  env: Record<string, string>,
  path: string | undefined,
])[] = [
  [{ XDG_STATE_HOME: "/s", HOME: "/h" }, "/s/rtcrowd/history"],
  [{ HOME: "/h" }, "/h/.local/state/rtcrowd/history"],
  [{ XDG_STATE_HOME: "", HOME: "/h" }, "/h/.local/state/rtcrowd/history"],
  [{ XDG_STATE_HOME: "rel", HOME: "/h" }, "/h/.local/state/rtcrowd/history"],
  [{}, undefined],
];

for (const [env, path] of paths) {
  Deno.test(`history: ${JSON.stringify(env)} puts it at ${path}`, () => {
    assertEquals(historyPath((name) => env[name]), path);
  });
}

Deno.test("history: on disk the folder and the file are for their owner only", async () => {
  using temp = new TempFolder();
  const root = temp.path;
  const path = `${root}/state/rtcrowd/history`;
  const history = await History.open(path, denoHistoryFiles, { limit: 2 });
  for (const line of ["a", "b", "c", "d", "e"]) await history.add(line);
  const mode = async (name: string) => (await Deno.stat(name)).mode! & 0o777;
  assertEquals(await mode(path), 0o600);
  assertEquals(await mode(`${root}/state/rtcrowd`), 0o700);
  // Reading five lines with a limit of two rewrites the file.
  await History.open(path, denoHistoryFiles, { limit: 2 });
  assertEquals(await Deno.readTextFile(path), "d\ne\n");
  assertEquals(await mode(path), 0o600);
  const names = [];
  for await (const { name } of Deno.readDir(`${root}/state/rtcrowd`)) {
    names.push(name);
  }
  assertEquals(names, ["history"]);
});
