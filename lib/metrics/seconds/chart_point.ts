/**
 * A second of live charts, and how seconds are kept in few bytes: their values
 * stand in rows that many share.
 *
 * @module
 */

/** What happened in one stretch. Ratios are 0 when there was nothing to divide by. */
export interface StretchRates {
  /** RTP packets sent a second. */
  readonly packetsSentPerSec: number;
  /** RTP packets received a second. */
  readonly packetsReceivedPerSec: number;
  /** Bits sent a second, whole RTP packets. */
  readonly sendBps: number;
  /** Bits received a second, whole RTP packets. */
  readonly receiveBps: number;
  /** Packets that should have come in the stretch and did not, of all that should; they count when they are due, not when later ones show that they are missing. */
  readonly lossRatio: number;
  /** Tracks that should have come, on average. */
  readonly tracksDue: number;
  /** The share of them of which nothing came. */
  readonly silentRatio: number;
  /** Frames that a video showed a second, on average. */
  readonly frameRate: number;
  /** Of one video on average, as `frameRate`. */
  readonly droppedFrameRate: number;
  /** Time that videos stood still, of the time that they were on. */
  readonly frozenRatio: number;
  /** Packets that clients asked to repeat, a second. */
  readonly nackPerSec: number;
  /** Key frames that clients asked for, a second. */
  readonly pliPerSec: number;
  /** CPU that the generator used, of what its threads could. */
  readonly cpuRatio: number;
}

/** Distributions of durations of which three percentiles are kept. */
export type Durations = "media" | "signaling" | "roundTripTime" | "connection";

/** Percentiles of the last ten seconds; jitter and bitrates are those of tracks. */
export type Percentiles = Readonly<
  Record<
    | `${Durations}${"P50" | "P95" | "P99"}Ms`
    | `jitter${"P50" | "P95"}Ms`
    | `video${"P5" | "P50"}Bps`,
    number
  >
>;

/** Values of one second; `NaN` where one is unknown. */
export interface ChartPoint extends StretchRates, Percentiles {
  /** Its end, in seconds since the session began. */
  readonly tSec: number;
  /** Clients connected at its end. */
  readonly clientsConnected: number;
  /** Clients that should be. */
  readonly clientsWanted: number;
  /** CPU of the server's busiest process, in cores. */
  readonly serverCpuRatio: number;
  /** The server's memory. */
  readonly serverRssBytes: number;
}

/** The name of a value that is kept over time. */
export type SeriesName = keyof ChartPoint;

/** Their order is that of a row. */
const COLUMNS: Readonly<Record<SeriesName, true>> = {
  tSec: true,
  packetsSentPerSec: true,
  packetsReceivedPerSec: true,
  sendBps: true,
  receiveBps: true,
  lossRatio: true,
  tracksDue: true,
  silentRatio: true,
  frameRate: true,
  droppedFrameRate: true,
  frozenRatio: true,
  nackPerSec: true,
  pliPerSec: true,
  cpuRatio: true,
  clientsConnected: true,
  clientsWanted: true,
  serverCpuRatio: true,
  serverRssBytes: true,
  mediaP50Ms: true,
  mediaP95Ms: true,
  mediaP99Ms: true,
  signalingP50Ms: true,
  signalingP95Ms: true,
  signalingP99Ms: true,
  roundTripTimeP50Ms: true,
  roundTripTimeP95Ms: true,
  roundTripTimeP99Ms: true,
  connectionP50Ms: true,
  connectionP95Ms: true,
  connectionP99Ms: true,
  jitterP50Ms: true,
  jitterP95Ms: true,
  videoP5Bps: true,
  videoP50Bps: true,
};
const NAMES = Object.keys(COLUMNS) as readonly SeriesName[];

/** Seconds that are looked at: no terminal has more columns. */
export const MAX_MOMENTS = 600;
/** One more minute: who looks at an earlier model still has all of its seconds. */
const ROWS = MAX_MOMENTS + 60;

/** Rows, each of {@linkcode NAMES}, which are written over in turn; all of it is resident at once, and grows no more. */
class Rows {
  readonly values = new Float64Array(ROWS * NAMES.length).fill(NaN);
  /** How many seconds were kept. */
  used = 0;
}

/** A second in such a row, which is read as any other until {@linkcode ROWS} have followed it. */
export class ChartMoment {
  readonly #rows: Rows;
  readonly #from: number;

  /** Keeps the values of `point`, beside those of the second before; where another one has already followed that, in rows of its own. */
  constructor(point: ChartPoint, before: ChartPoint | undefined) {
    this.#rows = before instanceof ChartMoment && before.#isNewest
      ? before.#rows
      : new Rows();
    this.#from = this.#rows.used++ % ROWS * NAMES.length;
    NAMES.forEach((name, i) => {
      this.#rows.values[this.#from + i] = point[name];
    });
  }

  get #isNewest(): boolean {
    return (this.#rows.used - 1) % ROWS * NAMES.length === this.#from;
  }

  /** The same as plain data. */
  toJSON(): ChartPoint {
    return Object.fromEntries(
      NAMES.map((name) => [name, this[name]]),
    ) as Record<SeriesName, number>;
  }

  static {
    NAMES.forEach((name, column) => {
      Object.defineProperty(ChartMoment.prototype, name, {
        enumerable: true,
        get(this: ChartMoment) {
          return this.#rows.values[this.#from + column];
        },
      });
    });
  }
}

/** Its values are there by names that are listed once, in `ChartPoint`. */
export interface ChartMoment extends ChartPoint {}

/** A second as plain data, which can be spread. */
export function plainMoment(moment: ChartPoint): ChartPoint {
  return moment instanceof ChartMoment ? moment.toJSON() : moment;
}
