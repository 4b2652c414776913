/**
 * How long a video has to be held back so that frames come in time: the jitter
 * estimate of Holmer, Shemer and Paniconi, *Handling packet loss in WebRTC*
 * (ICIP 2013), with the constants that browsers use.
 *
 * How much later than the frame before a frame comes is taken to be a part that
 * grows with its size, which a Kalman filter follows, and noise, whose variance
 * is averaged. The estimate is what the largest frame takes longer than the
 * average one, and as much noise as one frame in a hundred exceeds.
 *
 * @module
 */

/** What is told of a frame. */
export interface ArrivedFrame {
  /** How much later after the frame before it came than it was captured after that, in milliseconds. */
  readonly variationMs: number;
  /** When it is taken out of the buffer, on the reactor's clock. */
  readonly takenMs: number;
  /** Its size. */
  readonly bytes: number;
}

/** On top of what is estimated: a receiver's own system is not on time either. */
const SYSTEM_MS = 10;
const MIN_MS = 1;
const MAX_MS = 10_000;
const SIZE_WEIGHT = 0.03;
const MAX_SIZE_DECAY = 0.9999;
const FIRST_SIZE = 500;
const FIRST_SIZES = 5;
/** From how much on, in standard deviations, something is cut off or does not belong. */
const CLAMP = 3.5;
const DELAY_OUTLIER = 15;
const SIZE_OUTLIER = 3;
/** After a frame so much larger, by the largest, a frame has come at once and says nothing. */
const CONGESTED = -0.25;
/** One in a hundred is farther from the average; and so much may be missed. */
const NOISE_DEVIATIONS = 2.33;
const NOISE_MARGIN_MS = 30;
const MAX_WEIGHED = 400;
const STARTUP_FRAMES = 30;
/** Frame rates between which jitter fades out: slow videos are shown as they come. */
const MIN_FPS = 5;
const FULL_FPS = 10;
const USUAL_FPS = 30;
const MAX_FPS = 200;
const MIN_MS_PER_BYTE = 1e-6;

/** The jitter of one video. */
export class JitterEstimator {
  /** The estimate, in milliseconds; 0 before any. */
  estimateMs = NaN;
  // The Kalman filter: milliseconds for a byte, and a constant; its covariance.
  #perByte = NaN;
  #constant = NaN;
  #c00 = NaN;
  #c01 = NaN;
  #c10 = NaN;
  #c11 = NaN;
  #averageNoise = NaN;
  #varNoise = NaN;
  #weighed = 1;
  #averageSize = NaN;
  #varSize = NaN;
  #maxSize = NaN;
  #lastSize = NaN;
  #sizeSum = NaN;
  #sizes = 0;
  #previousMs = NaN;
  #filteredMs = NaN;
  #frames = 0;
  #takenMs = NaN;
  #periodMs = NaN;
  #fps = NaN;
  // What is handed on: a fraction by itself would be boxed on the heap.
  #variation = NaN;
  #growth = NaN;
  #noise = NaN;

  constructor() {
    this.reset();
  }

  /** Forgets everything. */
  reset(): void {
    this.estimateMs = 0;
    this.#perByte = 8 / 512e3;
    this.#constant = 0;
    this.#c00 = 1e-4;
    this.#c01 = this.#c10 = 0;
    this.#c11 = 1e2;
    this.#averageNoise = 0;
    this.#varNoise = 4;
    this.#weighed = 1;
    this.#averageSize = this.#maxSize = FIRST_SIZE;
    this.#varSize = 100;
    this.#lastSize = -1;
    this.#sizeSum = this.#sizes = this.#frames = 0;
    this.#previousMs = MIN_MS;
    this.#filteredMs = 0;
    this.#takenMs = NaN;
    this.#periodMs = this.#fps = 0;
  }

  /** Takes a frame that no repair delayed. */
  take(frame: ArrivedFrame): void {
    if (frame.bytes > 0) this.#learn(frame);
    this.#estimate();
  }

