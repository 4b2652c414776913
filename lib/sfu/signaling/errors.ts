/**
 * A request that failed, in SimplestChat's words.
 *
 * @module
 */
import { messageOf } from "../../text/mod.ts";

/** Its message goes to the client after `Error: `. */
export class SignalingError extends Error {
  override readonly name = "SignalingError";
}

/** Runs `action`; its failure becomes `prefix` and the failure's own message. */
export async function failingAs<T>(
  prefix: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new SignalingError(`${prefix}: ${messageOf(error)}`);
  }
}
