/** Servers that answer a monitor in ways that no server should. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readHttp } from "../../lib/monitor/http.ts";
import { parseTarget } from "../../lib/monitor/mod.ts";

/** Answers every request with `answer`; counts them. */
function serve(answer: (url: URL) => Response | Promise<Response>) {
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      requests++;
      return answer(new URL(request.url));
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const endless = () =>
  new ReadableStream<Uint8Array>({
    pull: (controller) =>
      controller.enqueue(new TextEncoder().encode("a 1\n".repeat(5_000))),
  });

function gzip(text: ReadableStream<Uint8Array<ArrayBuffer>>) {
  return new Response(text.pipeThrough(new CompressionStream("gzip")), {
    headers: { "content-encoding": "gzip" },
  });
}

const ask = async (url: string) => {
  const reading = await readHttp({ baseUrl: url }, {
    token: "secret",
    signal: AbortSignal.timeout(20_000),
  });
  assert(reading.kind === "http", "it answers");
  return reading;
};

Deno.test.each<{
  readonly why: string;
  readonly body: () => Response;
}>([
  { why: "a body without an end", body: () => new Response(endless()) },
  {
    why: "2 MB in one piece",
    body: () => new Response("a 1\n".repeat(500_000)),
  },
])("of an answer no more than 1 MB is read: $why", async ({ body }) => {
  await using server = serve(({ pathname }) =>
    pathname === "/metrics" ? body() : Response.json({ rooms: 1 })
  );
  const { problems, health, values } = await ask(server.url);
  assertEquals(problems, [`${server.url}/metrics answers with more than 1 MB`]);
  assertEquals([health?.rooms, values], [1, undefined]);
});

Deno.test("what is compressed although nobody asked for that is not unpacked", async () => {
  await using server = serve(() =>
    gzip(ReadableStream.from(
      Array.from({ length: 20 }, () => new Uint8Array(1_000_000).fill(10)),
    ))
  );
  const { problems } = await ask(server.url);
  assertEquals(problems, [
    `${server.url}/health answers in gzip, which was not asked for`,
    `${server.url}/metrics answers in gzip, which was not asked for`,
  ]);
});

Deno.test("a user and a query go along with every page, and stand in no problem", async () => {
  const asked: string[] = [];
  const authorized: (string | null)[] = [];
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      const { pathname, search } = new URL(request.url);
      asked.push(pathname + search);
      authorized.push(request.headers.get("authorization"));
      return new Response("no", { status: 500 });
    },
  );
  const target = parseTarget(
    `http://me:secret@127.0.0.1:${listener.addr.port}/sfu/?key=secret`,
  );
  assert(target.kind === "http");
  const reading = await readHttp(target, {
    signal: AbortSignal.timeout(20_000),
  });
  await listener.shutdown();
  assertEquals(asked.sort(), [
    "/sfu/health?key=secret",
    "/sfu/metrics?key=secret",
  ]);
  assertEquals(authorized[0], `Basic ${btoa("me:secret")}`);
  assertEquals(
    JSON.stringify([reading, target.text, target.baseUrl]).includes("secret"),
    false,
  );
});

Deno.test("an error without an end is told by its status", async () => {
  await using server = serve(() => new Response(endless(), { status: 503 }));
  const { problems } = await ask(server.url);
  assertEquals(problems, [
    `${server.url}/health answers 503`,
    `${server.url}/metrics answers 503`,
  ]);
});

Deno.test("nobody else is asked where a server sends to", async () => {
  await using other = serve(() => Response.json({ rooms: 9 }));
  await using server = serve(({ pathname }) =>
    Response.redirect(`${other.url}${pathname}`, 302)
  );
  const { problems, health } = await ask(server.url);
  assertStringIncludes(problems[0], "/health answers 302 and sends elsewhere");
  assertEquals([health, other.requests()], [undefined, 0]);
});

Deno.test("a body that stops half-way is given up in time", async () => {
  const half = Promise.withResolvers<void>();
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode("{"));
          await half.promise;
          controller.close();
        },
      }),
    )
  );
  const reading = await readHttp(
    { baseUrl: server.url },
    { signal: AbortSignal.timeout(300) },
  );
  half.resolve();
  assert(reading.kind === "absent");
  assertStringIncludes(reading.reason, "no answer in time");
});