  #learn(frame: ArrivedFrame): void {
    this.#learnSize(frame);
    const { bytes } = frame;
    const growth = bytes - this.#lastSize;
    const isFirst = this.#lastSize < 0;
    this.#lastSize = bytes;
    if (isFirst) return;
    const sigma = Math.sqrt(this.#varNoise);
    const limit = CLAMP * sigma + 0.5;
    const variation = Math.max(-limit, Math.min(limit, frame.variationMs));
    const apart = variation - this.#perByte * growth - this.#constant;
    const isUsual = Math.abs(apart) < DELAY_OUTLIER * sigma;
    const isLarge = bytes >
      this.#averageSize + SIZE_OUTLIER * Math.sqrt(this.#varSize);
    if (!isUsual && !isLarge) {
      this.#noise = apart < 0 ? -DELAY_OUTLIER * sigma : DELAY_OUTLIER * sigma;
      this.#addNoise(frame);
    } else if (growth > CONGESTED * this.#maxSize) {
      this.#noise = apart;
      this.#addNoise(frame);
      this.#variation = variation;
      this.#growth = growth;
      this.#follow();
    }
    if (this.#frames < STARTUP_FRAMES) this.#frames++;
    else {
      this.#calculate();
      this.#filteredMs = this.#previousMs;
    }
  }

  #learnSize({ bytes }: ArrivedFrame): void {
    if (this.#sizes < FIRST_SIZES) {
      this.#sizeSum += bytes;
      this.#sizes++;
    } else if (this.#sizes === FIRST_SIZES) {
      this.#averageSize = this.#sizeSum / FIRST_SIZES;
      this.#sizes++;
    }
    const average = this.#averageSize +
      SIZE_WEIGHT * (bytes - this.#averageSize);
    // Key frames would spoil the average.
    if (bytes < this.#averageSize + 2 * Math.sqrt(this.#varSize)) {
      this.#averageSize = average;
    }
    const apart = bytes - average;
    this.#varSize = Math.max(
      1,
      this.#varSize + SIZE_WEIGHT * (apart * apart - this.#varSize),
    );
    this.#maxSize = Math.max(MAX_SIZE_DECAY * this.#maxSize, bytes);
  }

  #addNoise(frame: ArrivedFrame): void {
    this.#notePeriod(frame);
    const noise = this.#noise;
    let keep = (this.#weighed - 1) / this.#weighed;
    if (this.#weighed < MAX_WEIGHED) this.#weighed++;
    if (this.#fps > 0) {
      // A slow video learns as fast by the clock as another one.
      let scale = USUAL_FPS / this.#fps;
      if (this.#weighed < STARTUP_FRAMES) {
        scale = (this.#weighed * scale + STARTUP_FRAMES - this.#weighed) /
          STARTUP_FRAMES;
      }
      keep = Math.pow(keep, scale);
    }
    const apart = noise - this.#averageNoise;
    this.#averageNoise = keep * this.#averageNoise + (1 - keep) * noise;
    this.#varNoise = Math.max(
      1,
      keep * this.#varNoise + (1 - keep) * apart * apart,
    );
  }

  #notePeriod({ takenMs }: ArrivedFrame): void {
    const periodMs = takenMs - this.#takenMs;
    this.#takenMs = takenMs;
    if (!(periodMs >= 0)) return;
    // About the average of the last 30.
    this.#periodMs = this.#periodMs === 0
      ? periodMs
      : this.#periodMs + (periodMs - this.#periodMs) / STARTUP_FRAMES;
    this.#fps = this.#periodMs <= 0
      ? 0
      : Math.min(MAX_FPS, 1000 / this.#periodMs);
  }

  #follow(): void {
    const variation = this.#variation;
    const growth = this.#growth;
    this.#c00 += 2.5e-10;
    this.#c11 += 1e-10;
    const innovation = variation - this.#perByte * growth - this.#constant;
    const a0 = this.#c00 * growth + this.#c01;
    const a1 = this.#c10 * growth + this.#c11;
    const observation = Math.max(
      1,
      (300 * Math.exp(-Math.abs(growth) / this.#maxSize) + 1) *
        Math.sqrt(this.#varNoise),
    );
    const total = growth * a0 + a1 + observation;
    if (Math.abs(total) < 1e-9) return;
    const k0 = a0 / total;
    const k1 = a1 / total;
    this.#perByte = Math.max(
      MIN_MS_PER_BYTE,
      this.#perByte + k0 * innovation,
    );
    this.#constant += k1 * innovation;
    const c00 = this.#c00;
    const c01 = this.#c01;
    this.#c00 = (1 - k0 * growth) * c00 - k0 * this.#c10;
    this.#c01 = (1 - k0 * growth) * c01 - k0 * this.#c11;
    this.#c10 = (1 - k1) * this.#c10 - k1 * growth * c00;
    this.#c11 = (1 - k1) * this.#c11 - k1 * growth * c01;
  }

  /** As it is now, for {@linkcode JitterEstimator.#previousMs}. */
  #calculate(): void {
    const noise = Math.max(
      1,
      NOISE_DEVIATIONS * Math.sqrt(this.#varNoise) - NOISE_MARGIN_MS,
    );
    const ms = this.#perByte * (this.#maxSize - this.#averageSize) + noise;
    if (ms >= MIN_MS) this.#previousMs = Math.min(MAX_MS, ms);
  }

  #estimate(): void {
    this.#calculate();
    const ms = Math.max(this.#previousMs + SYSTEM_MS, this.#filteredMs);
    const fps = this.#fps;
    this.estimateMs = fps === 0 || fps >= FULL_FPS
      ? ms
      : fps < MIN_FPS
      ? 0
      : ms * (fps - MIN_FPS) / (FULL_FPS - MIN_FPS);
  }
}
