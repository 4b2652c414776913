/** A conversation on a fake channel and a fake clock, with everything that it reports kept. */

import { assertRejects } from "@std/assert";
import type { ServerMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import type { Operation } from "../../../../lib/signaling/simplestchat/operations.ts";
import {
  type Anomaly,
  Conversation,
} from "../../../../lib/signaling/simplestchat/conversation.ts";
import { SignalingError } from "../../../../lib/signaling/port.ts";
import {
  FakeChannel,
  FakeClock,
  type Script,
} from "../../../../lib/testing/mod.ts";

/** Starts one. */
export function converse(script?: Script) {
  const clock = new FakeClock();
  const channel = new FakeChannel(script);
  const events: ServerMessage[] = [];
  const latencies: [Operation, number][] = [];
  const anomalies: Anomaly[] = [];
  const conversation = new Conversation(channel, {
    clock,
    onLatency: (operation, ms) => latencies.push([operation, ms]),
    onAnomaly: (anomaly) => anomalies.push(anomaly),
  });
  conversation.subscribe((event) => events.push(event));
  return { clock, channel, conversation, events, latencies, anomalies };
}

/** The types of some messages, in their order. */
export function types(
  messages: readonly { readonly type: string }[],
): string[] {
  return messages.map(({ type }) => type);
}

/** How a request failed. */
export async function failure(promise: Promise<unknown>) {
  const { kind, message } = await assertRejects(() => promise, SignalingError);
  return { kind, message };
}
