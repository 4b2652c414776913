/**
 * The clients of a node that are being dumped: whose packets, events and
 * statistics are written down, and when.
 *
 * @module
 */

import type { ClientObserver } from "../../client/mod.ts";
import {
  ClientDump,
  type DumpFiles,
  type DumpSubject,
  type PacketEnd,
} from "../../dump/mod.ts";
import type { ClientState } from "../../metrics/mod.ts";
import { messageOf } from "../../text/mod.ts";
import type { Driven } from "./driven.ts";
import type { DumpOrder } from "./node.ts";

/** What dumps need of the world. */
export interface DumpWorld {
  /** Makes the files of one client, empty; throws when they cannot be had. */
  readonly open: (dir: string, clientId: string) => DumpFiles & Disposable;
  readonly application: string;
  /** The server, without secrets. */
  readonly url: string;
  /** The node's, and milliseconds since 1970. */
  readonly clock: { nowMs(): number; wallNowMs(): number };
  /** A client cannot be dumped, or any longer; one sentence. */
  readonly onProblem: (text: string) => void;
}

/** The local side of a path, whose address nobody asks the system for; ports tell transports apart. */
const HERE = {
  send: { v4: { address: "0.0.0.0", port: 1 }, v6: { address: "::", port: 1 } },
  recv: { v4: { address: "0.0.0.0", port: 2 }, v6: { address: "::", port: 2 } },
} as const;
const UNKNOWN: PacketEnd = { address: "0.0.0.0", port: 0 };

/** A client's states as a browser calls those of its connections. */
const CONNECTION_STATES: Readonly<Record<ClientState, string>> = {
  planned: "new",
  joining: "connecting",
  connected: "connected",
  away: "disconnected",
  failed: "failed",
  left: "closed",
  lost: "closed",
};

interface Dumped {
  readonly driven: Driven;
  readonly dump: ClientDump;
  /** Those of a client that has had no trouble yet are not made. */
  files: (DumpFiles & Disposable) | undefined;
  readonly order: Omit<DumpOrder, "clients">;
  /** When it ends, on the node's clock. */
  readonly untilMs: number;
  /** What its transports are called: a later one in the same direction has a name of its own. */
  readonly connections: { send?: string; recv?: string };
  freezes: number;
  /** Something happened to it that is to be seen, and is not written yet. */
  hasTrouble: boolean;
}

/** The dumps of one node. */
export class ClientDumps {
  readonly #world: DumpWorld;
  readonly #dumped = new Map<number, Dumped>();
  /** What is to be added to a node's time to have milliseconds since 1970. */
  readonly #wallOffsetMs: number;

  constructor(world: DumpWorld) {
    this.#world = world;
    const { clock } = world;
    this.#wallOffsetMs = clock.wallNowMs() - clock.nowMs();
  }

