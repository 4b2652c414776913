/** Real sockets of a transport and of the end that accepts it: which addresses are tried, taken and followed. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { acceptTransport, type RtcAcceptor } from "../../lib/rtc/accept.ts";
import { openDatapath } from "../../lib/rtc/datapath.ts";
import { Buffer, randomBytes } from "../../lib/rtc/deps.ts";
import type { RemoteCandidate } from "../../lib/rtc/ice/candidates.ts";
import { RtcTransport } from "../../lib/rtc/transport.ts";
import { Message } from "../lib/rtc/ice/deps.ts";
import { Peer } from "./datapath_ends.ts";

const lanes = (["native", "portable"] as const).filter((lane) =>
  lane === "portable" || Deno.build.os === "linux"
);

/** Nobody answers there (RFC 5737, RFC 3849). */
const SILENT = "192.0.2.77";
const NO_ROUTE = "2001:db8::77";

Deno.test.each(
  lanes.flatMap((lane) => [
    { lane, why: "behind two dead ones", others: [NO_ROUTE, SILENT], at: 0 },
    { lane, why: "before dead ones", others: [SILENT, NO_ROUTE], at: 9 },
    { lane, why: "on IPv6", others: [SILENT], at: 0, address: "::1" },
    { lane, why: "by a name", others: [SILENT], at: 0, name: "localhost" },
  ]),
)(
  "a transport of the $lane lane finds the live candidate $why",
  async ({ lane, others, at, address = "127.0.0.1", name = address }) => {
    await using ends = await Ends.open(lane, address);
    const candidates: RemoteCandidate[] = others.map((dead, i) => ({
      protocol: "udp",
      address: dead,
      port: 9,
      priority: 5 + i,
    }));
    candidates.splice(1, 0, {
      protocol: "udp",
      address: name,
      port: ends.acceptor.port,
      priority: at,
    });
    const transport = ends.client(candidates);
    await transport.connect(Promise.resolve());
    assertEquals(transport.selectedCandidate?.port, ends.acceptor.port);
    ends.acceptor.sendRtp(rtp(), 0, 40);
    await ends.until(() => ends.packets === 1);
  },
);

Deno.test.each(lanes.map((lane) => ({ lane })))(
  "after an ICE restart the accepting end follows a $lane transport to its new socket",
  async ({ lane }) => {
    await using ends = await Ends.open(lane, "127.0.0.1");
    const transport = ends.client([ends.candidate]);
    await transport.connect(Promise.resolve());
    ends.acceptor.sendRtp(rtp(), 0, 40);
    await ends.until(() => ends.packets === 1);
    for (const round of [2, 3]) {
      await transport.restartIce(ends.acceptor.restartIce());
      ends.acceptor.sendRtp(rtp(round), 0, 40);
      await ends.until(() => ends.packets === round);
    }
    assertEquals(transport.state, "connected");
  },
);

Deno.test("every authentic check is answered, from wherever it comes, and no other", async () => {
  await using ends = await Ends.open("portable", "127.0.0.1");
  await using first = await RequestContext.open(ends.acceptor);
  await using second = await RequestContext.open(ends.acceptor);
  await using stranger = await RequestContext.open(
    ends.acceptor,
    "not-the-password",
  );
  await stranger.check(true);
  for (let i = 0; i < 2; i++) {
    await first.check(false);
    await first.answered();
    await second.check(true);
    await second.answered();
  }
  await first.check(false);
  await first.answered();
  assertEquals(stranger.answers, 0);
});

Deno.test.each([
  { why: "no UDP", offer: [], is: "the server offers no address" },
  {
    why: "ports and groups",
    offer: [["127.0.0.1", 0], ["127.0.0.1", 70_000], ["224.0.0.1", 9]] as const,
    is: "the server offers no address that can be used",
  },
])(
  "where only nonsense is offered, connecting fails at once: $why",
  async ({ offer, is }) => {
    await using ends = await Ends.open("portable", "127.0.0.1");
    const transport = ends.client(
      offer.map(([address, port]) => ({ protocol: "udp", address, port })),
    );
    const error = await assertRejects(() =>
      transport.connect(Promise.resolve())
    );
    assert((error as Error).message.startsWith(is), String(error));
  },
);

/** An end that accepts, and a client of it. */
class Ends {
  packets = 0;
  readonly #transports: RtcTransport[] = [];

  private constructor(
    readonly acceptor: RtcAcceptor,
    private readonly datapath: Awaited<ReturnType<typeof openDatapath>>,
    private readonly address: string,
  ) {}

  static async open(lane: "native" | "portable", address: string) {
    const datapath = await openDatapath({ lane });
    const acceptor = await acceptTransport(datapath, address, {
      onRtp: () => {},
      onRtcp: () => {},
      onConnected: () => {},
    });
    return new Ends(acceptor, datapath, address);
  }

  get candidate(): RemoteCandidate {
    const { address, acceptor: { port } } = this;
    return { protocol: "udp", address, port };
  }

  client(iceCandidates: readonly RemoteCandidate[]): RtcTransport {
    const { acceptor, datapath } = this;
    const transport = new RtcTransport(datapath, {
      iceParameters: acceptor.ice,
      iceCandidates,
      dtlsParameters: {
        fingerprints: [{ algorithm: "sha-256", value: acceptor.fingerprint }],
      },
    }, { onRtp: () => this.packets++, onRtcp: () => {}, onLost: () => {} });
    acceptor.accept(transport.localFingerprint);
    this.#transports.push(transport);
    return transport;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const transport of this.#transports) await transport.close();
    await this.acceptor.close();
    this.datapath[Symbol.dispose]();
  }
}

/** Somebody who sends checks from a socket of its own. */
class RequestContext {
  answers = 0;
  readonly #password: string;

  private constructor(
    private readonly peer: Peer,
    private readonly acceptor: RtcAcceptor,
    password: string | undefined,
  ) {
    this.#password = password ?? acceptor.ice.password;
    peer.socket.on("message", () => this.answers++);
  }

  static async open(acceptor: RtcAcceptor, password?: string) {
    return new RequestContext(await Peer.open("127.0.0.1"), acceptor, password);
  }

  check(nominates: boolean): Promise<void> {
    const { ice: { usernameFragment }, port } = this.acceptor;
    const message = new Message(1, 0, randomBytes(12))
      .setAttribute("USERNAME", `${usernameFragment}:peer`)
      .setAttribute("PRIORITY", 1)
      .setAttribute("ICE-CONTROLLING", 7n);
    if (nominates) message.setAttribute("USE-CANDIDATE", null);
    const { bytes } = message.addMessageIntegrity(Buffer.from(this.#password))
      .addFingerprint();
    return this.peer.send(bytes, port);
  }

  async answered(): Promise<void> {
    await this.peer.received(1);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.peer.close();
  }
}

function rtp(sequence = 1): Uint8Array {
  const packet = new Uint8Array(80).fill(0xaa);
  packet.set([0x80, 96, 0, sequence, 0, 0, 0, 1, 0, 0, 0, 9]);
  return packet;
}
