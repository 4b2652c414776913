/**
 * One transport: ICE towards an ICE-lite server, DTLS, SRTP, and the datagram
 * lane under them. werift lives here and nowhere else. It knows nothing of
 * rooms, producers or users, and not what is in a packet.
 *
 * @module
 */

export {
  type AcceptedPacketHandler,
  type AcceptHandlers,
  type AcceptParts,
  acceptTransport,
  type LocalIce,
  type RtcAcceptor,
} from "./accept.ts";
export type {
  Candidate,
  RemoteCandidate,
  TransportChoice,
} from "./ice/candidates.ts";
export type { Certificate } from "./dtls/certificate.ts";
export {
  type Datapath,
  type DatapathOptions,
  openDatapath,
} from "./datapath.ts";
export type { IceRemote } from "./ice/ice_agent.ts";
export type { CandidateOutcome } from "./ice/ice_session.ts";
export type { Lane } from "./lane/lane.ts";
export { probeCandidates, type ProbeOptions } from "./probe.ts";
export { Reactor, type ReactorObserver, type Task } from "./lane/reactor.ts";
export type { SrtpCipher, SrtpProfile } from "./srtp/srtp_cipher.ts";
export {
  type PacketHandler,
  type RemoteTransport,
  RtcTransport,
  type TransportHandlers,
  type TransportOptions,
  type TransportState,
} from "./transport.ts";
export {
  TransportError,
  type TransportFailure,
} from "./ice/transport_error.ts";
export type { PacketTap } from "./tap.ts";
