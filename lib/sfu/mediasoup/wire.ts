/**
 * mediasoup's values as SimplestChat's server writes them, and mediasoup's errors in the words
 * of the Rust crate. The Node and Rust libraries differ in a few keys: Node adds `ip` to a
 * candidate and `parameters` to a header extension.
 *
 * @module
 */

import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  RtpCapabilities,
  RtpParameters,
} from "../../ortc/mod.ts";
import type { mediasoup } from "./deps.ts";
import { messageOf } from "../../text/mod.ts";

/** The candidate without `ip`. */
export function toWireCandidate(
  candidate: mediasoup.IceCandidate,
): IceCandidate {
  const { foundation, priority, address, protocol, port, type, tcpType } =
    candidate;
  return {
    foundation,
    priority,
    address,
    protocol,
    port,
    type,
    ...(tcpType === undefined ? {} : { tcpType }),
  };
}

/** ICE credentials; the server is always ICE-lite. */
export function toWireIceParameters(
  { usernameFragment, password }: mediasoup.IceParameters,
): IceParameters {
  return { usernameFragment, password, iceLite: true };
}

/** Fingerprints, and the role that mediasoup always gives. */
export function toWireDtlsParameters(
  { role, fingerprints }: mediasoup.DtlsParameters,
): DtlsParameters {
  return { role: role ?? "auto", fingerprints };
}

/** Capabilities as they are: mediasoup fills in every optional key. */
export function toWireCapabilities(
  capabilities: mediasoup.RtpCapabilities,
): RtpCapabilities {
  return capabilities as RtpCapabilities;
}

/** RTP parameters of a consumer, without `headerExtensions[].parameters`. */
export function toWireRtpParameters(
  parameters: mediasoup.RtpParameters,
): RtpParameters {
  const { mid, codecs, headerExtensions, encodings, rtcp } = parameters;
  return {
    ...(mid === undefined ? {} : { mid }),
    codecs,
    headerExtensions: (headerExtensions ?? []).map((extension) => ({
      uri: extension.uri,
      id: extension.id,
      encrypt: extension.encrypt ?? false,
    })),
    encodings: encodings ?? [],
    rtcp: {
      ...(rtcp?.cname === undefined ? {} : { cname: rtcp.cname }),
      reducedSize: rtcp?.reducedSize ?? true,
    },
  } as RtpParameters;
}

/** The error of a failed `connect`. */
export function connectError(error: unknown): Error {
  return new Error(workerText(error) ?? messageOf(error));
}

/** The error of a failed `produce`. */
export function produceError(error: unknown): Error {
  const worker = workerText(error);
  if (worker !== undefined) {
    return new Error(`Request to worker failed: ${worker}`);
  }
  return new Error(
    `RTP mapping error: ${
      messageOf(error).replace(/^unsupported/, "Unsupported")
    }`,
  );
}

/** The error of a failed `consume`. */
export function consumeError(error: unknown): Error {
  const worker = workerText(error);
  if (worker !== undefined) {
    return new Error(`Request to worker failed: ${worker}`);
  }
  const reason = messageOf(error);
  return new Error(
    reason === "no compatible media codecs"
      ? "Bad consumer RTP parameters: No compatible media codecs"
      : reason,
  );
}

/** An error that the worker answered names its method at the end. */
function workerText(error: unknown): string | undefined {
  const reason = messageOf(error);
  return /\[method:[^\]]+\]$/.test(reason)
    ? `Received response error: ${reason}`
    : undefined;
}
