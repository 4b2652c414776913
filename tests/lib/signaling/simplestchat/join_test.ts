import { assert, assertEquals } from "@std/assert";
import type {
  ServerMessage,
} from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import {
  backoffMs,
  type JoinOptions,
  joinRoom,
} from "../../../../lib/signaling/simplestchat/join.ts";
import { Conversation } from "../../../../lib/signaling/simplestchat/conversation.ts";
import { FakeChannel, FakeClock } from "../../../../lib/testing/mod.ts";
import { failure } from "./converse.ts";
import { serverExamples as s } from "./wire/fixtures.ts";

const EXISTS: ServerMessage = {
  type: "error",
  message: "Error: Router error: Router already exists for room: r1",
};
const NOT_FOUND: ServerMessage = {
  type: "error",
  message: "Error: Router error: Router not found for room: r1",
};
const FULL: ServerMessage = { type: "error", message: "Error: Room is full" };
const request = { roomId: "r1", participantName: "TestUser3" };

/** A server that answers the nth `joinRoom` with the nth of `answers`, the last one for good. */
function join(
  answers: readonly ServerMessage[],
  options: Partial<JoinOptions> = {},
) {
  const clock = new FakeClock();
  let asked = 0;
  const channel = new FakeChannel(({ type }) => {
    if (type !== "joinRoom") return [];
    return [answers[Math.min(asked++, answers.length - 1)]!];
  });
  const latencies: number[] = [];
  const conversation = new Conversation(channel, {
    clock,
    onLatency: (_, ms) => latencies.push(ms),
  });
  const joined = joinRoom(conversation, request, {
    random: () => 0.5,
    ...options,
  });
  joined.catch(() => {});
  return { clock, channel, conversation, joined, latencies };
}

Deno.test("a join asks once when the server lets us in", async () => {
  const { channel, joined } = join([s.roomJoined]);
  assertEquals((await joined).participantId, "p1");
  assertEquals<unknown>(channel.sent, [
    { type: "joinRoom", ...request },
  ]);
});

Deno.test("the races of room creation and removal are tried again, as one latency", async () => {
  const { clock, channel, joined, latencies } = join([
    EXISTS,
    NOT_FOUND,
    s.roomJoined,
  ]);
  await clock.run(10_000);
  assertEquals((await joined).participantId, "p1");
  assertEquals(channel.sent.length, 3);
  assertEquals(latencies, [30 + 60]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a race that never ends fails the join", async () => {
  const { clock, channel, joined } = join([EXISTS]);
  await clock.run(10_000);
  assertEquals((await failure(joined)).kind, "server");
  assertEquals(channel.sent.length, 6);
});

Deno.test("any other error is not tried again", async () => {
  const { channel, joined } = join([FULL]);
  assertEquals(await failure(joined), {
    kind: "server",
    message:
      'Cannot complete join_room: the server said "Error: Room is full".',
  });
  assertEquals(channel.sent.length, 1);
});

Deno.test.each(
  [
    { why: "signal", kind: "aborted" },
    { why: "connection", kind: "closed" },
  ] as const,
)("the pause before trying again ends with the $why", async ({ kind }) => {
  const abort = new AbortController();
  const { clock, channel, joined } = join([EXISTS], { signal: abort.signal });
  await clock.run(0);
  assertEquals(clock.pendingTimers, 1);
  if (kind === "aborted") abort.abort();
  else channel.drop();
  assertEquals((await failure(joined)).kind, kind);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("pauses double, and chance spreads each over its upper half", () => {
  for (let attempt = 0; attempt < 6; attempt++) {
    assertEquals(backoffMs(attempt, () => 0), 20 * 2 ** attempt);
    assert(backoffMs(attempt, () => 0.999) < 40 * 2 ** attempt);
  }
});

Deno.test("a lobby is waited in until the moderator lets us in", async () => {
  const seen: number[] = [];
  const { clock, channel, joined } = join([s.lobbyWaiting], {
    onLobby: ({ participantCount }) => seen.push(participantCount),
  });
  await clock.run(30_000);
  assertEquals(seen, [3]);
  channel.deliver(s.lobbyAdmitted, s.roomJoined);
  assertEquals((await joined).participantId, "p1");
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a moderator may be quicker than whoever reads that there is a lobby", async () => {
  const channel = new FakeChannel(
    () => [s.lobbyWaiting, s.lobbyAdmitted, s.roomJoined],
  );
  const clock = new FakeClock();
  const conversation = new Conversation(channel, { clock });
  const joined = await joinRoom(conversation, request, { random: Math.random });
  assertEquals(joined.participantId, "p1");
});

Deno.test("a lobby need not be waited in at all", async () => {
  const abort = new AbortController();
  const { clock, joined } = join([s.lobbyWaiting], {
    signal: abort.signal,
    onLobby: () => abort.abort(),
  });
  assertEquals((await failure(joined)).kind, "aborted");
  assertEquals(clock.pendingTimers, 0);
});

Deno.test.each(
  [
    {
      why: "a denial",
      kind: "notAdmitted",
      after: ({ channel }: Waiting) => channel.deliver(s.lobbyDenied),
    },
    {
      why: "its deadline",
      kind: "timeout",
      after: ({ clock }: Waiting) => clock.run(60_000),
    },
    {
      why: "the connection",
      kind: "closed",
      after: ({ channel }: Waiting) => channel.drop(),
    },
    {
      why: "the signal",
      kind: "aborted",
      after: ({ abort }: Waiting) => abort.abort(),
    },
  ] as const,
)("waiting in a lobby ends with $why", async ({ kind, after }) => {
  const abort = new AbortController();
  const { clock, channel, joined } = join([s.lobbyWaiting], {
    signal: abort.signal,
  });
  await clock.run(59_999);
  await after({ clock, channel, abort });
  assertEquals((await failure(joined)).kind, kind);
  assertEquals(clock.pendingTimers, 0);
});

interface Waiting {
  readonly clock: FakeClock;
  readonly channel: FakeChannel;
  readonly abort: AbortController;
}
