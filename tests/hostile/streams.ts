/** Modes of a server whose media goes by TCP, or by IPv6. */

import { createSocket, type Socket } from "node:dgram";
import type { Mode, Outcome } from "./mode.ts";
import { type Message, relay } from "./relayed.ts";

/** A client's connection, and the way on to the server. */
interface Way {
  readonly client: Deno.TcpConn;
  /** What the client says goes to the server, a frame a datagram (RFC 4571), and what that says comes back; after so long no more of it is read. */
  carry(forMs?: number): Promise<void>;
  /** Writes the same until the other end has had enough. */
  forever(bytes: Uint8Array): Promise<void>;
}

function mode(
  name: string,
  does: string,
  serve: (way: Way) => Promise<void>,
  outcome: Outcome = "fails",
): Mode {
  return {
    name,
    does,
    outcome,
    async open() {
      const listeners: AsyncDisposable[] = [];
      return await relay({
        down: (message) => {
          if (message.type !== "transportCreated") return [message];
          const [candidate] = message.iceCandidates;
          const { port, ...listener } = listen(candidate.port, serve);
          listeners.push(listener);
          const tcp = { ...candidate, port, protocol: "tcp" };
          return [{
            ...message,
            iceCandidates: [{ ...tcp, tcpType: "passive" }],
          }];
        },
        close: async () => {
          for (const one of listeners) await one[Symbol.asyncDispose]();
        },
      });
    },
  };
}

function listen(serverPort: number, serve: (way: Way) => Promise<void>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Map<Deno.TcpConn, Promise<void>>();
  const accepting = (async () => {
    for await (const client of listener) {
      const way = {
        client,
        carry: (forMs = Infinity) => carry(client, serverPort, forMs),
        async forever(bytes: Uint8Array) {
          for (;;) await writeAll(client, bytes);
        },
      };
      const work = serve(way).catch(() => {}).finally(() => {
        open.delete(client);
        end(client);
      });
      open.set(client, work);
    }
  })();
  return {
    port: listener.addr.port,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const client of open.keys()) end(client);
      await Promise.all([accepting, ...open.values()]);
    },
  };
}

function end(client: Deno.TcpConn): void {
  try {
    client.close();
  } catch {
    // It has been closed from the other side of the program.
  }
}

async function writeAll(client: Deno.TcpConn, bytes: Uint8Array) {
  for (let at = 0; at < bytes.length;) {
    at += await client.write(bytes.subarray(at));
  }
}

async function carry(
  client: Deno.TcpConn,
  serverPort: number,
  forMs: number,
): Promise<void> {
  const untilMs = performance.now() + forMs;
  const behind = createSocket("udp4");
  await new Promise<void>((resolve) => behind.bind(0, "127.0.0.1", resolve));
  let writing = Promise.resolve();
  behind.on("message", (bytes: Uint8Array) => {
    writing = writing.then(() => writeAll(client, frame(bytes)))
      .catch(() => {});
  });
  try {
    for await (const bytes of frames(client)) {
      behind.send(bytes, serverPort, "127.0.0.1");
      // Until it is closed.
      while (performance.now() > untilMs) {
        await pass(100);
        await writeAll(client, frame(new Uint8Array()));
      }
    }
  } finally {
    behind.close();
  }
}

function frame(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.length >> 8, bytes.length & 255, ...bytes);
}

async function* frames(client: Deno.TcpConn): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  for await (const part of client.readable) {
    rest = Uint8Array.from([...rest, ...part]);
    while (rest.length >= 2) {
      const end = 2 + (rest[0] << 8 | rest[1]);
      if (rest.length < end) break;
      yield rest.slice(2, end);
      rest = rest.slice(end);
    }
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The server's media is at another address. */
function elsewhere(
  name: string,
  does: string,
  address: string,
  outcome: Outcome = "fails",
): Mode {
  return {
    name,
    does,
    outcome,
    async open() {
      const doors: Promise<Socket>[] = [];
      return await relay({
        down: (message: Message, line) => {
          if (message.type !== "transportCreated") return [message];
          const [candidate] = message.iceCandidates;
          const opening = door(candidate.port);
          doors.push(opening);
          opening.then((socket) => {
            const { port } = socket.address();
            const moved = { ...candidate, address, ip: address, port };
            line.say({ ...message, iceCandidates: [moved] });
          });
          return [];
        },
        close: async () => {
          for (const socket of await Promise.all(doors)) socket.close();
        },
      });
    },
  };
}

/** An IPv6 socket in front of the server's own. */
async function door(serverPort: number): Promise<Socket> {
  const [front, behind] = [createSocket("udp6"), createSocket("udp4")];
  await new Promise<void>((resolve) => front.bind(0, "::1", resolve));
  await new Promise<void>((resolve) => behind.bind(0, "127.0.0.1", resolve));
  let clientPort = 0;
  front.on("message", (bytes: Uint8Array, { port }: { port: number }) => {
    clientPort = port;
    behind.send(bytes, serverPort, "127.0.0.1");
  });
  behind.on("message", (bytes: Uint8Array) => {
    front.send(bytes, clientPort, "::1");
  });
  front.on("close", () => behind.close());
  return front;
}

/** All of them. */
export const STREAM_MODES: readonly Mode[] = [
  mode("tcp-works", "carries media by TCP", ({ carry }) => carry(), "passes"),
  mode("tcp-silent", "takes connections and says nothing", async (way) => {
    for await (const _ of way.client.readable);
  }),
  mode("tcp-closes", "closes each connection at once", async () => {}),
  mode(
    "tcp-noise",
    "noise without an end",
    ({ forever }) => forever(crypto.getRandomValues(new Uint8Array(65_536))),
  ),
  mode(
    "tcp-empty-frames",
    "frames of nothing without an end",
    ({ forever }) => forever(new Uint8Array(65_536)),
  ),
  mode(
    "tcp-giant-frames",
    "frames as large as can be, without an end",
    ({ forever }) => forever(frame(new Uint8Array(65_535).fill(255))),
  ),
  mode("tcp-slow", "a byte a second", async ({ client }) => {
    for (;;) {
      await writeAll(client, Uint8Array.of(1));
      await pass(1000);
    }
  }),
  mode("tcp-beside", "empty frames beside the media", async (way) => {
    await Promise.all([way.carry(), way.forever(new Uint8Array(1000))]);
  }, "either"),
  mode("tcp-cuts", "cuts each connection after a second", async (way) => {
    await Promise.race([way.carry(), pass(1000)]);
  }, "either"),
  mode(
    "tcp-deaf",
    "reads nothing more after a second",
    ({ carry }) => carry(1000),
    "either",
  ),
  elsewhere("ipv6", "carries media by IPv6", "::1", "passes"),
  elsewhere("ipv6-nowhere", "an address of nobody", "2001:db8::1"),
  elsewhere("ipv6-multicast", "media goes to everybody", "ff02::1"),
  elsewhere("ipv6-any", "media goes nowhere", "::"),
  elsewhere("ipv6-link", "a link that there is not", "fe80::1%nowhere"),
  elsewhere("ipv6-mapped", "IPv4 as IPv6", "::ffff:127.0.0.1"),
];
