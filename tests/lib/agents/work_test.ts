/** What goes to an agent within a run and comes of it, as it is checked where it comes in. */

import { assertEquals, assertThrows } from "@std/assert";
import { runAbout } from "../../../lib/agents/run_about.ts";
import { readEvent, readFacts, readWork } from "../../../lib/agents/work.ts";
import { STEERING_TYPES } from "../../../lib/load/mod.ts";
import { ABOUT, PLAN } from "./world.ts";

const CLIENT = {
  ...{ index: 0, clientId: "client-0", participantName: "A", slot: 0 },
  ...{ roomId: "r", role: "viewer", joinAtMs: 0, leaveAtMs: null },
  media: {},
};

Deno.test.each<{ why: string; work: unknown }>([
  { why: "to make ready", work: { type: "prepare", plan: PLAN } },
  {
    why: "the same, and what of",
    work: { type: "prepare", plan: PLAN, about: ABOUT },
  },
  { why: "to begin", work: { type: "begin", startedAtMs: 1e12 } },
  {
    why: "to add clients",
    work: { type: "command", command: { type: "add", clients: [CLIENT] } },
  },
  {
    why: "to have clients leave",
    work: { type: "command", command: { type: "drop", clients: [0, 1] } },
  },
  {
    why: "of what it needs to know nothing: how that is done",
    work: {
      type: "command",
      command: { type: "impair", clients: [0], impairment: { loss: 0.1 } },
    },
  },
  ...STEERING_TYPES.map((type) => ({
    why: `whatever else clients can be made to do: ${type}`,
    work: { type: "command", command: { type, clients: [0] } },
  })),
  {
    why: "what others send",
    work: {
      type: "learn",
      news: [{ roomId: "r", participantId: "p", tracks: null }, {
        ...{ roomId: "r", participantId: "q" },
        tracks: [{ producerId: "x", kind: "audio", packetsPerSecond: 50 }],
      }],
    },
  },
  { why: "to stop", work: { type: "stop", withinMs: 15_000 } },
  { why: "nothing", work: { type: "ping" } },
])("an agent is asked as it was meant: $why", ({ work }) => {
  assertEquals<unknown>(readWork(JSON.parse(JSON.stringify(work))), work);
});

/** So many lists in each other. */
function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

Deno.test.each<{ why: string; work: unknown; at: string }>([
  { why: "nothing at all", work: undefined, at: "" },
  { why: "no such work", work: { type: "dance" }, at: "type" },
  {
    why: "a node whose name is one of its threads'",
    work: { type: "prepare", plan: { ...PLAN, node: "agent-0+1" } },
    at: "plan.node",
  },
  {
    why: "a server without an address",
    work: { type: "prepare", plan: { ...PLAN, server: {} } },
    at: "plan.server.url",
  },
  {
    why: "a plan that goes on and on",
    work: { type: "prepare", plan: { ...PLAN, extra: nested(30) } },
    at: "plan",
  },
  {
    why: "a plan with a text of megabytes",
    work: { type: "prepare", plan: { ...PLAN, extra: "x".repeat(1_000_001) } },
    at: "plan",
  },
  {
    why: "a time that is no number",
    work: { type: "begin", startedAtMs: "now" },
    at: "startedAtMs",
  },
  {
    why: "no such command",
    work: { type: "command", command: { type: "dance", clients: [0] } },
    at: "command.type",
  },
  {
    why: "clients to add by their numbers alone",
    work: { type: "command", command: { type: "add", clients: [0] } },
    at: "command",
  },
  {
    why: "a client of no role",
    work: {
      type: "command",
      command: { type: "add", clients: [{ ...CLIENT, role: "boss" }] },
    },
    at: "command.clients",
  },
  {
    why: "a client before the first",
    work: { type: "command", command: { type: "drop", clients: [-1] } },
    at: "command.clients",
  },
])(
  "what cannot be done is refused, and the error says where it is wrong: $why",
  ({
    work,
    at,
  }) => {
    const { message } = assertThrows(() => readWork(work), TypeError);
    const start = `Cannot read an order: ${at}`;
    assertEquals(message.slice(0, start.length), start);
    assertEquals(message.includes("\n"), false);
  },
);

