/**
 * Fakes of the doors to the world, for tests of rtcrowd and of what is built
 * on it: a clock that is moved by hand, and a channel whose server is a script.
 *
 * It knows no real time and no socket.
 *
 * @module
 */

export { FakeChannel, type Script } from "./fake_channel.ts";
export { FakeClock } from "./fake_clock.ts";
