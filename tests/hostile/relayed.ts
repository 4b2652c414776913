/** Modes of a server that works but for one thing: a real one behind a relay that changes what it says. */

import { WebSocket, WebSocketServer } from "npm:ws@8.23.0";
import { startSfu } from "../../lib/sfu/mod.ts";
import { ESCAPES, type Hostile, type Mode, type Outcome } from "./mode.ts";

/** A message on the wire. */
// deno-lint-ignore no-explicit-any
export type Message = Record<string, any>;

/** One connection in the relay's hand. */
interface Line {
  /** Which connection it is, from 0. */
  readonly index: number;
  /** What the client hears. */
  say(message: Message | string | Uint8Array): void;
  /** Ends it without a close frame. */
  cut(): void;
}

/** What a mode does differently. */
interface Changes {
  /** What clients hear instead of a message of the server. */
  readonly down?: (message: Message, line: Line) => readonly Message[];
  /** Whether the server hears a message of a client. */
  readonly up?: (message: Message, line: Line) => boolean;
  /** Told of each new connection. */
  readonly opened?: (line: Line) => void;
  /** Ends what the changes themselves opened. */
  readonly close?: () => Promise<void>;
}

/** A whole server with these changes. */
export async function relay(changes: Changes): Promise<Hostile> {
  const sfu = await startSfu({ engine: "werift", maxConsumersPerJoin: 64 });
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise<void>((resolve) => server.on("listening", () => resolve()));
  const ended: Promise<void>[] = [];
  let count = 0;
  server.on("connection", (client: WebSocket) => {
    const upstream = new WebSocket(sfu.url);
    const early: string[] = [];
    const line: Line = {
      index: count++,
      say(message) {
        if (client.readyState !== WebSocket.OPEN) return;
        client.send(
          typeof message === "string" || message instanceof Uint8Array
            ? message
            : JSON.stringify(message),
        );
      },
      cut: () => client.terminate(),
    };
    client.on("message", (data: { toString(): string }) => {
      const text = data.toString();
      if (changes.up?.(JSON.parse(text), line) === false) return;
      if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
      else early.push(text);
    });
    upstream.on("open", () => {
      for (const text of early) upstream.send(text);
    });
    upstream.on("message", (data: { toString(): string }) => {
      const message = JSON.parse(data.toString());
      for (const one of changes.down?.(message, line) ?? [message]) {
        line.say(one);
      }
    });
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      const closed = Promise.withResolvers<void>();
      ended.push(closed.promise);
      one.on("error", () => {});
      one.on("close", () => {
        other.terminate();
        closed.resolve();
      });
    }
    changes.opened?.(line);
  });
  const { port } = server.address() as { readonly port: number };
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    [Symbol.asyncDispose]: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(ended);
      await changes.close?.();
      await sfu[Symbol.asyncDispose]();
    },
  };
}

function mode(
  name: string,
  does: string,
  outcome: Outcome,
  changes: Changes,
): Mode {
  return { name, does, outcome, open: () => relay(changes) };
}

/** A server that leaves one kind of request without an answer. */
function mute(type: string, reply: string, outcome: Outcome): Mode {
  return mode(`no-${reply}`, `never answers ${type}`, outcome, {
    down: (message) => message.type === reply ? [] : [message],
  });
}

/** Changes messages of one type. */
function changing(
  type: string,
  change: (message: Message, line: Line) => Message,
): Changes {
  return {
    down: (message, line) => [
      message.type === type ? change(structuredClone(message), line) : message,
    ],
  };
}

/** Changes what transports are told. */
function transports(
  name: string,
  does: string,
  change: (message: Message, line: Line) => Message,
  outcome: Outcome = "fails",
): Mode {
  return mode(name, does, outcome, changing("transportCreated", change));
}

/** Changes what consumers are told. */
function consumers(
  name: string,
  does: string,
  change: (rtpParameters: Message) => void,
  outcome: Outcome,
): Mode {
  return mode(
    name,
    does,
    outcome,
    changing("consumerCreated", (message) => {
      change(message.rtpParameters);
      return message;
    }),
  );
}

/** Closes the channel as soon as it would say this. */
function cuts(type: string): Mode {
  return mode(`cuts-at-${type}`, `ends where ${type} is due`, "fails", {
    down: (message, line) => {
      if (message.type !== type) return [message];
      line.cut();
      return [];
    },
  });
}

