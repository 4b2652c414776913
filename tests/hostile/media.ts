/** Modes of a server whose signaling is right and whose media path is not. */

import { createSocket, type Socket } from "node:dgram";
import type { Mode, Outcome } from "./mode.ts";
import { type Message, relay } from "./relayed.ts";

/** What becomes of a datagram on its way to the client. */
type Way = (bytes: Uint8Array) => readonly Uint8Array[];

interface Path {
  /** From the server to the client. @default {as it is} */
  readonly down?: Way;
  /** From the client to the server. @default {as it is} */
  readonly up?: Way;
  /** What the client gets for each datagram of its own. @default {nothing} */
  readonly back?: Way;
}

function mode(
  name: string,
  does: string,
  path: Path,
  outcome: Outcome = "fails",
): Mode {
  return {
    name,
    does,
    outcome,
    async open() {
      const proxies: Promise<Proxy>[] = [];
      return await relay({
        down: (message, line) => {
          if (message.type !== "transportCreated") return [message];
          const [candidate] = message.iceCandidates;
          const opening = openProxy(candidate.port, path);
          proxies.push(opening);
          // The port has to be known before the message goes on.
          opening.then(({ port }) => line.say(moved(message, port)));
          return [];
        },
        close: async () => {
          for (const proxy of await Promise.all(proxies)) proxy.close();
        },
      });
    },
  };
}

function moved(message: Message, port: number): Message {
  const iceCandidates = message.iceCandidates.map((one: Message) => ({
    ...one,
    port,
  }));
  return { ...message, iceCandidates };
}

interface Proxy {
  readonly port: number;
  close(): void;
}

async function openProxy(serverPort: number, path: Path): Promise<Proxy> {
  const front = await bound();
  const behind = await bound();
  let clientPort = 0;
  front.on("message", (bytes: Uint8Array, { port }: { port: number }) => {
    clientPort = port;
    for (const one of path.up?.(bytes) ?? [bytes]) {
      behind.send(one, serverPort, "127.0.0.1");
    }
    for (const one of path.back?.(bytes) ?? []) {
      front.send(one, clientPort, "127.0.0.1");
    }
  });
  behind.on("message", (bytes: Uint8Array) => {
    for (const one of path.down?.(bytes) ?? [bytes]) {
      front.send(one, clientPort, "127.0.0.1");
    }
  });
  return {
    port: front.address().port,
    close: () => {
      front.close();
      behind.close();
    },
  };
}

function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  return new Promise((resolve) =>
    socket.bind(0, "127.0.0.1", () => resolve(socket))
  );
}

const isStun = (bytes: Uint8Array) => bytes[0] < 4;
const isDtls = (bytes: Uint8Array) => bytes[0] >= 20 && bytes[0] < 64;
const isMedia = (bytes: Uint8Array) => bytes[0] >= 128;

/** Every n-th one of these has a bit turned over. */
function flipping(n: number, which: (bytes: Uint8Array) => boolean): Way {
  let count = 0;
  return (bytes) => {
    if (!which(bytes) || ++count % n !== 0) return [bytes];
    const other = bytes.slice();
    other[(count * 7) % other.length] ^= 1 << (count % 8);
    return [other];
  };
}

function without(which: (bytes: Uint8Array) => boolean): Way {
  return (bytes) => which(bytes) ? [] : [bytes];
}

/** A fatal alert of DTLS 1.2 in the clear: handshake_failure. */
const ALERT = Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40);

/** A STUN error for a request, without a reason: 400, or 4 and 87. */
function stunError(
  request: Uint8Array,
  hundreds = 4,
  rest = 0,
): readonly Uint8Array[] {
  if (!isStun(request) || request.length < 20) return [];
  const head = Uint8Array.of(0x01, 0x11, 0, 8);
  const error = Uint8Array.of(0, 9, 0, 4, 0, 0, hundreds, rest);
  return [Uint8Array.from([...head, ...request.subarray(4, 20), ...error])];
}

/** Asks for another hello, with another cookie (RFC 6347 section 4.2.1). */
function helloVerify(hello: Uint8Array, number: number): Uint8Array {
  const cookie = crypto.getRandomValues(new Uint8Array(20));
  const body = [254, 253, cookie.length, ...cookie];
  const length = [0, 0, body.length];
  const [high, low] = hello.subarray(17, 19);
  const handshake = [3, ...length, high, low, 0, 0, 0, ...length, ...body];
  const head = [22, 254, 253, 0, 0, 0, 0, 0, 0];
  return Uint8Array.from([
    ...head,
    number >> 8 & 255,
    number & 255,
    0,
    handshake.length,
    ...handshake,
  ]);
}

const CLIENT_HELLO = 1;

