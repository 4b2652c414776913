/** A network between some transports and the server: what it does to packets can be changed at any time. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { Link, type LinkImpairment } from "../../lib/impairment/mod.ts";
import { createRandom } from "../../lib/load/plan/random.ts";
import { openRelay } from "../e2e/relay.ts";

const FLUSH_MS = 1;
const HOST = "127.0.0.1";

interface Candidate {
  readonly protocol: string;
  readonly ip?: string;
  readonly address?: string;
  port: number;
}

interface Waiting {
  readonly releaseMs: number;
  readonly send: () => void;
}

/** A server that is another one behind a network. */
export interface NetworkRelay extends AsyncDisposable {
  /** Where people connect to. */
  readonly url: string;
  /** Those of senders behind it that others share the fates of. */
  readonly sent: SentNames;
  /** Packets from the server that entered the network, and that it lost, since the last change. */
  readonly towardsViewer: { readonly entered: number; readonly lost: number };
  /** Transports that are made from now on are behind the network; those before go around it. */
  begin(): void;
  /** From now on this happens, towards those behind it and back. */
  change(
    towardsViewer: LinkImpairment,
    towardsServer: LinkImpairment,
    seed: number,
  ): void;
}

/** What a network does to one packet. */
interface Fate {
  readonly copies: number;
  readonly delayMs: number;
}

/**
 * What networks do to packets, where several do the same: whichever of them
 * sees a packet first decides. Packets of different consumers are the same
 * where they are as manyth of their timestamp.
 */
export class SharedFates {
  readonly #fates = new Map<string, Fate>();

  /** The fate of this packet; drawn where no other network knows it. */
  of(packet: string, draw: () => Fate): Fate {
    let fate = this.#fates.get(packet);
    if (fate === undefined) this.#fates.set(packet, fate = draw());
    return fate;
  }

  /** What comes from now on meets other networks. */
  clear(): void {
    this.#fates.clear();
  }
}

/** Tells the packets of one relay as others know them, by what is in the clear of them. */
export class PacketNames {
  readonly #seen = new Map<string, number>();

  /** `undefined` for what is not media. */
  of(packet: Uint8Array): string | undefined {
    const type = packet[1] & 0x7f;
    // RTCP's types are between (RFC 5761 section 4).
    const isRtp = packet[0] >> 6 === 2 && (type < 64 || type >= 96);
    if (!isRtp || packet.length < 12) return undefined;
    const view = new DataView(packet.buffer, packet.byteOffset);
    const frame = `${type} ${view.getUint32(4)}`;
    const place = this.#seen.get(frame) ?? 0;
    this.#seen.set(frame, place + 1);
    return `${frame} ${place}`;
  }

  clear(): void {
    this.#seen.clear();
  }
}

/**
 * Tells the packets of one sender as others know them. Different ones send
 * different packets, which are the same where they are as manyth of their track.
 */
export class SentNames {
  readonly #tracks = new Map<number, string>();
  readonly #sent = new Map<string, number>();

  /** The packets of this SSRC are of the track of this name. */
  know(ssrc: number, track: string): void {
    this.#tracks.set(ssrc, track);
  }

  /** `undefined` for what is of no track that is known. */
  of(packet: Uint8Array): string | undefined {
    if (packet.length < 12) return undefined;
    const view = new DataView(packet.buffer, packet.byteOffset);
    const track = this.#tracks.get(view.getUint32(8));
    if (track === undefined) return undefined;
    const place = this.#sent.get(track) ?? 0;
    this.#sent.set(track, place + 1);
    return `sent ${track} ${place}`;
  }

  /** Tracks begin anew. */
  clear(): void {
    this.#sent.clear();
  }
}

/** Where one transport goes through. */
interface Path {
  readonly near: Socket;
  /** By the port that somebody sends from: a browser tries several, and each waits for answers of its own. */
  readonly far: Map<number, Socket>;
  serverPort: number;
}

