import { assertEquals } from "@std/assert";
import {
  BAND_METRICS,
  type BandMetric,
  type ClientRecord,
  type CounterName,
  EMPTY_SNAPSHOT,
  judge,
  type Judged,
  type Judgement,
  type StoppedTrack,
  tallyClients,
} from "../../../../lib/metrics/mod.ts";
import {
  briefly,
  saidOf,
} from "../../../../lib/metrics/judgement/judgement_text.ts";
import { recordOf } from "../client.ts";
import { timeline } from "./timeline.ts";

interface Own extends Partial<Omit<Judged, "snapshot" | "tally">> {
  readonly counters?: Partial<Record<CounterName, number>>;
  readonly clients?: readonly Partial<ClientRecord>[];
  readonly stopped?: readonly StoppedTrack[];
}

/** A run that is over; what is not given is that of one in which nothing happened. */
function judgedOf({ counters = {}, clients = [], stopped, ...own }: Own) {
  const records = clients.map((client, index) => recordOf(index, client));
  return judge({
    snapshot: {
      ...EMPTY_SNAPSHOT,
      counters: counters as Record<string, number>,
      clients: records,
      stopped,
    },
    tally: tallyClients(records, true),
    timeline: [],
    serverCpu: null,
    serverRss: null,
    ...own,
  });
}

const THERE = { state: "left", connectionSuccessful: true } as const;
/** Something was due to it, and nothing came. */
const DEAF = { ...THERE, withoutMediaMs: 3000 };
const HEARD = { ...THERE, packetsReceived: 10 };

function error(kind: string, message: string) {
  return { errors: [{ kind, message, atMs: 0 }], errorCount: 1 };
}

Deno.test("of a run in which nothing was to be had nothing is judged", () => {
  assertEquals(judgedOf({}), []);
});

Deno.test("figures are judged in the order of the bands, however they came about", () => {
  const figures = judgedOf({
    serverRss: 1,
    serverCpu: 0,
    clients: [{ ...HEARD, producersCreated: 1, packetsSent: 5 }],
    stopped: [{ producerId: "p", how: "paused" }],
    counters: {
      tracksDueMs: 1000,
      tracksWithheldMs: 1,
      packetsDeliverable: 10,
      packetsReceived: 10,
      packetsSent: 5,
      producersCreated: 1,
      signalingDueMs: 10,
      playedMs: 10,
    },
  }).map(({ figure }) => figure);
  assertEquals(figures, BAND_METRICS);
});

Deno.test.each<
  {
    why: string;
    figure: BandMetric;
    own: Own;
    is: [value: number, band: string, says: string] | undefined;
  }
