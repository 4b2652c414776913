/** The clients of a run, a row each. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type ClientResult,
  renderClients,
  renderClientsCsv,
  toResults,
} from "../../../lib/report/mod.ts";
import { parseResults } from "../../../lib/report/reading.ts";
import { recordOf } from "../metrics/client.ts";

const [PLAIN] = toResults([recordOf(0)]);

function client(clientId: string, own: Partial<ClientResult>): ClientResult {
  return { ...PLAIN, clientId, state: "left", connectedAtEnd: true, ...own };
}

const WELL = client("client-0", {
  joinMs: 120,
  firstMediaMs: 1234.5,
  tracksDueMs: 60_000,
  tracksSilentMs: 600,
  packetsExpected: 1000,
  packetsLost: 0,
  frameRate: 29.97,
  playedMs: 10_000,
  totalFreezesDurationMs: 500,
});

/** The cells of each row, and its heading before. */
function rows(clients: readonly ClientResult[]): string[][] {
  return renderClients(clients, { color: false, width: 500 })
    .trimEnd().split("\n").map((line) => line.trim().split(/ {2,}/));
}

Deno.test("a row has its figures with their units, and a dash for what is not known", () => {
  const [heading, known, unknown] = rows([
    WELL,
    client("client-1", {
      joinMs: null,
      firstMediaMs: null,
      frameRate: null,
      tracksDueMs: 0,
      packetsExpected: 0,
      playedMs: 0,
    }),
  ]);
  assertEquals(
    heading.join(" "),
    "client room role state join first media missing loss fps frozen errors why",
  );
  assertEquals(known, [
    "client-0",
    "room-0",
    "publisher",
    "left",
    "120 ms",
    "1235 ms",
    "1.00 %",
    "0 %",
    "30.0",
    "5.00 %",
    "0",
    "-",
  ]);
  assertEquals(unknown.slice(4), ["-", "-", "-", "-", "-", "-", "0", "-"]);
});

Deno.test("the worst comes first: who is not there, then by what its media and errors come to", () => {
  const clients = [
    client("well", {}),
    client("lossy", { packetsExpected: 100, packetsLost: 30 }),
    client("gone", { connectedAtEnd: false }),
    client("frozen", { playedMs: 100, totalFreezesDurationMs: 50 }),
    client("wrong", { errorCount: 9 }),
    client("silent", { tracksDueMs: 100, tracksSilentMs: 100, errorCount: 1 }),
  ];
  assertEquals(rows(clients).slice(1).map(([id]) => id), [
    "silent",
    "gone",
    "wrong",
    "frozen",
    "lossy",
    "well",
  ]);
});

Deno.test("why it is not there is what it failed of, or else the last error", () => {
  const why = (own: Partial<ClientResult>) =>
    rows([client("c", own)])[1].at(-1);
  const errors = ["publish: first", "join: last"];
  assertEquals(
    [
      why({ failureCause: "timeout", errors }),
      why({ failureCause: null, errors }),
      why({ failureCause: null, errors: [] }),
    ],
    ["timeout", "join: last", "-"],
  );
});

Deno.test("what a server said cannot move the cursor of who reads the table", () => {
  const text = renderClients([
    client("c", { failureCause: "no\x1b[2J way\r\nout" }),
  ], { color: false, width: 500 });
  assertStringIncludes(text, "no way out");
  assertEquals(text.includes("\x1b"), false);
});

Deno.test("as CSV numbers are bare, what is not known is empty, and commas are quoted", () => {
  const csv = renderClientsCsv([
    client("client-7", {
      ...WELL,
      clientId: "client-7",
      failureCause: 'it said "no", twice',
      frameRate: null,
    }),
  ]);
  const [heading, row] = csv.trimEnd().split(/\r?\n/);
  assertEquals(
    heading,
    "clientId,roomId,role,state,joinMs,firstMediaMs,missingRatio,lossRatio,frameRate,frozenRatio,errorCount,why",
  );
  assertEquals(
    row,
    'client-7,room-0,publisher,left,120,1234.5,0.01,0,,0.05,0,"it said ""no"", twice"',
  );
});

Deno.test("what was written is read back, and keys that nobody knows are dropped", () => {
  const written = [{ ...WELL, ofTomorrow: 1 }];
  assertEquals(parseResults(JSON.stringify(written)), [WELL]);
});

Deno.test.each([
  { text: "{", says: /^Cannot read results: it is not JSON$/ },
  { text: "{}", says: /^Cannot read results: [^:]*: expected array/ },
  { text: "[1]", says: /^Cannot read results: 0: [^:]*: expected object/ },
  {
    text: JSON.stringify([WELL, { ...WELL, joinMs: "soon" }]),
    says: /^Cannot read results: 1\.joinMs: /,
  },
])(
  "what is no list of clients is refused in one line: $says",
  ({ text, says }) => {
    const { message } = assertThrows(() => parseResults(text), SyntaxError);
    assertEquals(says.test(message) ? message : String(says), message);
  },
);
