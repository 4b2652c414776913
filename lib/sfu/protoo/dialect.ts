/**
 * Where the servers of mediasoup-demo differ, seen from the server: the one in
 * JavaScript, to 2024, and the one in TypeScript.
 *
 * @module
 */

import type { EngineTransport, Layers } from "../engine.ts";

/** Which server is spoken as. */
export type ProtooDialect = "javascript" | "typescript";

/** How it answers and what it tells. */
export interface Spelling {
  /** Its first notification. */
  readonly greeting: string;
  /** A value that an answer is made of. */
  readonly value: (name: string, value: unknown) => unknown;
  /** The name of what an answer or a message is about, such as a consumer. */
  readonly id: (name: string, id: string) => Readonly<Record<string, string>>;
  readonly layers: (layers: Layers | undefined) => object;
  readonly newPeer: (peer: object) => object;
}

/** By dialect. */
export const SPELLINGS: Readonly<Record<ProtooDialect, Spelling>> = {
  javascript: {
    greeting: "mediasoup-version",
    value: (_name, value) => value,
    id: (_name, id) => ({ id }),
    layers: (layers) => ({
      spatialLayer: layers?.spatialLayer ?? null,
      temporalLayer: layers?.temporalLayer ?? null,
    }),
    newPeer: (peer) => peer,
  },
  typescript: {
    greeting: "mediasoupVersion",
    value: (name, value) => ({ [name]: value }),
    id: (name, id) => ({ [name]: id }),
    layers: (layers) => ({ layers }),
    newPeer: (peer) => ({ peer }),
  },
};

/** The server's end of a transport, as both describe it. */
export function described(
  { iceParameters, iceCandidates, dtlsParameters }: EngineTransport,
  forceTcp: boolean,
): object {
  return {
    iceParameters,
    iceCandidates: iceCandidates
      .filter(({ protocol }) => !forceTcp || protocol === "tcp")
      .map((candidate) => ({ ...candidate, ip: candidate.address })),
    dtlsParameters,
  };
}
