/**
 * What clients that are there can be made to do: each command, what it needs
 * of a client, and how it is carried out. A node, a script and a session hand
 * these on as they are, so another one is a row here.
 *
 * @module
 */

import type { Client } from "../../client/mod.ts";
import {
  checkImpairment,
  describeImpairment,
  type Impairment,
  type Network,
} from "../../impairment/mod.ts";
import type { Fps, Quality } from "../../media/mod.ts";
import type { ClientRecorder } from "../../metrics/mod.ts";
import type { MediaKind } from "../../ortc/mod.ts";

/** Something that clients do from now on. They are named by their index. */
export type Steering =
  & {
    /** Whom it is for; who is not there is passed over. */
    readonly clients: readonly number[];
  }
  & (
    /** These pause or resume what they send of one kind. */
    | {
      readonly type: "pause";
      readonly kind: MediaKind;
      readonly paused: boolean;
    }
    /** These send video of another quality. */
    | {
      readonly type: "quality";
      readonly quality: Quality;
      readonly fps: Fps;
    }
    /** These ask the server for this layer of the simulcast that they receive; 0 is the smallest. */
    | { readonly type: "layers"; readonly spatialLayer: number }
    /** These lose their channel without a word, and come back. */
    | { readonly type: "reconnect" }
    /** These leave their rooms and join them anew, as somebody new. */
    | { readonly type: "rejoin" }
    /** These have another network; `null` is one that does nothing to packets. */
    | { readonly type: "impair"; readonly impairment: Impairment | null }
  );

/** What a client itself can be made to do. */
export type SteeredClient = Pick<
  Client,
  "cutChannel" | "preferLayer" | "rejoin" | "setPaused" | "setQuality"
>;

/** A client that can be steered. */
export interface Steered {
  /** Itself. */
  readonly client: SteeredClient;
  /** Between it and the server. */
  readonly network: Pick<Network, "impair">;
  /** What is told of it. */
  readonly record: Pick<ClientRecorder, "figures">;
}

/** Has one client do it; a failure of it is in its record. */
export function steer(
  { client, network, record: { figures } }: Steered,
  command: Steering,
  nowMs: number,
): void | Promise<void> {
  switch (command.type) {
    case "pause":
      return client.setPaused(command.kind, command.paused);
    case "quality":
      return client.setQuality(command.quality, command.fps);
    case "layers":
      return client.preferLayer(command.spatialLayer);
    case "reconnect":
      figures.cuts++;
      return client.cutChannel();
    case "rejoin":
      figures.cuts++;
      return client.rejoin();
    case "impair": {
      const { impairment } = command;
      network.impair(impairment, nowMs);
      figures.impairment = impairment && describeImpairment(impairment);
      return;
    }
    default:
      command satisfies never;
  }
}

/** Throws a `RangeError` in one line for what no client can do. */
export function checkSteering(command: Steering): void {
  if (command.type === "impair") checkImpairment(command.impairment ?? {});
}