function candidate(change: Message): (message: Message) => Message {
  return (message) => ({
    ...message,
    iceCandidates: message.iceCandidates.map((one: Message) => ({
      ...one,
      ...change,
    })),
  });
}

/** Messages a second to a client that asked for none. */
function flood(name: string, does: string, messages: () => Message): Mode {
  return mode(name, does, "either", {
    down: (message, line) => {
      if (message.type !== "roomJoined") return [message];
      let left = 5000;
      const more = () => {
        for (let i = 0; i < 50 && left > 0; i++, left--) line.say(messages());
        if (left > 0) setTimeout(more, 10);
      };
      more();
      return [message];
    },
  });
}

const uuid = () => crypto.randomUUID();
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** All of them. */
export const RELAYED_MODES: readonly Mode[] = [
  mute("joinRoom", "roomJoined", "fails"),
  mute("getRouterRtpCapabilities", "routerRtpCapabilities", "fails"),
  mute("createSendTransport", "transportCreated", "fails"),
  mute("connectTransport", "transportConnected", "fails"),
  mute("produce", "producerCreated", "fails"),
  mute("consume", "consumerCreated", "fails"),
  cuts("roomJoined"),
  cuts("routerRtpCapabilities"),
  cuts("transportCreated"),
  cuts("transportConnected"),
  cuts("producerCreated"),
  mode("answers-twice", "says everything twice", "either", {
    down: (message) => [message, message],
  }),
  mode("answers-backwards", "says two at a time, the second first", "fails", {
    down: (() => {
      const held = new Map<number, Message>();
      return (message: Message, { index }: Line) => {
        const before = held.get(index);
        held.delete(index);
        if (before !== undefined) return [message, before];
        held.set(index, message);
        return [];
      };
    })(),
  }),
  mode("half-a-message", "cuts every text in half", "fails", {
    down: (message, line) => {
      const text = JSON.stringify(message);
      line.say(text.slice(0, text.length / 2));
      return [];
    },
  }),
  mode("binary-noise", "binary noise between its messages", "passes", {
    down: (message, line) => {
      line.say(crypto.getRandomValues(new Uint8Array(64)));
      return [message];
    },
  }),
  mode("deep-json", "JSON 100,000 deep between its messages", "passes", {
    down: (message, line) => {
      if (message.type === "roomJoined") line.say(nested(100_000));
      return [message];
    },
  }),
  mode("polluting", "keys of prototypes in every message", "passes", {
    down: (message, line) => {
      const text = JSON.stringify(message);
      line.say(
        `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${
          text.slice(1)
        }`,
      );
      return [];
    },
  }),
  mode("refuses-all", "an error to every joinRoom", "fails", {
    up: (message, line) => {
      if (message.type !== "joinRoom") return true;
      line.say({ type: "error", message: "Error: no guests" });
      return false;
    },
  }),
  mode("refuses-to-publish", "an error to every produce", "fails", {
    up: (message, line) => {
      if (message.type !== "produce") return true;
      line.say({ type: "error", message: "Error: no camera for guests" });
      return false;
    },
  }),
  mode("forgets-publishers", "says that all have left", "fails", {
    down: (message, line) => {
      if (message.type === "newProducer") {
        const { participantId } = message;
        setTimeout(() => line.say({ type: "participantLeft", participantId }));
      }
      return [message];
    },
  }),
  mode("refuses-with-escapes", "an error full of escapes", "fails", {
    up: (message, line) => {
      if (message.type !== "joinRoom") return true;
      line.say({ type: "error", message: ESCAPES });
      return false;
    },
  }),
  mode("refuses-at-length", "an error of 3 MB", "fails", {
    up: (message, line) => {
      if (message.type !== "joinRoom") return true;
      line.say({ type: "error", message: "e".repeat(3_000_000) });
      return false;
    },
  }),
  mode("kicks-at-once", "kicks everybody with escapes for a reason", "fails", {
    down: (message) =>
      message.type === "roomJoined"
        ? [message, {
          type: "participantKicked",
          participantId: message.participantId,
          reason: ESCAPES.repeat(1000),
        }]
        : [message],
  }),
  mode("kicks-under-way", "kicks when all is well", "fails", {
    down: (message, line) => {
      if (message.type === "roomJoined") {
        setTimeout(() =>
          line.say({
            type: "participantKicked",
            participantId: message.participantId,
            reason: "enough",
          }), 2000);
      }
      return [message];
    },
  }),
  mode("flaps", "cuts every channel after a second", "fails", {
    opened: (line) => void setTimeout(line.cut, 1000),
  }),
  mode(
    "lying-reconnect",
    "cuts every channel, lets everybody back, and knows nobody",
    "fails",
    {
      opened: (line) => {
        if (line.index < 4) setTimeout(line.cut, 1500);
      },
      up: (message, line) => {
        if (line.index < 4) return true;
        if (message.type === "reconnect") {
          const { participantId } = message;
          line.say({ type: "reconnectResult", success: true, participantId });
        }
        return false;
      },
    },
  ),
  mode("own-tracks", "offers everybody their own tracks", "either", {
    down: (() => {
      const names = new Map<number, string>();
      return (message: Message, { index }: Line) => {
        const { participantId, producerId } = message;
        if (message.type === "roomJoined") names.set(index, participantId);
        return message.type !== "producerCreated" ? [message] : [message, {
          type: "newProducer",
          participantId: names.get(index),
          producerId,
          kind: "audio",
          source: null,
        }];
      };
    })(),
  }),
  mode(
    "same-participant",
    "gives everybody one and the same id",
    "either",
    changing("roomJoined", (message) => ({
      ...message,
      participantId: "00000000-0000-4000-8000-000000000000",
    })),
  ),
  mode(
    "participant-proto",
    "calls everybody __proto__",
    "either",
    changing("roomJoined", (message) => ({
      ...message,
      participantId: "__proto__",
    })),
  ),
  mode(
    "same-transport",
    "calls all transports the same",
    "fails",
    changing("transportCreated", (message) => ({
      ...message,
      transportId: "00000000-0000-4000-8000-000000000000",
    })),
  ),
  mode("key-flood", "an answer with 200,000 keys", "either", {
    down: (message, line) => {
      if (message.type !== "roomJoined") return [message];
      const keys = Array.from({ length: 200_000 }, (_, i) => `"k${i}":0`);
      line.say(`{${keys.join()},${JSON.stringify(message).slice(1)}`);
      return [];
    },
  }),
  mode("infinite-numbers", "numbers that are too large for any", "fails", {
    down: (message, line) => {
      if (message.type !== "transportCreated") return [message];
      line.say(
        JSON.stringify(message).replace(/"(port|priority)":\d+/g, '"$1":1e999'),
      );
      return [];
    },
  }),
  mode(
    "crowded-room",
    "10,000 people in the room",
    "passes",
    changing("roomJoined", (message) => ({
      ...message,
      participants: Array.from({ length: 10_000 }, (_, i) => ({
        id: uuid(),
        name: `${ESCAPES}${i}`,
        producers: [],
      })),
    })),
  ),
  mode(
    "crowded-with-tracks",
    "10,000 tracks that do not exist",
    "either",
    changing("roomJoined", (message) => ({
      ...message,
      participants: Array.from({ length: 1000 }, () => ({
        id: uuid(),
        name: "x",
        producers: Array.from({ length: 10 }, () => ({
          id: uuid(),
          kind: "video",
          source: null,
        })),
      })),
    })),
  ),
  flood("producer-flood", "5,000 tracks that do not exist, one by one", () => ({
    type: "newProducer",
    participantId: uuid(),
    producerId: uuid(),
    kind: "audio",
    source: null,
  })),
  flood("track-churn", "5,000 tracks that come or go, known or not", () => ({
    type: Math.random() < 0.5 ? "newProducer" : "producerClosed",
    participantId: "someone",
    producerId: `track-${Math.floor(Math.random() * 9)}`,
    kind: "audio",
    source: null,
  })),
  flood("unknown-flood", "5,000 messages that nobody knows", () => ({
    type: `x${Math.random()}`,
    text: "y".repeat(100),
  })),
  flood("error-flood", "5,000 errors that nobody asked for", () => ({
    type: "error",
    message: "z".repeat(10_000),
  })),
  transports("long-ufrag", "a user name of 5,000 letters", (message) => {
    message.iceParameters.usernameFragment = "u".repeat(5000);
    return message;
  }),
  transports(
    "long-ufrag-for-one",
    "a user name of 70,000 letters for one of four",
    (message, { index }) => {
      if (index % 4 === 0) {
        message.iceParameters.usernameFragment = "u".repeat(70_000);
      }
      return message;
    },
  ),
  transports("short-ufrag", "a user name of one letter", (message) => {
    message.iceParameters.usernameFragment = "u";
    return message;
  }),
  transports("long-password", "a password of 1 MB", (message) => {
    message.iceParameters.password = "p".repeat(1_000_000);
    return message;
  }),
  transports("wrong-password", "a password that is not its own", (message) => {
    message.iceParameters.password = "p".repeat(32);
    return message;
  }),
  transports("port-70000", "a port that is none", candidate({ port: 70_000 })),
  transports("port-0", "port 0", candidate({ port: 0 })),
  transports("port-fraction", "half a port", candidate({ port: 4000.7 })),
  transports(
    "multicast",
    "media goes to everybody",
    candidate({ address: "224.0.0.1", ip: "224.0.0.1" }),
  ),
  transports(
    "broadcast",
    "media goes to everybody here",
    candidate({ address: "255.255.255.255", ip: "255.255.255.255" }),
  ),
  transports(
    "no-address",
    "media goes nowhere",
    candidate({ address: "0.0.0.0", ip: "0.0.0.0" }),
  ),
  transports(
    "strange-address",
    "an address that is none",
    candidate({ address: ESCAPES, ip: ESCAPES }),
  ),
  transports(
    "unknown-host",
    "a host that nobody knows",
    candidate({ address: "nobody.invalid", ip: "nobody.invalid" }),
  ),
  transports("no-candidates", "no address at all", (message) => ({
    ...message,
    iceCandidates: [],
  })),
  transports(
    "thousand-candidates",
    "999 dead addresses before its own",
    (message) => {
      const [own] = message.iceCandidates;
      const dead = Array.from({ length: 999 }, (_, i) => ({
        ...own,
        foundation: `d${i}`,
        priority: own.priority + 1 + i,
        port: 1 + (i % 60_000),
      }));
      return { ...message, iceCandidates: [...dead, own] };
    },
    "either",
  ),
  transports(
    "wrong-fingerprint",
    "a fingerprint of somebody else",
    (message) => {
      for (const one of message.dtlsParameters.fingerprints) {
        one.value = Array(32).fill("AB").join(":");
      }
      return message;
    },
  ),
  transports("no-fingerprint", "no fingerprint", (message) => {
    message.dtlsParameters.fingerprints = [];
    return message;
  }),
  transports("strange-fingerprint", "a fingerprint that is none", (message) => {
    message.dtlsParameters.fingerprints = [{
      algorithm: "sha-256",
      value: ESCAPES,
    }];
    return message;
  }),
  mode(
    "no-codecs",
    "a router without codecs",
    "fails",
    changing("routerRtpCapabilities", (message) => ({
      ...message,
      rtpCapabilities: { codecs: [], headerExtensions: [] },
    })),
  ),
  mode(
    "strange-codecs",
    "payload types and clock rates that are none",
    "fails",
    changing("routerRtpCapabilities", (message) => {
      for (const codec of message.rtpCapabilities.codecs) {
        codec.preferredPayloadType = 200;
        codec.clockRate = 1e308;
      }
      return message;
    }),
  ),
  mode(
    "strange-extensions",
    "header extensions with ids that are none",
    "either",
    changing("routerRtpCapabilities", (message) => {
      message.rtpCapabilities.headerExtensions.forEach(
        (one: Message, i: number) =>
          one.preferredId = [0, -1, 15, 300, 1e9][i % 5],
      );
      return message;
    }),
  ),
  consumers("one-ssrc", "all tracks have one SSRC", (parameters) => {
    parameters.encodings = [{ ssrc: 1234 }];
  }, "fails"),
  consumers("strange-ssrc", "an SSRC that is none", (parameters) => {
    parameters.encodings = [{ ssrc: 1e15 }];
  }, "fails"),
  consumers("no-encodings", "tracks without encodings", (parameters) => {
    parameters.encodings = [];
  }, "fails"),
  consumers("no-clock-rate", "tracks with clock rate 0", (parameters) => {
    for (const codec of parameters.codecs) codec.clockRate = 0;
  }, "fails"),
  consumers("many-codecs", "tracks with 5,000 codecs", (parameters) => {
    const [codec] = parameters.codecs;
    parameters.codecs = new Array(5000).fill(codec);
  }, "either"),
  consumers("payload-type-200", "a payload type that is none", (parameters) => {
    for (const codec of parameters.codecs) codec.payloadType = 200;
  }, "fails"),
];
