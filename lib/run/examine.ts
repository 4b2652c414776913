/**
 * Before a run: whether this machine and the server can carry it.
 *
 * @module
 */

import { proxyFor } from "../connection/mod.ts";
import { messageOf, shownUrl } from "../text/mod.ts";
import {
  type DatapathChoice,
  openSessions,
  type RunPlan,
  type ServerTarget,
} from "../load/mod.ts";
import {
  findAnnounced,
  type Finding,
  findLimits,
  findMediaPaths,
  readMachineFacts,
  runNeed,
  type RunSize,
} from "../machine/mod.ts";
import {
  type CandidateOutcome,
  openDatapath,
  probeCandidates,
  type RemoteTransport,
  TransportError,
} from "../rtc/mod.ts";
import { type EngineKind, localWorkerBinary } from "../sfu/mod.ts";
import {
  ChannelError,
  type ChannelFailure,
} from "../signaling/websocket/mod.ts";
import { UnreachableError } from "../signaling/port.ts";
import type { MonitorTarget } from "../monitor/mod.ts";
import { examineMedia } from "./examine_media.ts";
import { examineMonitors } from "./examine_monitors.ts";
import { runSize } from "./run_size.ts";

/** The run in question. */
export interface ExamineOptions {
  /** Who does what, when. */
  readonly plan: RunPlan;
  /** Threads that drive clients. */
  readonly workers: number;
  /** The embedded server's engine; `null` for the server at `server`. */
  readonly engine: EngineKind | null;
  /** Where the server is, if it is not embedded. */
  readonly server: ServerTarget;
  /** How packets are sent and encrypted. @default {{}} */
  readonly datapath?: DatapathChoice | undefined;
  /** What is to be watched. @default {[]} */
  readonly monitor?: readonly MonitorTarget[] | undefined;
  /** Bearer token for the server's `/metrics`. */
  readonly metricsToken?: string | undefined;
  /** Gives up asking the server. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that needs longer for one answer is no server for a load. */
const ANSWER_MS = 5_000;
/** An address that needs longer is no path for media. */
const PATH_MS = 3_000;

/**
 * Everything that would limit the run, here and at the server. It joins a
 * room of its own there for a moment.
 */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const { plan, workers, engine, datapath } = options;
  const lane = await probeDatapath(datapath);
  const need = runNeed(runSize(plan, workers, engine, lane.kind));
  return [
    ...findLimits(need, readMachineFacts()),
    lane.finding,
    ...(engine === null
      ? await examineServer(options)
      : [examineEngine(engine), ...await lookAtMonitors(options, false)]),
  ];
}

function lookAtMonitors(
  { server, monitor: targets = [], metricsToken: token }: ExamineOptions,
  mediaIsOpen: boolean,
): Promise<Finding[]> {
  return examineMonitors({ targets, mediaIsOpen, token, server });
}

async function probeDatapath(
  choice: DatapathChoice = {},
): Promise<
  { readonly kind: RunSize["datapath"]; readonly finding: Finding }
> {
  using datapath = await openDatapath(choice);
  const { lane, ciphers, dtls, notes } = datapath;
  const ffi = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  return {
    kind: lane.kind === "native" && ciphers.kind === "openssl"
      ? "native"
      : "portable",
    finding: {
      level: notes.length === 0 ? "good" : "warning",
      about: "datapath",
      text: [
        `${lane.kind} lane, ${ciphers.kind} cipher, ${dtls.kind} DTLS`,
        ...notes,
      ].join("; ").replace(/\.$/, ""),
      fix: notes.length === 0
        ? null
        : ffi
        ? "sudo apt-get install libssl3"
        : "deno run --allow-ffi … (or -A)",
    },
  };
}

function examineEngine(engine: EngineKind): Finding {
  const about = "embedded server";
  switch (engine) {
    case "werift":
      return {
        level: "good",
        about,
        text: "werift, which needs nothing installed",
        fix: null,
      };
    case "mediasoup": {
      const worker = localWorkerBinary();
      return worker === undefined
        ? {
          level: "problem",
          about,
          text: "mediasoup has no worker here",
          fix: "scripts/mediasoup-worker.sh",
        }
        : {
          level: "good",
          about,
          text: `mediasoup with ${worker}`,
          fix: null,
        };
    }
  }
}

