import { assertEquals, assertStringIncludes } from "@std/assert";
import { answerHttp, type HttpSources } from "../../../lib/sfu/http.ts";

const SOURCES: HttpSources = {
  health: () => ({ participants: 3, rooms: 1 }),
  metrics: () => "metrics\n",
  metricsToken: undefined,
  stats: undefined,
};

Deno.test("health is JSON in alphabetical order", async () => {
  const { status, body } = await answerHttp("/health", undefined, SOURCES);
  assertEquals([status, body], [
    200,
    '{"participants":3,"rooms":1,"status":"ok"}',
  ]);
});

Deno.test.each<
  [
    why: string,
    token: string | undefined,
    header: string | undefined,
    status: number,
  ]
>([
  ["open without a token", undefined, undefined, 200],
  ["closed without the header", "t", undefined, 401],
  ["closed with another token", "t", "Bearer x", 401],
  ["open with the token", "t", "Bearer t", 200],
])("metrics are %s", async (_why, metricsToken, header, status) => {
  const answer = await answerHttp("/metrics", header, {
    ...SOURCES,
    metricsToken,
  });
  assertEquals(answer.status, status);
  assertEquals(answer.body, status === 200 ? "metrics\n" : "");
});

Deno.test("metrics name their text format", async () => {
  const { contentType } = await answerHttp("/metrics", undefined, SOURCES);
  assertStringIncludes(contentType, "version=0.0.4");
});

Deno.test("statistics are there only if they are exposed", async () => {
  assertEquals((await answerHttp("/stats", undefined, SOURCES)).status, 404);
  const stats = () => Promise.resolve({ producers: [] });
  const exposed = await answerHttp("/stats", undefined, { ...SOURCES, stats });
  assertEquals(exposed.body, '{"producers":[]}');
});

Deno.test("a plain GET of the WebSocket's path is told to upgrade, anything else is not found", async () => {
  assertEquals((await answerHttp("/ws", undefined, SOURCES)).status, 426);
  assertEquals((await answerHttp("/", undefined, SOURCES)).status, 404);
});