>([
  {
    why: "one of three that offered a track had one refused, and is told why",
    figure: "unpublished",
    own: {
      clients: [
        { producersCreated: 2 },
        {
          producersCreated: 1,
          producersRefused: 1,
          ...error("publish", "Not allowed."),
        },
        { producersCreated: 2 },
        { role: "viewer" },
      ],
    },
    is: [
      1 / 3,
      "critical",
      "1 of 3 clients could not publish all that they should: Not allowed",
    ],
  },
  {
    why: "an error of another kind is no reason for a refusal",
    figure: "unpublished",
    own: {
      clients: [{ producersRefused: 1, ...error("timeout", "no reply") }],
    },
    is: [
      1,
      "critical",
      "1 of 1 client could not publish all that they should",
    ],
  },
  {
    why:
      "who was to send for a second and a half could have, who was shorter not",
    figure: "neverSent",
    own: {
      clients: [
        { sendDueMs: 1500 },
        { sendDueMs: 1499 },
        { sendDueMs: 9000, packetsSent: 1 },
      ],
    },
    is: [0.5, "critical", "1 of 2 clients never sent what they should have"],
  },
  {
    why: "nobody was to send",
    figure: "neverSent",
    own: { clients: [{ sendDueMs: 1499 }] },
    is: undefined,
  },
  {
    why: "one had nothing, and could not read what it got",
    figure: "neverReceived",
    own: { clients: [HEARD, { ...DEAF, ...error("codec", "No H265") }] },
    is: [
      0.5,
      "critical",
      "1 of 2 clients never received anything, although there was something to receive: No H265",
    ],
  },
  {
    why: "who got no track because the answer could not be read is told why",
    figure: "neverReceived",
    own: {
      clients: [{
        ...DEAF,
        ...error("server", "Cannot complete consume: the reply cannot be read"),
      }],
    },
    is: [
      1,
      "critical",
      "1 of 1 client never received anything, although there was something to receive: Cannot complete consume: the reply cannot be read",
    ],
  },
  {
    why: "who was not answered when publishing is told so",
    figure: "unpublished",
    own: {
      clients: [{
        producersRefused: 1,
        ...error("timeout", "produce_audio: no reply within 9 s"),
      }],
    },
    is: [
      1,
      "critical",
      "1 of 1 client could not publish all that they should: produce_audio: no reply within 9 s",
    ],
  },
  {
    why: "what others than the run's clients sent is not what was to come",
    figure: "neverReceived",
    own: { clients: [{ ...DEAF, packetsReceived: 8, packetsFromOthers: 8 }] },
    is: [
      1,
      "critical",
      "1 of 1 client never received anything, although there was something to receive",
    ],
  },
  {
    why: "one of ten lost it for good, which is not more than a tenth",
    figure: "lostForGood",
    own: {
      clients: [
        { ...HEARD, mediaLosses: 1, hasLostMedia: true },
        ...Array(9).fill(HEARD),
      ],
    },
    is: [0.1, "warning", "1 of 10 clients lost media for good"],
  },
  {
    why: "who has it back has lost it for a while",
    figure: "lostMedia",
    own: { clients: [{ ...HEARD, mediaLosses: 2 }, HEARD] },
    is: [0.5, "warning", "1 of 2 clients had no media for 3 s or longer"],
  },
  {
    why: "who had connected and is gone is told apart",
    figure: "connected",
    own: {
      clients: [
        THERE,
        { ...THERE, isAway: true },
        { ...THERE, state: "failed" },
        { state: "failed" },
        { state: "planned" },
      ],
    },
    is: [
      0.25,
      "critical",
      "1 of 4 clients connected, 2 lost after they had been",
    ],
  },
  {
    why: "whose machine was lost is not known to be gone",
    figure: "connected",
    own: { clients: [THERE, { ...THERE, state: "lost" }] },
    is: [1, "good", "1 of 1 client connected"],
  },
  {
    why: "a stretch that is over is told with the whole",
    figure: "silent",
    own: {
      counters: { tracksDueMs: 10_000, tracksSilentMs: 2000 },
      timeline: timeline("0055550000"),
    },
    is: [
      0.2,
      "critical",
      "from 0:02 to 0:06, 50.0 % of the tracks that should flow were missing (tracks were silent 20.0 % of the time that they should have come)",
    ],
  },
  {
    why: "of two stretches the one in which more was missing is told",
    figure: "silent",
    own: {
      counters: { tracksDueMs: 10_000, tracksSilentMs: 2000 },
      timeline: timeline("02222009990"),
    },
    is: [
      0.2,
      "critical",
      "from 0:07 to 0:10, 90.0 % of the tracks that should flow were missing (tracks were silent 20.0 % of the time that they should have come)",
    ],
  },
  {
    why: "what goes on at the end is told there",
    figure: "silent",
    own: {
      counters: { tracksDueMs: 10_000, tracksSilentMs: 2000 },
      timeline: timeline("0000005555"),
    },
    is: [
      0.2,
      "critical",
      "tracks were silent 20.0 % of the time that they should have come",
    ],
  },
  {
    why: "silence of those that were away is theirs",
    figure: "silent",
    own: {
      counters: {
        tracksDueMs: 10_000,
        tracksSilentMs: 4000,
        tracksAwayMs: 4000,
      },
    },
    is: [
      0,
      "good",
      "tracks were silent 0 % of the time that they should have come",
    ],
  },
  {
    why: "what was silent because nobody was told of it is told so",
    figure: "silent",
    own: {
      counters: {
        tracksDueMs: 11_000,
        tracksSilentMs: 4000,
        tracksAwayMs: 1000,
        tracksUntoldMs: 1500,
      },
    },
    is: [
      0.3,
      "critical",
      "tracks were silent 30.0 % of the time that they should have come: the server told clients nothing of 50.0 % of them",
    ],
  },
  {
    why: "at the end it is told so, too",
    figure: "silentAtEnd",
    own: {
      counters: {
        tracksDueMs: 10_000,
        tracksSilentMs: 2000,
        tracksUntoldMs: 2000,
      },
      timeline: timeline("5550005555"),
    },
    is: [
      0.5,
      "critical",
      "from 0:06 on, 50.0 % of the tracks that should flow were missing: the server told clients nothing of them",
    ],
  },
  {
    why: "at the end half is missing, since when it is",
    figure: "silentAtEnd",
    own: {
      counters: { tracksDueMs: 1 },
      timeline: timeline("5550005555"),
    },
    is: [
      0.5,
      "critical",
      "from 0:06 on, 50.0 % of the tracks that should flow were missing",
    ],
  },
  {
    why: "a bad one of the last seconds is told rather than a longer one",
    figure: "silentAtEnd",
    own: {
      counters: { tracksDueMs: 1 },
      timeline: timeline("0111111555"),
    },
    is: [
      0.5,
      "critical",
      "from 0:07 on, 50.0 % of the tracks that should flow were missing",
    ],
  },
  {
    why: "a tenth of the tracks is a warning, however long it is missing",
    figure: "silentAtEnd",
    own: { counters: { tracksDueMs: 1 }, timeline: timeline("0111111111") },
    is: [
      0.1,
      "warning",
      "from 0:01 on, 10.0 % of the tracks that should flow were missing",
    ],
  },
  {
    why: "two seconds may be over before anybody is sure of them",
    figure: "silentAtEnd",
    own: { counters: { tracksDueMs: 1 }, timeline: timeline("00000099") },
    is: [0, "good", "no track was missing at the end"],
  },
  {
    why: "that nothing was due any more does not end a silence",
    figure: "silentAtEnd",
    own: { counters: { tracksDueMs: 1 }, timeline: timeline("00555---") },
    is: [
      0.5,
      "critical",
      "from 0:02 on, 50.0 % of the tracks that should flow were missing",
    ],
  },
  {
    why: "where no track was ever due none is missing, nor there",
    figure: "silentAtEnd",
    own: { timeline: timeline("5555") },
    is: undefined,
  },
  {
    why: "away is told with when that was",
    figure: "away",
    own: {
      counters: { tracksDueMs: 1000, tracksAwayMs: 100 },
      timeline: timeline("09990"),
    },
    is: [
      0.1,
      "warning",
      "clients were away 10.0 % of the time: from 0:01 to 0:04, 90.0 % of the tracks that should flow were missing",
    ],
  },
  {
    why: "a server that stops nothing needs no line",
    figure: "stopped",
    own: { counters: { producersCreated: 10 }, stopped: [] },
    is: undefined,
  },
  {
    why: "of ten tracks it stopped two",
    figure: "stopped",
    own: {
      counters: { producersCreated: 10 },
      stopped: [
        { producerId: "a", how: "paused" },
        { producerId: "b", how: "closed" },
      ],
    },
    is: [
      0.2,
      "critical",
      "the server paused 1 and closed 1 of 10 tracks that clients sent, unasked",
    ],
  },
  {
    why: "of tracks there are at least as many as it stopped",
    figure: "stopped",
    own: { stopped: [{ producerId: "a", how: "paused" }] },
    is: [
      1,
      "critical",
      "the server paused 1 of 1 track that clients sent, unasked",
    ],
  },
  {
    why: "nothing withheld needs no line",
    figure: "withheld",
    own: { counters: { tracksDueMs: 1000 } },
    is: undefined,
  },
  {
    why: "what is withheld is of what was due besides, and never critical",
    figure: "withheld",
    own: { counters: { tracksDueMs: 1000, tracksWithheldMs: 3000 } },
    is: [
      0.75,
      "warning",
      "the server chose to send nothing of 75.0 % of what clients wanted",
    ],
  },
  {
    why: "what others sent was not delivered of each other",
    figure: "deliveryRatio",
    own: {
      counters: {
        packetsDeliverable: 100,
        packetsReceived: 120,
        packetsFromOthers: 40,
      },
    },
    is: [
      0.8,
      "critical",
      "80.0 % of what clients should have had of each other was delivered",
    ],
  },
  {
    why: "half of the time is not more than half of it",
    figure: "signalingSilent",
    own: { counters: { signalingDueMs: 100, signalingSilentMs: 50 } },
    is: [
      0.5,
      "warning",
      "the server's signaling answered nothing 50.0 % of the time",
    ],
  },
  {
    why: "a little over a fifth is critical",
    figure: "frozen",
    own: { counters: { playedMs: 1000, totalFreezesDurationMs: 201 } },
    is: [201 / 1000, "critical", "videos stood still 20.1 % of the time"],
  },
  {
    why: "clients are counted, not errors, and not those that never were due",
    figure: "errors",
    own: {
      clients: [
        { ...THERE, errorCount: 50 },
        THERE,
        { state: "planned", errorCount: 1 },
      ],
    },
    is: [0.5, "critical", "1 of 2 clients met errors"],
  },
  {
    why: "where nobody can receive, nothing received is no fault",
    figure: "receiveSendRatio",
    own: { counters: { packetsSent: 100 } },
    is: undefined,
  },
  {
    why: "of a thousand packets nine came",
    figure: "receiveSendRatio",
    own: {
      counters: {
        packetsSent: 1000,
        packetsReceived: 9,
        packetsDeliverable: 10,
      },
    },
    is: [0.009, "critical", "packets received were 0.9 % of those sent"],
  },
  {
    why: "a thread that is busy all the time",
    figure: "serverCpu",
    own: { serverCpu: 0.95 },
    is: [0.95, "critical", "the server's busiest thread used 95.0 % of a core"],
  },
  {
    why: "four gigabytes are the end of the warning",
    figure: "serverRss",
    own: { serverRss: 4e9 },
    is: [4e9, "warning", "the server used 4.00 GB of memory"],
  },
])("$figure: $why", ({ figure, own, is }) => {
  const found = judgedOf(own).find((one) => one.figure === figure);
  assertEquals(found && [found.value, found.band, found.says], is);
});

