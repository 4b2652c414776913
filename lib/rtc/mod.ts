/**
 * One transport: ICE towards an ICE-lite server, DTLS, SRTP, and the datagram
 * lane under them. werift lives here and nowhere else. It knows nothing of
 * rooms, producers or users, and not what is in a packet.
 *
 * @module
 */

export {
  type AcceptParts,
  acceptTransport,
  type RtcAcceptor,
} from "./accept.ts";
export { openDatapath } from "./datapath.ts";
export type { CandidateOutcome } from "./ice/ice_session.ts";
export { probeCandidates } from "./probe.ts";
export { Reactor, type Task } from "./lane/reactor.ts";
export {
  type PacketHandler,
  type RemoteTransport,
  RtcTransport,
  type TransportHandlers,
} from "./transport.ts";
export { TransportError } from "./ice/transport_error.ts";
export type { PacketTap } from "./tap.ts";
