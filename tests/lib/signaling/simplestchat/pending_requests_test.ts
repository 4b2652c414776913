import { assertEquals } from "@std/assert";
import { PendingRequests } from "../../../../lib/signaling/simplestchat/pending_requests.ts";
import type {
  Request,
  ServerMessage,
} from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { clientExamples as c, serverExamples as s } from "./wire/fixtures.ts";

interface Entry {
  readonly name: string;
  readonly message: Request;
}

function consume(producerId: string): Entry {
  return { name: producerId, message: { ...c.consume, producerId } };
}
const send: Entry = { name: "send", message: c.createSendTransport };
const receive: Entry = { name: "receive", message: c.createRecvTransport };
const produceAudio: Entry = { name: "audio", message: c.produce };
const produceVideo: Entry = { name: "video", message: c.produce };

const CASES: readonly {
  why: string;
  asked: readonly Entry[];
  /** `-name` was given up, `!name` struck out. */
  given: readonly string[];
  arrives: readonly ServerMessage[];
  claimed: readonly string[];
}[] = [
  {
    why: "without a request everything is an event",
    asked: [],
    given: [],
    arrives: [s.producerPaused, s.roomJoined, s.error],
    claimed: ["event", "event", "event"],
  },
  {
    why: "pipelined consumes are told apart by producer, in any order",
    asked: [consume("a"), consume("b")],
    given: [],
    arrives: [consumed("b"), consumed("a")],
    claimed: ["b", "a"],
  },
  {
    why: "the second reply about the same thing is an event",
    asked: [consume("a")],
    given: [],
    arrives: [consumed("a"), consumed("a")],
    claimed: ["a", "event"],
  },
  {
    why: "replies that name nothing go first in, first out",
    asked: [produceAudio, produceVideo],
    given: [],
    arrives: [s.producerCreated, s.producerCreated],
    claimed: ["audio", "video"],
  },
  {
    why: "an error goes to the oldest",
    asked: [consume("a"), consume("b")],
    given: [],
    arrives: [s.error, consumed("b")],
    claimed: ["a", "b"],
  },
  {
    why: "an error goes past those that it cannot concern",
    asked: [send, consume("a")],
    given: [],
    arrives: [error("Error: Consumer limit reached (16)."), s.error],
    claimed: ["a", "send"],
  },
  {
    why: "an error that concerns nobody is an event",
    asked: [send],
    given: [],
    arrives: [error("Error: You are not allowed to chat"), s.transportCreated],
    claimed: ["event", "send"],
  },
  {
    why:
      "a late reply is not taken for the reply to the next request of its kind",
    asked: [send, receive],
    given: ["-send"],
    arrives: [s.transportCreated, s.transportCreated],
    claimed: ["send, late", "receive"],
  },
  {
    why:
      "a reply that never came is not waited for once something later is answered",
    asked: [send, consume("a"), receive],
    given: ["-send"],
    arrives: [consumed("a"), s.transportCreated],
    claimed: ["a", "receive"],
  },
  {
    why: "only what was given up is struck out by a later answer",
    asked: [consume("a"), consume("b")],
    given: [],
    arrives: [consumed("b"), s.error],
    claimed: ["b", "a"],
  },
  {
    why: "a request that the server has not read gets no late reply",
    asked: [send, receive],
    given: ["!send"],
    arrives: [s.transportCreated],
    claimed: ["receive"],
  },
];

Deno.test.each(CASES)(
  "pending requests: $why",
  ({ asked, given, arrives, claimed }) => {
    const pending = new PendingRequests<Entry>();
    for (const entry of asked) {
      pending.enter(entry);
      if (given.includes(`-${entry.name}`)) pending.giveUp(entry);
      if (given.includes(`!${entry.name}`)) pending.strike(entry);
    }
    const claims = arrives.map((message) => pending.claim(message));
    assertEquals(
      claims.map((claim) =>
        claim === undefined
          ? "event"
          : claim.entry.name + (claim.late ? ", late" : "")
      ),
      [...claimed],
    );
  },
);

function consumed(producerId: string): ServerMessage {
  return { ...s.consumerCreated, producerId };
}

function error(message: string): ServerMessage {
  return { type: "error", message };
}
