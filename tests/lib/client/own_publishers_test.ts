import { assertEquals } from "@std/assert";
import { OwnPublishers } from "../../../lib/client/mod.ts";

const track = (
  producerId: string,
  packetsPerSecond = 50,
  kind: "audio" | "video" = "audio",
) => ({ producerId, kind, packetsPerSecond });

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

Deno.test("what the others of a room send now is summed up by kind, without what is paused, and without one's own", () => {
  const book = new OwnPublishers();
  book.subscribe("r", () => {});
  const beside = (participantId: string) =>
    (["audio", "video"] as const).map((kind) => {
      const sent = book.sentBeside("r", participantId, kind);
      return [sent.tracks, sent.packetsPerSecond];
    });
  const seen = [beside("p")];
  const tell = (participantId: string, ...tracks: ReturnType<typeof track>[]) =>
    book.tell({ roomId: "r", participantId, tracks });
  tell("p", track("a"), track("b", 130, "video"));
  tell("q", track("c"), track("d", 0, "video"));
  seen.push(beside("p"), beside("q"), beside("somebody else"));
  tell("q", track("c", 0), track("d", 90, "video"));
  seen.push(beside("p"));
  book.tell({ roomId: "r", participantId: "q", tracks: null });
  seen.push(beside("p"));
  assertEquals(seen, [
    [[0, 0], [0, 0]],
    [[1, 50], [0, 0]],
    [[1, 50], [1, 130]],
    [[2, 100], [1, 130]],
    [[0, 0], [1, 90]],
    [[0, 0], [0, 0]],
  ]);
  assertEquals(book.sentBeside("elsewhere", "p", "audio").tracks, 0);
});
