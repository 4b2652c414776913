/**
 * A room's media in the werift engine: its producers, and transports between
 * sockets and the forwarder.
 *
 * @module
 */

import type { EngineRouter } from "../engine.ts";
import { ROUTER_CAPABILITIES } from "./capabilities.ts";
import { openTransport, type Siblings, type WeriftParts } from "./transport.ts";

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
