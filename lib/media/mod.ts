/**
 * Packets: RTP headers, VP8 and Opus payloads, pacing, reception statistics,
 * RTCP. It knows bytes and sequence numbers; it knows nothing of JSON, rooms
 * or sockets.
 *
 * @module
 */

export * from "./presets.ts";
