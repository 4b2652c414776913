import { assertEquals } from "@std/assert";
import { ProtooConversation } from "../../../../lib/sfu/protoo/conversation.ts";

/** A conversation that has said `said` and heard `heard`; `handle` carries out what it hears. */
function converse(
  handle: (method: string) => Promise<unknown> = () => Promise.resolve(),
) {
  const said: unknown[] = [];
  const heard: unknown[] = [];
  const conversation = new ProtooConversation(
    { send: (text) => said.push(JSON.parse(text)), close() {} },
    (method, data) => {
      heard.push([method, data]);
      return handle(method);
    },
  );
  return { conversation, said, heard };
}

/** Lets promises that are ready settle. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test.each([
  { text: "{", why: "no JSON" },
  { text: "null", why: "no object" },
  { text: "7", why: "a number" },
  { text: '{"request":true,"id":1}', why: "a request for nothing" },
  {
    text: '{"request":true,"id":"1","method":"join"}',
    why: "a request whose answer nobody would know",
  },
  { text: '{"method":"join"}', why: "neither asked nor told" },
  { text: '{"response":true,"id":9,"ok":true}', why: "an answer to nothing" },
])("$text is passed over: $why", async ({ text }) => {
  const { conversation, said, heard } = converse();
  conversation.receive(text);
  await settled();
  assertEquals([said, heard], [[], []]);
});

Deno.test.each<{
  readonly answer: () => Promise<unknown>;
  readonly want: object;
  readonly why: string;
}>([
  {
    answer: () => Promise.resolve({ peers: [] }),
    want: { ok: true, data: { peers: [] } },
    why: "with what came of it",
  },
  {
    answer: () => Promise.resolve(undefined),
    want: { ok: true, data: {} },
    why: "with nothing, which is an object",
  },
  {
    answer: () => Promise.reject(new Error("not joined")),
    want: { errorCode: 500, errorReason: "not joined" },
    why: "with what went wrong",
  },
])("a request is answered $why", async ({ answer, want }) => {
  const { conversation, said, heard } = converse(answer);
  conversation.receive(
    '{"request":true,"id":5,"method":"join","data":{"a":1}}',
  );
  await settled();
  assertEquals(heard, [["join", { a: 1 }]]);
  assertEquals(said, [{ response: true, id: 5, ...want }]);
});

Deno.test("what is told is carried out without an answer, also where it fails", async () => {
  const { conversation, said, heard } = converse(() =>
    Promise.reject(new Error("no"))
  );
  conversation.receive('{"notification":true,"method":"bye"}');
  await settled();
  assertEquals(heard, [["bye", {}]]);
  assertEquals(said, []);
});

Deno.test("answers to what it asks may overtake each other, and only yes is yes", async () => {
  const { conversation, said } = converse();
  const asked = ["a", "b", "c"].map((method) => conversation.ask(method, {}));
  conversation.receive('{"response":true,"id":3,"ok":true}');
  conversation.receive('{"response":true,"id":1,"ok":true}');
  conversation.receive('{"response":true,"id":2,"errorCode":500}');
  // Whoever answers twice has answered.
  conversation.receive('{"response":true,"id":2,"ok":true}');
  assertEquals(await Promise.all(asked), [true, false, true]);
  assertEquals(said.length, 3);
});

Deno.test("where the connection ends, what was asked is answered with no, and nothing more is said", async () => {
  const late = Promise.withResolvers<unknown>();
  const { conversation, said } = converse(() => late.promise);
  conversation.notify("hello", {});
  const asked = conversation.ask("newConsumer", {});
  conversation.receive('{"request":true,"id":1,"method":"join"}');
  conversation.end();
  assertEquals(await asked, false);
  assertEquals(await conversation.ask("newConsumer", {}), false);
  conversation.notify("hello", {});
  late.resolve({});
  await settled();
  assertEquals(said.length, 2);
});
