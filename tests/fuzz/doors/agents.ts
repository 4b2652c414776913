/** What agents and coordinators hear of each other: frames, parts, orders, reports. */

import { FrameReader, GREETING } from "../../../lib/agents/link/frames.ts";
import { Assembly, readPart } from "../../../lib/agents/link/parts.ts";
import {
  AgentClaim,
  readAcknowledgement,
  readAnswer,
  readCard,
  readOrder,
  readUpward,
  ReportInbox,
} from "../../../lib/agents/protocol/mod.ts";
import { readNumbers } from "../../../lib/agents/snapshot_wire.ts";
import { readEvent, readFacts, readWork } from "../../../lib/agents/work.ts";
import {
  EMPTY_SNAPSHOT,
  ReportReader,
  ReportWriter,
} from "../../../lib/metrics/mod.ts";
import { damagedBytes, damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const NUMBERS = new ReportWriter("e1").write({
  ...EMPTY_SNAPSHOT,
  ...{ node: "a", sequence: 1, counters: { packetsSent: 1 } },
});
const HEAD = { run: "r1", epoch: "e1" };
const MESSAGES: readonly unknown[] = [
  { run: "r1", number: 0, body: { type: "claim", by: "me", version: "1" } },
  { run: "r1", number: 1, body: { type: "work", work: { type: "ping" } } },
  { run: "r1", number: 2, body: { type: "release" } },
  { type: "done", value: null },
  { type: "busy", by: "me", sinceMs: 4 },
  {
    ...HEAD,
    firstEvent: 0,
    events: [{ type: "died", reason: "so" }],
    snapshot: NUMBERS,
  },
  { ...HEAD, clock: true },
  { type: "taken", sequence: 1, events: 2 },
];

/** Messages, and what is done with those that are some. */
export const agentMessages: Door = {
  name: "agent_messages",
  kind: "pure",
  open: () => ({
    property: fc.property(damagedJson(MESSAGES), (text) => {
      const claim = new AgentClaim();
      const order = readOrder(text);
      if (order !== undefined) {
        claim.take(order, 0);
        if (order.body.type === "work") refusing(() => readWork(order.body));
      }
      const upward = readUpward(text);
      if (upward !== undefined && "events" in upward) {
        const events = new ReportInbox().take(upward);
        for (const event of events) refusing(() => readEvent(event));
        refusing(() =>
          new ReportReader().read(readNumbers(upward.snapshot, new Set()))
        );
      }
      for (const read of [readAnswer, readAcknowledgement, readCard]) {
        read(text);
      }
      refusing(() => readFacts(text));
    }),
  }),
};

const STREAM = new TextEncoder().encode(
  `motd\n${GREETING}\nask 1 a.b 2\n{}answer 1 - 0\npart 1 0 2\nabc`,
);

/** Bytes of a link: frames of a stream, and parts of a message. */
export const agentBytes: Door = {
  name: "agent_bytes",
  kind: "pure",
  open: () => ({
    property: fc.property(
      damagedBytes([STREAM, STREAM.subarray(-14)]),
      (bytes) => {
        const reader = new FrameReader();
        refusing(() => {
          reader.take(bytes.subarray(0, 9));
          reader.take(bytes.subarray(9));
        });
        const part = readPart(bytes);
        if (part !== undefined) new Assembly().take(part);
      },
    ),
  }),
};

/** What is no message is refused by these, and by nothing else. */
function refusing(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    const isRefusal = error instanceof TypeError &&
        error.message.startsWith("Cannot read ") ||
      error instanceof SyntaxError;
    if (!isRefusal) throw error;
  }
}
