/** Generated data for the property tests of lib/metrics: the same for the same seed. */

import {
  ClientRecorder,
  NodeMeter,
  type Snapshot,
} from "../../../lib/metrics/mod.ts";
import { OPERATIONS } from "../../../lib/signaling/simplestchat/mod.ts";

/** Draws test data. */
export interface Generator {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** A duration in whole microseconds, from 0 to about 20 s, of every magnitude. */
  duration(): number;
  /** The snapshot of a node with this name and up to four clients. */
  snapshot(node: string): Snapshot;
}

/** A generator of test data. */
export function generator(seed: number): Generator {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
  const duration = () => below(2 ** (1 + below(24)));
  return {
    below,
    duration,
    snapshot: (node) => snapshot(node, below, duration),
  };
}

function snapshot(
  node: string,
  below: Generator["below"],
  duration: Generator["duration"],
): Snapshot {
  const meter = new NodeMeter(node);
  meter.counters.packetsSent = below(1e9);
  meter.counters.packetsLost = below(1e3);
  meter.gauges.clientsConnected = below(100);
  for (let i = below(4); i > 0; i--) {
    meter.countError(["timeout", "refused", "dtls"][below(3)]);
    meter.trend("jitter").record(duration());
    meter.trend(`signaling.${OPERATIONS[below(4)]}`).record(
      duration(),
    );
  }
  const clients = Array.from({ length: below(5) }, (_, place) => {
    const index = below(10) * 5 + place;
    const client = new ClientRecorder({
      clientId: `client-${index}`,
      index,
      roomId: `room-${below(3)}`,
      role: below(2) === 0 ? "publisher" : "viewer",
      node,
    });
    client.figures.packetsSent = below(1e6);
    client.addOperation("join_room", duration() / 1000);
    return client;
  });
  for (let i = below(5); i >= 0; i--) meter.snapshot(context(0));
  return meter.snapshot(context(below(1e6)));

  function context(atMs: number) {
    return {
      atMs,
      clients,
      generator: {
        lanes: [["native"], ["portable"]][below(2)],
        ciphers: ["openssl"],
        dtls: ["openssl"],
        workers: 1,
        cpuUs: below(1e9),
        threadUs: below(1e9),
        kernelDrops: below(4) === 0 ? null : below(50),
        heldBackJoins: below(5),
        notes: ["a note", "another"].slice(below(3)),
      },
    };
  }
}
