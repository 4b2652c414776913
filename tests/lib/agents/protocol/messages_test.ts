/** What coordinator and agents say, and the door by which it comes in. */

import { assertEquals } from "@std/assert";
import {
  MAX_EVENTS,
  readAcknowledgement,
  readAnswer,
  readCard,
  readClockAnswer,
  readOrder,
  readUpward,
  shortened,
  subjectsOf,
} from "../../../../lib/agents/protocol/messages.ts";

const CARD = {
  id: "agent-1",
  host: "h1",
  epoch: "E1",
  version: "0.1.0",
  protocol: 1,
  cores: 4,
  memoryBytes: null,
  by: null,
  sinceMs: null,
};
const CLAIM = {
  run: "r1",
  number: 0,
  body: { type: "claim", by: "me", version: "0.1.0" },
};
const REPORT = {
  run: "r1",
  epoch: "E1",
  firstEvent: 0,
  events: [{ type: "died" }],
  snapshot: null,
};
const TAKEN = {
  type: "taken",
  sequence: 3,
  events: 4,
  receivedMs: 1,
  sentMs: 2,
};

type Read = (json: string) => unknown;

Deno.test.each<{ why: string; read: Read; message: unknown }>([
  { why: "a card", read: readCard, message: CARD },
  { why: "a claim", read: readOrder, message: CLAIM },
  {
    why: "work, whatever it is",
    read: readOrder,
    message: { ...CLAIM, number: 7, body: { type: "work", work: [1] } },
  },
  {
    why: "a release",
    read: readOrder,
    message: { ...CLAIM, body: { type: "release" } },
  },
  {
    why: "what came of an order",
    read: readAnswer,
    message: { type: "done", value: { cores: 4 } },
  },
  {
    why: "that it is another's",
    read: readAnswer,
    message: { type: "busy", by: "you", sinceMs: 0 },
  },
  { why: "a report", read: readUpward, message: REPORT },
  {
    why: "a question of the clock",
    read: readUpward,
    message: { run: "r1", epoch: "E1", clock: true },
  },
  { why: "what was taken", read: readAcknowledgement, message: TAKEN },
  {
    why: "that it is no part of the run",
    read: readAcknowledgement,
    message: { type: "released", reason: "over" },
  },
  {
    why: "the time",
    read: readClockAnswer,
    message: { receivedMs: 1.5, sentMs: 2 },
  },
])("$why is read as it was said, and what nobody knows yet is dropped", ({
  read,
  message,
}) => {
  const later = { ...message as object, ofTomorrow: 1 };
  assertEquals(read(JSON.stringify(later)), message);
});

Deno.test.each<{ why: string; read: Read; message: unknown }>([
  {
    why: "a name that would be more than one part of a subject",
    read: readCard,
    message: { ...CARD, id: "a.b" },
  },
  {
    why: "a name that stands for all",
    read: readCard,
    message: { ...CARD, id: "*" },
  },
  {
    why: "fewer cores than none",
    read: readCard,
    message: { ...CARD, cores: -1 },
  },
  {
    why: "a text without an end",
    read: readCard,
    message: { ...CARD, host: "h".repeat(501) },
  },
  {
    why: "a run that would be another subject",
    read: readOrder,
    message: { ...CLAIM, run: "r.>" },
  },
  {
    why: "an order that nobody knows",
    read: readOrder,
    message: { ...CLAIM, body: { type: "reboot" } },
  },
  {
    why: "half an order's number",
    read: readOrder,
    message: { ...CLAIM, number: 0.5 },
  },
  {
    why: "more events than a report may have",
    read: readUpward,
    message: { ...REPORT, events: Array(MAX_EVENTS + 1).fill(0) },
  },
  {
    why: "a report of no process",
    read: readUpward,
    message: { ...REPORT, epoch: "" },
  },
  {
    why: "an acknowledgement without its times",
    read: readAcknowledgement,
    message: { type: "taken", sequence: 3, events: 4 },
  },
  {
    why: "a time before all",
    read: readClockAnswer,
    message: { receivedMs: -1, sentMs: 2 },
  },
  {
    why: "a time that is no number",
    read: readClockAnswer,
    message: { receivedMs: "1", sentMs: 2 },
  },
])("$why is not taken", ({ read, message }) => {
  assertEquals(read(JSON.stringify(message)), undefined);
});

Deno.test("what is no JSON is no message, of whatever kind", () => {
  const readers: readonly Read[] = [
    readCard,
    readOrder,
    readAnswer,
    readUpward,
    readAcknowledgement,
    readClockAnswer,
  ];
  for (const text of ["", "{", "null", "[]", '"claim"', "1"]) {
    assertEquals(
      readers.map((read) => read(text)),
      readers.map(() => undefined),
    );
  }
});

Deno.test("a text of ours is made as short as the other side takes it", () => {
  const long = "why ".repeat(1000);
  const refusal = { type: "refused", message: shortened(long) } as const;
  assertEquals(readAnswer(JSON.stringify(refusal)), refusal);
  assertEquals(
    readAnswer(JSON.stringify({ ...refusal, message: long })),
    undefined,
  );
});

Deno.test("subjects of groups, agents and runs are never each other's", () => {
  const { hello, agent, up } = subjectsOf("g1");
  const all = [
    hello,
    agent("a"),
    agent("b"),
    up("r1", "a"),
    up("r1", "b"),
    up("r2", "a"),
    subjectsOf("g2").hello,
    subjectsOf("g2").agent("a"),
  ];
  assertEquals(new Set(all).size, all.length);
  assertEquals(all.every((one) => /^[\w.-]+$/.test(one)), true);
});