  /** Dumps a client from now on. */
  begin(driven: Driven, order: DumpOrder): void {
    const { index, clientId } = driven.plan;
    this.end(index);
    const { open, application, url, clock } = this.#world;
    const subject: DumpSubject = { application, clientId, url };
    const connections: Dumped["connections"] = {};
    try {
      const files = order.onTrouble ? undefined : open(order.dir, clientId);
      const dump = new ClientDump(subject, order.keepMs ?? undefined);
      this.#dumped.set(index, {
        driven,
        dump,
        files,
        order,
        untilMs: order.forMs === null ? Infinity : clock.nowMs() + order.forMs,
        connections,
        freezes: driven.record.figures.freezeCount,
        hasTrouble: false,
      });
      driven.client.observe?.(this.#observerOf(dump, connections));
    } catch (error) {
      this.#tell(clientId, error);
    }
  }

  /** Something happened to a client; `isTrouble` when it should not have. */
  note(index: number, text: string, isTrouble: boolean, nowMs: number): void {
    const dumped = this.#dumped.get(index);
    if (dumped === undefined) return;
    dumped.dump.comment(text);
    dumped.dump.event("note", null, text, this.#wallMs(nowMs));
    if (isTrouble) dumped.hasTrouble = true;
  }

  /** A client is somewhere else in its life. */
  onState(index: number, state: ClientState, nowMs: number): void {
    const dumped = this.#dumped.get(index);
    if (dumped === undefined) return;
    const wallMs = this.#wallMs(nowMs);
    dumped.dump.event("state", null, state, wallMs);
    for (const name of Object.values(dumped.connections)) {
      dumped.dump.event(
        "onconnectionstatechange",
        name,
        CONNECTION_STATES[state],
        wallMs,
      );
    }
  }

  /** A second is over. */
  onSecond(nowMs: number): void {
    for (const [index, dumped] of this.#dumped) {
      this.look(index);
      if (dumped.order.keepMs === null) this.#write(dumped);
      else dumped.dump.forget(this.#wallMs(nowMs));
      if (dumped.order.onTrouble && dumped.hasTrouble) {
        dumped.hasTrouble = false;
        this.#write(dumped);
      }
      if (nowMs >= dumped.untilMs) this.end(index);
    }
  }

  /** A client leaves, or its dump is over. */
  end(index: number): void {
    const dumped = this.#dumped.get(index);
    if (dumped === undefined) return;
    if (!dumped.order.onTrouble || dumped.hasTrouble) this.#write(dumped);
    this.#close(dumped);
  }

  /** Writes down how a client is now. */
  look(index: number): void {
    const dumped = this.#dumped.get(index);
    if (dumped === undefined) return;
    const { driven, dump } = dumped;
    const nowMs = this.#world.clock.nowMs();
    const wallMs = this.#wallMs(nowMs);
    for (
      const [connection, report] of Object.entries(
        driven.client.stats?.() ?? {},
      )
    ) {
      dump.stats(connection, report, wallMs);
    }
    const { freezeCount } = driven.record.figures;
    if (freezeCount <= dumped.freezes) return;
    const freezes = freezeCount - dumped.freezes;
    const text = freezes === 1
      ? "a picture froze"
      : `pictures froze ${freezes} times`;
    this.note(index, text, true, nowMs);
    dumped.freezes = freezeCount;
  }

  /** What cannot be written ends the dump, not the client. */
  #write(dumped: Dumped): void {
    const { driven: { plan: { clientId } }, dump, order } = dumped;
    try {
      dumped.files ??= this.#world.open(order.dir, clientId);
      dump.write(dumped.files);
    } catch (error) {
      this.#close(dumped);
      this.#tell(clientId, error);
    }
  }

  #close(dumped: Dumped): void {
    const { driven: { client, plan }, files } = dumped;
    this.#dumped.delete(plan.index);
    client.observe?.(undefined);
    dumped.files = undefined;
    files?.[Symbol.dispose]();
  }

  #tell(clientId: string, error: unknown): void {
    this.#world.onProblem(
      `Cannot dump ${clientId}: ${messageOf(error)}. It goes on without.`,
    );
  }

  #wallMs(nowMs: number): number {
    return nowMs + this.#wallOffsetMs;
  }

  #observerOf(
    dump: ClientDump,
    connections: Dumped["connections"],
  ): ClientObserver {
    const wallMs = (nowMs: number) => this.#wallMs(nowMs);
    let transports = 0;
    return {
      onTransport: ({ direction: leg, remote }) => {
        transports++;
        const name = connections[leg] === undefined
          ? leg
          : `${leg} ${transports}`;
        connections[leg] = name;
        dump.event("create", name, {}, wallMs(this.#world.clock.nowMs()));
        return {
          onPacket(direction, protocol, bytes, offset, length, nowMs) {
            const there = remote() ?? UNKNOWN;
            dump.packet({
              direction,
              protocol,
              bytes: bytes.subarray(offset, offset + length),
              wallMs: wallMs(nowMs),
              here: HERE[leg][there.address.includes(":") ? "v6" : "v4"],
              there,
            });
          },
        };
      },
    };
  }
}
