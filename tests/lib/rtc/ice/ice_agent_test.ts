import { assert, assertEquals } from "@std/assert";
import { IceAgent, type IcePath } from "../../../../lib/rtc/ice/ice_agent.ts";
import { Buffer } from "../../../../lib/rtc/deps.ts";
import { bindingResponse, parseStun } from "../../../../lib/rtc/ice/stun.ts";
import { Message } from "./deps.ts";

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
  assertEquals(end.events, ["connected", "silent"]);
  assert(end.agent.connected);
  end.runUntil(90_000);
  assertEquals(end.events, ["connected", "silent", "expired"]);
  assertEquals(end.expiredAtMs, 35_510);
  assertEquals(end.agent.connected, false);
  assertEquals(end.dueMs, Infinity);
  end.answer(end.checks.length - 1);
  assertEquals(end.agent.connected, false);
});

Deno.test("consent ends at the moment that it is due to, however that is rounded", () => {
  for (let i = 1; i < 500; i++) {
    const end = new Ends();
    end.runUntil(0);
    const atMs = 1_030_000 + i / 10;
    end.answer(0, { atMs });
    end.agent.tick(atMs + 30_000);
    assertEquals(end.events, ["connected", "expired"], `answered at ${atMs}`);
  }
});

Deno.test("while answers are missing consent is asked for every second", () => {
  const end = new Ends(0.5);
  end.runUntil(10);
  end.answer(0, { atMs: 10 });
  end.runUntil(13_500);
  assertEquals(
    end.checks.map(({ atMs }) => atMs),
    [0, ...[5, 6, 7, 8, 9, 10, 11, 12, 13].map((s) => s * 1000 + 10)],
  );
  assertEquals(end.events, ["connected", "silent"]);
  end.answer(end.checks.length - 1, { atMs: 13_500 });
  end.runUntil(19_000);
  assertEquals(end.checks.slice(10).map(({ atMs }) => atMs), [18_500]);
  assertEquals(end.events, ["connected", "silent", "heard"]);
});

Deno.test("a port that has changed is nominated anew, at once and soon again, and silence is told in seconds", () => {
  const end = new Ends(0.5);
  end.runUntil(10);
  end.answer(0, { atMs: 10 });
  end.runUntil(2000);
  end.rebind({ atMs: 2000 });
  end.runUntil(8000);
  assertEquals(
    end.checks.map(({ atMs, nomination }) => `${nomination} ${atMs}`),
    [
      "7 0",
      ...[2000, 2100, 2300, 2700, 3500, 4500, 5500, 6500, 7500].map((ms) =>
        `8 ${ms}`
      ),
    ],
  );
  assertEquals(end.events, ["connected", "silent"]);
  end.runUntil(32_100);
  assertEquals(end.events, ["connected", "silent", "expired"]);
  assertEquals(end.expiredAtMs, 30_010);
});

