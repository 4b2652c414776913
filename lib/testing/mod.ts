/**
 * Fakes of the doors to the world, for tests of rtcrowd and of what is built
 * on it: a clock that is moved by hand, a channel whose server is a script,
 * a transport without a network, a whole server with rooms for many clients
 * at once, and a target on which scenarios run in virtual time.
 *
 * It knows no real time and no socket. What is marked as internal is for the
 * project's own tests.
 *
 * @module
 */

export type { Clock } from "../time/mod.ts";
export { FakeChannel, type Script } from "./fake_channel.ts";
export { FakeClock } from "./fake_clock.ts";
export {
  type FakeCrowd,
  fakeCrowd,
  type FakeCrowdOptions,
} from "./fake_crowd.ts";
export {
  fakeEnvironment,
  type FakeEnvironmentOptions,
} from "./fake_environment.ts";
export { FakeProducer } from "./fake_engine.ts";
export { FakeScheduler } from "./fake_scheduler.ts";
export {
  FakeParticipant,
  FakeServer,
  type FakeServerOptions,
} from "./fake_server.ts";
export {
  type FakeArrival,
  type FakePath,
  FakeTransport,
  type FakeTransportPeer,
} from "./fake_transport.ts";
