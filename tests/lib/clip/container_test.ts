import { assertEquals, assertRejects } from "@std/assert";
import {
  readContainer,
  ReadTimeoutError,
} from "../../../lib/clip/container.ts";
import { ClipError, loadClip } from "../../../lib/clip/mod.ts";
import { ogg, oggPages, withSerial } from "./files.ts";

const BUILTIN = await Deno.readFile(
  new URL("../../../lib/clip/builtin.webm", import.meta.url),
);

/** One byte of its seek head is wrong, and it ends too early: its parser reads the same over and over. */
function damaged(): Uint8Array<ArrayBuffer> {
  return BUILTIN.slice(0, 6000).with(50, 0xa2);
}

/** So many packets of 20 ms, each known by its number. */
function packets(many: number, from = 0) {
  return Array.from({ length: many }, (_, i) => ({
    data: new Uint8Array([31 << 3, from + i, 9]),
    units: 960,
    sounds: true,
  }));
}

async function numbersIn(bytes: Uint8Array): Promise<number[]> {
  const [{ chunks }] = await readContainer(bytes);
  return chunks.map(({ data }) => data[1]);
}

Deno.test("a file that keeps its parser busy for ever is given up, and leaves nothing behind", async () => {
  await assertRejects(() => readContainer(damaged()), ReadTimeoutError);
  const error = await assertRejects(
    () => loadClip("clip.webm", () => Promise.resolve(damaged())),
    ClipError,
  );
  assertEquals(
    error.message.startsWith(
      "Cannot use clip.webm: its parser reads the same over and over: it is damaged. ",
    ),
    true,
    error.message,
  );
});

Deno.test("a file that is not read in time is given up as well", async () => {
  await assertRejects(() => readContainer(BUILTIN, 0), ReadTimeoutError);
});

Deno.test.each([
  { share: 0.9, frames: 50, packets: 100 },
  { share: 0.5, frames: 50, packets: 100 },
])(
  "of WebM cut short after $share of it, whole clusters are read",
  async ({ share, frames, packets }) => {
    const bytes = BUILTIN.slice(0, BUILTIN.length * share);
    const tracks = await readContainer(bytes);
    assertEquals(tracks.map(({ chunks }) => chunks.length), [frames, packets]);
  },
);

Deno.test("of chained Ogg all links are read, one after another", async () => {
  const links = [
    await ogg(packets(30)),
    withSerial(await ogg(packets(20, 30)), 77),
    withSerial(await ogg(packets(10, 50)), 78),
  ];
  const all = new Uint8Array(links.flatMap((link) => [...link]));
  assertEquals(await numbersIn(all), Array.from({ length: 60 }, (_, i) => i));
  const { audio } = await loadClip("a.ogg", () => Promise.resolve(all));
  assertEquals(
    new Set(audio!.packets.map(({ units }) => units)),
    new Set([960]),
  );
});

Deno.test("of Ogg cut short in a page, the pages before it are read", async () => {
  const whole = await ogg(packets(200));
  const ends = oggPages(whole);
  const [before, last] = ends.slice(-2);
  const cut = await numbersIn(whole.slice(0, last - 1));
  assertEquals(cut, await numbersIn(whole.slice(0, before)));
  assertEquals(cut, Array.from({ length: cut.length }, (_, i) => i));
});

Deno.test("Ogg with something else between its pages is damaged", async () => {
  const whole = await ogg(packets(200));
  const [end] = oggPages(whole);
  const bytes = new Uint8Array([
    ...whole.slice(0, end),
    1,
    2,
    3,
    ...whole.slice(end),
  ]);
  await assertRejects(() => readContainer(bytes), Error, "after page 0");
});
