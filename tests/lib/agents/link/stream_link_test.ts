import { assertEquals, assertRejects } from "@std/assert";
import { frameBytes, GREETING } from "../../../../lib/agents/link/frames.ts";
import { LinkError, StreamLink } from "../../../../lib/agents/link/mod.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

function pair(clock = new FakeClock()): {
  readonly a: StreamLink;
  readonly b: StreamLink;
  readonly clock: FakeClock;
} {
  const ab = new TransformStream<Bytes, Bytes>();
  const ba = new TransformStream<Bytes, Bytes>();
  return {
    a: new StreamLink({ readable: ba.readable, writable: ab.writable }, clock),
    b: new StreamLink({ readable: ab.readable, writable: ba.writable }, clock),
    clock,
  };
}

Deno.test("both ends ask and answer, several at a time", async () => {
  const { a, b } = pair();
  await using _ = a;
  await using __ = b;
  b.serve("upper", (text) => text.toUpperCase());
  a.serve("length", (text) => String(text.length));
  await a.greeted;
  const long = "ab".repeat(300_000);
  assertEquals(
    await Promise.all([
      a.request("upper", "x", 1000),
      b.request("length", long, 1000),
      a.request("upper", long, 1000),
    ]),
    ["X", "600000", long.toUpperCase()],
  );
});

Deno.test("dead, silent and closed are told apart", async () => {
  const { a, b, clock } = pair();
  await using _ = a;
  b.serve("mute", () => undefined);
  assertEquals(await failureOf(a.request("nobody", "", 1000)), "nobody");
  const silent = failureOf(a.request("mute", "", 1000));
  await clock.run(1000);
  assertEquals(await silent, "silent");
  const cut = failureOf(a.request("mute", "", 1000));
  await clock.run(10);
  await b[Symbol.asyncDispose]();
  assertEquals(await cut, "closed");
  assertEquals(await a.closed, "the other end closed it");
  assertEquals(await failureOf(a.request("mute", "", 1000)), "closed");
  assertEquals(clock.pendingTimers, 0);
});

/** One end of a link, and the raw bytes of the other. */
function halfOf(clock = new FakeClock()) {
  const there = new TransformStream<Bytes, Bytes>();
  const here = new TransformStream<Bytes, Bytes>();
  const link = new StreamLink(
    { readable: there.readable, writable: here.writable },
    clock,
  );
  const writer = there.writable.getWriter();
  const said: string[] = [];
  const reading = (async () => {
    const text = here.readable.pipeThrough(new TextDecoderStream());
    for await (const part of text) said.push(part);
  })();
  const bytes = (part: string | Uint8Array) =>
    new Uint8Array(
      typeof part === "string" ? new TextEncoder().encode(part) : part,
    );
  return {
    link,
    clock,
    /** Has it read bytes, and do what comes of them. */
    async tell(...parts: readonly (string | Uint8Array)[]) {
      for (const part of parts) await writer.write(bytes(part));
      await clock.run(0);
    },
    writer,
    /** All that it has said, once it is closed. */
    async said() {
      await link[Symbol.asyncDispose]();
      await reading;
      return said.join("");
    },
  };
}

const failureOf = async (request: Promise<unknown>) =>
  (await assertRejects(() => request, LinkError)).failure;

Deno.test("what is too long to be sent is refused at once, and spoils nothing that comes after it", async () => {
  const { a, b, clock } = pair();
  await using _ = a;
  await using __ = b;
  b.serve("upper", (text) => text.toUpperCase());
  const tooLong = "x".repeat(67_108_865);
  assertEquals(await failureOf(a.request("upper", tooLong, 1000)), "tooLong");
  assertEquals(clock.pendingTimers, 0);
  assertEquals(await a.request("upper", "x", 1000), "X");
});

