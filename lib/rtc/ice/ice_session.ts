/**
 * The way to the server, from its candidates to the one that media takes: a
 * socket for each candidate while it is checked, one when one is nominated.
 * That socket is connected to its peer, so packets need no address.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import {
  type Candidate,
  type CandidateChoice,
  candidateLabel,
} from "./candidates.ts";
import { IceAgent, type IceAgentOptions, type IceRemote } from "./ice_agent.ts";
import { type CandidateNet, CandidatePath } from "./candidate_path.ts";
import type { DatagramHandler, LaneSocket } from "../lane/lane.ts";
import type { Task } from "../lane/reactor.ts";
import { closedError, TransportError } from "./transport_error.ts";

/** How a candidate fared. */
export interface CandidateOutcome {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** Whether media takes it. */
  readonly isTaken: boolean;
  /** Round trip of its first answered check, in milliseconds; `undefined` without an answer. */
  readonly roundTripMs: number | undefined;
  /**
   * Why it was not taken, as a part of a sentence; `undefined` for one that
   * answered, or had no time to.
   */
  readonly problem: string | undefined;
}

/** What a session needs. */
export interface IceSessionOptions {
  readonly datapath: CandidateNet & {
    readonly ciphers: Pick<IceAgentOptions, "mac">;
  };
  readonly remote: IceRemote;
  readonly candidates: CandidateChoice;
  readonly nextNomination: IceAgentOptions["nextNomination"];
  /** Lies between us and the server; without one, nothing does. */
  readonly network: Network | undefined;
  /** Takes what arrives on any of the sockets; STUN comes back by {@linkcode IceSession.receive}. */
  readonly onDatagram: DatagramHandler;
  /** The nominated path sends by this socket from now on; told again whenever the network around it changes. */
  readonly onSocket: (socket: LaneSocket) => void;
  /** Consent checks have not been answered for some seconds (`true`), or are again. */
  readonly onSilent: (isSilent: boolean) => void;
  /** The nominated path is no more; called at most once. */
  readonly onLost: (error: TransportError) => void;
  /** Told what was thrown while a datagram was read or the session's task ran. */
  readonly onError: (error: unknown) => void;
}

/** Problems that one message names. */
const MAX_PROBLEMS = 4;
/** A candidate that has not answered for so many round trips of the one that did, did not answer. */
const FAIR_ROUND_TRIPS = 2;

/** One search for a path, and the path that it found. */
export class IceSession {
  /** Resolves when a path is nominated; rejects with a {@linkcode TransportError} when none is left to try. */
  readonly nominated: Promise<void>;
  readonly #options: IceSessionOptions;
  readonly #agent: IceAgent;
  readonly #paths: CandidatePath[] = [];
  readonly #task: Task;
  readonly #settle: PromiseWithResolvers<void>;
  #selected: CandidatePath | undefined;
  /** How candidates fared, once that is settled. */
  #outcomes: readonly CandidateOutcome[] | undefined;
  #open = true;
  /** When NAT gives the nominated path another port. */
  #rebindDueMs = Infinity;
  /** Since when it has the one that it has. */
  #portMs = -Infinity;
  #leaveNetwork: (() => void) | undefined;