Deno.test("what we did ourselves is no more than a warning, and is said", () => {
  const counters = {
    packetsReceived: 50,
    packetsDeliverable: 100,
    impairedInDropped: 50,
  };
  const delivered = judgedOf({ counters })
    .find(({ figure }) => figure === "deliveryRatio")!;
  assertEquals([delivered.value, delivered.band, delivered.says], [
    0.5,
    "warning",
    "50.0 % of what clients should have had of each other was delivered (impaired networks dropped 50.0 % of the packets)",
  ]);
});

Deno.test("what we did ourselves does not excuse what is critical without it", () => {
  const counters = {
    packetsReceived: 50,
    packetsDeliverable: 200,
    impairedInDropped: 50,
  };
  const delivered = judgedOf({ counters })
    .find(({ figure }) => figure === "deliveryRatio")!;
  // 25 % came; without the half that was dropped, it would have been 50 %.
  assertEquals([delivered.value, delivered.band], [0.25, "critical"]);
});

Deno.test("a server that was taken away on purpose explains who was cut off, and says so", () => {
  const own = { clients: [{ ...THERE, errorCount: 3 }] };
  const bandOf = (isDisrupted: boolean) =>
    judgedOf({ ...own, isDisrupted })
      .filter(({ figure }) => figure === "errors")
      .map(({ band, says }) => [band, says]);
  assertEquals([...bandOf(false), ...bandOf(true)], [
    ["critical", "1 of 1 client met errors"],
    [
      "warning",
      "1 of 1 client met errors (the server was taken away on purpose)",
    ],
  ]);
});

