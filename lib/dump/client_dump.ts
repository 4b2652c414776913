/**
 * What is written down of one client: its packets in the clear, and what
 * became of it, as two files that grow together. Either all of it, a second
 * at a time, or the last while, once somebody asks for it.
 *
 * @module
 */

import { joined, type PacketEnd, pcapngHead, pcapngPacket } from "./pcapng.ts";
import { RtcStatsLines, type StatsReport } from "./rtcstats.ts";

/** Where the two files are. A file that cannot be written throws. */
export interface DumpFiles {
  /** Whole blocks, behind those of before. */
  appendPackets(bytes: Uint8Array): void;
  /** Whole lines, behind those of before. */
  appendEvents(text: string): void;
}

/** Whose dump it is. */
export interface DumpSubject {
  /** What writes it, with its version. */
  readonly application: string;
  readonly clientId: string;
  /** The server, without secrets. */
  readonly url: string;
}

/** A packet in the clear; `bytes` are read at once. */
export interface SeenPacket {
  readonly protocol: "rtp" | "rtcp";
  readonly direction: "in" | "out";
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly here: PacketEnd;
  readonly there: PacketEnd;
}

/** Of RTP so much is written: headers, and the first of a payload that says nothing else. */
export const RTP_BYTES = 128;

type Entry =
  | { readonly wallMs: number; readonly packet: Uint8Array }
  | {
    readonly wallMs: number;
    readonly name: string;
    readonly connection: string | null;
    readonly value: unknown;
  }
  | {
    readonly wallMs: number;
    readonly connection: string;
    readonly report: StatsReport;
  };

/** The dump of one client. */
export class ClientDump {
  readonly #subject: DumpSubject;
  readonly #keepMs: number;
  readonly #lines = new RtcStatsLines();
  /** Connections that the events told of: whose beginning was forgotten, begins with what is left. */
  readonly #created = new Set<string>();
  #entries: Entry[] = [];
  #comments: string[] = [];
  #hasBegun = false;

  /** Holds `keepMs` milliseconds back, and forgets what is older; without it, nothing. */
  constructor(
    subject: DumpSubject,
    keepMs: number | undefined,
  ) {
    this.#subject = subject;
    this.#keepMs = keepMs ?? Infinity;
  }

  /** A packet; what was said since the last one stands beside it. */
  packet(seen: SeenPacket): void {
    const { direction, protocol, bytes, wallMs, here, there } = seen;
    const [from, to] = direction === "in" ? [there, here] : [here, there];
    const comment = this.#comments.length === 0
      ? undefined
      : this.#comments.join("; ");
    this.#comments = [];
    this.#entries.push({
      wallMs,
      packet: pcapngPacket({
        dissector: protocol,
        direction,
        atUs: Math.round(wallMs * 1000),
        from,
        to,
        bytes: protocol === "rtp" ? bytes.subarray(0, RTP_BYTES) : bytes,
        originalLength: bytes.length,
        comment,
      }),
    });
  }

  /** Something that happened to the client, or to one of its connections: `create` first. */
  event(
    name: string,
    connection: string | null,
    value: unknown,
    wallMs: number,
  ): void {
    this.#entries.push({ name, connection, value, wallMs });
  }

  /** Stands beside the next packet. */
  comment(text: string): void {
    this.#comments.push(text);
  }

  /** Statistics of one connection. */
  stats(connection: string, report: StatsReport, wallMs: number): void {
    this.#entries.push({ connection, report, wallMs });
  }

  /** Forgets what is too old to be written. */
  forget(wallMs: number): void {
    if (this.#keepMs === Infinity) return;
    const sinceMs = wallMs - this.#keepMs;
    const first = this.#entries.findIndex((entry) => entry.wallMs >= sinceMs);
    if (first !== 0) {
      this.#entries = first < 0 ? [] : this.#entries.slice(first);
    }
  }

  /** Writes what there is. Throws what the files throw. */
  write(files: DumpFiles): void {
    const packets: Uint8Array[] = [];
    let text = "";
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const { application, clientId, url } = this.#subject;
      packets.push(pcapngHead(application, clientId));
      text += this.#lines.head(application, clientId, url);
    }
    for (const entry of this.#entries) {
      if ("packet" in entry) packets.push(entry.packet);
      else text += this.#line(entry);
    }
    this.#entries = [];
    if (packets.length > 0) files.appendPackets(joined(packets));
    if (text !== "") files.appendEvents(text);
  }

  #line(entry: Exclude<Entry, { readonly packet: Uint8Array }>): string {
    const { connection, wallMs } = entry;
    if ("report" in entry) {
      return this.#creation(entry.connection, wallMs) +
        this.#lines.stats(entry.connection, entry.report, wallMs);
    }
    const { name, value } = entry;
    if (name === "create" && connection !== null) {
      return this.#creation(connection, wallMs);
    }
    return this.#creation(connection, wallMs) +
      this.#lines.event(name, connection, value, wallMs);
  }

  #creation(connection: string | null, wallMs: number): string {
    if (connection === null || this.#created.has(connection)) return "";
    this.#created.add(connection);
    return this.#lines.event("create", connection, {}, wallMs);
  }
}
