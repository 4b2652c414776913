/**
 * The server's own numbers, in the Prometheus text format 0.0.4 with the
 * names that SimplestChat uses, and a few more of what was refused.
 *
 * @module
 */

const COUNTERS = [
  "connections_total",
  "messages_received_total",
  "messages_sent_total",
  "errors_total",
  "rooms_created_total",
  "joins_total",
  "leaves_total",
  "producers_created_total",
  "consumers_created_total",
  "transports_refused_total",
  "connections_refused_total",
  "messages_refused_total",
  "consumers_refused_total",
  "frames_refused_total",
  "messages_unsent_total",
] as const;

/** Upper bounds in seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What a server did not do for those who asked too much of it. */
export interface Refusals {
  /** Connections over the limit. */
  readonly connections: number;
  /** Transports over the limits of a join and of the server. */
  readonly transports: number;
  /** Consumers over the limit of a join. */
  readonly consumers: number;
  /** Messages over the limit a second, each of them. */
  readonly messages: number;
  /** Frames that are too long or broken; each ended its connection. */
  readonly frames: number;
  /** Messages that were not sent, because their receiver did not read those before. */
  readonly unsent: number;
}

/** What only ever grows. */
export type CounterName = typeof COUNTERS[number];

/** What is true at the moment of asking. */
export interface Gauges {
  readonly connections: number;
  readonly rooms: number;
  readonly participants: number;
}

/** Counters and the histogram of handling times. */
export class ServerMetrics {
  readonly #counters = new Map<CounterName, number>();
  readonly #buckets = BUCKETS.map(() => 0);
  #handled = 0;
  #handledSeconds = 0;

  /** Adds one. */
  count(name: CounterName): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + 1);
  }

  /** Records how long one message took. */
  handled(seconds: number): void {
    this.#handled++;
    this.#handledSeconds += seconds;
    BUCKETS.forEach((bound, i) => {
      if (seconds <= bound) this.#buckets[i]!++;
    });
  }

  /** What was refused so far. */
  get refusals(): Refusals {
    const count = (name: CounterName) => this.#counters.get(name) ?? 0;
    return {
      connections: count("connections_refused_total"),
      transports: count("transports_refused_total"),
      consumers: count("consumers_refused_total"),
      messages: count("messages_refused_total"),
      frames: count("frames_refused_total"),
      unsent: count("messages_unsent_total"),
    };
  }

  /** The whole exposition. */
  text(gauges: Gauges): string {
    const lines: string[] = [];
    for (const name of COUNTERS) {
      lines.push(...metric(name, "counter", this.#counters.get(name) ?? 0));
    }
    lines.push(
      ...metric("connections_active", "gauge", gauges.connections),
      ...metric("rooms_active", "gauge", gauges.rooms),
      ...metric("participants_active", "gauge", gauges.participants),
      ...this.#histogram(),
    );
    return lines.join("\n") + "\n";
  }

  #histogram(): string[] {
    const name = "simplestchat_message_handling_seconds";
    return [
      `# TYPE ${name} histogram`,
      ...BUCKETS.map((bound, i) =>
        `${name}_bucket{le="${bound}"} ${this.#buckets[i]}`
      ),
      `${name}_bucket{le="+Inf"} ${this.#handled}`,
      `${name}_sum ${this.#handledSeconds.toFixed(6)}`,
      `${name}_count ${this.#handled}`,
    ];
  }
}

function metric(name: string, type: string, value: number): string[] {
  return [
    `# TYPE simplestchat_${name} ${type}`,
    `simplestchat_${name} ${value}`,
  ];
}
