/**
 * Somebody who looks closely at one client.
 *
 * @module
 */

import type { PacketTap } from "../rtc/mod.ts";

/** A transport as an observer knows it. */
export interface ObservedTransport {
  readonly direction: "send" | "recv";
  /** Where its packets go; `undefined` before it is known. */
  remote(): { readonly address: string; readonly port: number } | undefined;
}

/** Is told of each transport that there is, and of each later one. */
export interface ClientObserver {
  /** Returns what sees its packets. */
  onTransport(transport: ObservedTransport): PacketTap;
}
