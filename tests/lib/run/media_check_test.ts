import { assertEquals, assertStringIncludes } from "@std/assert";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../../lib/metrics/mod.ts";
import { MediaCheck } from "../../../lib/run/media_check.ts";
import { processSample } from "../monitor/readings.ts";

/** What a run looks like to the check, second by second. */
interface Story {
  readonly why: string;
  /** UDP sockets at each second's look; `null`: not counted. */
  readonly sockets: readonly (number | null)[];
  /** Packets that come to the clients in a second. @default 500 */
  readonly received?: number;
  /** Packets that they send in a second. @default 500 */
  readonly sent?: number;
  /** Clients that are connected. @default 5 */
  readonly connected?: number;
  /** In cores. @default 0.2 */
  readonly cpuRatio?: number;
  /** What is told. */
  readonly told: RegExp | null;
}

const STORIES: readonly Story[] = [
  {
    why: "a reverse proxy",
    sockets: [0, 0, 0, 0, 0],
    told:
      /^What port:3000 watches \(nginx, pid 12\) holds no UDP sockets: it does not carry the media, /,
  },
  {
    why: "a proxy far away, looked at every fifth second",
    sockets: [0, null, null, 0, null, null, 0, null, null, 0, null],
    told: /holds no UDP sockets/,
  },
  { why: "an SFU", sockets: [4, 20, 20, 20, 20], told: null },
  {
    why: "an SFU whose sockets are counted now and then",
    sockets: [null, null, 1, null, null, null],
    told: null,
  },
  {
    why: "sockets that may not be counted",
    sockets: [null, null, null, null, null],
    told: null,
  },
  {
    why: "nobody receives: the server may be dead",
    sockets: [0, 0, 0, 0, 0],
    received: 0,
    told: null,
  },
  {
    why: "nobody is there",
    sockets: [0, 0, 0, 0, 0],
    connected: 0,
    told: null,
  },
  { why: "two seconds are no proof", sockets: [0, 0, 0], told: null },
  {
    why: "a signaling process that sends statistics by UDP",
    sockets: Array.from({ length: 8 }, () => 1),
    received: 20_000,
    cpuRatio: 0.004,
    told:
      /^What port:3000 watches \(nginx, pid 12\) used 0\.0\d s of CPU while \d+ packets went to and fro: it does not carry the media/,
  },
  {
    why: "a forwarder ten times as fast as any",
    sockets: Array.from({ length: 8 }, () => 1),
    received: 20_000,
    cpuRatio: 0.04,
    told: null,
  },
  {
    why: "few packets cost less than a tick of the clock",
    sockets: Array.from({ length: 8 }, () => 1),
    received: 100,
    cpuRatio: 0,
    told: null,
  },
];

Deno.test.each(STORIES)("$why: $told", (story) => {
  const { sockets, told } = story;
  const check = new MediaCheck();
  for (const [second, udpSockets] of sockets.entries()) {
    look(check, udpSockets, story.cpuRatio);
    pass(check, second + 1, story);
  }
  const [line = "nothing"] = check.findings();
  assertEquals(told === null ? line : told.test(line), told ? true : "nothing");
});

Deno.test.each([
  { protocol: "tcp", problem: null, named: 0, why: "media goes by TCP" },
  {
    protocol: "tcp",
    problem: "no answer",
    named: 1,
    why: "TCP was tried in vain",
  },
  { protocol: "udp", problem: null, named: 1, why: "media goes by UDP" },
])(
  "without UDP sockets $named are named where $why",
  ({ protocol, problem, named }) => {
    const check = new MediaCheck();
    const candidate = {
      protocol,
      problem,
      address: "127.0.0.1",
      family: "IPv4",
      clients: 5,
    } as const;
    for (const second of [1, 2, 3, 4, 5]) {
      look(check, 0);
      pass(check, second, {}, [candidate]);
    }
    assertEquals(check.findings().length, named);
  },
);

Deno.test("a server that loses its sockets as its last client leaves is no proxy", () => {
  const check = new MediaCheck();
  for (const second of [1, 2]) {
    look(check, 12);
    pass(check, second, {});
  }
  for (const second of [3, 4, 5, 6]) {
    look(check, 0);
    pass(check, second, {});
  }
  assertEquals(check.findings(), []);
});

Deno.test("beside one that carries the media others are no mistake", () => {
  const check = new MediaCheck();
  for (const second of [1, 2, 3, 4, 5]) {
    look(check, 0);
    look(check, 8, 0.2, { target: "cmd:worker", pid: 99 });
    pass(check, second, {});
  }
  assertEquals(check.findings(), []);
});

Deno.test("of several of which none carries the media each is named, far away with a hint of its own", () => {
  const check = new MediaCheck();
  for (const second of [1, 2, 3, 4, 5]) {
    look(check, 0);
    look(check, 0, 0.2, { target: "ssh:far:443", pid: 99 });
    pass(check, second, {});
  }
  const [here, far] = check.findings();
  assertStringIncludes(here, "as pid:N or cmd:NAME.");
  assertStringIncludes(far, "What ssh:far:443 watches (nginx, pid 99)");
  assertStringIncludes(far, "as ssh:HOST:PORT.");
});

Deno.test("a server that was restarted is judged anew", () => {
  const check = new MediaCheck();
  for (const second of [1, 2, 3]) {
    look(check, 0);
    pass(check, second, {});
  }
  look(check, 0, 0.2, { target: "port:3000", pid: 13 });
  pass(check, 4, {});
  assertEquals(check.findings(), []);
});

function look(
  check: MediaCheck,
  udpSockets: number | null,
  cpuRatio = 0.2,
  { target, pid } = { target: "port:3000", pid: 12 },
): void {
  check.addSample(processSample({
    target,
    cpuRatio,
    udpSockets,
    processes: [{
      pid,
      name: "nginx",
      cpuRatio,
      maxThreadRatio: cpuRatio,
      rssBytes: 1,
      threads: 1,
      fds: 9,
    }],
  }));
}

function pass(
  check: MediaCheck,
  second: number,
  { received = 500, sent = 500, connected = 5 }: Partial<Story>,
  candidates: Snapshot["candidates"] = [],
): void {
  const snapshot: Snapshot = {
    ...EMPTY_SNAPSHOT,
    candidates,
    counters: {
      packetsReceived: received * second,
      packetsSent: sent * second,
    },
    gauges: { clientsConnected: connected, consumersOpen: connected * 4 },
  };
  check.addSecond(snapshot);
}
