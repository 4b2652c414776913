/**
 * The one place that picks a signaling protocol, once somebody is to speak it.
 * Everybody else knows the port alone.
 *
 * @module
 */

import type { AdaptedDoors } from "../../signaling/adapted/mod.ts";
import { ADAPTED_OPERATIONS } from "../../signaling/adapted/operations.ts";
import type { OpenSession } from "../../signaling/port.ts";
import type { SimplestChatDoors } from "../../signaling/simplestchat/mod.ts";
import {
  OPERATIONS,
  SCHEMES,
  USUAL_URL,
} from "../../signaling/simplestchat/operations.ts";
import { reachAddress } from "../../signaling/websocket/mod.ts";
import type { ServerTarget, SignalingChoice } from "./node.ts";
import { messageOf } from "../../text/mod.ts";

/** The names under which requests are measured; the first is that of joining. */
export const SIGNALING_OPERATIONS: readonly string[] = [
  ...OPERATIONS,
  ...ADAPTED_OPERATIONS,
];

/** What the URL of a server begins with. */
export const SERVER_SCHEMES: readonly string[] = SCHEMES;

/** Where a server of this machine usually is. */
export const USUAL_SERVER: string = USUAL_URL;

/** The protocol that is spoken where none is chosen. */
export const USUAL_SIGNALING = "simplestchat";

const simplestChat = () => import("../../signaling/simplestchat/mod.ts");
const adapted = () => import("../../signaling/adapted/mod.ts");

/** Whether an adapter speaks to the server, rather than the protocol that is spoken usually. */
export function isAdapted(
  choice: SignalingChoice | undefined,
): boolean {
  return (choice?.module ?? USUAL_SIGNALING) !== USUAL_SIGNALING;
}

/** More than an adapter takes, in bytes. Where it is asked for first no threads are there yet, which would count with it. */
const MOST_MEMORY = 250e6;

/** Why a choice of signaling is none, in one line; `undefined` where it can be used. */
export async function signalingProblem(
  choice: SignalingChoice,
): Promise<string | undefined> {
  if (!isAdapted(choice)) {
    return Object.keys(choice.options ?? {}).length === 0
      ? undefined
      : `${USUAL_SIGNALING} has no options`;
  }
  try {
    const { findAdapter } = await adapted();
    await findAdapter(choice.module, [USUAL_SIGNALING], {
      mostMemory: MOST_MEMORY,
    });
  } catch (error) {
    return messageOf(error);
  }
}

/** The world's doors, for sessions of any protocol. */
export type SessionDoors = SimplestChatDoors & AdaptedDoors;

/** The sessions of a server. */
export async function openSessions(
  server: ServerTarget,
  doors: SessionDoors,
): Promise<OpenSession> {
  return (await loadSessions(server))(doors);
}

/** Loads what speaks to a server; what is returned makes sessions, each with doors of its own. */
export async function loadSessions(
  server: ServerTarget,
): Promise<(doors: SessionDoors) => OpenSession> {
  const { signaling, ...rest } = server;
  if (signaling === undefined || !isAdapted(signaling)) {
    const { simplestChat: sessions } = await simplestChat();
    return (doors) => sessions(rest, doors);
  }
  const { adaptedSessions, findAdapter } = await adapted();
  const { module, options } = signaling;
  const adapter = await findAdapter(module, [USUAL_SIGNALING]);
  return (doors) => adaptedSessions(adapter, { ...rest, options }, doors);
}

/** Resolves when the server has been reached; rejects with an `UnreachableError`. */
export async function reachServer(
  server: ServerTarget,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { signaling, ...rest } = server;
  // How an adapter comes in is its affair: that somebody listens is all that can be told.
  if (isAdapted(signaling)) return await reachAddress(server, signal);
  await (await simplestChat()).reachSimplestChat(rest, signal);
}