Deno.test("answers are told apart by their numbers, in whatever order they come, and one that nobody waits for is nothing", async () => {
  const { link, tell, said } = halfOf();
  const [first, second] = ["a", "b"].map((text) =>
    link.request("s", text, 1000)
  );
  await tell(
    `${GREETING}\n`,
    ...[[9, "nobody asked"], [2, "to b"], [2, "again"], [1, "to a"]].map((
      [id, text],
    ) =>
      frameBytes({
        ...{ kind: "answer", subject: "-" } as const,
        ...{ id: Number(id), text: String(text) },
      })
    ),
  );
  assertEquals([await first, await second], ["to a", "to b"]);
  assertEquals(
    await said(),
    `${GREETING}\nask 1 s 1\naask 2 s 1\nb`,
  );
});

Deno.test("an answer that comes too late is no answer to what is asked next", async () => {
  const { link, tell, clock, said } = halfOf();
  await tell(`${GREETING}\n`);
  const late = failureOf(link.request("s", "1", 500));
  await clock.run(500);
  assertEquals(await late, "silent");
  const next = link.request("s", "2", 500);
  const answer = { kind: "answer", subject: "-" } as const;
  await tell(frameBytes({ ...answer, id: 1, text: "late" }));
  await tell(frameBytes({ ...answer, id: 2, text: "in time" }));
  assertEquals(await next, "in time");
  assertEquals(clock.pendingTimers, 0);
  await said();
});

Deno.test.each<{ why: string; serve: (link: StreamLink) => void; is: string }>([
  { why: "nobody does it", serve() {}, is: "nobody" },
  {
    why: "nobody does it any more",
    serve: (link) => link.serve("s", () => "x")(),
    is: "nobody",
  },
  {
    why: "it fails at that",
    serve: (link) =>
      link.serve("s", () => {
        throw new Error("no");
      }),
    is: "silent",
  },
  {
    why: "it fails later",
    serve: (link) => link.serve("s", () => Promise.reject(new Error("no"))),
    is: "silent",
  },
])("there is no answer ($is) where $why", async ({ serve, is }) => {
  const { a, b, clock } = pair();
  await using _ = a;
  await using __ = b;
  serve(b);
  await a.greeted;
  const failure = failureOf(a.request("s", "", 1000));
  await clock.run(1000);
  assertEquals<string>(await failure, is);
});

Deno.test("whoever serves a subject last answers it", async () => {
  const { a, b } = pair();
  await using _ = a;
  await using __ = b;
  b.serve("s", () => "first");
  b.serve("s", () => "second");
  assertEquals(await a.request("s", "", 1000), "second");
});

Deno.test.each([
  {
    why: "what is no frame",
    bytes: "shout 1 s 0\n",
    reason: "one of its frames has no head",
  },
  {
    why: "a frame that is longer than any",
    bytes: "ask 1 s 67108865\n",
    reason: "one of its frames has no head",
  },
])("a link is closed by $why, and says so to whoever waits", async ({
  bytes,
  reason,
}) => {
  const { link, tell, said } = halfOf();
  await tell(`${GREETING}\n`);
  await link.greeted;
  const waiting = failureOf(link.request("s", "", 1000));
  await tell(bytes);
  assertEquals(await waiting, "closed");
  assertEquals(await link.closed, reason);
  assertEquals(await failureOf(link.request("s", "", 1000)), "closed");
  await said();
});

Deno.test.each([
  { why: "it says nothing", says: "" },
  { why: "it says something else", says: "Permission denied\n" },
  { why: "it says half of a greeting", says: GREETING.slice(0, -2) },
])("one that ends before it has greeted never will: $why", async ({ says }) => {
  const { link, tell, writer, said } = halfOf();
  const greeted = failureOf(link.greeted);
  await tell(says);
  await writer.close();
  assertEquals(await greeted, "closed");
  assertEquals(await link.closed, "the other end closed it");
  await said();
});

Deno.test("a stream that breaks closes a link with what was wrong", async () => {
  const { link, writer, said } = halfOf();
  await writer.abort(new Error("broken pipe"));
  assertEquals(await link.closed, "broken pipe");
  await said();
});

Deno.test("a link may be closed twice", async () => {
  const { link, said } = halfOf();
  await link[Symbol.asyncDispose]();
  await said();
  assertEquals(await link.closed, "it was closed here");
});
