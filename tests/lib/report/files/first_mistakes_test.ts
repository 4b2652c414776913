/** Files that are nothing but mistakes. */

import {
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { packRun, unpackRun } from "../../../../lib/report/mod.ts";
import { parseSummary } from "../../../../lib/report/reading.ts";
import { z } from "../../../../lib/report/deps.ts";
import { toFirstMistakes } from "../../../../lib/report/files/first_mistakes.ts";
import { saved } from "../made_up_saved_run.ts";

const MANY = 300_000;
const point = z.object({ at: z.number() });

Deno.test.each([
  { where: "a list", schema: z.array(point), json: new Array(MANY).fill(0) },
  {
    where: "a record",
    schema: z.record(z.string(), point),
    json: Object.fromEntries(Array.from({ length: MANY }, (_, i) => [i, ""])),
  },
  {
    where: "lists of lists",
    schema: z.object({ rows: z.array(z.array(z.string()).default([])) }),
    json: { rows: [["right"], ...new Array(1000).fill([1, 2, 3])] },
  },
])(
  "of the mistakes in $where only the first are looked at",
  ({ schema, json }) => {
    const { error } = toFirstMistakes(schema as z.ZodType).safeParse(json);
    assertLess(error!.issues.length, 500);
  },
);

Deno.test("a mistake behind any number of right items is found, each time anew", () => {
  const schema = toFirstMistakes(z.array(point));
  const items = Array.from({ length: 1000 }, (_, at) => ({ at }));
  for (let round = 0; round < 3; round++) {
    assertEquals(schema.safeParse(items).success, true);
    const wrong = [...items, ...new Array(200).fill({})];
    assertEquals(schema.safeParse(wrong).error?.issues[0].path, [1000, "at"]);
  }
});

Deno.test("what is wrong as one alternative and right as the other is taken", () => {
  const schema = toFirstMistakes(
    z.array(z.union([z.array(z.string()), z.array(z.number())])),
  );
  assertEquals(schema.safeParse(new Array(500).fill([1, 2])).success, true);
  assertEquals(schema.safeParse([[1, 2], [1, "a"]]).success, false);
});

Deno.test("a summary, and a run in one file, of which all is wrong are refused in one line", async () => {
  const wrong = new Array(MANY).fill("");
  const { summary } = saved();
  const said = [
    () => parseSummary(JSON.stringify({ ...summary, rooms: wrong })),
    () => unpacked({ valuesMs: wrong }),
    () => unpacked(Object.fromEntries(wrong.entries())),
  ].map(async (read) => {
    const error = await assertRejects(async () => await read(), SyntaxError);
    return error.message;
  });
  const [first, ...others] = await Promise.all(said);
  assertEquals(
    first,
    "Cannot read summary: rooms.0: Invalid input: expected object, received string",
  );
  for (const one of others) assertMatch(one, /^Cannot read snapshot: .*$/);
});

/** A run one of whose clients has these latencies. */
async function unpacked(join: object): Promise<unknown> {
  const run = saved();
  const [client, ...others] = run.snapshot.clients;
  const signaling = { join_room: join } as typeof client.signaling;
  const clients = [{ ...client, signaling }, ...others];
  return await unpackRun(
    await packRun({ ...run, snapshot: { ...run.snapshot, clients } }),
  );
}
