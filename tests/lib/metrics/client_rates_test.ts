import { assertEquals } from "@std/assert";
import {
  type ClientFigures,
  clientRate,
  type ClientRateName,
  type ClientRecord,
} from "../../../lib/metrics/mod.ts";
import { recordOf } from "./client.ts";

/** A client that was there for ten seconds, sent and received. */
const WELL = {
  state: "left",
  connectionSuccessful: true,
  connectedAtMs: 1000,
  sessionDurationMs: 10_000,
  sends: ["audio"],
  receives: ["audio"],
  sendDueMs: 10_000,
  packetsSent: 500,
  packetsReceived: 500,
  consumersCreated: 1,
} as const satisfies Partial<ClientFigures>;
const VIEWER = { ...WELL, sends: [], sendDueMs: 0, packetsSent: 0 } as const;
const NOBODY_HEARD = { packetsReceived: 0, consumersCreated: 0 };
const ALONE = { ...WELL, ...NOBODY_HEARD };

Deno.test.each(
  [
    {
      why: "who left while connected is connected",
      name: "connected",
      clients: [WELL, { ...WELL, state: "connected" }],
      want: 1,
    },
    {
      why: "who gave up, or is on its way back, is not",
      name: "connected",
      clients: [WELL, { ...WELL, state: "failed" }, {
        ...WELL,
        state: "joining",
        isAway: true,
      }, WELL],
      want: 0.5,
    },
    {
      why: "nor is who was on its way back when it left",
      name: "connected",
      clients: [WELL, { ...WELL, isAway: true }],
      want: 0.5,
    },
    {
      why: "a client that is not due yet is none",
      name: "connected",
      clients: [WELL, { state: "planned" }],
      want: 1,
    },
    {
      why: "one error or twenty, it is one client of four",
      name: "clientsWithErrors",
      clients: [WELL, WELL, WELL, { ...WELL, errorCount: 20 }],
      want: 0.25,
    },
    {
      why: "one silent client among twenty is a twentieth",
      name: "neverReceived",
      clients: [
        { ...WELL, packetsReceived: 0, withoutMediaMs: 8000 },
        ...Array(19).fill(WELL),
      ],
      want: 0.05,
    },
    {
      why: "a lone client has nobody to hear",
      name: "neverReceived",
      clients: [ALONE],
      want: null,
    },
    {
      why: "of one who sends to many, nothing comes back",
      name: "neverReceived",
      clients: [ALONE, VIEWER, VIEWER],
      want: 0,
    },
    {
      why: "two who send side by side should hear each other, offered or not",
      name: "neverReceived",
      clients: [ALONE, ALONE],
      want: 1,
    },
    {
      why: "unless each sends what the other does not want",
      name: "neverReceived",
      clients: [ALONE, { ...ALONE, sends: ["video"], receives: ["video"] }],
      want: null,
    },
    {
      why: "or they were not there together",
      name: "neverReceived",
      clients: [ALONE, { ...ALONE, connectedAtMs: 10_000 }],
      want: null,
    },
    {
      why: "or were in two rooms",
      name: "neverReceived",
      clients: [ALONE, { ...ALONE, roomId: "elsewhere" }],
      want: null,
    },
    {
      why: "or one was muted whenever the other was there, and so consumed",
      name: "neverReceived",
      clients: [{ ...ALONE, consumersCreated: 1 }, WELL],
      want: 0,
    },
    {
      why: "a publisher that never sent is one of those that should have",
      name: "neverSent",
      clients: [{ ...WELL, packetsSent: 0 }, WELL, VIEWER],
      want: 0.5,
    },
    {
      why: "one that the server took no track of, or only one",
      name: "unpublished",
      clients: [
        { producersRefused: 2 },
        { producersCreated: 1, producersRefused: 1 },
        { producersCreated: 2 },
        { producersCreated: 2 },
        {},
      ],
      want: 0.5,
    },
    {
      why: "nobody has offered any",
      name: "unpublished",
      clients: [{}],
      want: null,
    },
    {
      why: "one that was muted all the time is not",
      name: "neverSent",
      clients: [{ ...WELL, packetsSent: 0, sendDueMs: 0 }, WELL],
      want: 0,
    },
    {
      why: "who lost media and has it again has not lost it for good",
      name: "lostForGood",
      clients: [{ ...WELL, mediaLosses: 2 }, {
        ...WELL,
        mediaLosses: 1,
        hasLostMedia: true,
      }],
      want: 0.5,
    },
    {
      why: "but has lost it",
      name: "lostMedia",
      clients: [{ ...WELL, mediaLosses: 2 }, WELL],
      want: 0.5,
    },
  ] satisfies {
    why: string;
    name: ClientRateName;
    clients: (Partial<ClientRecord>)[];
    want: number | null;
  }[],
)("$name: $why", ({ name, clients, want }) => {
  const records = (clients as Partial<ClientRecord>[]).map((client, index) => ({
    ...recordOf(index),
    ...client,
  }));
  assertEquals(clientRate(records, name, true), want);
});
