import { assertEquals, assertRejects } from "@std/assert";
import { fetchBounded, readPathBounded } from "../../lib/read_bounded.ts";
import { TempFolder } from "../temp_folder.ts";

const ignore = Deno.build.os === "windows";
const BOUNDS = { mostBytes: 1e6, withinMs: 300 };

async function withFile(
  use: (path: string) => Promise<void>,
  make: (path: string) => Promise<unknown>,
): Promise<void> {
  using temp = new TempFolder();
  const dir = temp.path;
  await make(`${dir}/file`);
  await use(`${dir}/file`);
}

function pipe(path: string): Promise<unknown> {
  return new Deno.Command("mkfifo", { args: [path] }).output();
}

Deno.test("a file is read whole, unless it is too large", () =>
  withFile(async (path) => {
    assertEquals(await readPathBounded(path, BOUNDS), new Uint8Array(1e6));
    await assertRejects(
      () => readPathBounded(path, { ...BOUNDS, mostBytes: 5e5 }),
      Error,
      "it is larger than 0.5 MB",
    );
  }, (path) => Deno.writeFile(path, new Uint8Array(1e6))));

Deno.test("a file that is not there is said not to be", async () => {
  await assertRejects(
    () => readPathBounded("/no/such", BOUNDS),
    Deno.errors.NotFound,
  );
});

Deno.test("of a device without an end no more is read than is wanted", {
  ignore,
}, async () => {
  await assertRejects(
    () => readPathBounded("/dev/zero", BOUNDS),
    Error,
    "it is larger than 1 MB",
  );
});

Deno.test(
  "a pipe is read, and given up where nobody opens it, or nothing comes",
  {
    ignore,
  },
  () =>
    withFile(async (path) => {
      await assertRejects(
        () => readPathBounded(path, BOUNDS),
        Error,
        "nothing came in 0.3 s",
      );
      const patient = { ...BOUNDS, withinMs: 10_000 };
      const [bytes] = await Promise.all([
        readPathBounded(path, patient),
        Deno.writeTextFile(path, "a token"),
      ]);
      assertEquals(new TextDecoder().decode(bytes), "a token");
      const [silent] = await Promise.all([
        readPathBounded(path, BOUNDS).catch((error) => error.message),
        Deno.open(path, { write: true }).then(async (writer) => {
          await new Promise((resolve) => setTimeout(resolve, 600));
          writer.close();
        }),
      ]);
      assertEquals(silent, "it has not ended in 0.3 s");
    }, pipe),
);

/** Ten kilobytes, so many times, and then nothing more, without an end. */
function endless(times: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let count = 0;
  return new ReadableStream({
    pull(controller) {
      if (count++ === times) return new Promise(() => {});
      controller.enqueue(new Uint8Array(10_000));
    },
  });
}

Deno.test.each<{
  does: string;
  answer: (request: Request) => Response | Promise<Response>;
  says: string;
}>([
  {
    does: "has no end",
    answer: () => new Response(endless(Infinity)),
    says: "it is larger than 1 MB",
  },
  {
    does: "stops in the middle",
    answer: () => new Response(endless(2)),
    says: "it has not ended in 0.3 s",
  },
  {
    does: "never comes",
    answer: ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve(new Response()))
      ),
    says: "no answer in 0.3 s",
  },
  {
    does: "is an error",
    answer: () => new Response("no", { status: 404 }),
    says: "the server answers with 404",
  },
])("an answer that $does is given up", async ({ answer, says }) => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    answer,
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await assertRejects(() => fetchBounded(url, BOUNDS), Error, says);
});

Deno.test("an answer is read whole", async () => {
  assertEquals(
    await fetchBounded("data:,clip", BOUNDS),
    new TextEncoder().encode("clip"),
  );
});
