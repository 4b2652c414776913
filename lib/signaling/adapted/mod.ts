/**
 * Adapters behind the port: a module of anyone's becomes sessions whose
 * requests have deadlines, names and measured times, and whose slips cost one
 * client.
 *
 * It knows no server's messages.
 *
 * @module
 */

export { type AdaptedDoors, adaptedSessions } from "./adapted_session.ts";
export { findAdapter } from "./load_adapter.ts";
export { guardThread, strays } from "./strays.ts";
