/**
 * What is known of SimplestChat before anybody speaks it.
 *
 * @module
 */

/** How the URL of a server begins. */
export const SCHEMES = ["ws://", "wss://"] as const;

/** Where a server is that was started on this machine as its guide says. */
export const USUAL_URL = "ws://localhost:3000/ws";

/**
 * The names under which requests are measured, in the order of a join. The
 * first eight are those of the Rust load tester's result files; direction and
 * kind are in the name.
 */
export const OPERATIONS = [
  "join_room",
  "get_router_caps",
  "create_send_transport",
  "connect_send_transport",
  "create_recv_transport",
  "connect_recv_transport",
  "produce_audio",
  "produce_video",
  "consume",
  "resume_consumer",
  "pause_consumer",
  "pause_producer",
  "resume_producer",
  "restart_ice",
  "reconnect",
] as const;

/** What a request is for. */
export type Operation = typeof OPERATIONS[number];
