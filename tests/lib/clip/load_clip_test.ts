import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ClipError, loadClip } from "../../../lib/clip/mod.ts";
import { interFrame, ivf, keyFrame, ogg } from "./files.ts";

const files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "a.ivf": ivf([[0, keyFrame()], [40, interFrame()]]),
  "b.ivf": ivf([[0, keyFrame(640, 360)]]),
  "broken.ivf": ivf([], { rate: 0 }),
  "vp9.ivf": ivf([[0, keyFrame()]], { fourcc: "VP90" }),
  "text.webm": new TextEncoder().encode("no media at all"),
  "empty.webm": new Uint8Array(0),
};

function readFile(name: string | URL): Promise<Uint8Array> {
  const bytes = files[`${name}`];
  return bytes === undefined
    ? Promise.reject(new Deno.errors.NotFound())
    : Promise.resolve(bytes);
}

Deno.test("the clip that comes with the project is four seconds of picture and sound", async () => {
  const { video, audio } = await loadClip("builtin");
  assertEquals([video!.width, video!.height], [640, 360]);
  const lengthOf = (all: readonly { readonly units: number }[]) =>
    all.reduce((sum, { units }) => sum + units, 0);
  assertEquals(lengthOf(video!.frames), 4 * 90_000);
  assertEquals(Math.floor(lengthOf(audio!.packets) / 48_000), 4);
  assertEquals(
    new Set(audio!.packets.map(({ units }) => units)),
    new Set([960]),
  );
  assertEquals(audio!.packets.every(({ sounds }) => sounds), true);
  const keys = video!.frames.flatMap(({ isKey }, i) => isKey ? [i] : []);
  assertEquals(keys, [0, 50]);
});

Deno.test("a file with one kind gives that one", async () => {
  const { video, audio } = await loadClip("a.ivf", readFile);
  assertEquals([video!.frames.length, audio], [2, undefined]);
});

Deno.test("several files give what each has, whatever contains it", async () => {
  const { audio } = await loadClip("builtin");
  const sound = await ogg(audio!.packets);
  const clip = await loadClip(
    "a.ivf,sound.ogg",
    (name) => name === "sound.ogg" ? Promise.resolve(sound) : readFile(name),
  );
  assertEquals(clip.video!.frames.length, 2);
  assertEquals(clip.audio!.packets, audio!.packets);
});

Deno.test("a file may be somewhere on the web", async () => {
  await using web = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) =>
      url.endsWith("/a.ivf")
        ? new Response(files["a.ivf"])
        : new Response(null, { status: 404 }),
  );
  const url = `http://127.0.0.1:${web.addr.port}`;
  assertEquals((await loadClip(`${url}/a.ivf`)).video!.frames.length, 2);
  const error = await assertRejects(() => loadClip(`${url}/b.ivf`), ClipError);
  assertStringIncludes(error.message, "the server answers with 404");
});

Deno.test.each([
  { name: "nope.ivf", says: "there is no such file" },
  { name: "", says: "there is no such file" },
  { name: "text.webm", says: "it is no WebM, Ogg or IVF, or broken" },
  { name: "empty.webm", says: "it is no WebM, Ogg or IVF, or broken" },
  { name: "broken.ivf", says: "its IVF header makes no sense" },
  { name: "vp9.ivf", says: "its video is vp9" },
  { name: "a.ivf,b.ivf", says: "b.ivf: there is video in another file" },
])(`"$name" cannot be used: $says`, async ({ name, says }) => {
  const error = await assertRejects(() => loadClip(name, readFile), ClipError);
  assertEquals(error.message.includes(says), true, error.message);
  assertEquals(error.message.split("\n").length, 1);
});