/** Never content with a hello. */
function verifying(): Way {
  let count = 0;
  return (bytes) =>
    bytes[0] === 22 && bytes[13] === CLIENT_HELLO
      ? [helloVerify(bytes, count++)]
      : [];
}

/** Holds packets back until there are so many, and sends the last one first. */
function backwards(count: number): Way {
  let held: Uint8Array[] = [];
  return (bytes) => {
    if (!isMedia(bytes)) return [bytes];
    held.unshift(bytes);
    if (held.length < count) return [];
    const all = held;
    held = [];
    return all;
  };
}

/** DTLS 1.2 records in the clear that end or begin a handshake anew: nobody who has keys may heed them. */
const FORGED: readonly Uint8Array[] = [
  ALERT,
  // close_notify.
  Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 10, 0, 2, 1, 0),
  // HelloRequest.
  Uint8Array.of(
    ...[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 11, 0, 12],
    ...[0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0],
  ),
  // The first fragment of a certificate of 16 MB, of a message far ahead.
  Uint8Array.of(
    ...[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 12, 0, 16],
    ...[11, 255, 255, 255, 0, 200, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4],
  ),
  // ChangeCipherSpec, and application data of an epoch to come.
  Uint8Array.of(20, 254, 253, 0, 0, 0, 0, 0, 0, 0, 13, 0, 1, 1),
  Uint8Array.of(23, 254, 253, 0, 9, 0, 0, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4),
];

/** STUN in the server's name without its password: what nobody knows, in 250 attributes, and of a length that is not there. */
function strangeStun(kind: number): Uint8Array {
  const attributes = Array.from({ length: 250 }, () => [255, 255, 0, 0]);
  const id = crypto.getRandomValues(new Uint8Array(12));
  const head = [kind >> 8, kind & 255, 3, 232, 33, 18, 164, 66, ...id];
  return Uint8Array.from([...head, ...attributes.flat()]);
}

const STRANGE_STUN: readonly Uint8Array[] = [
  // A request, an indication, a success and an error.
  ...[0x0001, 0x0011, 0x0101, 0x0111].map(strangeStun),
  strangeStun(0x0101).subarray(0, 100),
  Uint8Array.of(0, 1, 255, 252, 33, 18, 164, 66),
];

/** As large as a datagram can be, and like RTP. */
function giant(): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  bytes[0] = 0x80;
  return bytes;
}

/** All of them. */
export const MEDIA_MODES: readonly Mode[] = [
  mode("media-black-hole", "takes datagrams and sends none", {
    down: () => [],
    up: () => [],
  }),
  mode("media-echo", "sends back what it gets", {
    down: () => [],
    up: () => [],
    back: (bytes) => [bytes],
  }),
  mode("media-noise", "sends noise for whatever it gets", {
    down: () => [],
    up: () => [],
    back: () => [crypto.getRandomValues(new Uint8Array(1200))],
  }),
  mode("media-stun-errors", "answers checks with errors", {
    up: without(isStun),
    back: (bytes) => stunError(bytes),
  }),
  mode("media-role-conflict", "says that it controls, whoever else does", {
    up: without(isStun),
    back: (bytes) => stunError(bytes, 4, 87),
  }),
  mode("media-hello-verify", "asks for another hello after every hello", {
    up: without(isDtls),
    back: verifying(),
  }),
  mode("media-no-dtls", "answers checks, and no handshake", {
    down: without(isDtls),
  }),
  mode("media-dtls-alert", "ends each handshake with an alert", {
    up: without(isDtls),
    back: (bytes) => isDtls(bytes) ? [ALERT] : [],
  }),
  mode("media-dtls-damaged", "turns over a bit in every second record", {
    down: flipping(2, isDtls),
  }, "either"),
  mode("media-damaged", "turns over a bit in every tenth packet", {
    down: flipping(10, isMedia),
  }, "either"),
  mode("media-tenfold", "sends every packet ten times", {
    down: (bytes) => new Array(isMedia(bytes) ? 10 : 1).fill(bytes),
  }, "passes"),
  mode("media-giant", "sends 60 kB for whatever it gets", {
    back: () => [giant()],
  }, "either"),
  mode("media-backwards", "sends each eight packets in reverse", {
    down: backwards(8),
  }, "either"),
  mode("media-forged-dtls", "forges alerts and handshakes beside media", {
    down: (bytes) => isMedia(bytes) ? [...FORGED, bytes] : [bytes],
  }, "passes"),
  mode("media-strange-stun", "forges STUN beside whatever it sends", {
    down: (bytes) => [...STRANGE_STUN, bytes, ...STRANGE_STUN],
  }, "passes"),
  mode("media-flood", "sends 500 datagrams for whatever it gets", {
    back: (bytes) => new Array(500).fill(bytes.subarray(0, 20)),
  }, "either"),
  mode("media-one-way", "sends no media on", { down: without(isMedia) }),
];