  constructor(options: IceSessionOptions) {
    this.#options = options;
    this.#settle = Promise.withResolvers();
    this.nominated = this.#settle.promise;
    this.nominated.catch(() => {});
    this.#agent = new IceAgent({
      remote: options.remote,
      nextNomination: options.nextNomination,
      onNominated: (path) => this.#onNominated(path as CandidatePath),
      onExhausted: () => this.#onExhausted(),
      onSilent: options.onSilent,
      onExpired: () => this.#lose("consent", "no answer to consent checks"),
      mac: options.datapath.ciphers.mac,
      random: Math.random,
    });
    const { reactor } = options.datapath;
    const tick = (nowMs: number) => this.#tick(nowMs);
    // The server may have given up a path that was silent for so long.
    const onCaughtUp = () => {
      this.#agent.rebound(reactor.nowMs());
      this.#wake();
    };
    this.#task = {
      dueMs: reactor.nowMs(),
      heapIndex: -1,
      run(nowMs) {
        this.dueMs = tick(nowMs);
      },
      onStandstill: () => this.#agent.forgetSent(),
      onCaughtUp,
      onError: options.onError,
    };
    reactor.retain();
    for (const one of options.candidates.tried) this.#add(one);
    reactor.schedule(this.#task);
  }

  /** Round-trip time of the last answered check, in milliseconds; 0 before. */
  get roundTripMs(): number {
    return this.#agent.roundTripMs;
  }

  /** The candidate that media takes; `undefined` before one is nominated. */
  get selected(): Candidate | undefined {
    return this.#selected?.candidate;
  }

  /** How each candidate fared that was tried or refused, so far. */
  get outcomes(): readonly CandidateOutcome[] {
    return this.#outcomes ?? this.#readOutcomes();
  }

  /** Takes a STUN message that came at `nowMs`. */
  receive(bytes: Uint8Array, nowMs: number): void {
    if (!this.#open) return;
    this.#agent.receive(bytes, nowMs);
    this.#wake();
  }

  /** The error of a search that found nothing in `timeoutMs`; says what each candidate did. */
  timedOut(timeoutMs: number): TransportError {
    const problems = this.#problems();
    const why = problems === "" ? "" : ` (${problems})`;
    return new TransportError(
      "iceTimeout",
      `no answer to ICE checks in ${timeoutMs} ms${why}`,
    );
  }

  /** Closes all sockets; idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#outcomes ??= this.#readOutcomes();
    this.#open = false;
    this.#agent.close();
    this.#leaveNetwork?.();
    const { reactor } = this.#options.datapath;
    reactor.cancel(this.#task);
    for (const path of this.#paths) path.close();
    reactor.release();
    this.#settle.reject(closedError());
  }

  #add(candidate: Candidate): void {
    const { candidates, network, datapath, onDatagram, onError } =
      this.#options;
    const path: CandidatePath = new CandidatePath({
      candidate,
      isFallback: candidate.protocol === "tcp" &&
        candidates.tried.some(({ protocol }) => protocol === "udp"),
      network,
      datapath,
      onDatagram,
      onError,
      onOpened: () => {
        if (path === this.#selected) return this.#rebound(path);
        this.#agent.opened(path, datapath.reactor.nowMs());
        this.#wake();
      },
      onFailed: (problem) => {
        if (path === this.#selected) {
          return this.#lose("disconnected", problem ?? "the path is closed");
        }
        this.#agent.failed(path, problem, datapath.reactor.nowMs());
        this.#wake();
      },
      onResolved: (addresses) => {
        if (!this.#open) return;
        for (const address of addresses) {
          this.#add({ ...candidate, address, isName: false });
        }
      },
      onSocket: (socket) => {
        if (path === this.#selected) this.#options.onSocket(socket);
      },
    });
    this.#paths.push(path);
    this.#agent.add(path);
  }

  /** What the agent was told may have changed when it wants to be called. */
  #wake(): void {
    if (!this.#open) return;
    this.#task.dueMs = Math.min(this.#agent.dueMs, this.#rebindDueMs);
    this.#options.datapath.reactor.schedule(this.#task);
  }

  #onNominated(path: CandidatePath): void {
    this.#selected = path;
    this.#outcomes = this.#readOutcomes();
    for (const other of this.#paths) {
      if (other !== path) other.close();
    }
    this.#options.onSocket(path.socket!);
    this.#settle.resolve();
    this.#enterNetwork();
  }

  #enterNetwork(): void {
    const { network, datapath: { reactor } } = this.#options;
    if (network === undefined) return;
    const sinceMs = reactor.nowMs();
    const closePath = network.openPath(sinceMs);
    const unwatch = network.watch(() => {
      this.#rebindDueMs = network.nextRebindMs(this.#portMs);
      this.#wake();
    });
    this.#leaveNetwork = () => {
      unwatch();
      closePath();
    };
    this.#portMs = sinceMs;
    this.#rebindDueMs = network.nextRebindMs(sinceMs);
  }

  #tick(nowMs: number): number {
    if (this.#rebindDueMs <= nowMs) {
      const network = this.#options.network!;
      this.#portMs = nowMs;
      this.#rebindDueMs = network.nextRebindMs(nowMs);
      network.rebinds++;
      this.#selected!.rebind();
    }
    return Math.min(this.#agent.tick(nowMs), this.#rebindDueMs);
  }

  /** Media goes by the new port at once, behind the check that tells the server of it. */
  #rebound(path: CandidatePath): void {
    this.#agent.rebound(this.#options.datapath.reactor.nowMs());
    this.#options.onSocket(path.socket!);
    this.#wake();
  }

  #onExhausted(): void {
    const isLocal = this.#paths.some((path) => path.isRefusedHere);
    this.#settle.reject(
      new TransportError(
        isLocal ? "socket" : "candidate",
        `no address of the server can be reached (${this.#problems()})`,
      ),
    );
  }

  #lose(kind: "consent" | "disconnected", message: string): void {
    if (!this.#open) return;
    this.close();
    this.#options.onLost(new TransportError(kind, message));
  }

  #problems(): string {
    return this.outcomes
      .filter(({ problem }) => problem !== undefined)
      .map((one) => `${candidateLabel(one)}: ${one.problem}`)
      .slice(0, MAX_PROBLEMS)
      .join("; ");
  }

  #readOutcomes(): CandidateOutcome[] {
    const nowMs = this.#options.datapath.reactor.nowMs();
    const patienceMs = FAIR_ROUND_TRIPS * this.#agent.roundTripMs;
    const outcomes: CandidateOutcome[] = [];
    for (const path of this.#paths) {
      const { checkedMs, roundTripMs, problem } = this.#agent
        .outcome(path, nowMs);
      const isSilent = roundTripMs === undefined && checkedMs > patienceMs;
      const why = problem ?? (isSilent ? "no answer" : undefined);
      // One that was not tried, or had no time, says nothing; nor does a name that others stand for.
      if (roundTripMs === undefined && why === undefined) continue;
      const { protocol, address, port } = path.candidate;
      outcomes.push({
        protocol,
        address,
        port,
        isTaken: path === this.#selected,
        roundTripMs,
        problem: why,
      });
    }
    for (const { reason, ...refused } of this.#options.candidates.refused) {
      outcomes.push({
        ...refused,
        isTaken: false,
        roundTripMs: undefined,
        problem: reason,
      });
    }
    return outcomes;
  }
}
