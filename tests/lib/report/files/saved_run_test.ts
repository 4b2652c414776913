import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  evaluate,
  mergeSnapshots,
  tallyClients,
} from "../../../../lib/metrics/mod.ts";
import { parseThreshold } from "../../../../lib/load/mod.ts";
import { packRun, toResults, unpackRun } from "../../../../lib/report/mod.ts";
import { RUN, saved } from "../made_up_saved_run.ts";

/** The file as other data; what is changed is its JSON. */
async function changed(change: (json: string) => string): Promise<Bytes> {
  const bytes = await packRun(saved());
  const json = await new Response(
    new Response(bytes).body!.pipeThrough(new DecompressionStream("gzip")),
  ).text();
  const text = new Response(change(json)).body!
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(text).arrayBuffer());
}

type Bytes = Uint8Array<ArrayBuffer>;

Deno.test("all of a run is read as it was written, and its summary to the byte", async () => {
  const run = saved();
  const read = await unpackRun(await packRun(run));
  // Plain data has no place for what is undefined.
  assertEquals(read, JSON.parse(JSON.stringify(run)));
  assertEquals(JSON.stringify(read.summary), JSON.stringify(run.summary));
  assertEquals(
    JSON.stringify(toResults(read.snapshot.clients)),
    JSON.stringify(toResults(run.snapshot.clients)),
  );
});

Deno.test("a threshold is judged by the file as by the run, and two files' snapshots are one", async () => {
  const { snapshot } = await unpackRun(await packRun(saved()));
  for (const text of ["mediaLatency p(95) < 1ms", "loss < 5%", "errors < 1"]) {
    const threshold = parseThreshold(text);
    assertEquals(
      evaluate(threshold, snapshot, tallyClients(snapshot.clients, true)),
      evaluate(threshold, RUN.snapshot, tallyClients(snapshot.clients, true)),
    );
  }
  const other = { ...snapshot, node: "other" };
  const { counters, trends } = mergeSnapshots([snapshot, other]);
  assertEquals(counters.packetsSent, 2 * RUN.snapshot.counters.packetsSent);
  assertEquals(
    trends.mediaLatency.count,
    2 * RUN.snapshot.trends.mediaLatency.count,
  );
});

Deno.test("what a later version adds is passed over, and its columns may stand elsewhere", async () => {
  const bytes = await changed((json) => {
    const file = JSON.parse(json);
    const { seconds } = file;
    seconds.columns = ["news", ...seconds.columns.toReversed()];
    seconds.rows = seconds.rows.map(([row, trends]: [number[], unknown]) => [
      [7, ...row.toReversed()],
      trends,
    ]);
    return JSON.stringify({ ...file, news: 1 });
  });
  assertEquals(await unpackRun(bytes), JSON.parse(JSON.stringify(saved())));
});

const DAMAGES: readonly {
  readonly why: string;
  readonly damage: () => Promise<Bytes>;
  readonly says: string;
}[] = [
  {
    why: "was cut off",
    damage: async () => (await packRun(saved())).slice(0, -20),
    says: "it was cut off",
  },
  {
    why: "is something else",
    damage: () => Promise.resolve(new TextEncoder().encode("{}")),
    says: "it is not gzip",
  },
  { why: "has no JSON", damage: () => changed(() => "{"), says: "not JSON" },
  {
    why: "is empty JSON",
    damage: () => changed(() => "null"),
    says: "snapshot: Invalid input: expected object",
  },
  {
    why: "is nested deeper than anything is",
    damage: () =>
      changed((json) =>
        json.replace(`"found":[`, `"found":[${'{"parts":['.repeat(60)}`)
      ),
    says: "it is larger than any run",
  },
  {
    why: "is of a later format",
    damage: () => changed((json) => json.replace(`"format":1`, `"format":2`)),
    says: "a later version wrote it",
  },
  {
    why: "has a distribution that holds less than it says",
    damage: () =>
      changed((json) =>
        json.replace(/("mediaLatency":\{"count":)100/, "$1101")
      ),
    says: "snapshot.trends.mediaLatency: no distribution",
  },
  {
    why: "has a bucket that there is not",
    damage: () =>
      changed((json) =>
        json.replace(/("mediaLatency":.*?"buckets":\[)\d+/, "$1999999")
      ),
    says: "no distribution",
  },
  {
    why: "has a client without a name",
    damage: () =>
      changed((json) =>
        json.replace(`[\n{"clientId":"client-0"`, `[\n{"clientId":0`)
      ),
    says: "clients.0.clientId: ",
  },
];

Deno.test.each(DAMAGES)(
  "a file that $why is refused in one line",
  async ({ damage, says }) => {
    const error = await assertRejects(
      async () => await unpackRun(await damage()),
      SyntaxError,
    );
    assert(error.message.startsWith("Cannot read snapshot: "), error.message);
    assertStringIncludes(error.message, says);
    assertEquals(error.message.includes("\n"), false);
  },
);

Deno.test("a small file of which much would come is refused before all of that is there", async () => {
  const part = new Uint8Array(1 << 20).fill("[".charCodeAt(0));
  const bomb = new Response(
    ReadableStream.from(Array(40).fill(part))
      .pipeThrough(new CompressionStream("gzip")),
  );
  await assertRejects(
    async () => await unpackRun(await bomb.bytes()),
    SyntaxError,
    "Cannot read snapshot: it is larger than any run",
  );
});