const FACTS = {
  ...{ node: "agent-0", version: "1", threads: 4 },
  ...{ lanes: ["native"], ciphers: ["openssl"], dtls: ["openssl"] },
  ...{ machine: null, clock: null },
};
const MACHINE = {
  files: { soft: 1024, hard: null },
  ...{ startersSoftFiles: null, portRange: [1024, 65535] },
  ...{ rmemMaxBytes: 1, wmemMaxBytes: 1, cores: 4, memoryBytes: null },
  ...{ clockSource: "tsc", udp: null },
};

Deno.test("a limit that there is not is none, which JSON has no number for", () => {
  const facts = readFacts({ ...FACTS, machine: MACHINE });
  assertEquals(facts.machine?.files, { soft: 1024, hard: Infinity });
  const sent = JSON.parse(JSON.stringify(facts));
  assertEquals(readFacts(sent), facts, "and is none when told on");
});

Deno.test("a node of several is told with all of them, whatever else they say dropped", () => {
  const parts = [{ ...FACTS, node: "agent-0+0" }, { ...FACTS, threads: 2 }];
  assertEquals<unknown>(
    readFacts({ ...FACTS, parts, mood: "fine" }),
    { ...FACTS, parts },
  );
});

Deno.test.each<{ why: string; own: object; at: string }>([
  { why: "no thread", own: { threads: 0 }, at: "threads" },
  { why: "a part of one", own: { threads: 1.5 }, at: "threads" },
  {
    why: "a lane of very many letters",
    own: { lanes: ["x".repeat(51)] },
    at: "lanes.0",
  },
  {
    why: "a part that is none",
    own: { parts: [{ ...FACTS, version: 1 }] },
    at: "parts.0.version",
  },
  {
    why: "half a range",
    own: { machine: { ...MACHINE, portRange: [1] } },
    at: "machine.portRange",
  },
])("what an agent is is refused with what is wrong: $why", ({ own, at }) => {
  const { message } = assertThrows(
    () => readFacts({ ...FACTS, ...own }),
    TypeError,
  );
  const start = `Cannot read what an agent is: ${at}`;
  assertEquals(message.slice(0, start.length), start);
});

Deno.test.each<{ why: string; event: unknown }>([
  {
    why: "a note",
    event: {
      type: "note",
      note: { atMs: 1, clientId: "c", level: "error", text: "t" },
    },
  },
  {
    why: "who publishes what",
    event: {
      type: "publisher",
      news: { roomId: "r", participantId: "p", tracks: [] },
    },
  },
  {
    why: "tracks",
    event: {
      type: "tracks",
      news: [{ clientId: "c", from: "d", atSec: 1, layer: null }],
    },
  },
  { why: "its end", event: { type: "died", reason: "no" } },
])("news are read as they were told: $why", ({ event }) => {
  assertEquals<unknown>(readEvent(event), event);
});

Deno.test("news that are none are refused", () => {
  assertThrows(
    () => readEvent({ type: "note", note: { atMs: NaN } }),
    TypeError,
    "Cannot read an agent's news: note.atMs: ",
  );
});

Deno.test.each<{ why: string; own: object; is: boolean }>([
  { why: "what a run is", own: {}, is: true },
  {
    why: "a scenario with options of any kind",
    own: { scenario: "s", config: { a: [{ b: null }] } },
    is: true,
  },
  { why: "a name that is a path", own: { run: "../x" }, is: false },
  { why: "no name", own: { run: "" }, is: false },
  {
    why: "a threshold of very many letters",
    own: { thresholds: ["x".repeat(2001)] },
    is: false,
  },
  {
    why: "an option that is no JSON",
    own: { config: { a: undefined } },
    is: false,
  },
])("of a run is told $why: $is", ({ own, is }) => {
  assertEquals(runAbout.safeParse({ ...ABOUT, ...own }).success, is);
});