async function examineServer(options: ExamineOptions): Promise<Finding[]> {
  const { server, signal } = options;
  const url = shownUrl(server.url);
  const doors = { random: Math.random, timeoutMs: ANSWER_MS };
  const openSession = await openSessions(server, doors);
  const session = openSession({
    roomId: `rtcrowd-doctor-${crypto.randomUUID()}`,
    participantName: "rtcrowd-doctor",
    onEvent: () => {},
  });
  try {
    await session.connect({ signal: signal ?? new AbortController().signal });
    await session.routerRtpCapabilities();
    const transport = await session.createTransport("send");
    const { iceCandidates } = transport;
    const paths = await examinePaths(transport, options);
    const alive = paths.answering.length > 0 ? paths.answering : iceCandidates;
    return [
      { level: "good", about: "server", text: `${url} answers`, fix: null },
      // Where a proxy leads to it, its address is the proxy's affair.
      ...(isProxied(server) ? [] : [findAnnounced({
        reachedAt: await addressOf(server.url),
        announced: alive.map(({ address }) => address),
        own: Deno.networkInterfaces().map(({ address }) => address),
      })]),
      ...paths.findings,
      ...(paths.answering.length === 0 || signal?.aborted
        ? []
        : [await examineMedia(options)]),
      // While the transport is open: so is the socket that its media would come to.
      ...await lookAtMonitors(
        options,
        iceCandidates.some(({ protocol }) => protocol.toLowerCase() === "udp"),
      ),
    ];
  } catch (error) {
    const why = messageOf(error)
      .replace(/\.$/, "");
    return [{
      level: "problem",
      about: "server",
      text: error instanceof UnreachableError
        ? why
        : `${url} answers, but lets nobody in: ${why}`,
      fix: error instanceof ChannelError ? fixOf(error.failure) : null,
    }, ...await lookAtMonitors(options, false)];
  } finally {
    await session.leave();
  }
}

/** Asks every address that the server offers for media, as clients will. */
async function examinePaths(
  remote: Pick<RemoteTransport, "iceParameters" | "iceCandidates">,
  { datapath: choice = {}, signal }: ExamineOptions,
): Promise<{
  readonly findings: Finding[];
  readonly answering: readonly CandidateOutcome[];
}> {
  using datapath = await openDatapath(choice);
  try {
    const outcomes = await probeCandidates(datapath, {
      ...remote,
      transport: choice.transport,
      timeoutMs: PATH_MS,
      signal,
    });
    return {
      findings: findMediaPaths(outcomes),
      answering: outcomes.filter(({ problem }) => problem === undefined),
    };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const text = error.message;
    return {
      findings: [{ level: "problem", about: "media path", text, fix: null }],
      answering: [],
    };
  }
}

/** What to give or to start, so that the server can be reached. */
function fixOf(failure: ChannelFailure): string | null {
  switch (failure.kind) {
    case "refused":
      return "scripts/server-start.sh";
    case "certificate":
      return "--ca FILE, or --insecure";
    case "scheme":
      return failure.spoken === "tls" ? "--server wss://…" : "--server ws://…";
    case "proxy":
      return "HTTPS_PROXY, HTTP_PROXY, NO_PROXY";
    case "http":
      if (failure.movedTo !== undefined) return `--server ${failure.movedTo}`;
      return failure.status === 401 || failure.status === 403
        ? "--token JWT, --header NAME:VALUE"
        : null;
    case "badUrl":
    case "notWebSocket":
    case "timeout":
    case "unreachable":
    case "aborted":
      return null;
  }
}

function isProxied({ url, connection = {} }: ServerTarget): boolean {
  return proxyFor(new URL(url), connection.proxies ?? {}) !== undefined;
}

/** The IP address at which a server is reached, as the system resolves its name. */
async function addressOf(url: string): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  using connection = await Deno.connect({
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "wss:" ? 443 : 80),
  });
  return connection.remoteAddr.hostname;
}
