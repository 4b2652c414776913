import { assert, assertEquals } from "@std/assert";
import { IceAgent } from "../../../lib/rtc/ice_agent.ts";
import { bindingResponse, parseStun } from "../../../lib/rtc/stun.ts";

const REMOTE = { usernameFragment: "server", password: "secret-of-the-server" };
const FROM = { address: "127.0.0.1", port: 9 };

Deno.test("checks are sent again after doubling pauses, up to 1.6 s", () => {
  const end = new Ends();
  end.runUntil(8000);
  assertEquals(
    end.checks.map(({ atMs }) => atMs),
    [0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900],
  );
  assertEquals(new Set(end.checks.map((one) => one.transaction)).size, 9);
  assert(end.checks.every((one) => one.username?.startsWith("server:")));
  assertEquals(end.events, []);
});

Deno.test("the first answer nominates, once, and tells the round trip", () => {
  const end = new Ends();
  end.runUntil(99);
  end.answer(0, { atMs: 40 });
  assert(end.agent.connected);
  assertEquals(end.agent.roundTripMs, 40);
  end.answer(0, { atMs: 60 });
  assertEquals(end.agent.roundTripMs, 40);
  assertEquals(end.events, ["connected"]);
});

Deno.test("an answer to an earlier check counts too", () => {
  const end = new Ends();
  end.runUntil(700);
  end.answer(1, { atMs: 720 });
  assertEquals(end.events, ["connected"]);
  assertEquals(end.agent.roundTripMs, 620);
});

Deno.test("only the last eight checks may be answered", () => {
  const end = new Ends();
  end.runUntil(8000);
  end.answer(0, { atMs: 8001 });
  assertEquals(end.events, []);
  end.answer(1, { atMs: 8001 });
  assertEquals(end.events, ["connected"]);
});

Deno.test.each([
  { why: "under another password", password: "wrong", transaction: undefined },
  {
    why: "of a transaction that is not ours",
    password: REMOTE.password,
    transaction: "00112233445566778899aabb",
  },
])("an answer $why is ignored", ({ password, transaction }) => {
  const end = new Ends();
  end.runUntil(50);
  const bytes = bindingResponse(
    transaction ?? end.checks[0].transaction,
    FROM,
    password,
  );
  end.agent.receive(bytes, 50);
  assertEquals(end.events, []);
  end.answer(0, { atMs: 60 });
  assertEquals(end.events, ["connected"]);
});

Deno.test("a request of the server, and noise, are ignored", () => {
  const end = new Ends();
  end.runUntil(50);
  end.agent.receive(end.sent[0], 50);
  end.agent.receive(new Uint8Array(40), 50);
  end.agent.receive(new Uint8Array(0), 50);
  assertEquals(end.events, []);
});

Deno.test.each([
  { random: 0, pauseMs: 4000 },
  { random: 0.5, pauseMs: 5000 },
  { random: 0.75, pauseMs: 5500 },
])(
  "consent is asked for every $pauseMs ms when the draw is $random",
  ({ random, pauseMs }) => {
    const end = new Ends(random);
    end.runUntil(10);
    end.answer(0, { atMs: 10 });
    // The retransmission that was planned finds nothing to do.
    end.runUntil(3 * pauseMs + 10, (check) => end.answer(check));
    assertEquals(
      end.checks.map(({ atMs }) => atMs),
      [0, 1, 2, 3].map((n) => n === 0 ? 0 : n * pauseMs + 10),
    );
  },
);

Deno.test("without an answer consent ends 30 s after the last one, not at the check after", () => {
  const end = new Ends(0.75);
  end.runUntil(10);
  end.answer(0, { atMs: 10 });
  end.runUntil(6000, (check) => end.answer(check));
  assertEquals(end.checks.at(-1)?.atMs, 5510);
  end.runUntil(35_509);
  assertEquals(end.events, ["connected"]);
  assert(end.agent.connected);
  end.runUntil(90_000);
  assertEquals(end.events, ["connected", "expired"]);
  assertEquals(end.expiredAtMs, 35_510);
  assertEquals(end.agent.connected, false);
  assertEquals(end.dueMs, Infinity);
  end.answer(end.checks.length - 1);
  assertEquals(end.agent.connected, false);
});

Deno.test("while answers are missing consent is asked for every second", () => {
  const end = new Ends(0.5);
  end.runUntil(10);
  end.answer(0, { atMs: 10 });
  end.runUntil(13_500);
  assertEquals(
    end.checks.map(({ atMs }) => atMs),
    [0, 5010, 10_010, 11_010, 12_010, 13_010],
  );
  end.answer(end.checks.length - 1, { atMs: 13_500 });
  end.runUntil(20_000);
  // The one that was planned, and from there on as calmly as before.
  assertEquals(end.checks.slice(6).map(({ atMs }) => atMs), [14_010, 19_010]);
});

Deno.test("a closed agent says nothing more", () => {
  const end = new Ends();
  end.runUntil(50);
  end.agent.close();
  end.answer(0, { atMs: 60 });
  end.runUntil(60_000);
  assertEquals(end.checks.length, 1);
  assertEquals(end.events, []);
  assertEquals(end.dueMs, Infinity);
});

interface Check {
  readonly atMs: number;
  readonly transaction: string;
  readonly username: string | undefined;
}

/** An agent on a clock of its own, and the server that it asks. */
class Ends {
  readonly checks: Check[] = [];
  readonly sent: Uint8Array[] = [];
  readonly events: string[] = [];
  expiredAtMs = -1;
  dueMs = 0;
  readonly agent: IceAgent;
  #nowMs = 0;

  constructor(random = 0.5) {
    this.agent = new IceAgent({
      remote: REMOTE,
      send: (bytes) => {
        const request = parseStun(bytes, REMOTE.password);
        assertEquals(request?.kind, "request");
        const { transaction, username } = request!;
        this.sent.push(bytes);
        this.checks.push({ atMs: this.#nowMs, transaction, username });
      },
      onConnected: () => this.events.push("connected"),
      onExpired: () => {
        this.events.push("expired");
        this.expiredAtMs = this.#nowMs;
      },
      random: () => random,
    });
  }

  /** Ticks when the agent asks to, up to and with `endMs`; tells of each check. */
  runUntil(endMs: number, onCheck: (check: number) => void = () => {}): void {
    while (this.dueMs <= endMs) {
      this.#nowMs = this.dueMs;
      const before = this.checks.length;
      this.dueMs = this.agent.tick(this.#nowMs);
      if (this.checks.length > before) onCheck(before);
    }
  }

  /** The server answers a check. */
  answer(check: number, { atMs = this.#nowMs } = {}): void {
    const { transaction } = this.checks[check];
    const bytes = bindingResponse(transaction, FROM, REMOTE.password);
    this.agent.receive(bytes, atMs);
  }
}