Deno.test("a server that follows to another port is asked for consent as before", () => {
  const end = new Ends(0.5);
  end.runUntil(10);
  end.answer(0, { atMs: 10 });
  end.runUntil(2000);
  end.rebind({ atMs: 2000 });
  end.answer(1, { atMs: 2030 });
  end.runUntil(13_000, (check) => end.answer(check));
  assertEquals(end.checks.map(({ atMs }) => atMs), [0, 2000, 7030, 12_030]);
  assertEquals(end.agent.roundTripMs, 0);
  assertEquals(end.events, ["connected"]);
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

Deno.test("candidates are checked by priority, 50 ms apart, each at its own pace", () => {
  const end = new Ends(0.5, [
    { name: "third", priority: 1 },
    { name: "first", priority: 9 },
    { name: "second", priority: 5 },
  ]);
  end.runUntil(399);
  assertEquals(end.sentTo(), [
    "first 0",
    "second 50",
    "third 100",
    "first 100",
    "second 150",
    "third 200",
    "first 300",
    "second 350",
  ]);
});

Deno.test("what answers first is nominated by a check of its own, and nobody else is asked any more", () => {
  const end = new Ends(0.5, [{ name: "dead", priority: 2 }, { name: "alive" }]);
  end.runUntil(60);
  assertEquals(end.nominating(), []);
  end.answer(1, { atMs: 70 });
  assertEquals(end.events, []);
  assertEquals(end.nominating(), ["alive"]);
  end.answer(2, { atMs: 90 });
  assertEquals(end.events, ["connected"]);
  assertEquals(end.selected, "alive");
  end.runUntil(4000);
  assertEquals(end.checks.length, 3);
});

Deno.test("of two that both answer the first answer wins, whatever their priority", () => {
  const end = new Ends(0.5, [{ name: "slow", priority: 2 }, { name: "fast" }]);
  end.runUntil(60);
  end.answer(1, { atMs: 60 });
  end.answer(0, { atMs: 61 });
  end.answer(2, { atMs: 62 });
  assertEquals([end.selected, ...end.events], ["fast", "connected"]);
});

Deno.test("a candidate that answers only after seconds is taken", () => {
  const end = new Ends(0.5, [{ name: "dead", priority: 2 }, { name: "slow" }]);
  end.runUntil(3400);
  const third = end.checks.filter(({ to }) => to === "slow")[2];
  end.answer(end.checks.indexOf(third), { atMs: 3400 });
  end.answer(end.checks.length - 1, { atMs: 6400 });
  assertEquals([end.selected, ...end.events], ["slow", "connected"]);
});

Deno.test("one that cannot be opened costs the next one no time", () => {
  const end = new Ends(0.5, [
    { name: "no route", priority: 3, opens: false },
    { name: "no route either", priority: 2, opens: false },
    { name: "alive" },
  ]);
  end.runUntil(0);
  assertEquals(end.sentTo(), ["alive 0"]);
  // Nothing competes with it.
  assertEquals(end.nominating(), ["alive"]);
});

Deno.test("when none can be opened, nothing is left, and that is said once", () => {
  const end = new Ends(0.5, [
    { name: "a", opens: false },
    { name: "b", opens: false },
  ]);
  end.runUntil(60_000);
  assertEquals(end.events, ["exhausted"]);
  assertEquals(end.dueMs, Infinity);
});

Deno.test("a fallback has to wait for two seconds of silence, or until the others have failed", () => {
  const tcp = { name: "tcp", priority: 99, isFallback: true };
  const silent = new Ends(0.5, [tcp, { name: "a" }, { name: "b" }]);
  silent.runUntil(3000);
  assertEquals(silent.sentTo().filter((one) => one.startsWith("tcp")), [
    "tcp 2050",
    "tcp 2150",
    "tcp 2350",
    "tcp 2750",
  ]);
  const refused = new Ends(0.5, [tcp, { name: "a", opens: false }]);
  refused.runUntil(99);
  assertEquals(refused.sentTo(), ["tcp 0"]);
});

Deno.test("one that stops answering once it is to be nominated gives way to another", () => {
  const end = new Ends(0.5, [{ name: "fickle", priority: 2 }, {
    name: "steady",
  }]);
  end.runUntil(50);
  end.answer(0, { atMs: 50 });
  end.answer(1, { atMs: 51 });
  end.runUntil(4000, (check) => {
    if (end.checks[check].to === "steady") end.answer(check);
  });
  assertEquals([end.selected, ...end.events], ["steady", "connected"]);
  assertEquals(
    end.agent.outcome(end.paths[0], 4000).problem,
    "stopped answering",
  );
});

Deno.test("each pair that is nominated has a larger number than those before, in its consent checks too", () => {
  const end = new Ends(0.5, [{ name: "fickle", priority: 2 }, {
    name: "steady",
  }]);
  end.runUntil(50);
  end.answer(0, { atMs: 50 });
  end.answer(1, { atMs: 51 });
  end.runUntil(15_000, (check) => {
    if (end.checks[check].to === "steady") end.answer(check);
  });
  const numbers = (name: string) =>
    end.checks.filter(({ to }) => to === name)
      .map(({ nomination }) => nomination);
  assertEquals(numbers("fickle"), [undefined, 7, 7, 7, 7, 7]);
  assertEquals(numbers("steady"), [undefined, 8, 8, 8]);
});

Deno.test.each([
  {
    why: "under another password",
    bytes: (id: string) => bindingResponse(id, FROM, "wrong"),
    problem: "answered with another password",
    isFinal: false,
  },
  {
    why: "an error that anybody may have sent",
    bytes: (id: string) => stunError(id, 401),
    problem: "answered with STUN error 401",
    isFinal: false,
  },
  {
    why: "an error under the right password",
    bytes: (id: string) => stunError(id, 487, REMOTE.password),
    problem: "answered with STUN error 487",
    isFinal: true,
  },
])(
  "a candidate that answers $why is not taken, and that is known",
  ({ bytes, problem, isFinal }) => {
    const end = new Ends(0.5, [{ name: "odd", priority: 2 }, { name: "well" }]);
    end.runUntil(10);
    end.agent.receive(bytes(end.checks[0].transaction), 10);
    end.dueMs = end.agent.dueMs;
    end.runUntil(120);
    const asked = end.sentTo().filter((one) => one.startsWith("odd"));
    assertEquals(asked.length, isFinal ? 1 : 2);
    assertEquals(end.agent.outcome(end.paths[0], 120).problem, problem);
    end.answer(end.checks.findLastIndex(({ to }) => to === "well"));
    end.answer(end.checks.length - 1);
    assertEquals(end.selected, "well");
  },
);

/** UDP is nominated with its first checks, TCP by an answer of its own, and then TCP is silent. */
function fickleFallback(): Ends {
  const end = new Ends(0.5, [
    { name: "udp" },
    { name: "tcp", isFallback: true },
  ]);
  end.runUntil(2100, (check) => {
    if (end.nominating().at(-1) === "udp" && end.checks[check].to === "tcp") {
      end.answer(check);
    }
  });
  assertEquals(end.nominating().at(-1), "tcp");
  return end;
}

Deno.test("who is nominated again after another one has a larger number than that", () => {
  const end = fickleFallback();
  end.runUntil(20_000, (check) => {
    const { to, atMs } = end.checks[check];
    if (to === "udp" && atMs > 2100) end.answer(check);
  });
  assertEquals(end.selected, "udp");
  const numbers = (name: string) =>
    end.checks.filter(({ to }) => to === name)
      .flatMap(({ nomination }) => nomination ?? []);
  assertEquals(new Set(numbers("tcp")), new Set([8]));
  // The server followed to TCP, and follows back to a larger number alone.
  assertEquals([numbers("udp")[0], numbers("udp").at(-1)], [7, 9]);
});

Deno.test("a late answer to a nomination that another one has overtaken selects nothing", () => {
  const end = fickleFallback();
  end.answer(0);
  assertEquals(end.selected, undefined);
  // It is alive all the same: once TCP is given up, it is nominated at once.
  end.runUntil(20_000, (check) => {
    const { to, atMs } = end.checks[check];
    if (to === "udp" && atMs > 2100) end.answer(check);
  });
  assertEquals(end.selected, "udp");
  assertEquals(end.checks.at(-1)?.nomination, 9);
});

Deno.test("a path that comes late is tried in its turn", () => {
  const end = new Ends(0.5, [{ name: "dead", priority: 2 }]);
  end.runUntil(500);
  end.add({ name: "late" });
  end.runUntil(501, (check) => end.answer(check));
  end.runUntil(520, (check) => end.answer(check));
  assertEquals(end.selected, "late");
});

/** An error response, authenticated by `password` if there is one. */
function stunError(
  transaction: string,
  code: number,
  password?: string,
): Uint8Array {
  const message = new Message(1, 0x110, Buffer.from(transaction, "hex"))
    .setAttribute("ERROR-CODE", [code, ""]);
  if (password !== undefined) {
    message.addMessageIntegrity(Buffer.from(password));
  }
  return message.addFingerprint().bytes;
}

interface Check {
  readonly atMs: number;
  readonly to: string;
  readonly transaction: string;
  readonly username: string | undefined;
  readonly nominates: boolean;
  readonly nomination: number | undefined;
}

/** A candidate; one that opens does so at once. */
interface PathOptions {
  readonly name: string;
  readonly priority?: number;
  readonly isFallback?: boolean;
  readonly opens?: boolean;
}

/** An agent on a clock of its own, and the server that it asks. */
class Ends {
  readonly checks: Check[] = [];
  readonly sent: Uint8Array[] = [];
  readonly events: string[] = [];
  readonly paths: (IcePath & { readonly name: string })[] = [];
  selected: string | undefined;
  expiredAtMs = -1;
  /** Nominations on the transport, those of earlier searches too. */
  nominations = 6;
  dueMs = 0;
  readonly agent: IceAgent;
  #nowMs = 0;

  constructor(
    random = 0.5,
    paths: readonly PathOptions[] = [{ name: "only" }],
  ) {
    this.agent = new IceAgent({
      remote: REMOTE,
      nextNomination: () => ++this.nominations,
      onNominated: (path) => {
        this.selected = this.paths.find((one) => one === path)?.name;
        this.events.push("connected");
      },
      onExhausted: () => this.events.push("exhausted"),
      onSilent: (isSilent) => this.events.push(isSilent ? "silent" : "heard"),
      onExpired: () => {
        this.events.push("expired");
        this.expiredAtMs = this.#nowMs;
      },
      random: () => random,
    });
    for (const path of paths) this.add(path);
  }

  add(
    { name, priority = 0, isFallback = false, opens = true }: PathOptions,
  ): void {
    const path = {
      name,
      priority,
      isFallback,
      open: () =>
        opens
          ? this.agent.opened(path, this.#nowMs)
          : this.agent.failed(path, "no route", this.#nowMs),
      send: (bytes: Uint8Array) => this.#sent(name, bytes),
    };
    this.paths.push(path);
    this.agent.add(path);
    this.dueMs = this.agent.dueMs;
  }

  /** Who was asked when. */
  sentTo(): string[] {
    return this.checks.map(({ to, atMs }) => `${to} ${atMs}`);
  }

  /** Who was asked with USE-CANDIDATE. */
  nominating(): string[] {
    return this.checks.filter((one) => one.nominates).map(({ to }) => to);
  }

  /** Ticks when the agent asks to, up to and with `endMs`; tells of each check. */
  runUntil(endMs: number, onCheck: (check: number) => void = () => {}): void {
    while (this.dueMs <= endMs) {
      this.#nowMs = Math.max(this.#nowMs, this.dueMs);
      const before = this.checks.length;
      this.dueMs = this.agent.tick(this.#nowMs);
      if (this.checks.length > before) onCheck(before);
    }
  }

  /** The nominated path has another port from now on. */
  rebind({ atMs }: { readonly atMs: number }): void {
    this.#nowMs = atMs;
    this.agent.rebound(atMs);
    this.dueMs = this.agent.dueMs;
  }

  /** The server answers a check. */
  answer(check: number, { atMs = this.#nowMs } = {}): void {
    const { transaction } = this.checks[check];
    const bytes = bindingResponse(transaction, FROM, REMOTE.password);
    this.#nowMs = atMs;
    this.agent.receive(bytes, atMs);
    this.dueMs = this.agent.dueMs;
  }

  #sent(to: string, bytes: Uint8Array): void {
    const request = parseStun(bytes, REMOTE.password);
    assertEquals(request?.kind, "request");
    const { transaction, username, nominates, nomination } = request!;
    const atMs = this.#nowMs;
    this.sent.push(bytes);
    this.checks.push({
      atMs,
      to,
      transaction,
      username,
      nominates,
      nomination,
    });
  }
}
