/**
 * Where a node notes what each second of each received track was like.
 *
 * @module
 */

import {
  type NodeMeter,
  STEPS_PER_UNIT,
  type Trend,
  type TrendUnit,
} from "../../metrics/mod.ts";
import type { ReceivedSecond } from "../../client/mod.ts";

/** The trends of received seconds, looked up once: there are many tracks. */
export class SecondMeter {
  readonly #bitrate: Readonly<Record<ReceivedSecond["kind"], Trend>>;
  readonly #loss: Trend;
  readonly #residualLoss: Trend;
  readonly #frameRate: Trend;
  readonly #playoutDelay: Readonly<Record<ReceivedSecond["kind"], Trend>>;

  constructor(meter: NodeMeter) {
    this.#bitrate = {
      audio: meter.trend("audioBitrate"),
      video: meter.trend("videoBitrate"),
    };
    this.#loss = meter.trend("consumerLoss");
    this.#residualLoss = meter.trend("consumerResidualLoss");
    this.#frameRate = meter.trend("consumerFrameRate");
    this.#playoutDelay = {
      audio: meter.trend("audioPlayoutDelay"),
      video: meter.trend("videoPlayoutDelay"),
    };
  }

  /** Notes one second. */
  record(second: ReceivedSecond): void {
    note(this.#bitrate[second.kind], second.bitrateBps, "bps");
    note(this.#loss, second.lossRatio, "ratio");
    note(this.#residualLoss, second.residualLossRatio, "ratio");
    note(this.#frameRate, second.frameRate, "fps");
    note(this.#playoutDelay[second.kind], second.playoutDelayMs, "ms");
  }
}

function note(trend: Trend, value: number | null, unit: TrendUnit): void {
  if (value !== null) trend.record(value * STEPS_PER_UNIT[unit]);
}
