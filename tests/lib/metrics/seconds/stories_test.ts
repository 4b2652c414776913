import { assert, assertEquals } from "@std/assert";
import {
  type ClientSecond,
  ClientSeconds,
  type ClientStory,
  StoryBook,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";
import { type Generator, generator } from "../generate.ts";
import { packedBytes } from "../packed_bytes.ts";

/** So many seconds of so many clients, each of which sends ten packets a second. */
function take(book: StoryBook, fromSec: number, toSec: number, clients = 1) {
  for (let sec = fromSec; sec < toSec; sec++) {
    const seconds = Array.from({ length: clients }, (_, i) => secondOf(i));
    book.take({ fromSec: sec, toSec: sec + 1, clients: seconds });
  }
}

function secondOf(
  index: number,
  own: Partial<ClientSecond> = {},
): ClientSecond {
  return {
    client: recordOf(index, { state: "connected" }),
    dueMs: 1000,
    silentMs: 0,
    packetsDue: 100,
    packetsCame: 90,
    packetsSent: 10,
    bytesSent: 12_000,
    bytesReceived: 90_000,
    playedMs: 1000,
    frozenMs: 250,
    framesRendered: 22,
    signalingSilentMs: 0,
    errors: 0,
    hasConnected: false,
    hasFailed: false,
    ...own,
  };
}

function sentOf({ bins }: ClientStory): number {
  return bins.reduce((sum, { packetsSent }) => sum + packetsSent, 0);
}

Deno.test("a story has a bin a second while there is room", () => {
  const book = new StoryBook();
  take(book, 0, 40);
  const { bins } = book.story(0)!;
  assertEquals(bins.length, 40);
  assertEquals([bins[7].fromSec, bins[7].toSec, bins[7].state], [
    7,
    8,
    "connected",
  ]);
  assertEquals(bins[7].packetsDue - bins[7].packetsCame, 10);
});

Deno.test("each second of a long story is as it was, with every figure, whoever looks when", () => {
  const book = new StoryBook();
  const sent: number[] = [];
  for (let sec = 0; sec < 200; sec++) {
    sent.push(sec * 7);
    const second = secondOf(0, { packetsSent: sec * 7, errors: sec % 3 });
    book.take({ fromSec: sec, toSec: sec + 1, clients: [second] });
    if (sec % 31 !== 0) continue;
    const { bins } = book.story(0)!;
    assertEquals(bins.map(({ packetsSent }) => packetsSent), sent);
  }
  const { bins } = book.story(0)!;
  assertEquals(bins.map(({ packetsSent }) => packetsSent), sent);
  assertEquals(bins.map(({ errors }) => errors), sent.map((_, i) => i % 3));
  assertEquals(bins.map(({ fromSec }) => fromSec), sent.map((_, i) => i));
});

Deno.test.each([
  { why: "a long run", limits: { bins: 16 }, clients: 1 },
  { why: "a run of hundreds of bins", limits: { bins: 75 }, clients: 2 },
  { why: "many clients", limits: { allBins: 64 }, clients: 8 },
])(
  "of $why bins are longer, stay bounded and lose no packet",
  ({ limits, clients }) => {
    const book = new StoryBook(limits);
    const seconds = 8 * (limits.bins ?? 8);
    for (let sec = 0; sec < seconds; sec++) {
      take(book, sec, sec + 1, clients);
      for (const story of book.stories()) {
        assert(story.bins.length <= (limits.bins ?? 9));
        assertEquals(sentOf(story), 10 * (sec + 1));
        assertEquals(story.bins.at(-1)!.toSec, sec + 1);
        story.bins.slice(1).forEach(({ fromSec }, i) =>
          assertEquals(fromSec, story.bins[i].toSec)
        );
      }
    }
    for (const { bins: [{ fromSec, toSec }] } of book.stories()) {
      assert(toSec - fromSec >= 8);
    }
  },
);

/** One client after the other, a second each. */
function takeTurns(book: StoryBook, indices: readonly number[]): void {
  indices.forEach((index, sec) =>
    book.take({ fromSec: sec, toSec: sec + 1, clients: [secondOf(index)] })
  );
}

Deno.test("of more clients than there is room for, those who left first are forgotten", () => {
  const book = new StoryBook({ clients: 2 });
  takeTurns(book, [0, 1, 0, 2]);
  assertEquals([...book.stories()].map(({ index }) => index), [0, 2]);
});

Deno.test("where nobody has left, those who come too late are not kept", () => {
  const book = new StoryBook({ clients: 2 });
  take(book, 0, 2, 3);
  assertEquals([...book.stories()].map(({ index }) => index), [0, 1]);
  assertEquals(book.story(2), undefined);
});

Deno.test("the story of who has left stays as it was, and goes on when it comes again", () => {
  const book = new StoryBook();
  const own = { frozenMs: 16.4, errors: 300, packetsSent: 0 };
  book.take({ fromSec: 0, toSec: 1.0004, clients: [secondOf(0, own)] });
  book.take({ fromSec: 1.0004, toSec: 3.217, clients: [secondOf(0)] });
  book.note("client-0", { atSec: 2, text: "away" });
  const before = book.story(0)!;
  takeTurns(book, [1, 2]);
  assertEquals(book.story(0), before);
  assertEquals([...book.stories()][0], before);
  book.take({ fromSec: 9, toSec: 10, clients: [secondOf(0)] });
  const { bins, events } = book.story(0)!;
  assertEquals(bins.slice(0, 2), before.bins);
  assertEquals([bins[2].fromSec, bins[2].toSec], [9, 10]);
  assertEquals(events, before.events);
});

Deno.test.each([5, 32, 33, 100])(
  "of who has left after %d seconds each is as it was, and those after its return come behind them",
  (seconds) => {
    const book = new StoryBook();
    const second = (sec: number) => secondOf(0, { packetsSent: sec * 3 });
    const stay = (from: number, to: number) => {
      for (let sec = from; sec < to; sec++) {
        book.take({ fromSec: sec, toSec: sec + 1, clients: [second(sec)] });
      }
    };
    stay(0, seconds);
    const there = book.story(0)!;
    takeTurns(book, [1, 2]);
    assertEquals(book.story(0), there);
    stay(seconds + 2, 2 * seconds + 2);
    const { bins } = book.story(0)!;
    assertEquals(bins.slice(0, seconds), there.bins);
    assertEquals(
      bins.slice(seconds).map(({ packetsSent }) => packetsSent / 3),
      Array.from({ length: seconds }, (_, i) => seconds + 2 + i),
    );
  },
);

Deno.test("when bins become longer, those of who has left do too", () => {
  const book = new StoryBook({ allBins: 12 });
  take(book, 0, 5, 2);
  take(book, 5, 12, 1);
  const [stayed, left] = [...book.stories()];
  assertEquals([sentOf(stayed), sentOf(left)], [120, 50]);
  assertEquals(
    left.bins.map(({ fromSec, toSec }) => [fromSec, toSec]),
    [[0, 2], [2, 4], [4, 5]],
  );
});

Deno.test("what happens to a client is in its story, also before its first second, the last of it if it is too much", () => {
  const book = new StoryBook({ events: 2 });
  const at = (atSec: number) => ({ atSec, text: `event ${atSec}` });
  book.note("client-0", at(0.5));
  take(book, 0, 1);
  book.note("client-0", at(1));
  assertEquals(book.story(0)!.events, [at(0.5), at(1)]);
  book.note("client-0", at(2));
  assertEquals(book.story(0)!.events, [at(1), at(2)]);
});

Deno.test("a client's second is what its record grew by, and loss is due with the packets", () => {
  const seconds = new ClientSeconds();
  const look = (deliverable: number, overdue: number, received: number) =>
    seconds.take([recordOf(0, {
      state: "connected",
      connectionSuccessful: true,
      packetsDeliverable: deliverable,
      packetsOverdue: overdue,
      packetsReceived: received + 7,
      packetsFromOthers: 7,
    })])[0];
  assertEquals(look(100, 0, 100).hasConnected, true);
  const silent = look(100, 100, 100);
  assertEquals([silent.packetsDue, silent.packetsCame], [100, 0]);
  assertEquals(silent.hasConnected, false);
  const back = look(300, 0, 150);
  assertEquals([back.packetsDue, back.packetsCame], [100, 50]);
});

Deno.test("who has failed before it was ever connected has failed once, and who has left has no seconds", () => {
  const seconds = new ClientSeconds();
  const look = (state: "joining" | "failed" | "left") =>
    seconds.take([recordOf(0, { state })]).map(({ hasFailed }) => hasFailed);
  assertEquals(
    (["joining", "failed", "failed", "left"] as const).map(look),
    [[false], [true], [false], []],
  );
});

/** What a client had in one second, drawn. */
function drawn(index: number, { below }: Generator): ClientSecond {
  return secondOf(index, {
    packetsDue: below(500),
    packetsCame: below(500),
    packetsSent: below(100),
    bytesSent: below(200_000),
    bytesReceived: below(2 ** 22),
    frozenMs: below(5) === 0 ? below(1000) : 0,
    framesRendered: below(3) === 0 ? 0 : below(60),
    errors: below(9) === 0 ? 1 : 0,
  });
}

Deno.test("the story of who comes and goes is what it was when it was there, with what was told of it since", () => {
  const random = generator(3);
  const book = new StoryBook();
  const known = new Map<number, ClientStory>();
  for (let sec = 0; sec < 150; sec++) {
    const there = [0, 1, 2, 3, 4].filter(() => random.below(4) > 0);
    const clients = there.map((index) => drawn(index, random));
    book.take({ fromSec: sec, toSec: sec + 1, clients });
    const index = random.below(5);
    const event = { atSec: sec + random.below(1000) / 1000, text: `at ${sec}` };
    book.note(`client-${index}`, event);
    const before = known.get(index);
    if (before !== undefined && !there.includes(index)) {
      const events = [...before.events, event].slice(-40);
      known.set(index, { ...before, events });
    }
    for (const one of there) known.set(one, book.story(one)!);
    for (const [one, story] of known) assertEquals(book.story(one), story);
  }
  assertEquals(
    [...book.stories()],
    [...known.values()].sort((a, b) => a.index - b.index),
  );
});

Deno.test("of who has left twelve seconds with two events take less than 240 bytes", () => {
  const random = generator(5);
  const book = new StoryBook();
  const bytes = packedBytes(() => {
    for (let index = 0; index < 1000; index++) {
      for (let sec = 12 * index; sec < 12 * index + 12; sec++) {
        const clients = [drawn(index, random)];
        book.take({ fromSec: sec, toSec: sec + 1, clients });
      }
      for (const text of ["loses its channel", "is back after 1.2 s"]) {
        book.note(`client-${index}`, { atSec: 12 * index + 11, text });
      }
    }
  }) / 1000;
  assert(bytes > 100 && bytes < 240, `${bytes}`);
});
