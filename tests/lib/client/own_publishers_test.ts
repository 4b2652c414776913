import { assertEquals } from "@std/assert";
import { OwnPublishers } from "../../../lib/client/mod.ts";

const track = (producerId: string, packetsPerSecond = 50) => ({
  producerId,
  packetsPerSecond,
});

Deno.test("a track is own while its client is there, then a former one, and in another room somebody else's", () => {
  const book = new OwnPublishers();
  book.subscribe("r", () => {});
  const origin = (roomId = "r", producerId = "a") =>
    book.originOf(roomId, "p", producerId);
  const seen = [origin()];
  book.tell({ roomId: "r", participantId: "p", tracks: [] });
  seen.push(origin());
  book.tell({ roomId: "r", participantId: "p", tracks: [track("a")] });
  seen.push(origin(), origin("r", "b"), origin("elsewhere"));
  book.tell({ roomId: "r", participantId: "p", tracks: null });
  seen.push(origin());
  // With a token, who comes back has the same id.
  book.tell({ roomId: "r", participantId: "p", tracks: [track("a", 0)] });
  seen.push(origin());
  assertEquals(seen, [
    { of: "other" },
    { of: "own", packetsPerSecond: undefined },
    { of: "own", packetsPerSecond: 50 },
    { of: "own", packetsPerSecond: undefined },
    { of: "other" },
    { of: "former" },
    { of: "own", packetsPerSecond: 0 },
  ]);
});

Deno.test("what a node's own clients say is passed on, and what others say is not", () => {
  const book = new OwnPublishers();
  const passed: string[] = [];
  book.onOwn = ({ participantId }) => passed.push(participantId);
  book.tell({ roomId: "r", participantId: "here", tracks: [] });
  book.learn({ roomId: "r", participantId: "there", tracks: [] });
  assertEquals(passed, ["here"]);
});

Deno.test("whoever listens to a room hears of its participants, until it stops", () => {
  const book = new OwnPublishers();
  const heard: string[] = [];
  const stop = book.subscribe("r", (id) => heard.push(id));
  book.learn({ roomId: "r", participantId: "p", tracks: [] });
  book.learn({ roomId: "elsewhere", participantId: "q", tracks: [] });
  stop();
  book.learn({ roomId: "r", participantId: "p", tracks: null });
  assertEquals(heard, ["p"]);
});

Deno.test("of a room with a thousand departures the last ones are remembered", () => {
  const book = new OwnPublishers();
  book.subscribe("r", () => {});
  for (let i = 0; i < 1500; i++) {
    book.tell({ roomId: "r", participantId: `p${i}`, tracks: [] });
    book.tell({ roomId: "r", participantId: `p${i}`, tracks: null });
  }
  assertEquals(
    [0, 499, 500, 1499].map((i) => book.originOf("r", `p${i}`, "a").of),
    ["other", "other", "former", "former"],
  );
});

Deno.test("whose machine a track is from is known while its client is there", () => {
  const book = new OwnPublishers();
  book.subscribe("r", () => {});
  const isElsewhere = (participantId: string) => {
    const origin = book.originOf("r", participantId, "a");
    return origin.of === "own" && origin.isElsewhere === true;
  };
  const news = { roomId: "r", participantId: "p", tracks: [track("a")] };
  book.learn({ ...news, isElsewhere: true });
  // Who has no name is known by the track.
  assertEquals([isElsewhere("p"), isElsewhere("")], [true, true]);
  book.learn({ ...news, tracks: null, isElsewhere: true });
  assertEquals(isElsewhere("p"), false);
  book.learn(news);
  assertEquals([isElsewhere("p"), isElsewhere("")], [false, false]);
});
