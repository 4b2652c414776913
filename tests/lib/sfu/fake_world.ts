/** A server without sockets, media or time, and clients that talk to it. */

import type {
  ClientMessage,
  ServerMessage,
} from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { Connection } from "../../../lib/sfu/signaling/connection.ts";
import { Hub, type HubParts } from "../../../lib/sfu/signaling/hub.ts";
import { StreamBook } from "../../../lib/sfu/signaling/stream_stats.ts";
import { ServerMetrics } from "../../../lib/sfu/signaling/metrics.ts";
import type { Identity } from "../../../lib/sfu/signaling/room.ts";
import { FakeEngine } from "./fake_engine.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";

/** Lets everything that waits for nothing finish. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

export class FakeWorld {
  readonly engine = new FakeEngine();
  readonly clock = new FakeClock();
  readonly hub: Hub;
  /** Who heard what, in order, for example `bob participantJoined`. */
  readonly journal: string[] = [];
  #ids = 0;

  constructor(parts: Partial<HubParts> = {}) {
    this.hub = new Hub({
      engine: this.engine,
      clock: this.clock,
      metrics: new ServerMetrics(),
      streams: new StreamBook(),
      newId: () => `id-${++this.#ids}`,
      maxConsumersPerJoin: 16,
      maxTransportsPerJoin: 16,
      maxTransports: 1000,
      freshReconnectToken: false,
      graceMs: 30_000,
      roomPasswords: {},
      ...parts,
    });
  }

  /** A connection whose participant is called `name`. */
  connect(name: string, identity: Partial<Identity> = {}): FakeClient {
    return new FakeClient(this, name, {
      id: name,
      authenticated: false,
      ...identity,
    });
  }

  /** A client that has joined room `r`. */
  async join(
    name: string,
    identity: Partial<Identity> = {},
  ): Promise<FakeClient> {
    const client = this.connect(name, identity);
    await client.say({ type: "joinRoom", roomId: "r", participantName: name });
    return client;
  }

  /** Forgets what was heard so far. */
  forget(): void {
    this.journal.length = 0;
  }
}

export class FakeClient {
  readonly heard: ServerMessage[] = [];
  terminated = false;
  /** Called once for each message that has left; `undefined` if they leave at once. */
  stuck: (() => void)[] | undefined;
  reading = true;
  readonly connection: Connection;

  constructor(world: FakeWorld, name: string, identity: Identity) {
    this.connection = new Connection(
      world.hub,
      {
        send: (text, done) => {
          const message = JSON.parse(text) as ServerMessage;
          this.heard.push(message);
          world.journal.push(`${name} ${message.type}`);
          if (this.stuck === undefined) done();
          else this.stuck.push(done);
        },
        terminate: () => this.terminated = true,
        pause: () => this.reading = false,
        resume: () => this.reading = true,
      },
      identity,
      300_000,
    );
  }

  /** Sends and lets the server answer; returns the last thing heard. */
  async say(
    message: ClientMessage | string,
  ): Promise<ServerMessage | undefined> {
    const before = this.heard.length;
    this.connection.receive(
      typeof message === "string" ? message : JSON.stringify(message),
    );
    await settle();
    return this.heard.length === before ? undefined : this.heard.at(-1);
  }

  /** Sends what must be refused; returns the text of the error. */
  async refused(message: ClientMessage | string): Promise<string | undefined> {
    const answer = await this.say(message);
    return answer?.type === "error" ? answer.message : undefined;
  }

  /** The last message of this type. */
  last<Type extends ServerMessage["type"]>(
    type: Type,
  ): Extract<ServerMessage, { readonly type: Type }> {
    const found = this.heard.findLast((message) => message.type === type);
    if (found === undefined) throw new Error(`never heard ${type}`);
    return found as Extract<ServerMessage, { readonly type: Type }>;
  }
}
