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

/** How one client does each. */
const STEPS: {
  readonly [Type in Steering["type"]]: (
    steered: Steered,
    command: Extract<Steering, { readonly type: Type }>,
    nowMs: number,
  ) => void | Promise<void>;
} = {
  pause: ({ client }, { kind, paused }) => client.setPaused(kind, paused),
  quality: ({ client }, { quality, fps }) => client.setQuality(quality, fps),
  layers: ({ client }, { spatialLayer }) => client.preferLayer(spatialLayer),
  reconnect({ client, record: { figures } }) {
    figures.cuts++;
    return client.cutChannel();
  },
  rejoin({ client, record: { figures } }) {
    figures.cuts++;
    return client.rejoin();
  },
  impair({ network, record: { figures } }, { impairment }, nowMs) {
    network.impair(impairment, nowMs);
    figures.impairment = impairment && describeImpairment(impairment);
  },
};

/** The types of all commands of this kind. */
export const STEERING_TYPES = Object.keys(STEPS) as Steering["type"][];

/** Has one client do it; a failure of it is in its record. */
export function steer(
  steered: Steered,
  command: Steering,
  nowMs: number,
): void | Promise<void> {
  // That a step takes the command of its own type is more than the compiler sees.
  const step = STEPS[command.type] as (
    ...args: Parameters<typeof steer>
  ) => void | Promise<void>;
  return step(steered, command, nowMs);
}

/** Throws a `RangeError` in one line for what no client can do. */
export function checkSteering(command: Steering): void {
  if (command.type === "impair") checkImpairment(command.impairment ?? {});
}
