/**
 * The names under which requests are measured. The first eight are those of
 * the Rust load tester's result files; direction and kind are in the name, so
 * the caller gives it.
 */

/** What a request is for. */
export type Operation =
  | "join_room"
  | "get_router_caps"
  | "create_send_transport"
  | "connect_send_transport"
  | "create_recv_transport"
  | "connect_recv_transport"
  | "produce_audio"
  | "produce_video"
  | "consume"
  | "resume_consumer"
  | "pause_consumer"
  | "pause_producer"
  | "resume_producer"
  | "restart_ice"
  | "reconnect";
