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
} from "./candidates.ts";
export type { Certificate } from "./certificate.ts";
export {
  type Datapath,
  type DatapathOptions,
  openDatapath,
} from "./datapath.ts";
export type { IceRemote } from "./ice_agent.ts";
export type { CandidateOutcome } from "./ice_session.ts";
export type { Lane } from "./lane.ts";
export { probeCandidates, type ProbeOptions } from "./probe.ts";
export { Reactor, type ReactorObserver, type Task } from "./reactor.ts";
export type { SrtpCipher, SrtpProfile } from "./srtp_cipher.ts";
export {
  type PacketHandler,
  type RemoteTransport,
  RtcTransport,
  type TransportHandlers,
  type TransportOptions,
  type TransportState,
} from "./transport.ts";
export { TransportError, type TransportFailure } from "./transport_error.ts";