/** Listens until it is disposed of; it has room for so many transports. Relays with the same `fates` lose and delay the same packets. */
export async function openNetworkRelay(
  upstreamUrl: string,
  transports = 1,
  fates: SharedFates = new SharedFates(),
): Promise<NetworkRelay> {
  const names = new PacketNames();
  const sentNames = new SentNames();
  const counts = { entered: 0, lost: 0 };
  let hasBegun = false;
  let inwards = new Link({}, Math.random, 0);
  let outwards = new Link({}, Math.random, 0);
  /** A queue is filled by what goes through it, and by nothing else. */
  let areShared = { inwards: false, outwards: false };
  const waiting: Waiting[] = [];
  const fateOf = (
    link: Link,
    bytes: number,
    name: string | undefined,
  ): Fate => {
    const draw = () => {
      const nowMs = performance.now();
      link.enter(nowMs, bytes);
      return { copies: link.copies, delayMs: link.releaseMs - nowMs };
    };
    return name === undefined ? draw() : fates.of(name, draw);
  };
  const enter = ({ copies, delayMs }: Fate, send: () => void) => {
    const releaseMs = performance.now() + delayMs;
    for (let i = 0; i < copies; i++) {
      let at = waiting.length;
      while (at > 0 && waiting[at - 1].releaseMs > releaseMs) at--;
      waiting.splice(at, 0, { releaseMs, send });
    }
    flush();
  };
  const flush = () => {
    const nowMs = performance.now();
    while (waiting.length > 0 && waiting[0].releaseMs <= nowMs) {
      waiting.shift()!.send();
    }
  };
  const openFar = (near: Socket, person: RemoteInfo): Socket => {
    const far = createSocket("udp4");
    far.bind(0, HOST);
    far.on("message", (message) => {
      counts.entered++;
      const name = areShared.inwards ? names.of(message) : undefined;
      const fate = fateOf(inwards, message.length, name);
      enter(fate, () => near.send(message, person.port, HOST));
      if (fate.copies === 0) counts.lost++;
    });
    return far;
  };
  const openPath = async (): Promise<Path> => {
    const near = await bound();
    const path: Path = { near, far: new Map(), serverPort: 0 };
    near.on("message", (message, from) => {
      let far = path.far.get(from.port);
      if (far === undefined) path.far.set(from.port, far = openFar(near, from));
      const to = far;
      const name = areShared.outwards ? sentNames.of(message) : undefined;
      const fate = fateOf(outwards, message.length, name);
      enter(fate, () => to.send(message, path.serverPort, HOST));
    });
    return path;
  };
  const paths: Path[] = [];
  for (let i = 0; i < transports; i++) paths.push(await openPath());
  const timer = setInterval(flush, FLUSH_MS);
  const signaling = await openRelay(upstreamUrl, (text) => {
    const message = JSON.parse(text);
    if (!hasBegun || message.type !== "transportCreated") return [text];
    // Who joins anew takes the place of before.
    const free = paths.find(({ serverPort }) => serverPort === 0) ?? paths[0];
    const candidate = (message.iceCandidates as Candidate[])
      .find(({ protocol }) => protocol === "udp")!;
    free.serverPort = candidate.port;
    candidate.port = free.near.address().port;
    message.iceCandidates = [candidate];
    return [JSON.stringify(message)];
  });
  return {
    url: signaling.url,
    sent: sentNames,
    towardsViewer: counts,
    begin: () => void (hasBegun = true),
    change(towardsViewer, towardsServer, seed) {
      const nowMs = performance.now();
      const chance = (stream: string) => createRandom(seed, stream);
      inwards = new Link(towardsViewer, chance("inbound"), nowMs);
      outwards = new Link(towardsServer, chance("outbound"), nowMs);
      areShared = {
        inwards: towardsViewer.rateBps === undefined,
        outwards: towardsServer.rateBps === undefined,
      };
      names.clear();
      sentNames.clear();
      fates.clear();
      counts.entered = counts.lost = 0;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await signaling[Symbol.asyncDispose]();
      for (
        const socket of paths.flatMap(({ near, far }) => [
          near,
          ...far.values(),
        ])
      ) {
        await new Promise<void>((resolve) => socket.close(() => resolve()));
      }
    },
  };
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  const listening = Promise.withResolvers<void>();
  socket.once("error", listening.reject);
  socket.bind(0, HOST, listening.resolve);
  await listening.promise;
  return socket;
}
