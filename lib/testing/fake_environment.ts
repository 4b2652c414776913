/** The world of a client, made of fakes. */

import {
  Allowance,
  AnswerPace,
  type ClientEnvironment,
  type ClientMeter,
  OwnPublishers,
  type Scheduler,
} from "../client/mod.ts";
import type { Clock } from "../time/mod.ts";
import type { FakeServer } from "./fake_server.ts";

/**
 * What the fakes are put together from.
 *
 * @internal
 */
export interface FakeEnvironmentOptions {
  /** The time. */
  readonly clock: Clock;
  /** What sends when it is time. */
  readonly scheduler: Scheduler;
  /** Whom clients talk to. */
  readonly server: FakeServer;
  /** What is told of latencies. @default {one that nobody reads} */
  readonly meter?: ClientMeter;
  /** From 0 to below 1. @default {a fixed sequence} */
  readonly random?: () => number;
}

/**
 * An environment in which clients meet a fake server.
 *
 * @example
 * ```ts
 * import { Client } from "../client/mod.ts";
 * import { mediaPlanOf } from "../media/mod.ts";
 * import {
 *   FakeClock,
 *   fakeEnvironment,
 *   FakeScheduler,
 *   FakeServer,
 * } from "./mod.ts";
 *
 * const clock = new FakeClock();
 * const environment = fakeEnvironment({
 *   clock,
 *   scheduler: new FakeScheduler(clock),
 *   server: new FakeServer(clock),
 * });
 * await using client = new Client(environment, {
 *   roomId: "room",
 *   participantName: "A",
 *   publish: { ...mediaPlanOf({ video: false }), clip: undefined },
 *   maxAudio: 4,
 *   maxVideo: 4,
 *   cname: "a",
 * }, (event) => console.log(event.type));
 * await client.join();
 * await clock.run(1000);
 * ```
 *
 * @internal
 */
export function fakeEnvironment(
  options: FakeEnvironmentOptions,
): ClientEnvironment {
  const { clock, scheduler, server, random = mixed() } = options;
  return {
    scheduler,
    clock,
    wallNowMs: () => server.wallNowMs(),
    openSession: server.sessions(random),
    createTransport: (remote, handlers) =>
      server.createTransport(remote, handlers),
    meter: options.meter ?? silentMeter(),
    publishers: new OwnPublishers(),
    allowance: new Allowance(),
    answers: new AnswerPace(),
    lookedInto: new Set(),
    random,
  };
}

/** Numbers that differ, so that SSRCs do, and are the same in each test. */
function mixed(): () => number {
  let state = 1;
  return () => {
    state = Math.imul(state, 48271) % 0x7fffffff;
    if (state < 0) state += 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function silentMeter(): ClientMeter {
  return {
    counters: {
      packetsPlanned: 0,
      packetsSent: 0,
      packetsSkipped: 0,
      packetsWithoutPath: 0,
      packetsLate: 0,
      bytesSent: 0,
      sendRefused: 0,
      keyFramesSent: 0,
      packetsOutOfOrder: 0,
    },
    lateness: { record() {} },
    mediaLatency: { record() {} },
    firstPacket: { record() {} },
    timeToFirstFrame: { record() {} },
    frameGap: { record() {} },
  };
}
