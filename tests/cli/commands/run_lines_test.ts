import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  brokeLine,
  meetingLine,
  type MeetingValues,
  progressLine,
  serverLine,
  undumpedLine,
  unreachableLine,
} from "../../../cli/commands/run_lines.ts";
import { errorLine } from "../../../cli/commands/shell.ts";
import { ChannelError, meeting } from "../../../tool.ts";
import { EMPTY_SNAPSHOT } from "../../../lib/metrics/mod.ts";

const FAILURES: readonly [ChannelError["failure"], string][] = [
  [{ kind: "refused" }, "Start the server, or add --embedded."],
  [{ kind: "badUrl" }, "ws:// or wss://"],
  [{ kind: "http", status: 503, body: "Too many connections" }, "no more"],
  [{ kind: "http", status: 401, body: "" }, "--token"],
  [{ kind: "http", status: 404, body: "" }, "/ws"],
  [{ kind: "http", status: 403, body: "" }, "--header"],
  [{ kind: "http", status: 403, body: "" }, "--signaling protoo"],
  [{ kind: "http", status: 426, body: "" }, "upgrades"],
  [{ kind: "http", status: 429, body: "" }, "--ramp-up"],
  [{ kind: "http", status: 500, body: "" }, "log"],
  [{ kind: "http", status: 502, body: "" }, "behind it"],
  [
    { kind: "http", status: 301, body: "", movedTo: "wss://i/ws" },
    "Give --server wss://i/ws.",
  ],
  [
    { kind: "http", status: 302, body: "", movedTo: "wss://i/login" },
    "the Cookie",
  ],
  [
    { kind: "certificate", problem: "selfSigned", detail: "its certificate" },
    "--ca FILE",
  ],
  [
    { kind: "certificate", problem: "expired", detail: "its certificate" },
    "--insecure",
  ],
  [
    { kind: "certificate", problem: "name", detail: "its certificate" },
    "a name",
  ],
  [{ kind: "scheme", spoken: "tls" }, "wss://"],
  [{ kind: "scheme", spoken: "plain" }, "ws://"],
  [{ kind: "proxy", detail: "the proxy" }, "NO_PROXY"],
  [{ kind: "http", status: 200, body: "" }, "--server"],
  [{ kind: "notWebSocket", detail: "odd" }, "Something else"],
  [{ kind: "timeout", timeoutMs: 10_000 }, "firewall"],
  [{ kind: "unreachable", detail: "no such host" }, "network"],
];

for (const [failure, advice] of FAILURES) {
  Deno.test(`a server that cannot be reached (${JSON.stringify(failure)}) is one line with advice`, () => {
    const error = new ChannelError("ws://h/ws", failure);
    const line = unreachableLine(error, false);
    assertMatch(line, /^Cannot reach ws:\/\/h\/ws: [^\n]+\. [A-Z][^\n]+\.$/);
    assertStringIncludes(line, advice);
  });
}

Deno.test("a run that breaks for want of a password says where to give it", () => {
  const reason = 'the server said "This room requires a password".';
  assertEquals(
    brokeLine(reason, false),
    'Cannot finish the run: the server said "This room requires a password". Give it with --password.',
  );
  assertStringIncludes(brokeLine(reason, true), "Check --password.");
  assertEquals(brokeLine("it died", false), "Cannot finish the run: it died.");
});

Deno.test.each([
  {
    reason: "no client is left: no answer to ICE checks in 10000 ms",
    advice:
      " Check which address the server announces, and the way of UDP to it: doctor tries each.",
  },
  {
    reason:
      "no client got connected: join_room: kept in the lobby, and let in by nobody within 6913 ms",
    advice: " Have a moderator let clients in, or the room do without a lobby.",
  },
  {
    reason:
      "no client is left: Cannot complete connect: the adapter makes no session, leave: it is no method",
    advice: " Mend the adapter: adapter check tries it, step by step.",
  },
  {
    reason: "nobody gets in: the server offers no address",
    advice:
      " Check which address the server announces, and the way of UDP to it: doctor tries each.",
  },
  {
    reason:
      "no client is left: the server's ICE password has 1 character, not 22 to 256",
    advice: " Look into the server's log.",
  },
  {
    reason:
      'no client is left: Cannot complete join_room: the server said "no ICE checks here"',
    advice: " Look into the server's log.",
  },
  {
    reason:
      "no client is left: a2 was lost: no word in 16 s: the broker nats://h:4222 has been unreachable since 19:21:03 UTC",
    advice: "",
  },
  { reason: "no client is left: worker-1 was lost: gone", advice: "" },
  {
    reason: "no client is left: the transport was lost: no answer",
    advice: " Look into the server's log.",
  },
  {
    reason: "the server went away at 0:07: it was ended by SIGKILL",
    advice: " Look into the server's log.",
  },
  {
    reason: "no client got connected",
    advice: " Look into the server's log.",
  },
  {
    reason:
      'no client got connected: Cannot complete join_room: the server said "no more when the client left"',
    advice: " Look into the server's log.",
  },
  {
    reason:
      "no client got connected: join_room: no reply within 3956 ms, when the client left",
    advice:
      " Look into the server's log, or give it more time with --duration.",
  },
  {
    reason:
      "no client got connected: join_room: no reply within 3956 ms, when the client left; what came cannot be read (not JSON)",
    advice:
      " Look into the server's log, or give it more time with --duration.",
  },
])("a run that broke with $reason says$advice", ({ reason, advice }) => {
  assertEquals(
    brokeLine(reason, false),
    `Cannot finish the run: ${reason}.${advice}`,
  );
});

