import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { summarize, type Summary } from "../../../lib/metrics/mod.ts";
import { renderText } from "../../../lib/report/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import narrow from "./golden/40_plain.txt" with { type: "text" };
import colored from "./golden/80_color.txt" with { type: "text" };
import plain from "./golden/80_plain.txt" with { type: "text" };

Deno.test.each([
  { width: 80, color: false, golden: plain },
  { width: 80, color: true, golden: colored },
  { width: 40, color: false, golden: narrow },
])(
  "a whole summary at $width columns, colour $color, is as it was",
  ({ width, color, golden }) => {
    assertEquals(renderText(summary(), { width, color }), golden);
  },
);

Deno.test("no line is wider than asked, at any width, and colour adds no column", () => {
  for (let width = 20; width <= 130; width++) {
    const text = renderText(summary(), { width, color: false });
    for (const line of text.split("\n")) {
      assert(line.length <= width, `${width}: ${line}`);
    }
    const bare = renderText(summary(), { width, color: true }).replaceAll(
      // deno-lint-ignore no-control-regex
      /\x1b\[[\d;]*m/g,
      "",
    );
    assertEquals(bare.replaceAll(/ +$/gm, ""), text);
  }
});

Deno.test.each(
  [
    { status: "passed", word: "PASSED" },
    { status: "failed", word: "FAILED" },
    { status: "invalid", word: "INVALID" },
    { status: "interrupted", word: "INTERRUPTED" },
    { status: "broke", word: "BROKE" },
  ] as const,
)(
  "the first line of a run that $status says $word and why",
  ({ status, word }) => {
    const verdict = { status, reason: "the reason in one sentence" };
    assertEquals(
      firstLine({ ...summary(), verdict }),
      `${word}  The reason in one sentence.`,
    );
  },
);

Deno.test("a long reason is wrapped, not cut", () => {
  const reason =
    "no client got connected: the certificate of the server was made for another name than this";
  const text = renderText({
    ...summary(),
    verdict: { status: "broke", reason },
  }, { width: 60, color: false });
  assertStringIncludes(
    text,
    "BROKE  No client got connected: the certificate of the\n       server was made for another name than this.\n",
  );
});

Deno.test("nothing that a server says reaches the terminal as a control", () => {
  const hostile = "\x1b[2J\x1b]0;title\x07\r\nnew\u202eline\u200b\u2028";
  const text = renderText({
    ...summary(),
    verdict: { status: "broke", reason: hostile },
    errors: { [hostile]: { count: 1, example: hostile } },
    rooms: [{ ...summary().rooms[0], roomId: hostile }, summary().rooms[1]],
    server: { ...summary().server, url: hostile },
    generator: { ...summary().generator, lane: hostile },
    thresholds: [{ ...summary().thresholds[0], expression: hostile }],
    signalingLatencies: {
      operations: { [hostile]: summary().media.latencyMs },
    },
  }, { width: 200, color: false });
  assertFalse(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u.test(text), JSON.stringify(text));
});

Deno.test("wide characters take the columns that they take", () => {
  const rooms = [{ ...summary().rooms[0], roomId: "会议室" }, {
    ...summary().rooms[1],
    roomId: "e\u0301te",
  }];
  const lines = renderText({ ...summary(), rooms }, { width: 80, color: false })
    .split("\n");
  const column = lines.find((line) => line.startsWith("Room"))!
    .indexOf("clients") + "clients".length - 1;
  const [wide, combining] = ["会议室", "e\u0301te"].map((name) =>
    lines.find((line) => line.startsWith(name))!
  );
  assertEquals(wide.indexOf("2"), column - 3);
  assertEquals(combining.indexOf("1"), column + 1);
});

Deno.test("a room that received nothing has no loss, and without video no frames", () => {
  const [room, other] = summary().rooms;
  const rooms = [
    {
      ...room,
      totalPacketsReceived: 0,
      frameRate: null,
      frozenRatio: null,
      p50ConnectionTimeMs: null,
    },
    other,
  ];
  const text = renderText({ ...summary(), rooms }, {
    width: 120,
    color: false,
  });
  assertMatch(text, /^room-0 .* 0 %  +-  +-  +-  +-  +-  +-  +1$/m);
  assertMatch(
    text,
    /^room-1 .* 98\.0 %  +-  +1\.01 %  +29\.8  +1\.02 %  +300 ms  +1  +0$/m,
  );
});

Deno.test("what was found beside the clients is told in sentences, each once", () => {
  const text = renderText({
    ...summary(),
    others: {
      codecs: { "video/H264": 1, "audio/PCMU": 2 },
      refusals: { "not for you": 1 },
      neverSent: 2,
      fellSilent: 1,
      flowed: 3,
      packetsReceived: 1234,
    },
    consumerLimit: { consumers: 16, denied: 34 },
  }, { width: 100, color: false });
  assertStringIncludes(
    text,
    `
1 track of others uses video/H264, which clients cannot take; left out
2 tracks of others use audio/PCMU, which clients cannot take; left out
1 track of others left out: the server said "not for you"
2 tracks of others never sent a packet
1 track of others stopped sending
3 tracks of others flowed, with 1,234 packets; not judged
The server grants a client 16 consumers a stay, closed ones too: 34 wanted tracks left out
`,
  );
});

Deno.test("a file without a metric of ours, or with another of its name, has no figures of it", () => {
  const { metrics, ...rest } = summary();
  const { join: _, ...others } = metrics;
  const text = renderText({
    ...rest,
    metrics: { ...others, firstMedia: metrics.packetsSent },
  } as unknown as Summary, { width: 80, color: false });
  assertFalse(/^(Join|First media)/m.test(text));
  assertFalse(text.includes("NaN"));
});

Deno.test("sections that have nothing to say are left out", () => {
  const { rooms, ...rest } = summary();
  const text = renderText({
    ...rest,
    rooms: rooms.slice(0, 1),
    thresholds: [],
    signalingLatencies: { operations: {} },
    server: { ...rest.server, load: null, reported: null },
    media: {
      ...rest.media,
      deliveryRatio: null,
      loss: { ...rest.media.loss, expected: 0 },
    },
  }, { width: 80, color: false });
  for (
    const label of [
      "Room",
      "Thresholds",
      "Signaling",
      "Server",
      "Delivered",
      "Loss",
      "Reconnected",
      "Messages",
    ]
  ) {
    assertFalse(text.includes(`\n${label}`), label);
  }
  assertFalse(text.includes("\n\n\n"));
});

Deno.test("what only some runs have is shown when they have it", () => {
  const base = summary();
  const text = renderText({
    ...base,
    partial: true,
    invalid: { reason: "late" },
    pendingConnections: 4,
    returns: {
      losses: 4,
      iceRestart: 2,
      reconnected: 0,
      rejoined: 1,
      failedAttempts: 7,
      neverBack: 1,
    },
    unknownMessages: 2,
    generator: { ...base.generator, heldBackJoins: 6, kernelDrops: null },
    thresholds: [{ ...base.thresholds[0], passed: false, value: null }],
  }, { width: 80, color: false });
  for (
    const said of [
      ", partial",
      "4 pending",
      "lost 4 times   2 by ICE restart   1 by rejoining",
      "7 attempts failed",
      "1 client without media since",
      "2 of unknown type",
      "6 joins held back",
      "saturated (critical)",
      "was not measured",
    ]
  ) {
    assertStringIncludes(text, said);
  }
  assertFalse(text.includes("dropped by our kernel"));
});

Deno.test("where clients were on several machines, each has a row that says whether it kept up", () => {
  const base = summary();
  const machine = {
    ...{ name: "agent-0", cores: 8, clockSynchronised: true, workers: 8 },
    ...{ clients: 250, successfulConnections: 250, connectedAtEnd: 250 },
    ...{ failedConnections: 0, unknownAtEnd: 0, packetsSent: 900 },
    ...{ packetsReceived: 2700, achievedRatio: 1, latenessP95Ms: 2.1 },
    ...{ loopLagP95Ms: 1, cpuRatio: 0.31, kernelDrops: 0, heldBackJoins: 0 },
    ...{ host: "box", clockAheadMs: -12.5, clockBoundMs: 0.3 },
    linkRoundTripP95Ms: 1.4,
    trouble: null,
  };
  const lost = {
    ...machine,
    ...{ name: "agent-1", cores: null, clockSynchronised: false, workers: 1 },
    ...{ successfulConnections: 210, connectedAtEnd: 10, unknownAtEnd: 195 },
    ...{
      failedConnections: 40,
      kernelDrops: 3,
      heldBackJoins: 1,
      cpuRatio: null,
    },
    ...{ host: null, clockAheadMs: null, clockBoundMs: null },
    linkRoundTripP95Ms: null,
    trouble: "agent-1 was lost at 0:41 with 250 clients: no word in 15 s",
  };
  const nodes = [machine, lost];
  const text = renderText(
    { ...base, generator: { ...base.generator, nodes } },
    { width: 400, color: false },
  );
  const rows = text.split("\n").filter((line) => line.startsWith("agent-"))
    .map((line) => line.replaceAll(/ {2,}/g, "  "));
  assertEquals(rows, [
    "agent-0  kept up (good)  on box  8 cores  8 workers  250 clients  sent 100 %  lateness p95 2.10 ms  CPU 31.0 %  link p95 1.40 ms  clock 12.5 ms behind, ±0.30 ms",
    "agent-1  agent-1 was lost at 0:41 with 250 clients: no word in 15 s (critical)  1 worker  250 clients  5 lost again  195 unknown  40 failed  sent 100 %  lateness p95 2.10 ms  3 dropped by its kernel  1 join held back  clock not synchronised",
  ]);
  // Why it was lost is wrapped, not cut, and what it is judged stays with it.
  const trouble =
    "a1 was lost at 0:20 with 3 clients: no word in 16 s: the broker nats://127.0.0.1:4222 has been unreachable since 21:06:31 UTC";
  const generator = { ...base.generator, nodes: [{ ...lost, trouble }] };
  assertStringIncludes(
    renderText({ ...base, generator }, { width: 100, color: false }),
    `
agent-1         a1 was lost at 0:20 with 3 clients: no word in 16 s: the broker
                nats://127.0.0.1:4222 has been unreachable since 21:06:31 UTC (critical)   1 worker
`,
  );
});

Deno.test("of many busy threads the text shows eight, and how many more there are", () => {
  const base = summary();
  const load = base.server!.load!;
  const busyThreads = Array.from({ length: 11 }, (_, i) => ({
    name: `thread-${i}`,
    meanCpuRatio: 0.9 - i / 100,
    maxCpuRatio: 1,
  }));
  const text = renderText({
    ...base,
    server: { ...base.server!, load: { ...load, busyThreads } },
  }, { width: 80, color: false });
  assertStringIncludes(text, "thread-7");
  assertFalse(/thread-8 +mean/.test(text));
  assertStringIncludes(text, "3 more, less busy");
});

Deno.test("of very many rooms the text shows the twenty worst, and how bad the rest is", () => {
  const [room] = summary().rooms;
  const rooms = Array.from({ length: 50 }, (_, i) => ({
    ...room,
    roomId: `big-${i}`,
    silentRatio: i === 41 ? 0.9 : i >= 30 ? 0.5 : 0.25,
  }));
  const text = renderText({ ...summary(), rooms }, {
    width: 100,
    color: false,
  });
  const shown = text.split("\n").filter((line) => line.startsWith("big-"));
  assertEquals(shown.map((line) => line.split(" ")[0]), [
    "big-41",
    ...Array.from({ length: 19 }, (_, i) => `big-${30 + i}`).filter((id) =>
      id !== "big-41"
    ),
    "big-49",
  ]);
  assertStringIncludes(
    text.replaceAll(/\s+/g, " "),
    "and 30 rooms more, the worst of them big-0: 1/2 connected, 25.0 % missing",
  );
});

Deno.test("of equally bad rooms, room-2 comes before room-10", () => {
  const [room] = summary().rooms;
  const rooms = ["room-10", "room-2"].map((roomId) => ({ ...room, roomId }));
  const text = renderText({ ...summary(), rooms }, { width: 80, color: false });
  assert(text.indexOf("\nroom-2 ") < text.indexOf("\nroom-10 "));
});

Deno.test("a row is called good only when all that is judged in it is", () => {
  const base = summary();
  const delivered = (ratio: number) => {
    const run = madeUpRun();
    const counters = {
      ...run.snapshot.counters,
      packetsReceived: 10_000 * ratio,
      packetsDeliverable: 10_000,
      packetsSent: 5000,
      impairedInDropped: 0,
    };
    const text = renderText(
      summarize({ ...run, snapshot: { ...run.snapshot, counters } }),
      { width: 100, color: false },
    );
    return text.split("\n").find((line) => line.startsWith("Delivered"));
  };
  assertEquals(base.judgement.length > 0, true);
  assertMatch(delivered(0.345)!, /34\.5 % \(critical\).*69\.0 % of sent$/);
  assertMatch(delivered(0.95)!, /95\.0 % \(warning\)/);
  assertMatch(delivered(1)!, /100 % \(good\)/);
});

Deno.test("a generator that fell behind in a run that passed all the same is a warning", () => {
  const base = summary();
  const marked = (status: "passed" | "invalid") =>
    renderText({
      ...base,
      invalid: { reason: "late" },
      verdict: { ...base.verdict, status },
    } as Summary, { width: 100, color: false });
  assertMatch(marked("passed"), /^Generator +saturated \(warning\)/m);
  assertMatch(marked("invalid"), /^Generator +saturated \(critical\)/m);
});

function firstLine(of: Summary): string {
  return renderText(of, { width: 80, color: false }).split("\n")[0];
}

function summary(): Summary {
  return summarize(madeUpRun());
}

Deno.test("a report of what goes on says so far, and one that was stopped does not", () => {
  const first = (goesOn: boolean) =>
    renderText(
      summarize({ ...madeUpRun(), ending: { kind: "interrupted", goesOn } }),
      { width: 80, color: false },
    ).split("\n")[0];
  assertEquals(first(true), "SO FAR  It goes on.");
  assertEquals(
    first(false),
    "INTERRUPTED  The run was stopped before its end.",
  );
});

Deno.test.each([
  { isAllowed: false, word: "INVALID  Agent-1 was lost at 0:01 with 1 client" },
  { isAllowed: true, word: "SO FAR  It goes on" },
])(
  "what goes on without an agent is invalid by now, unless it may be lost: $isAllowed",
  ({ isAllowed, word }) => {
    const run = madeUpRun();
    const loss = { node: "agent-1", atMs: 1000, clients: 1, reason: "killed" };
    const snapshot = {
      ...run.snapshot,
      generator: {
        ...run.snapshot.generator,
        lost: [{ ...loss, isAllowed }],
      },
    };
    const text = renderText(
      summarize({
        ...{ ...run, snapshot },
        ending: { kind: "interrupted", goesOn: true },
      }),
      { width: 80, color: false },
    );
    assertEquals(text.slice(0, word.length), word);
  },
);

Deno.test.each([
  { count: 1, says: "no reply: 1, which is not in these latencies" },
  { count: 23, says: "no reply: 23, which are not in these latencies" },
])(
  "requests that got no reply stand below the latencies that they are not in: $count",
  ({ count, says }) => {
    const errors = { timeout: { count, example: null } };
    assertStringIncludes(
      renderText({ ...summary(), errors }, { width: 80, color: false }),
      says,
    );
    assert(
      !renderText({ ...summary(), errors: {} }, { width: 80, color: false })
        .includes("no reply"),
    );
  },
);
