/**
 * The nouns of WebRTC as mediasoup names them, for whoever reads or writes
 * them: RTP (ORTC section 9, RFC 3550), ICE (RFC 8445), DTLS (RFC 8122).
 * Messages are shared between clients (one set of router capabilities serves a
 * thousand of them), so nobody may write into one.
 */

/** What a track carries. */
export type MediaKind = "audio" | "video";

/** All kinds. */
export const MEDIA_KINDS = [
  "audio",
  "video",
] as const satisfies readonly MediaKind[];

/** The codecs and header extensions that an end can receive. */
export interface RtpCapabilities {
  /** What it can decode, and what repairs that. */
  readonly codecs: readonly RtpCodecCapability[];
  /** What it understands of packets' headers. */
  readonly headerExtensions: readonly RtpHeaderExtension[];
}

/** What {@linkcode RtpCapabilities} and {@linkcode RtpParameters} both say of a codec. */
export interface RtpCodec {
  /** Such as `audio/opus`. */
  readonly mimeType: string;
  /** In Hz. */
  readonly clockRate: number;
  /** Of audio. */
  readonly channels?: number | undefined;
  /** Its `fmtp` line of SDP. */
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
  /** What its receiver may ask for. */
  readonly rtcpFeedback?: readonly RtcpFeedback[] | undefined;
}

/** One codec of {@linkcode RtpCapabilities}. */
export interface RtpCodecCapability extends RtpCodec {
  /** The first part of `mimeType`. */
  readonly kind: MediaKind;
  /** From 0 to 127. */
  readonly preferredPayloadType?: number | undefined;
}

/** One header extension of {@linkcode RtpCapabilities} (RFC 8285). */
export interface RtpHeaderExtension {
  /** Of which tracks. */
  readonly kind: MediaKind;
  /** Which one it is. */
  readonly uri: string;
  /** From 1 to 255. */
  readonly preferredId: number;
  /** Whether it is to be encrypted (RFC 6904). */
  readonly preferredEncrypt: boolean;
  /** In which directions. */
  readonly direction: RtpHeaderExtensionDirection;
}

/** In which directions a side can use a header extension. */
export type RtpHeaderExtensionDirection =
  | "sendrecv"
  | "sendonly"
  | "recvonly"
  | "inactive";

/** How one track is sent: by a client to the server, or by the server to a consumer. */
export interface RtpParameters {
  /** Its line of SDP. */
  readonly mid?: string | undefined;
  /** The media's, and those that repair it. */
  readonly codecs: readonly RtpCodecParameters[];
  /** What its packets' headers carry. */
  readonly headerExtensions: readonly RtpHeaderExtensionParameters[];
  /** Its streams, several of simulcast. */
  readonly encodings: readonly RtpEncodingParameters[];
  /** How it is reported on. */
  readonly rtcp: {
    /** The name that its sender's streams have in common. */
    readonly cname?: string | undefined;
    /** RFC 5506. */
    readonly reducedSize: boolean;
  };
}

/** One codec of {@linkcode RtpParameters}; the kind is the first part of `mimeType`. */
export interface RtpCodecParameters extends RtpCodec {
  /** From 0 to 127. */
  readonly payloadType: number;
}

/** One header extension of {@linkcode RtpParameters}. */
export interface RtpHeaderExtensionParameters {
  /** Which one it is. */
  readonly uri: string;
  /** That packets carry, from 1 to 255. */
  readonly id: number;
  /** Whether it is encrypted (RFC 6904). */
  readonly encrypt: boolean;
}

/** One RTP stream of {@linkcode RtpParameters}. */
export interface RtpEncodingParameters {
  /** That packets carry. */
  readonly ssrc?: number | undefined;
  /** Its name, of simulcast (RFC 8852). */
  readonly rid?: string | undefined;
  /** Which of the codecs. @default {the first one} */
  readonly codecPayloadType?: number | undefined;
  /** What repairs it (RFC 4588). */
  readonly rtx?: { readonly ssrc: number } | undefined;
  /** Whether nothing is sent of silence. */
  readonly dtx?: boolean | undefined;
  /** Such as `L1T3`. */
  readonly scalabilityMode?: string | undefined;
  /** In bits a second. */
  readonly maxBitrate?: number | undefined;
}

/** An RTCP feedback message that a codec may use, for example `nack` with `pli` (RFC 4585). */
export interface RtcpFeedback {
  /** Such as `nack`. */
  readonly type: string;
  /** Such as `pli`. */
  readonly parameter?: string | undefined;
}

/** The ICE credentials of the server's end of a transport. */
export interface IceParameters {
  /** What checks are addressed to. */
  readonly usernameFragment: string;
  /** What they are signed with. */
  readonly password: string;
  /** Whether that end only answers checks. */
  readonly iceLite?: boolean | undefined;
}

/** One address at which the server's end of a transport can be reached. */
export interface IceCandidate {
  /** What candidates of the same kind have in common. */
  readonly foundation?: string | null | undefined;
  /** The higher, the better. */
  readonly priority?: number | null | undefined;
  /** An IP address. */
  readonly address: string;
  /** `udp` or `tcp`. */
  readonly protocol: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** Such as `host`. */
  readonly type?: string | null | undefined;
  /** Of TCP, who connects: such as `passive` (RFC 6544). */
  readonly tcpType?: string | null | undefined;
}

/** The DTLS role and the certificate fingerprints of one end of a transport. */
export interface DtlsParameters {
  /** Which side of the handshake it takes. */
  readonly role: DtlsRole;
  /** One of them has to be its certificate's. */
  readonly fingerprints: readonly DtlsFingerprint[];
}

/** Which side of the DTLS handshake an end takes; `auto` leaves it to the other. */
export type DtlsRole = "auto" | "client" | "server";

/** One digest of a DTLS certificate. */
export interface DtlsFingerprint {
  /** What made it. */
  readonly algorithm: "sha-1" | "sha-224" | "sha-256" | "sha-384" | "sha-512";
  /** Upper-case hex bytes joined by colons. */
  readonly value: string;
}
