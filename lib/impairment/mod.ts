/**
 * A bad network, in numbers: what it does to each packet and to a stream over
 * TCP, named networks that people know, and how one is written on a command line. It knows lengths and
 * times; it does not know sockets, what is in a packet, or who sends it, and
 * time and chance are given to it.
 *
 * @module
 */

export {
  checkImpairment,
  type Impairment,
  type LinkImpairment,
} from "./impairment.ts";
export { countPacket, Link, type LinkCounts } from "./link.ts";
export { Network } from "./network.ts";
export { Stream, type StreamClock } from "./stream.ts";
export { describeImpairment, parseImpairment } from "./text.ts";
export { IMPAIRMENT_PROFILES, type ImpairmentProfile } from "./profiles.ts";
