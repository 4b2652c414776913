/**
 * One end of an association of werift's own transports, without SDP.
 *
 * @module
 */

import {
  IceCandidate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
} from "../deps.ts";

/** What the other end must know; JSON. */
export interface EndParameters {
  readonly usernameFragment: string;
  readonly password: string;
  readonly candidates: readonly { readonly candidate: string }[];
  readonly fingerprints: readonly {
    readonly algorithm: string;
    readonly value: string;
  }[];
}

/** An end that is not connected yet. */
export interface WeriftEnd {
  readonly dtls: RTCDtlsTransport;
  readonly parameters: EndParameters;
  connect(remote: EndParameters): Promise<void>;
}

/** `SRTP_AEAD_AES_128_GCM` (RFC 7714 section 14.2). */
const AEAD_AES_128_GCM = 7;

/** Opens an end; one of the two is controlling. */
export async function openWeriftEnd(controlling: boolean): Promise<WeriftEnd> {
  const certificate = await RTCDtlsTransport.SetupCertificate();
  const gatherer = new RTCIceGatherer({
    useIpv6: false,
    additionalHostAddresses: ["127.0.0.1"],
  });
  const ice = new RTCIceTransport(gatherer);
  ice.connection.iceControlling = controlling;
  const dtls = new RTCDtlsTransport({}, ice, certificate, [AEAD_AES_128_GCM]);
  await ice.gather();
  const { usernameFragment, password } = ice.localParameters;
  return {
    dtls,
    parameters: {
      usernameFragment,
      password,
      candidates: ice.localCandidates.map((candidate) => ({
        candidate: candidate.toJSON().candidate,
      })),
      fingerprints: dtls.localParameters.fingerprints,
    },
    async connect(remote) {
      ice.setRemoteParams(new RTCIceParameters(remote));
      for (const { candidate } of remote.candidates) {
        await ice.addRemoteCandidate(
          IceCandidate.fromJSON({
            candidate,
            sdpMLineIndex: 0,
            sdpMid: "0",
          }),
        );
      }
      await ice.addRemoteCandidate(undefined);
      dtls.setRemoteParams(
        new RTCDtlsParameters(
          remote.fingerprints.map(({ algorithm, value }) =>
            new RTCDtlsFingerprint(algorithm, value)
          ),
          "auto",
        ),
      );
      await ice.start();
      await dtls.start();
    },
  };
}
