/** What `run` and `doctor` make of the addresses that a server offers for media. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { startSfu } from "../../mod.ts";
import { OutDir, runProgram } from "./program.ts";
import { openRelay } from "./relay.ts";

/** What the server said, and others around it: `real` is where that goes. */
type Offer = (real: Candidate) => readonly Candidate[];

interface Candidate {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly priority: number;
}

/** Nobody answers there (RFC 5737, RFC 3849). */
const SILENT = "192.0.2.77";
const NO_ROUTE = "2001:db8::77";

/** A server that offers other addresses than its own. */
async function openServer(offer: Offer) {
  const sfu = await startSfu({ engine: "werift" });
  const relay = await openRelay(sfu.url, (text) => {
    const message = JSON.parse(text);
    if (message.type !== "transportCreated") return [text];
    const iceCandidates = offer(message.iceCandidates[0]);
    return [JSON.stringify({ ...message, iceCandidates })];
  });
  return {
    url: relay.url,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await sfu[Symbol.asyncDispose]();
    },
  };
}

Deno.test.each<{ why: string; offer: Offer; lane: string; dead: string[] }>([
  {
    why: "the live one is third",
    lane: "auto",
    offer: (real) => [
      { ...real, address: NO_ROUTE, priority: 9 },
      { ...real, address: SILENT, priority: 8 },
      { ...real, priority: 7 },
    ],
    dead: [NO_ROUTE, SILENT],
  },
  {
    why: "the live one is a name behind nonsense, in the portable lane",
    lane: "portable",
    offer: (real) => [
      { ...real, port: 70_000, priority: 9 },
      { ...real, address: "sfu.local", priority: 8 },
      { ...real, address: "localhost", priority: 7 },
    ],
    dead: ["127.0.0.1", "sfu.local"],
  },
])(
  "run connects everyone where $why, and the summary says which were dead",
  async ({ offer, lane, dead }) => {
    await using server = await openServer(offer);
    using out = new OutDir();
    const { code, stdout } = await runProgram(
      `run --quiet -s ${server.url} -c 3 -d 2 -r 0 --audio-only --lane ${lane} --out ${out.path}`
        .split(" "),
    );
    // On a busy machine the run may be invalid; it found the same addresses.
    assert(code === 0 || code === 98, stdout);
    const { summary } = out.read();
    assertEquals(summary.successfulConnections, 3);
    const taken = summary.candidates.filter(({ problem }) => problem === null);
    assertEquals(
      taken.map(({ protocol, clients }) => [protocol, clients]),
      [["udp", 3]],
    );
    const failed = summary.candidates
      .filter(({ problem }) => problem !== null)
      .map(({ address }) => address);
    // A busy machine may have tried more, and a name may have more addresses.
    assertEquals(dead.filter((address) => !failed.includes(address)), []);
    assertMatch(stdout, /^Addresses +udp \S+ \(IPv4\): 3 clients/m);
  },
);

Deno.test.each([
  { transport: "tcp", message: "the server offers no TCP address, only UDP" },
  { transport: "udp", message: "the server offers no UDP address, only TCP" },
])(
  "--transport $transport is refused in one sentence where the server offers none",
  async ({ transport, message }) => {
    await using server = await openServer((real) => [
      { ...real, protocol: transport === "tcp" ? "udp" : "tcp" },
    ]);
    using out = new OutDir();
    const { code, stderr } = await runProgram(
      `run --quiet -s ${server.url} -c 2 -d 20 -r 0 --transport ${transport} --out ${out.path}`
        .split(" "),
    );
    assertEquals(code, 1);
    assertMatch(stderr, /^Cannot finish the run: [^\n]+\n$/);
    assertStringIncludes(stderr, message);
  },
);

Deno.test.each<{
  why: string;
  offer: Offer;
  code: number;
  says: RegExp[];
}>([
  {
    why: "a dead one before the live one is a warning",
    offer: (real) => [
      { ...real, address: SILENT, priority: real.priority + 1 },
      real,
    ],
    code: 0,
    says: [
      /^good +media path +udp 127\.0\.0\.1:\d+ answers in [\d.]+ ms$/m,
      /^warning +media path +udp 192\.0\.2\.77:\d+: no answer/m,
    ],
  },
  {
    why: "when none answers, that is a problem",
    offer: (real) => [{ ...real, address: NO_ROUTE }, { ...real, port: 0 }],
    code: 1,
    says: [/^problem +media path +no address of the server can be reached/m],
  },
])(
  "doctor tells which addresses answer: $why",
  async ({ offer, code, says }) => {
    await using server = await openServer(offer);
    const ended = await runProgram(["doctor", "-c", "2", "-s", server.url]);
    for (const line of says) assertMatch(ended.stdout, line);
    assertEquals(ended.code, code);
  },
);
