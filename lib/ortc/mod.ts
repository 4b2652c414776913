/**
 * The nouns of WebRTC as types and schemas: RTP capabilities and parameters,
 * ICE candidates and parameters, DTLS fingerprints, as mediasoup (and ORTC
 * before it) names them.
 *
 * It knows no protocol that carries them and no code that acts on them.
 *
 * @module
 */

export type { DeepReadonly } from "./deep_readonly.ts";
export { type Fallbacks, mend } from "./dialects.ts";
export { absentOrNull } from "./nullable.ts";
export { MEDIA_KINDS } from "./parameters.ts";
export type * from "./parameters.ts";
export {
  consumerRtpParametersSchema,
  mediaKindSchema,
  producerKindSchema,
  rtpCapabilitiesSchema,
} from "./rtp_schemas.ts";
export {
  strictRtpCapabilitiesSchema,
  strictRtpParametersSchema,
} from "./strict_rtp_schemas.ts";
export { cut, MAX_WORDS_CHARS } from "./words.ts";
export {
  dtlsParametersSchema,
  iceCandidateSchema,
  iceParametersSchema,
  MAX_ICE_CANDIDATES,
  strictDtlsParametersSchema,
} from "./transport_schemas.ts";
