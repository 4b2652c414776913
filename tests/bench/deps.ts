/**
 * What the benches take from outside.
 *
 * - werift: the baseline that the packet path is compared with.
 * - `node:process`: `cpuUsage`, which is `getrusage`.
 * - `node:buffer`: what werift takes as a payload.
 *
 * @module
 */

export {
  IceCandidate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  RtpHeader,
} from "npm:werift@0.25.2";
export { Buffer } from "node:buffer";
export { default as process } from "node:process";
