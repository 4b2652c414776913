import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize, type Summary } from "../../../../lib/metrics/mod.ts";
import type { Block } from "../../../../lib/report/document/blocks.ts";
import { reportDocument } from "../../../../lib/report/document/document.ts";
import { renderText } from "../../../../lib/report/mod.ts";
import { noMedia } from "../../metrics/seconds/incident.ts";
import { madeUpRun } from "../../metrics/run.ts";

function blocksOf(summary: Summary): readonly Block[] {
  return reportDocument(summary).sections.flat();
}

function textsOf(block: Block): readonly string[] {
  switch (block.kind) {
    case "sentence":
      return [block.text];
    case "table":
      return block.rows.flatMap(({ cells }) => cells);
    case "figures":
      return block.rows.flat().map((figure) =>
        typeof figure === "string" ? figure : figure.text
      );
  }
}

Deno.test("no section, block or text of a report is empty", () => {
  for (const section of reportDocument(summarize(madeUpRun())).sections) {
    assert(section.length > 0);
    for (const block of section) {
      const texts = textsOf(block);
      assert(texts.length > 0, JSON.stringify(block));
      for (const text of texts) assert(text !== "", JSON.stringify(block));
    }
  }
});

Deno.test("every row of a table has a text for each of its columns", () => {
  for (const block of blocksOf(summarize(madeUpRun()))) {
    if (block.kind !== "table") continue;
    for (const { cells } of block.rows) {
      assertEquals(cells.length, block.columns.length);
    }
  }
});

Deno.test("a wide screen is told every word of the report, in its order", () => {
  const summary = summarize(madeUpRun());
  const text = renderText(summary, { color: false, width: 1000 });
  let from = 0;
  for (const block of blocksOf(summary)) {
    for (const said of textsOf(block)) {
      const at = text.indexOf(said, from);
      assert(at >= 0, said);
      from = at + said.length;
    }
  }
});

Deno.test("a name held together by zero-width joiners is shown as it is, and its controls are not", () => {
  const summary = summarize(madeUpRun());
  const [first, second] = summary.rooms;
  const rooms = [{ ...first, roomId: "👩‍👩‍👧\u202e\x1b[2J" }, second];
  const text = renderText({ ...summary, rooms }, { color: false, width: 80 });
  assertStringIncludes(text, "\n👩‍👩‍👧   ");
});

Deno.test("an incident is told with the time of day, whom it hit, and what server and generator did", () => {
  const summary = summarize({
    ...madeUpRun(),
    startedAt: "2026-03-01T11:02:00.000Z",
    incidents: [{
      kind: "noMedia",
      fromSec: 30.2,
      untilSec: 33.1,
      clients: 8,
      of: 8,
      rooms: 2,
      clientIds: [0, 1, 2, 3, 4, 5, 6, 7].map((index) => `client-${index}`),
      worstRatio: 1,
      also: [{ kind: "freezes", clients: 6, worstRatio: 0.96 }],
      picturesAgainSec: 34.3,
      server: {
        cpuRatioBefore: 0.5,
        minCpuRatio: 0,
        maxCpuRatio: 0.01,
        udpDrops: 4263,
      },
      generator: { maxCpuRatio: 0.1, maxLateRatio: 0.027 },
    }],
  });
  const blocks = blocksOf(summary);
  const at = blocks.findIndex((block) =>
    block.kind === "figures" && block.label === "Incidents"
  );
  assertEquals(textsOf(blocks[at]), [
    "0:30 to 0:33",
    "11:02:30 to 11:02:33 UTC",
    "2.9 s",
    "8 of 8 clients without media",
    "client-0 client-1 client-2 client-3 client-4 … in 2 rooms",
    "frozen at 6, up to 96.0 %",
    "pictures moved again at 0:34",
    "the server next to idle: CPU 0.00 to 0.01, 0.50 before",
    "4,263 datagrams dropped at the server's sockets",
    "generator CPU 10.0 %, 2.7 % of packets late",
  ]);
  assertEquals(summary.incidents[0].from, "2026-03-01T11:02:30.200Z");
  assertEquals(summary.incidents[0].until, "2026-03-01T11:02:33.100Z");
});

Deno.test("where those whom an incident hit changed, it names more than were hit at once, and says so", () => {
  const summary = summarize({
    ...madeUpRun(),
    incidents: [{
      ...noMedia({ fromSec: 1, untilSec: 4 }),
      kind: "loss",
      clients: 2,
      rooms: 3,
      clientIds: ["client-0", "client-1", "client-4"],
    }],
  });
  const texts = blocksOf(summary).flatMap((block) =>
    block.kind === "figures" && block.label === "Incidents"
      ? textsOf(block)
      : []
  );
  assertEquals(texts.slice(3, 5), [
    "2 of 8 clients losing up to 100 % of their packets",
    "at most 2 at once: client-0 client-1 client-4 in 3 rooms",
  ]);
});

Deno.test.each([
  {
    why:
      "what was dropped is packets and retransmissions, and packets lost are those and others, repaired or left",
    dropped: 102,
    repeats: 2,
    lost: 120,
    repaired: 30,
    want: [
      "102 dropped in = 100 packets + 2 retransmissions",
      "120 lost = 100 of those + 20 lost elsewhere",
      "120 lost = 30 repaired + 90 left",
    ],
  },
  {
    why:
      "a packet that was dropped after the last that came is not missed by its number",
    dropped: 50,
    repeats: 0,
    lost: 49,
    repaired: 49,
    want: [
      "50 dropped in = 50 packets + 0 retransmissions",
      "49 lost = 50 of those - 1 that were duplicates, of others or after the last that came",
      "49 lost = 49 repaired + 0 left",
    ],
  },
  {
    why: "where no network dropped any, there is nothing to add up",
    dropped: 0,
    repeats: 0,
    lost: 5,
    repaired: 0,
    want: undefined,
  },
])("$why", ({ dropped, repeats, lost, repaired, want }) => {
  const summary = summarize(madeUpRun());
  const { impaired, loss } = summary.media;
  const block = blocksOf({
    ...summary,
    media: {
      ...summary.media,
      impaired: {
        ...impaired,
        inbound: {
          ...impaired.inbound,
          dropped,
          retransmissionsDropped: repeats,
        },
      },
      loss: { ...loss, lost, repaired },
    },
  }).find((block) => block.kind === "figures" && block.label === "Adds up");
  assertEquals<unknown>(block && textsOf(block), want);
});
