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

/** One producer's stream. */
export interface ProducerStats extends StreamStats {
  /** How many consumers it has had so far. */
  readonly consumers: number;
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
  readonly producers: readonly ProducerStats[];
  /** What went out. */
  readonly consumers: readonly ConsumerStats[];
  /** Closed streams that are no longer listed, because there were too many, as sums. */
  readonly earlier: EarlierStreams;
}

/** Sums over streams that are no longer listed one by one. */
export interface EarlierStreams {
  /** How many they were. */
  readonly streams: number;
  /** Packets that came in. */
  readonly received: number;
  /** Packets that never came, each times the consumers that its producer ever had. */
  readonly missedByReceivers: number;
  /** Packets that went out, without retransmissions. */
  readonly sent: number;
  /** Packets that went out again on request. */
  readonly retransmitted: number;
}

/** Whose a stream is; a consumer's names its producer. */
export type StreamOwner =
  & Pick<StreamStats, "id" | "roomId" | "participantId" | "kind">
  & Partial<Pick<ConsumerStats, "producerId">>;

interface OpenStream {
  readonly owner: StreamOwner;
  readonly counts: () => Promise<StreamCounts>;
  /** Of a producer: how many it has had. */
  consumers: number;
}

const NOTHING: StreamCounts = {
  packets: 0,
  bytes: 0,
  lost: 0,
  retransmitted: 0,
  nacked: 0,
};

/** Keeps the streams of one server. */
export class StreamBook {
  readonly #open = new Map<string, OpenStream>();
  readonly #closed: (ProducerStats | ConsumerStats)[] = [];
  readonly #capacity: number;
  readonly #earlier: { -readonly [K in keyof EarlierStreams]: number } = {
    streams: 0,
    received: 0,
    missedByReceivers: 0,
    sent: 0,
    retransmitted: 0,
  };

  /** `capacity`: how many closed streams it lists; of earlier ones it keeps sums. */
  constructor(capacity = 2000) {
    this.#capacity = capacity;
  }

  /** Adds a stream that has just been created. */
  open(owner: StreamOwner, counts: () => Promise<StreamCounts>): void {
    this.#open.set(owner.id, { owner, counts, consumers: 0 });
    const producer = this.#open.get(owner.producerId ?? "");
    if (producer !== undefined) producer.consumers++;
  }

  /** Takes the last counts of streams that are about to close. */
  async settle(ids: Iterable<string>): Promise<void> {
    await Promise.all(
      [...ids].map(async (id) => {
        const stream = this.#open.get(id);
        if (stream === undefined) return;
        const counts = await countsOf(stream);
        if (!this.#open.delete(id)) return;
        this.#closed.push(rowOf(stream, counts, true));
        if (this.#closed.length > this.#capacity) this.#addUp();
      }),
    );
  }

  /** All streams, the closed ones first. */
  async stats(engine: EngineKind): Promise<SfuStats> {
    const read = await Promise.all(
      [...this.#open.values()].map(async (stream) =>
        rowOf(stream, await countsOf(stream), false)
      ),
    );
    // One that closed meanwhile has its last counts, and its engine knows nothing more.
    const open = read.filter(({ id }) => this.#open.has(id));
    const rows = [...this.#closed, ...open];
    return {
      engine,
      producers: rows.filter((row) => "consumers" in row),
      consumers: rows.filter((row) => "producerId" in row),
      earlier: { ...this.#earlier },
    };
  }

  /** Adds the oldest closed stream to the sums. */
  #addUp(): void {
    const row = this.#closed.shift()!;
    const sums = this.#earlier;
    sums.streams++;
    if ("consumers" in row) {
      sums.received += row.packets;
      sums.missedByReceivers += Math.max(0, row.lost) * row.consumers;
    } else {
      sums.sent += row.packets;
      sums.retransmitted += row.retransmitted;
    }
  }
}

/** A plain row: it knows nothing of the engine, nor of whom the stream belonged to. */
function rowOf(
  { owner: { producerId, ...owner }, consumers }: OpenStream,
  counts: StreamCounts,
  closed: boolean,
): ProducerStats | ConsumerStats {
  const row = { ...owner, ...counts, closed };
  return producerId === undefined
    ? { ...row, consumers }
    : { ...row, producerId };
}

/** A stream whose engine has died carried nothing that can still be known. */
async function countsOf({ counts }: OpenStream): Promise<StreamCounts> {
  try {
    return await counts();
  } catch {
    return NOTHING;
  }
}
