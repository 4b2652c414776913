/** Clients in a world of fakes, with everything that they tell kept. */

import {
  Client,
  type ClientEnvironment,
  type ClientEvent,
  type ClientOptions,
  OwnPublishers,
} from "../../../lib/client/mod.ts";
import { mediaPlanOf, videoPreset } from "../../../lib/media/mod.ts";
import type { ClientMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import {
  FakeClock,
  fakeEnvironment,
  type FakeParticipant,
  FakeScheduler,
  FakeServer,
  type FakeServerOptions,
} from "../../../lib/testing/mod.ts";

export const VIDEO = videoPreset("480p", 30);

/** Audio and video, as by default. */
export const MEDIA = { ...mediaPlanOf({}), clip: undefined };
/** One kind alone. */
export const AUDIO = { ...MEDIA, video: false };
export const CAMERA = { ...MEDIA, audio: false };

/** A publisher of both kinds in the room "r" that consumes up to four of each. */
export const PUBLISHER: ClientOptions = {
  roomId: "r",
  participantName: "A",
  publish: MEDIA,
  maxAudio: 4,
  maxVideo: 4,
  cname: "a",
};

export class World {
  readonly clock = new FakeClock();
  readonly scheduler: FakeScheduler;
  /** Every message of every client, with the name of who sent it. */
  readonly said: [name: string, message: ClientMessage][] = [];
  readonly server: FakeServer;
  readonly environment: {
    -readonly [K in keyof ClientEnvironment]: ClientEnvironment[K];
  };

  /** Long turns leave promises undisturbed in between. */
  constructor(options: FakeServerOptions = {}, turnMs = 5) {
    this.scheduler = new FakeScheduler(this.clock, turnMs);
    this.server = new FakeServer(this.clock, {
      ...options,
      intercept: (message, participant) => {
        const name = message.type === "joinRoom"
          ? message.participantName
          : participant?.name ?? "?";
        this.said.push([name, message]);
        return options.intercept?.(message, participant);
      },
    });
    this.environment = { ...fakeEnvironment(this) };
  }

  /** A client that has not joined yet. */
  client(name: string, options: Partial<ClientOptions> = {}) {
    const events: ClientEvent[] = [];
    const client = new Client(this.environment, {
      ...PUBLISHER,
      participantName: name,
      cname: name,
      ...options,
    }, (event) => events.push(event));
    return { client, events };
  }

  /** Somebody else in the room: a client of another run, of whom this one knows nothing. */
  async stranger(name: string, options: Partial<ClientOptions> = {}) {
    const client = new Client(
      { ...this.environment, publishers: new OwnPublishers() },
      { ...PUBLISHER, participantName: name, cname: name, ...options },
      () => {},
    );
    await client.join();
    await this.clock.run(0);
    return client;
  }

  /** A client that has joined. */
  async joined(name: string, options: Partial<ClientOptions> = {}) {
    const one = this.client(name, options);
    await one.client.join();
    await this.clock.run(0);
    return one;
  }

  /** How often anyone has said something of this type. */
  times(type: ClientMessage["type"]): number {
    return this.said.filter(([, message]) => message.type === type).length;
  }

  /** The types of what a client said so far. */
  saidBy(name: string): string[] {
    return this.said.filter(([who]) => who === name).map(([, { type }]) =>
      type
    );
  }

  participant(name: string): FakeParticipant {
    return this.server.participant(name);
  }

  /** What is still there although everybody has left: nothing, one hopes. */
  async leftovers() {
    await this.clock.run(0);
    return {
      tasks: this.scheduler.size,
      timers: this.clock.pendingTimers,
      channels: this.server.openChannels,
      participants: this.server.participants.size,
    };
  }
}

export const NOTHING = { tasks: 0, timers: 0, channels: 0, participants: 0 };

/** The errors among events, as `kind: message`. */
export function errorsOf(events: readonly ClientEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "error" ? [`${event.kind}: ${event.message}`] : []
  );
}

/** How a client came back, each time. */
export function returns(events: readonly ClientEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "returned" ? [event.how] : []
  );
}

/** The states that a client went through. */
export function statesOf(events: readonly ClientEvent[]): string[] {
  return events.flatMap((event) => event.type === "state" ? [event.state] : []);
}

/** How many events there are of a type. */
export function count(
  events: readonly ClientEvent[],
  type: ClientEvent["type"],
): number {
  return events.filter((event) => event.type === type).length;
}
