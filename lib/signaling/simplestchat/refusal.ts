/** What the server's words mean, where the port has a word for it. */

import type { Refusal } from "../port.ts";
import {
  consumerLimitOf,
  isCodecMismatch,
  isConsumerLimit,
  isNotInRoom,
} from "./wire/mod.ts";

/** The meaning of an `error`; `undefined` for any other no. */
export function refusalOf(error: string): Refusal | undefined {
  if (isConsumerLimit(error)) {
    return { of: "consumers", granted: consumerLimitOf(error) };
  }
  if (isNotInRoom(error)) return { of: "stranger" };
  return isCodecMismatch(error) ? { of: "codec" } : undefined;
}
