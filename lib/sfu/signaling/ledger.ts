/**
 * What every stream carried, also after it is closed: a run ends with its
 * clients leaving, and only then are the two ends compared.
 *
 * @module
 */

import type { EngineKind, StreamCounts } from "../engine.ts";

/** What one stream carried, and whose it is. */
export interface StreamStats extends StreamCounts {
  /** Id of the producer or consumer. */
  readonly id: string;
  /** The room's id, as `joinRoom` names it. */
  readonly roomId: string;
  /** Who sends or receives it. */
  readonly participantId: string;
  /** What it carries. */
  readonly kind: "audio" | "video";
  /** Whether it has ended, and its counts are final. */
  readonly closed: boolean;
}

/** One consumer's stream. */
export interface ConsumerStats extends StreamStats {
  /** Whose packets it forwards. */
  readonly producerId: string;
}

/** All that the server received and sent. */
export interface SfuStats {
  /** What forwards. */
  readonly engine: EngineKind;
  /** What came in. */
  readonly producers: readonly StreamStats[];
  /** What went out. */
  readonly consumers: readonly ConsumerStats[];
  /** Closed streams that are no longer listed, because there were too many. */
  readonly forgotten: number;
}

/** Whose a stream is; a consumer's names its producer. */
export type StreamOwner =
  & Pick<StreamStats, "id" | "roomId" | "participantId" | "kind">
  & Partial<Pick<ConsumerStats, "producerId">>;

interface Entry {
  readonly owner: StreamOwner;
  readonly counts: () => Promise<StreamCounts>;
  final: StreamCounts | undefined;
}

const NOTHING: StreamCounts = {
  packets: 0,
  bytes: 0,
  lost: 0,
  retransmitted: 0,
  nacked: 0,
};

/** Keeps the streams of one server. */
export class StreamLedger {
  readonly #open = new Map<string, Entry>();
  readonly #closed: Entry[] = [];
  readonly #capacity: number;
  #forgotten = 0;

  /** `capacity`: how many closed streams it remembers. */
  constructor(capacity = 20_000) {
    this.#capacity = capacity;
  }

  /** Adds a stream that has just been created. */
  open(owner: StreamOwner, counts: () => Promise<StreamCounts>): void {
    this.#open.set(owner.id, { owner, counts, final: undefined });
  }

  /** Takes the last counts of streams that are about to close. */
  async settle(ids: Iterable<string>): Promise<void> {
    await Promise.all(
      [...ids].map(async (id) => {
        const entry = this.#open.get(id);
        if (entry === undefined) return;
        const final = await read(entry);
        if (!this.#open.delete(id)) return;
        entry.final = final;
        this.#closed.push(entry);
        if (this.#closed.length > this.#capacity) {
          this.#closed.shift();
          this.#forgotten++;
        }
      }),
    );
  }

  /** All streams, the closed ones first. */
  async stats(engine: EngineKind): Promise<SfuStats> {
    const entries = [...this.#closed, ...this.#open.values()];
    const rows = await Promise.all(entries.map(async (entry) => {
      const now = entry.final ?? await read(entry);
      // It may have closed meanwhile, and then its engine knows nothing more.
      return {
        ...entry.owner,
        ...entry.final ?? now,
        closed: entry.final !== undefined,
      };
    }));
    return {
      engine,
      producers: rows.filter((row) => row.producerId === undefined),
      consumers: rows.filter((row): row is typeof row & ConsumerStats =>
        row.producerId !== undefined
      ),
      forgotten: this.#forgotten,
    };
  }
}

/** A stream whose engine has died carried nothing that can still be known. */
async function read(entry: Entry): Promise<StreamCounts> {
  try {
    return await entry.counts();
  } catch {
    return NOTHING;
  }
}
