/**
 * Whether what is watched carries the media. A reverse proxy, a signaling
 * process or a wrapper answers on the server's port as well, and its CPU says
 * nothing of the server: it holds no UDP sockets while media flows, or uses
 * less CPU than so many packets can cost.
 *
 * @module
 */

import { counterOf, type Snapshot } from "../metrics/mod.ts";
import type { ProcessSample } from "../monitor/mod.ts";

/** So many looks on end, in seconds in which media flowed, must find no socket. */
const ENOUGH_LOOKS = 3;
/** Packets that come to the clients in a second in which media flows. */
const FLOWING = 20;
/** From so many packets on, what they cost is told from the ticks of a clock of 100 Hz. */
const ENOUGH_PACKETS = 20_000;
/** To receive, decrypt, encrypt and send a packet costs several times this. */
const MIN_PACKET_US = 1;

/** What one target has shown. */
interface Watched {
  readonly rootPid: number;
  readonly name: string;
  /** Sockets that it held at the looks since the last second. */
  looks: number[];
  sampled: boolean;
  holdsUdp: boolean;
  lookedInVain: number;
  cpuSeconds: number;
  /** That went to and fro while it was watched. */
  packets: number;
}

interface Traffic {
  readonly sent: number;
  readonly received: number;
  readonly connected: number;
  readonly consumers: number;
}

/** Takes in what monitors see and what the clients count. */
export class MediaCheck {
  readonly #watched = new Map<string, Watched>();
  #before: Traffic | undefined;

  /** Enters a sample of what a target shows. */
  addSample(sample: ProcessSample): void {
    const { target, processes: [root], udpSockets } = sample;
    const known = this.#watched.get(target);
    const watched = known?.rootPid === root.pid ? known : begin(root);
    this.#watched.set(target, watched);
    watched.sampled = true;
    watched.cpuSeconds += sample.cpuRatio * sample.intervalMs / 1000;
    if (udpSockets !== null) watched.looks.push(udpSockets);
  }

  /** Enters a second of the clients: all that they have counted so far. */
  addSecond(snapshot: Snapshot): void {
    const before = this.#before;
    const now = this.#before = trafficOf(snapshot);
    const flows = before !== undefined && isFlowing(before, now) &&
      !(snapshot.candidates ?? []).some(isTakenTcp);
    const packets = now.sent + now.received -
      (before?.sent ?? 0) - (before?.received ?? 0);
    for (const watched of this.#watched.values()) {
      const { looks, sampled } = watched;
      watched.looks = [];
      watched.sampled = false;
      if (sampled) watched.packets += packets;
      if (looks.some((sockets) => sockets > 0)) watched.holdsUdp = true;
      if (!flows) watched.lookedInVain = 0;
      else if (looks.length > 0) watched.lookedInVain++;
    }
  }

  /** A line for each target, once none of them can be what carries the media. */
  findings(): readonly string[] {
    const found = [...this.#watched].map(([target, watched]) =>
      whyNot(target, watched)
    );
    return found.every((line) => line !== undefined) ? found : [];
  }
}

/** What to say of one that holds no sockets for media; `name` and `pid` are its first process's. */
export function holdsNoSockets(
  target: string,
  { name, pid }: { readonly name: string; readonly pid: number },
): string {
  return `What ${target} watches (${name}, pid ${pid}) holds no UDP sockets: ${
    sequel(target)
  }`;
}

function begin(
  { pid, name }: { readonly pid: number; readonly name: string },
): Watched {
  return {
    rootPid: pid,
    name,
    looks: [],
    sampled: false,
    holdsUdp: false,
    lookedInVain: 0,
    cpuSeconds: 0,
    packets: 0,
  };
}

function trafficOf(snapshot: Snapshot): Traffic {
  return {
    sent: counterOf(snapshot, "packetsSent"),
    received: counterOf(snapshot, "packetsReceived"),
    connected: snapshot.gauges.clientsConnected ?? 0,
    consumers: snapshot.gauges.consumersOpen ?? 0,
  };
}

/** Where media goes by TCP it needs no sockets of UDP. */
function isTakenTcp(
  { protocol, problem }: NonNullable<Snapshot["candidates"]>[number],
): boolean {
  return protocol === "tcp" && problem === null;
}

/** What is sent shows little: the server may be dead. What is received came from it. */
function isFlowing(before: Traffic, now: Traffic): boolean {
  return before.connected > 0 && now.connected > 0 &&
    before.consumers > 0 && now.consumers > 0 &&
    now.received - before.received >= FLOWING;
}

function whyNot(target: string, watched: Watched): string | undefined {
  const { rootPid: pid, name, packets, cpuSeconds } = watched;
  if (!watched.holdsUdp && watched.lookedInVain >= ENOUGH_LOOKS) {
    return holdsNoSockets(target, { name, pid });
  }
  const leastSeconds = packets * MIN_PACKET_US / 1e6;
  if (packets >= ENOUGH_PACKETS && cpuSeconds < leastSeconds) {
    return `What ${target} watches (${name}, pid ${pid}) used ${
      cpuSeconds.toFixed(2)
    } s of CPU while ${packets} packets went to and fro: ${sequel(target)}`;
  }
  return undefined;
}

function sequel(target: string): string {
  return `it does not carry the media, and its CPU and memory say nothing of it. Watch the process that does, as ${
    target.startsWith("ssh:") ? "ssh:HOST:PORT" : "pid:N or cmd:NAME"
  }.`;
}
