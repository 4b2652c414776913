/**
 * A room's media in the werift engine: its producers, and transports between
 * sockets and the forwarder.
 *
 * @module
 */

import type { AcceptParts } from "../../rtc/mod.ts";
import type { EngineRouter } from "../engine.ts";
import { ROUTER_CAPABILITIES } from "./capabilities.ts";
import {
  openTransport,
  type Siblings,
  type WeriftTransport,
} from "./transport.ts";

/** What the routers of one engine share. */
export interface WeriftParts {
  readonly accept: AcceptParts;
  /** The address on which sockets listen. */
  readonly bindIp: string;
  /** The address that clients are told. */
  readonly announceIp: string;
  /** Open transports, for the sweep that ends silent ones. */
  readonly transports: Set<WeriftTransport>;
  /** Work of closing that is still under way. */
  readonly closing: Set<Promise<void>>;
}

/** Opens a router. */
export function weriftRouter(parts: WeriftParts): EngineRouter {
  const siblings: Siblings = { transports: new Set(), producers: new Map() };
  return {
    rtpCapabilities: ROUTER_CAPABILITIES,
    createTransport: () => openTransport(parts, siblings),
    // Who speaks, and how loud, is not measured by this engine.
    observeAudio: () => Promise.resolve(),
    close: () => {
      for (const transport of siblings.transports) transport.close();
    },
  };
}
