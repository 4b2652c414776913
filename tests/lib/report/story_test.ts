import { assertEquals } from "@std/assert";
import type { StoryBin, WholeStory } from "../../../lib/metrics/mod.ts";
import { storyCsv, storyLines } from "../../../lib/report/mod.ts";
import { noMedia } from "../metrics/seconds/incident.ts";

function bin(fromSec: number, own: Partial<StoryBin> = {}): StoryBin {
  return {
    fromSec,
    toSec: fromSec + 1,
    state: "connected",
    packetsSent: 100,
    bytesSent: 125_000,
    packetsDue: 200,
    packetsCame: 200,
    bytesReceived: 250_000,
    dueMs: 4000,
    silentMs: 0,
    playedMs: 2000,
    frozenMs: 0,
    framesRendered: 60,
    errors: 0,
    ...own,
  };
}

const STORY: WholeStory = {
  clientId: "client-6",
  index: 6,
  roomId: "hall",
  bins: [
    bin(0),
    bin(1, {
      packetsCame: 0,
      silentMs: 4000,
      frozenMs: 2000,
      bytesReceived: 0,
    }),
    bin(2, { packetsCame: 150, frozenMs: 500, framesRendered: 45 }),
  ],
  events: [
    { atSec: 1.75, text: "away: the server\x1b[2J is gone" },
    { atSec: 2.1, text: "came back (reconnected)" },
  ],
  freezes: [
    { from: "client-2", fromSec: 1, toSec: 2, frozenMs: 1000 },
    { from: "client-3", fromSec: 1.2, toSec: 2.9, frozenMs: 1500 },
    { from: "client-2", fromSec: 2.5, toSec: 2.75, frozenMs: 250 },
  ],
  layers: [
    { from: "client-3", atSec: 0.25, layer: 2 },
    { from: "client-3", atSec: 2.2, layer: null },
  ],
};

Deno.test("a story is told second by second, with what happened in each", () => {
  const incident = noMedia({ fromSec: 1, untilSec: 2 });
  assertEquals(storyLines(STORY, [incident]), [
    "frozen, by sender: client-3 1.5 s, client-2 1.3 s",
    "time          state            out        in      loss   missing       fps    frozen",
    "0:00.0-0:01.0 connected   1.0 Mbps  2.0 Mbps       0 %       0 %      30.0       0 %",
    "              0:00.3 layer 2 of client-3 from now on",
    "0:01.0-0:02.0 connected   1.0 Mbps     0 bps     100 %     100 %      30.0     100 %",
    "              ! 0:01 to 0:02 8 of 8 clients without media",
    "              0:01.0 client-2 stood still for 1.0 s",
    "              0:01.2 client-3 stood still for 1.5 s in all until 0:02.9",
    "              0:01.8 away: the server is gone",
    "0:02.0-0:03.0 connected   1.0 Mbps  2.0 Mbps    25.0 %       0 %      22.5    25.0 %",
    "              0:02.1 came back (reconnected)",
    "              0:02.2 no layer of client-3 from now on",
    "              0:02.5 client-2 stood still for 0.3 s",
  ]);
});

Deno.test("a long story is told in fewer rows, without losing anything of it", () => {
  const bins = Array.from({ length: 1200 }, (_, i) => bin(i));
  const events = [{ atSec: 1199.5, text: "the end" }];
  const lines = storyLines(
    { ...STORY, bins, events, freezes: [], layers: [] },
  );
  assertEquals(lines.length, 1 + 120 + 1);
  assertEquals(
    lines[1],
    "0:00.0-0:10.0 connected   1.0 Mbps  2.0 Mbps       0 %       0 %      30.0       0 %",
  );
  assertEquals(lines.at(-1), "              19:59.5 the end");
});

Deno.test("of a client of whom there is no second that is said", () => {
  assertEquals(storyLines({ ...STORY, bins: [] }), [
    "nothing is known of its seconds",
  ]);
});

Deno.test("a story as CSV has a row a bin", () => {
  const [head, first, ...others] = storyCsv(STORY).split("\r\n");
  assertEquals(head.split(",").slice(0, 4), [
    "fromSec",
    "toSec",
    "state",
    "packetsSent",
  ]);
  assertEquals(first.split(",").slice(0, 4), ["0", "1", "connected", "100"]);
  assertEquals(others.length, 3);
});
