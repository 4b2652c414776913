/**
 * Which of a server's candidates answer, each asked by itself and all at
 * once: a transport is content with the first one that does.
 *
 * @module
 */

import {
  chooseCandidates,
  type RemoteCandidate,
  type TransportChoice,
  whyNothing,
} from "./ice/candidates.ts";
import type { Datapath } from "./datapath.ts";
import type { IceRemote } from "./ice/ice_agent.ts";
import { checkIceParameters } from "./ice/ice_parameters.ts";
import { type CandidateOutcome, IceSession } from "./ice/ice_session.ts";
import { TransportError } from "./ice/transport_error.ts";
import { eitherSignal } from "../time/mod.ts";

/** Whom to ask, and how. */
export interface ProbeOptions {
  readonly iceParameters: IceRemote;
  readonly iceCandidates: readonly RemoteCandidate[];
  /** Over what. @default {"auto"} */
  readonly transport?: TransportChoice | undefined;
  /** How long each has to answer. */
  readonly timeoutMs: number;
  /** Gives up; what has not answered by then has not. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks all of them; resolves with the outcomes in the order in which a
 * transport would try them. Rejects with a {@linkcode TransportError} where
 * there is nothing to ask.
 */
export async function probeCandidates(
  datapath: Pick<Datapath, "ciphers" | "lane" | "reactor" | "resolve">,
  options: ProbeOptions,
): Promise<CandidateOutcome[]> {
  const { iceParameters, iceCandidates, transport = "auto" } = options;
  checkIceParameters(iceParameters);
  const choice = chooseCandidates(iceCandidates, transport);
  if (choice.tried.length === 0) {
    const why = whyNothing(iceCandidates, choice, transport);
    throw new TransportError("candidate", why);
  }
  using either = eitherSignal(
    AbortSignal.timeout(options.timeoutMs),
    options.signal,
  );
  const given = either.signal;
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  if (given.aborted) end();
  given.addEventListener("abort", () => end(), { once: true });
  datapath.reactor.enterLowLatency();
  try {
    const outcomes = await Promise.all(choice.tried.map(async (candidate) => {
      const session: IceSession = new IceSession({
        datapath,
        remote: iceParameters,
        candidates: { tried: [candidate], refused: [] },
        nextNomination: () => 1,
        network: undefined,
        onDatagram: (bytes, offset, length, { nowMs }) =>
          session.receive(bytes.slice(offset, offset + length), nowMs),
        onSocket: () => {},
        onSilent: () => {},
        onLost: () => {},
        onError: () => session.close(),
      });
      await Promise.race([session.nominated.catch(() => {}), over]);
      session.close();
      return session.outcomes;
    }));
    return [
      ...outcomes.flat(),
      ...choice.refused.map(({ reason, ...refused }) => ({
        ...refused,
        isTaken: false,
        roundTripMs: undefined,
        problem: reason,
      })),
    ];
  } finally {
    datapath.reactor.leaveLowLatency();
  }
}