function figure(
  figure: BandMetric,
  band: Judgement["band"] = "critical",
  value = 0.5,
): Judgement {
  return { figure, value, band, says: figure, reason: "" };
}

Deno.test.each<{ why: string; all: Judgement[]; is: string | undefined }>([
  { why: "there is none", all: [], is: undefined },
  {
    why: "there is none of this band",
    all: [figure("silent", "good")],
    is: undefined,
  },
  {
    why: "others of another band are left out",
    all: [figure("silent"), figure("frozen", "warning")],
    is: "silent",
  },
  {
    why: "three have room",
    all: [figure("connected"), figure("frozen"), figure("errors")],
    is: "connected; frozen; errors",
  },
  {
    why: "of four one is only counted",
    all: [
      figure("connected"),
      figure("deliveryRatio"),
      figure("frozen"),
      figure("errors"),
    ],
    is: "connected; deliveryRatio; frozen; and 1 more",
  },
  {
    why:
      "what the server did comes before since when, and that before how much",
    all: [
      figure("connected"),
      figure("silent"),
      figure("stopped"),
      figure("unpublished"),
    ],
    is: "stopped; unpublished; silent; and 1 more",
  },
  {
    why: "silence that goes on to the end is not told twice",
    all: [figure("silentAtEnd"), figure("connected"), figure("silent")],
    is: "silentAtEnd; connected",
  },
  {
    why: "silence to the end that is no more than a warning is another one",
    all: [figure("silentAtEnd", "warning"), figure("silent")],
    is: "silent",
  },
])("what is critical is told in sentences: $why", ({ all, is }) => {
  assertEquals(saidOf(all, "critical"), is);
});

Deno.test("where there is little room, figures have their names and units", () => {
  const all = [
    figure("deliveryRatio", "warning", 0.955),
    figure("connected", "critical", 0.2),
    figure("silent", "good", 0),
    figure("serverCpu", "warning", 0.8),
    figure("serverRss", "warning", 2.345e9),
  ];
  assertEquals(briefly(all, "warning"), [
    "delivered 95.5 %",
    "server CPU 80.0 %",
    "server memory 2.35 GB",
  ]);
  assertEquals(briefly([], "warning"), []);
});