Deno.test("the configuration says what will run, and where", () => {
  const { values } = meeting.prepare({
    video: false,
    rooms: "2",
    clients: "1",
    duration: "1.5",
  });
  assertEquals(
    meetingLine(values as MeetingValues, {
      drivenBy: "1 thread",
      seed: 1,
      media: "synthetic",
    }),
    "1 client in 2 rooms, audio, 1.5 s after a ramp of 5 s, 1 thread, seed 1",
  );
  assertEquals(
    serverLine(
      { embedded: "werift" },
      { url: "ws://127.0.0.1:1/ws", pids: [7, 8] },
    ),
    "Embedded server: werift on ws://127.0.0.1:1/ws, pids 7, 8",
  );
});

Deno.test.each([
  { own: { clients: "6" }, sent: "audio, " },
  { own: { clients: "10", mode: "classroom" }, sent: "audio from 2 of them, " },
  {
    own: { clients: "6", mode: "webinar", rooms: "3" },
    sent: "audio from 1 of them (nobody sends in 2 rooms), ",
  },
  {
    own: { clients: "2", publishRatio: "0.5", rooms: "9" },
    sent: "audio from 1 of them (nobody sends in 1 room), ",
  },
  { own: { clients: "6", publishRatio: "0" }, sent: "audio from 1 of them, " },
])("of $own it says how many send: $sent", ({ own, sent }) => {
  const { values } = meeting.prepare({ video: false, ...own });
  const line = meetingLine(values as MeetingValues, {
    ...{ drivenBy: "1 thread", seed: 1, media: "synthetic" },
  });
  assertStringIncludes(line, `, ${sent}`);
});

Deno.test.each([
  { own: { clients: "4", rooms: "10" }, where: "in 10 rooms (each alone), " },
  { own: { clients: "3", rooms: "3" }, where: "in 3 rooms (each alone), " },
  {
    own: { clients: "5", rooms: "3" },
    where: "in 3 rooms (1 of one client alone), ",
  },
  { own: { clients: "6", rooms: "3" }, where: "in 3 rooms, " },
  { own: { clients: "1" }, where: "in room load-test-room, " },
])(
  "of $own it says who has nobody to receive from: $where",
  ({ own, where }) => {
    const { values } = meeting.prepare({ video: false, ...own });
    const line = meetingLine(values as MeetingValues, {
      ...{ drivenBy: "1 thread", seed: 1, media: "synthetic" },
    });
    assertStringIncludes(line, where);
  },
);

Deno.test("progress is one line of what the last second brought", () => {
  const line = progressLine({
    phase: "media",
    elapsedMs: 2_040,
    rampUpMs: 1_000,
    endMs: 35_000,
    point: {
      tSec: 2,
      clients: 3,
      packetsSentPerSec: 1234,
      packetsReceivedPerSec: 5678,
      sendBps: 1e6,
      receiveBps: 2e6,
      lossRatio: 0.01,
      tracksDue: 0,
      silentRatio: 0,
      cpuRatio: 0.5,
      server: {
        cpuRatio: 1.25,
        maxProcessRatio: 1,
        rssBytes: 1e8,
        fds: null,
        udpDrops: 0,
      },
    },
    incidents: [],
    snapshot: {
      ...EMPTY_SNAPSHOT,
      gauges: { clientsActive: 4 },
      counters: { "errors.ice": 1, "errors.join": 1 },
    },
    summarize: () => {
      throw new Error("not asked for");
    },
  });
  assertEquals(
    line,
    "media    2.0 s of 35 s  3 of 4 connected  sent 1,234/s 1.0 Mbps  " +
      "received 5,678/s 2.0 Mbps  loss 1.00 %  2 errors  CPU 50.0 %  server CPU 125.0 %",
  );
});

Deno.test("any error becomes one line that says that something cannot be done", () => {
  assertEquals(errorLine(new Error("Cannot a:\n  b")), "Cannot a: b");
  assertEquals(errorLine("odd"), "Cannot go on: odd");
});

Deno.test.each([
  {
    dump: [9],
    came: [0, 1],
    says: "client-9: the run had client-0 to client-1",
  },
  {
    dump: [0, 3, 7],
    came: [0],
    says: "client-3, client-7: the run had client-0 alone",
  },
  { dump: [1], came: [], says: "client-1: the run had no clients" },
  { dump: [1, 0], came: [0, 1], says: undefined },
  { dump: 3, came: [], says: undefined },
  { dump: "failed" as const, came: [0], says: undefined },
])(
  "of clients that were to be dumped and never came is told: $dump of $came",
  ({ dump, came, says }) => {
    assertEquals(
      undumpedLine({ clients: dump }, came.map((index) => ({ index }))),
      says && `Cannot dump ${says}.`,
    );
  },
);
