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

/** Where one transport goes through. */
interface Path {
  readonly near: Socket;
  readonly far: Socket;
  serverPort: number;
}

/** Listens until it is disposed of; it has room for so many transports. */
export async function openNetworkRelay(
  upstreamUrl: string,
  transports = 1,
): Promise<NetworkRelay> {
  const counts = { entered: 0, lost: 0 };
  let hasBegun = false;
  let inwards = new Link({}, Math.random, 0);
  let outwards = new Link({}, Math.random, 0);
  const waiting: Waiting[] = [];
  const enter = (link: Link, bytes: number, send: () => void) => {
    link.enter(performance.now(), bytes);
    const { copies, releaseMs } = link;
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
  const openPath = async (): Promise<Path> => {
    const near = await bound();
    const far = await bound();
    const path: Path = { near, far, serverPort: 0 };
    let person: RemoteInfo | undefined;
    far.on("message", (message) => {
      const to = person;
      if (to === undefined) return;
      counts.entered++;
      enter(inwards, message.length, () => near.send(message, to.port, HOST));
      if (inwards.copies === 0) counts.lost++;
    });
    near.on("message", (message, from) => {
      person = from;
      enter(
        outwards,
        message.length,
        () => far.send(message, path.serverPort, HOST),
      );
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
    towardsViewer: counts,
    begin: () => void (hasBegun = true),
    change(towardsViewer, towardsServer, seed) {
      const nowMs = performance.now();
      const chance = (stream: string) => createRandom(seed, stream);
      inwards = new Link(towardsViewer, chance("inbound"), nowMs);
      outwards = new Link(towardsServer, chance("outbound"), nowMs);
      counts.entered = counts.lost = 0;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await signaling[Symbol.asyncDispose]();
      for (const socket of paths.flatMap(({ near, far }) => [near, far])) {
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
